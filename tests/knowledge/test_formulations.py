"""Formulations: strict loading, and finding those a query names."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import DataError
from assistant.knowledge.formulations import Formulation, find_formulations, load_formulations

GOOD = '[[formulation]]\nname = "四个意识"\ntext = "政治意识"\nkind = "概括语"\nsource = "某文"\n'


def item(name: str, text: str = "", wrong: tuple[str, ...] = (), valid_until: str = "") -> Formulation:
    return Formulation(name, text or name, "概括语", "某文", wrong=wrong, valid_until=valid_until)


ITEMS = (
    item("四个意识", "政治意识、大局意识、核心意识、看齐意识", ("四种意识",)),
    item("四个自信"),
    item("四个意识、四个自信连用", "增强“四个意识”、坚定“四个自信”"),
    item("五个统筹（2003年）", "统筹城乡发展"),
    item("新农村（旧）", "甲", valid_until="2017-10-18"),
    item("新农村（新）", "乙"),
)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("“四个意识”的规范表述是什么？", ["四个意识"]),
        ("四 个 意 识怎么说", ["四个意识"]),
        ("四种意识是哪些", ["四个意识"]),
        ("政治意识、大局意识、核心意识、看齐意识出自哪里", ["四个意识"]),
        ("“四个意识”和“四个自信”", ["四个意识", "四个自信"]),
        ("增强“四个意识”、坚定“四个自信”的写法", ["四个意识、四个自信连用"]),
        ("五个统筹", ["五个统筹（2003年）"]),
        ("新农村", ["新农村（新）", "新农村（旧）"]),
        ("今天天气", []),
        ("", []),
    ],
)
def test_named_in_a_query(query: str, names: list[str]) -> None:
    assert [found.name for found in find_formulations(query, ITEMS)] == names


def test_loads_with_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "formulations"
    folder.mkdir()
    (folder / "政治.toml").write_text(GOOD, encoding="utf-8")
    (found,) = load_formulations(folder)
    assert (found.name, found.text, found.path, found.wrong) == (
        "四个意识",
        "政治意识",
        "formulations/政治.toml",
        (),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + GOOD, "出现了两次"),
        (GOOD.replace('source = "某文"', ""), "缺少：source"),
        (GOOD + 'extra = "x"\n', "不认识的项：extra"),
        (GOOD + 'path = "x"\n', "不认识的项：path"),
        (GOOD + 'wrong = "x"\n', "应当是一个列表"),
        (GOOD + 'date = "2016年1月"\n', "2023-10-16"),
        (GOOD + "date = 2016-01-29\n", "类型不对"),
        (GOOD.replace('text = "政治意识"', 'text = " "'), "缺少名称、正文或出处"),
        ("[[formulation", "读不出来"),
    ],
)
def test_wrong_file(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_formulations(tmp_path)


def test_quotation_of_a_wrong_file_names_the_entry(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD + 'date = "x"\n', encoding="utf-8")
    with pytest.raises(DataError, match="四个意识"):
        load_formulations(tmp_path)
