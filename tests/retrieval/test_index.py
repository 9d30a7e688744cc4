"""The index on disk: what is added is found, what is removed is not, and nothing is ever half done."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest

from assistant.errors import IndexStateError
from assistant.records import Filters
from assistant.retrieval.index import Index, stored_documents
from assistant.retrieval.search import Searcher
from assistant.retrieval.shards import pieces
from tests.retrieval.corpus import CountingEmbedder, document, fake_store, open_index

A = document("甲", "理论学习不够系统", "调查研究不够深入", "服务群众不够主动")
B = document("乙", "安全检查走了过场", "应急预案没有演练")
C = document("丙", "网格员力量不足")


def paths(index: Index) -> list[str]:
    return [item.path for item in index.documents()]


def found(index: Index, query: str) -> set[str]:
    hits = Searcher(index, CountingEmbedder()).search(query, top=100)
    return {hit.passage.path for hit in hits}


def shards(folder: Path) -> set[str]:
    return {path.name for path in (folder / "shards").iterdir()}


def test_add_open_remove(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    assert index.snapshot().generation == 0
    assert index.documents() == ()
    index.add([A, B])
    assert index.documents() == (A, B)
    again = open_index(tmp_path)
    assert again.documents() == (A, B)
    assert again.snapshot().passages == index.snapshot().passages
    again.remove([A.id, "unknown"])
    assert found(again, "理论学习不够系统") <= {"乙.txt"}
    assert open_index(tmp_path).documents() == (B,)
    assert len(shards(tmp_path)) == 1


def test_one_document_costs_that_document(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    index = open_index(tmp_path, embedder)
    index.add([A, B])
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "shards").iterdir()}
    embedder.texts.clear()
    index.add([A, C])
    assert embedder.texts == list(pieces(C).texts)
    assert "网格员力量不足" in embedder.texts[0]
    index.remove([C.id])
    assert embedder.texts == list(pieces(C).texts)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "shards").iterdir()} == before
    open_index(tmp_path, embedder).add([A, B])
    assert embedder.texts == list(pieces(C).texts)


def test_nothing_new_is_no_generation(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    index.add([A])
    index.add([A])
    index.remove(["unknown"])
    assert index.snapshot().generation == 1


def test_order_is_that_of_adding_and_progress_counts_what_is_embedded(tmp_path: Path) -> None:
    index, seen = open_index(tmp_path), []
    index.add([C, A, B], lambda done, total: seen.append((done, total)))
    assert index.documents() == (C, A, B)
    count = sum(len(pieces(item).texts) for item in (A, B, C))
    assert seen[-1] == (count, count)


def test_document_without_passages(tmp_path: Path) -> None:
    from assistant.ingest.documents import document_from_text

    empty = document_from_text("", "空.txt")
    index = open_index(tmp_path)
    index.add([empty])
    assert open_index(tmp_path).documents() == (empty,)
    assert Searcher(index, CountingEmbedder()).search("甲") == ()
    index.add([A])
    assert found(index, "理论学习") == {"甲.txt"}


def test_other_process_is_seen_without_reopening(tmp_path: Path) -> None:
    one, other = open_index(tmp_path), open_index(tmp_path)
    one.add([A])
    assert paths(other) == ["甲.txt"]
    other.add([B])
    one.add([C])  # on top of what the other wrote
    assert paths(one) == paths(other) == ["甲.txt", "乙.txt", "丙.txt"]
    one.remove([A.id])
    assert "甲.txt" not in found(other, "理论学习不够系统")


def test_snapshot_outlives_changes(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    index.add([A])
    before = index.snapshot()
    index.remove([A.id])
    index.add([B])
    assert [item.path for item in before.documents] == ["甲.txt"]
    assert before.lexical.best("理论学习", 5)
    query = CountingEmbedder().embed_query("理论学习")
    assert {place for place, _ in before.nearest(query, 10)} == {0, 1, 2}
    assert {place for place, _ in index.snapshot().nearest(query, 10)} == {0, 1}
    del before
    index.remove([B.id])
    index.add([C])
    store = index.snapshot().store
    assert store is not None
    assert len(store) == len(pieces(C).texts)  # nobody searches the earlier generations any more


# Damage and mismatch


def damage_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace("甲", "已"), encoding="utf-8")


def cut_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes()[:100])


def other_version(folder: Path) -> None:
    import hashlib

    path = folder / "manifest.json"
    content = json.loads(path.read_text(encoding="utf-8"))["content"] | {"version": 99}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    whole = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "content": content}
    path.write_text(json.dumps(whole), encoding="utf-8")


def flip_shard(folder: Path) -> None:
    path = min((folder / "shards").iterdir())
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)


def cut_shard(folder: Path) -> None:
    path = min((folder / "shards").iterdir())
    path.write_bytes(path.read_bytes()[:-10])


def lose_shard(folder: Path) -> None:
    min((folder / "shards").iterdir()).unlink()


def swap_shards(folder: Path) -> None:
    one, other = sorted((folder / "shards").iterdir())
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)


@pytest.mark.parametrize(
    "harm", [damage_manifest, cut_manifest, other_version, flip_shard, cut_shard, lose_shard, swap_shards]
)
def test_damage_is_named_and_rebuilt(tmp_path: Path, harm) -> None:  # noqa: ANN001
    open_index(tmp_path).add([A, B])
    harm(tmp_path)
    with pytest.raises(IndexStateError, match="重建") as caught:
        open_index(tmp_path)
    if "shard" in harm.__name__:
        assert any(item.path in caught.value.message for item in (A, B))
    Index.rebuild(tmp_path, CountingEmbedder(), fake_store, [A, B])
    assert open_index(tmp_path).documents() == (A, B)
    assert found(open_index(tmp_path), "安全检查走了过场") >= {"乙.txt"}


def test_running_index_keeps_its_snapshot_when_the_disk_is_damaged(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    index.add([A, B])
    flip_shard(tmp_path)
    assert paths(index) == ["甲.txt", "乙.txt"]  # loaded and verified before


def test_other_embedder(tmp_path: Path) -> None:
    open_index(tmp_path, CountingEmbedder("one")).add([A])
    with pytest.raises(IndexStateError, match="one.*two"):
        open_index(tmp_path, CountingEmbedder("two"))
    documents = stored_documents(tmp_path)
    assert documents == (A,)
    Index.rebuild(tmp_path, CountingEmbedder("two"), fake_store, documents)
    assert open_index(tmp_path, CountingEmbedder("two")).documents() == (A,)


def test_embedder_that_changed_its_dimension_under_the_same_name(tmp_path: Path) -> None:
    index = open_index(tmp_path, CountingEmbedder("same", 32))
    index.add([A])
    with pytest.raises(IndexStateError, match="维数"):
        open_index(tmp_path, CountingEmbedder("same", 48)).add([B])
    assert open_index(tmp_path, CountingEmbedder("same", 32)).documents() == (A,)


def test_rebuild_reuses_sound_shards_and_drops_the_rest(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    open_index(tmp_path, embedder).add([A, B])
    embedder.texts.clear()
    index = Index.rebuild(tmp_path, embedder, fake_store, [B, C, C])
    assert embedder.texts == list(pieces(C).texts)
    assert index.documents() == (B, C)
    assert index.snapshot().generation == 2
    assert len(shards(tmp_path)) == 2


def test_what_was_removed_does_not_come_back_from_a_leftover_shard(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    index.add([A, B])
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "shards", copy)
    index.remove([A.id])
    for path in copy.iterdir():  # as if killed before the sweep
        shutil.copy(path, tmp_path / "shards")
    assert stored_documents(tmp_path) == (B,)
    assert open_index(tmp_path).documents() == (B,)
    open_index(tmp_path).add([C])
    assert len(shards(tmp_path)) == 2


def test_second_writer_waits_or_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr("assistant.retrieval.index.LOCK_SECONDS", 0.2)
    index = open_index(tmp_path)
    (tmp_path / "shards").mkdir(parents=True)
    with FileLock(tmp_path / ".lock"), pytest.raises(IndexStateError, match="另一个笔杆"):
        index.add([A])
    index.add([A])
    assert paths(index) == ["甲.txt"]


def test_disk_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(IndexStateError, match="索引"):
        open_index(tmp_path / "index").add([A])


def test_readers_see_whole_generations_while_writers_work(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    index.add([A, B])
    wrong: list[list[str]] = []
    query = CountingEmbedder().embed_query("安全检查")
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            snapshot = index.snapshot()
            names = [item.path for item in snapshot.documents]
            counted = sum(len(shard.passages) for shard in snapshot.shards)
            stored = len(snapshot.nearest(query, 100))
            if names not in (["甲.txt", "乙.txt"], ["甲.txt", "乙.txt", "丙.txt"]) or counted != stored:
                wrong.append(names)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(10):
        index.add([C])
        index.remove([C.id])
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_writers_in_threads_lose_nothing(tmp_path: Path) -> None:
    documents = [document(f"文{number}", "一项工作没有做好") for number in range(8)]
    index = open_index(tmp_path)
    writers = [threading.Thread(target=index.add, args=([item],)) for item in documents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(paths(open_index(tmp_path))) == sorted(item.path for item in documents)


def test_filters(tmp_path: Path) -> None:
    old = document("旧", "作风不实", kind="exemplar", year=2019, genre="工作总结")
    index = open_index(tmp_path)
    index.add([A, old])
    snapshot = index.snapshot()

    def allowed(filters: Filters) -> set[str]:
        places = snapshot.allowed(filters)
        return {snapshot.passages[place].path for place in range(4) if places is None or place in places}

    assert allowed(Filters()) == {"甲.txt", "旧.txt"}
    assert allowed(Filters(kinds=("exemplar",))) == {"旧.txt"}
    assert allowed(Filters(genres=("工作总结",))) == {"旧.txt"}
    assert allowed(Filters(sections=("存在问题",))) == {"甲.txt", "旧.txt"}
    assert allowed(Filters(sections=("引言",))) == set()
    assert allowed(Filters(documents=(A.id,))) == {"甲.txt"}
    assert allowed(Filters(year_from=2018)) == allowed(Filters(year_to=2019)) == {"旧.txt"}
    assert allowed(Filters(year_from=2020)) == set()


def test_a_change_adds_and_takes_out_in_one_generation(tmp_path: Path) -> None:
    index = open_index(tmp_path)
    old, new = document("旧", "调查研究不够深入"), document("新", "安全检查走了过场")
    index.add([old])
    before = index.snapshot()
    index.change([new], [old.id])
    assert [item.path for item in index.documents()] == ["新.txt"]
    assert index.snapshot().generation == before.generation + 1
    assert [item.path for item in before.documents] == ["旧.txt"]
    index.change([new], [old.id])
    assert index.snapshot().generation == before.generation + 1
