"""The command line on the embedded model: the three main jobs, their JSON, and honest errors."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from assistant.cli import main
from assistant.records import Dismissal
from assistant.resources import shipped
from assistant.settings import load_settings
from assistant.workspace import Workspace

model = pytest.mark.model
ASKED = "起草2023年抓党建述职报告的存在问题部分，围绕理论学习、组织活动、党建业务融合三个方面"


@pytest.fixture(scope="session")
def lasting_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for the tests that need the model and the index: both are made once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def prepared(lasting_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BIGAN_HOME", str(lasting_home))
    return lasting_home


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) == 0
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    return value


def failure(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


@model
def test_find_quotes_word_for_word(prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "find", "三会一课", "--top", "5")
    assert found["query"] == "三会一课"
    assert found["formulations"][0]["name"] == "三会一课"
    assert found["hits"]
    for hit in found["hits"]:
        assert set(hit) == {"text", "score", "kind", "source"}
        assert set(hit["source"]) == {"title", "path", "heading", "position"}
        if hit["kind"] == "policy":
            body = (
                (shipped("corpus") / hit["source"]["path"]).read_text(encoding="utf-8").split("+++\n", 2)[2]
            )
            assert hit["text"] in body.strip("\n")


@model
def test_find_says_when_nothing_answers(prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "find", "三会一课有哪些要求")["fits"]
    assert not answer(capsys, "find", "番茄炒蛋怎么做")["fits"]
    assert main(["find", "打印机卡纸怎么处理"]) == 0
    printed = capsys.readouterr().out
    assert "没有找到能直接回答的内容" in printed


@model
def test_find_respects_kind_genre_and_section(prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    only = answer(
        capsys, "find", "学习", "--kind", "exemplar", "--section", "存在问题", "--genre", "述职报告"
    )
    assert only["hits"]
    assert {hit["kind"] for hit in only["hits"]} == {"exemplar"}
    assert only["formulations"] == []


@model
def test_draft_keeps_form_and_says_where_each_sentence_comes_from(
    prepared: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    target = tmp_path / "存在问题（初稿）.docx"
    draft = answer(capsys, "draft", ASKED, "-o", str(target))
    lines = draft["text"].split("\n")
    assert (draft["task"], draft["genre"], draft["section"]) == ("draft", "述职报告", "存在问题")
    assert [line[:2] for line in lines[1:]] == ["一是", "二是", "三是"]
    assert all(len(line) > 60 and line.endswith("。") for line in lines[1:])
    assert not re.search(r"\d", draft["text"].replace("2023", ""))
    assert {item["degree"] for item in draft["evidence"]} <= {"quoted", "adapted", "model"}
    assert all(item["hits"] for item in draft["evidence"] if item["degree"] != "model")
    assert all(fact["origin"] for fact in draft["facts"])
    assert "Gemma" in draft["engine"]
    with zipfile.ZipFile(target) as docx:
        assert lines[1][:20] in docx.read("word/document.xml").decode("utf-8")


@model
def test_draft_leaves_out_what_must_not_and_reports_what_must_be_used(
    prepared: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    material = tmp_path / "台账.txt"
    material.write_text("安全生产方面，全年开展检查36次，整改隐患128处。", encoding="utf-8")
    words = "起草工作总结的主要工作部分，围绕安全生产、项目推进"
    marks = ("--never", "36次", "--must", "128处", "--must", "99场")
    draft = answer(capsys, "draft", words, "--material", str(material), *marks)
    assert "全年开展检查××次，整改隐患128处。" in draft["text"]
    said = [item["message"] for item in draft["findings"] if item["rule"].startswith("must")]
    assert len(said) == 1
    assert "99场" in said[0]


def test_a_fact_cannot_be_both_used_and_not_used(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert "“24次”既必用又不用" in failure(capsys, "draft", ASKED, "--must", "24次", "--never", "24次")


@model
def test_draft_carries_the_figures_of_the_material(
    prepared: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    material = tmp_path / "台账《2024》.txt"
    material.write_text("安全生产方面，全年开展检查36次，整改隐患128处。", encoding="utf-8")
    draft = answer(
        capsys, "draft", "起草工作总结的主要工作部分，围绕安全生产、项目推进", "--material", str(material)
    )
    assert "全年开展检查36次，整改隐患128处。" in draft["text"]
    origins = {fact["text"]: fact["origin"] for fact in draft["facts"]}
    assert origins["36次"] == "material:台账《2024》.txt"


@model
def test_revise_keeps_every_figure(
    prepared: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "今年咱们局开了12次会学文件，办结率100%。做到“两个 维护”。"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode("utf-8")), encoding="utf-8"))
    revision = answer(capsys, "revise", "-", "--instruction", "润色，别改数字")
    assert revision["lost_facts"] == []
    assert {"12次", "100%"} <= {fact["text"] for fact in revision["kept_facts"]}
    assert "组织集中学习12次，办结率100%" in revision["text"]
    assert "“两个维护”" in revision["text"]
    assert {change["op"] for change in revision["changes"]} <= {"insert", "delete", "replace"}


@model
def test_revise_leaves_what_is_to_be_kept(
    prepared: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "稿.txt"
    file.write_text("今年咱们局开了12次会。咱们都挺满意。", encoding="utf-8")
    revision = answer(capsys, "revise", str(file), "--keep", "咱们都挺满意。")
    assert revision["text"].endswith("咱们都挺满意。")
    assert "咱们局" not in revision["text"]
    assert main(["revise", str(file), "--keep", "没有这一句。"]) == 1
    assert "没有要锁定的" in capsys.readouterr().err


def test_check_gives_character_offsets(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = "一、概况\n情况如下。\n三、问题\n做到“两个 维护”。"
    file = tmp_path / "稿.txt"
    file.write_text(text, encoding="utf-8")
    findings = answer(capsys, "check", str(file))["findings"]
    assert {"heading-numbering"} <= {item["rule"] for item in findings}
    assert all(text[item["start"] : item["end"]] == item["quote"] for item in findings)
    assert all(
        set(item) == {"rule", "severity", "start", "end", "quote", "message", "suggestion", "source"}
        for item in findings
    )


def test_check_lists_everything_unless_told_to_skip_what_was_silenced(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "稿.txt"
    file.write_text("一、概况\n情况如下。\n三、问题\n不足如下。", encoding="utf-8")
    Workspace(load_settings().database).dismiss("", Dismissal("heading-numbering"))
    assert [item["rule"] for item in answer(capsys, "check", str(file))["findings"]] == ["heading-numbering"]
    assert main(["check", str(file), "--skip-silenced", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == {"findings": []}
    assert "另有1处按“不再提示”略去" in said.err


def test_check_leaves_out_front_matter(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = "一、概况\n情况如下。\n三、问题\n不足如下。"
    file = tmp_path / "稿.md"
    file.write_text(f'+++\ntitle = "某篇"\nyear = 2020\n+++\n{text}', encoding="utf-8")
    findings = answer(capsys, "check", str(file))["findings"]
    assert [item["quote"] for item in findings] == ["三、"]
    assert text[findings[0]["start"] : findings[0]["end"]] == "三、"


@model
def test_corpus_add_find_remove(prepared: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "《关于“村BA”的汇报》〔2024〕3号 终稿.txt"
    file.write_text(
        "关于村篮球赛工作的汇报\n一、存在的问题\n一是篮球裁判员短缺，记分台设备陈旧，夜场照明不足。",
        encoding="utf-8",
    )
    bad = tmp_path / "坏.docx"
    bad.write_bytes(b"no zip")
    assert main(["corpus", "add", str(bad), str(file)]) == 1  # the bad one first: it stops no other
    said = capsys.readouterr()
    assert "已添加：关于村篮球赛工作的汇报" in said.out
    assert "有1个文件没有添加" in said.err
    assert "“坏.docx”的内容不是 Word 文档" in said.err
    assert main(["corpus", "add", str(file)]) == 0
    assert "已经有了：关于村篮球赛工作的汇报" in capsys.readouterr().out
    hits = answer(capsys, "find", "篮球裁判员短缺")["hits"]
    assert hits[0]["source"]["path"] == file.name
    assert main(["corpus", "remove", file.name]) == 0
    capsys.readouterr()
    left = answer(capsys, "find", "篮球裁判员短缺")["hits"]
    assert all(hit["source"]["path"] != file.name for hit in left)
    assert "自带" in failure(capsys, "corpus", "remove", "四个意识")
    assert "没有“不存在”" in failure(capsys, "corpus", "remove", "不存在")


@model
def test_find_the_problem_section_of_the_sample(
    prepared: Path, capsys: pytest.CaptureFixture[str], sample: Path
) -> None:
    assert main(["corpus", "add", str(sample)]) == 0
    capsys.readouterr()
    try:
        hits = answer(capsys, "find", "抓党建还有哪些短板和不足", "--kind", "material", "--top", "5")["hits"]
        assert any("存在问题" in hit["source"]["heading"] for hit in hits[:2])
    finally:
        main(["corpus", "remove", sample.name])


@model
def test_doctor_reports_the_build(prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor"])
    printed = capsys.readouterr().out
    for name in ("Python", "语言模型", "编译选项", "线程", "资料库", "公文字体"):
        assert f"〕{name}：" in printed


def test_export(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = tmp_path / "稿.md"
    source.write_text("# ××局述职报告\n\n## 一、履职情况\n\n做了工作。\n", encoding="utf-8")
    for suffix in (".docx", ".txt", ".md"):
        assert main(["export", str(source), "-o", str(tmp_path / f"出{suffix}")]) == 0
        assert (tmp_path / f"出{suffix}").stat().st_size > 0
    assert "docx" in failure_after(capsys, "export", str(source), "-o", str(tmp_path / "出.pdf"))


def failure_after(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    return failure(capsys, *arguments)


def test_failed_export_leaves_the_earlier_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    target = tmp_path / "旧.docx"
    target.write_bytes(b"earlier")
    empty = tmp_path / "空.txt"
    empty.write_text("\n", encoding="utf-8")
    assert failure(capsys, "export", str(empty), "-o", str(target))
    assert target.read_bytes() == b"earlier"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("没有.docx", None, "没有"),
        ("坏的.docx", b"PK\x03\x04 broken", "损坏|打不开|不是"),
        ("加密.docx", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "加密|密码|doc"),
        ("旧.wps", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "另存"),
        ("空.txt", b"", "空"),
        ("表.xyz", b"abc", "能读取的有"),
    ],
)
def test_unreadable_files_are_refused_with_a_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, content: bytes | None, words: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    said = failure(capsys, "check", str(file))
    assert re.search(words, said)
    assert "Traceback" not in said


def test_a_huge_file_is_refused_before_it_is_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "大.txt"
    with file.open("wb") as sparse:
        sparse.truncate(200 * 2**20)
    assert re.search("大|MB", failure(capsys, "check", str(file)))


@model
@pytest.mark.parametrize("content", [None, b"GGUF\x03\0\0\0", b"not a model" * 100])
def test_a_missing_or_damaged_model_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes | None
) -> None:
    gguf = tmp_path / "模型.gguf"
    if content is not None:
        gguf.write_bytes(content)
    home.mkdir()
    (home / "settings.toml").write_text(f"model = '{gguf}'\n", encoding="utf-8")
    said = failure(capsys, "draft", ASKED)
    assert "模型" in said
    assert re.search("bigan models|重新|换", said)


@model
def test_a_question_longer_than_the_context_is_told(
    prepared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = failure(
        capsys, "draft", "起草述职报告的存在问题部分，围绕" + "理论学习" * 8000 + "、组织活动两个方面"
    )
    assert "要求太长" in said


def test_wrong_usage_is_exit_code_2() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["find"])
    assert stopped.value.code == 2


@pytest.mark.parametrize("command", ["draft", "revise"])
def test_last_years_text_is_renewed_without_a_model(
    command: str, capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    last, now, target = tmp_path / "总结.txt", tmp_path / "数据.txt", tmp_path / "今年.docx"
    last.write_text(
        "县教育局2024年工作总结\n一、主要工作\n走访企业86家。荣获全市先进集体。", encoding="utf-8"
    )
    now.write_text("走访企业103家。", encoding="utf-8")
    asked = {
        "draft": ("draft", "写今年的总结", "--from", str(last)),
        "revise": ("revise", str(last), "--instruction", "改成2025年的"),
    }[command]
    renewed = answer(capsys, *asked, "--material", str(now), "-o", str(target))
    assert renewed["text"] == "县教育局2025年工作总结\n一、主要工作\n走访企业103家。荣获全市先进集体。"
    assert {"before": "86家", "after": "103家", "op": "replace"} in renewed["changes"]
    assert renewed["evidence"][0]["hits"][0]["source"]["title"] == "数据.txt"
    assert [item["quote"] for item in renewed["findings"] if item["rule"] == "last-year-leftover"] == [
        "荣获全市先进集体"
    ]
    assert target.exists()


def test_material_for_a_plain_revision_is_refused(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    text = tmp_path / "稿.txt"
    text.write_text("走访企业86家。", encoding="utf-8")
    assert "套改" in failure(capsys, "revise", str(text), "--material", str(text))
