"""Speed of LlamaEngine against llama-cpp-python used directly, in one run on one machine.

    python -m tests.bench.engine [model.gguf]

Prints two ratios. "stream": tokens a second as a consumer sees them, engine ÷ raw `llama_cpp.Llama` with
the same settings, in alternating rounds, best and median (aim: 0.97 or more). "first token": the time to
the first token with the prompt's beginning known ÷ with nothing known.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assistant.backends.llama import LlamaEngine
from assistant.backends.models import embedded_model
from assistant.records import Piece, Sampling

ROUNDS = 6
SAMPLING = Sampling(max_tokens=96, temperature=0.7, seed=1)
PROMPT = "".join(f"第{number}项工作，认真学习，扎实推进，已经按照要求完成。\n" for number in range(30))


def paced(pieces: Iterable[Any]) -> tuple[float, float]:
    """Return the seconds to the first piece and from there to the end."""
    begun = time.perf_counter()
    first = 0.0
    for _ in pieces:
        first = first or time.perf_counter() - begun
    return first, time.perf_counter() - begun - first


def engine_rate(engine: LlamaEngine) -> float:
    """Return tokens a second after the first piece."""
    pieces: list[Piece] = []
    _, rest = paced(piece for piece in engine.stream(PROMPT, SAMPLING) if not pieces.append(piece))
    return (pieces[-1].tokens - 1) / rest


def raw_rate(raw: Any) -> float:
    """Return the same for llama-cpp-python's own stream."""
    stream = raw.create_completion(
        PROMPT,
        max_tokens=SAMPLING.max_tokens,
        temperature=SAMPLING.temperature,
        top_p=SAMPLING.top_p,
        top_k=SAMPLING.top_k,
        min_p=SAMPLING.min_p,
        repeat_penalty=SAMPLING.repeat_penalty,
        seed=SAMPLING.seed,
        stream=True,
    )
    _, rest = paced(stream)
    # All tokens but the last are in its memory, and the first piece holds the first.
    return (raw.n_tokens - len(raw.tokenize(PROMPT.encode("utf-8")))) / rest


def first_tokens(engine: LlamaEngine) -> tuple[float, float]:
    """Return the seconds to the first token of a prompt seen for the first and for the second time."""
    once = Sampling(max_tokens=2, temperature=0)
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(3):
        prompt = f"第{number}次。" + PROMPT * 2
        for kind in times:
            kind.append(paced(engine.stream(prompt, once))[0])
    return statistics.median(times[0]), statistics.median(times[1])


def main() -> None:
    import llama_cpp

    with tempfile.TemporaryDirectory() as folder:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else embedded_model(Path(folder))
        engine = LlamaEngine(path)
        info = engine.start()
        raw = llama_cpp.Llama(
            str(path),
            n_ctx=info.context_tokens,
            n_batch=512,
            n_threads=info.threads,
            n_threads_batch=info.threads,
            flash_attn=True,  # what the engine's "auto" comes to on a CPU
            verbose=False,
        )
        rates: list[tuple[float, float]] = []
        for number in range(ROUNDS + 1):
            pair = engine_rate(engine), raw_rate(raw)
            if number:  # the first round warms both up
                rates.append(pair)
                print(f"round {number}: engine {pair[0]:.1f} tokens/s, raw {pair[1]:.1f}")
        best = max(mine for mine, _ in rates) / max(other for _, other in rates)
        median = statistics.median(mine / other for mine, other in rates)
        print(f"stream: engine ÷ raw = {best:.3f} (best), {median:.3f} (median of {ROUNDS})")
        cold, warm = first_tokens(engine)
        print(f"first token: warm ÷ cold = {warm / cold:.3f} ({warm:.3f} s ÷ {cold:.3f} s)")
        engine.close()


if __name__ == "__main__":
    main()
