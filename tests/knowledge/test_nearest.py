"""Half-remembered fragments and wrong forms lead to the right formulation; chatter leads to none."""

from __future__ import annotations

import pytest

from assistant.ingest.documents import formulations_of
from assistant.knowledge.nearest import formulations_for
from assistant.resources import shipped


@pytest.mark.parametrize(
    ("query", "name", "exact"),
    [
        ("双随机一公开", "双随机、一公开", True),
        ("产业兴旺生态宜居后面几句", "乡村振兴总要求", False),
        ("坚决维护党中央权威那个提法", "两个维护", False),
        ("人民就是江山", "江山就是人民、人民就是江山", False),
        ("把权力关进制度笼子", "把权力关进制度的笼子", False),
        ("四个意实", "四个意识", False),
        ("群众路线从群众中来", "党的群众路线", False),
        ("空谈误国实干兴帮", "空谈误国、实干兴邦", True),
    ],
)
def test_first_is_the_one_meant(query: str, name: str, exact: bool) -> None:
    found, named = formulations_for(query, formulations_of(shipped("corpus")))
    assert (found[0].name, named) == (name, exact)
    assert found[0].source


@pytest.mark.parametrize("query", ["今天天气怎么样", "推荐几部谍战剧", "怎么说", "打印机卡纸怎么处理", ""])
def test_chatter_is_near_to_nothing(query: str) -> None:
    assert formulations_for(query, formulations_of(shipped("corpus"))) == ((), False)
