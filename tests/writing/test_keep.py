"""What a capable model loses or changes of the facts is put back, and nothing else is touched."""

from __future__ import annotations

import pytest

from assistant.knowledge.facts import missing_facts
from assistant.records import Request
from assistant.writing.ground import Search
from assistant.writing.keep import keep_facts
from assistant.writing.revise import revise
from tests.writing.test_draft import Saying, finish, tools

ORIGINAL = (
    "今年咱们局开了12次学习会。大家都学得挺认真。\n办结群众诉求1560件，办结率98.5%。还存在人手不够的问题。"
)


@pytest.mark.parametrize(
    ("revised", "expected", "restored"),
    [
        (
            "今年我局组织学习会12次。同志们学习态度认真。\n办结群众诉求1560件，办结率98.5%。人手不足问题依然存在。",
            "今年我局组织学习会12次。同志们学习态度认真。\n办结群众诉求1560件，办结率98.5%。人手不足问题依然存在。",
            0,
        ),
        (
            "今年我局组织学习会15次。同志们学习态度认真。\n办结群众诉求1560件，办结率98.5%。人手不足问题依然存在。",
            "今年咱们局开了12次学习会。同志们学习态度认真。\n办结群众诉求1560件，办结率98.5%。人手不足问题依然存在。",
            1,
        ),
        (
            "今年我局组织学习会12次。同志们学习态度认真。\n办结群众诉求1560件。人手不足问题依然存在。",
            "今年我局组织学习会12次。同志们学习态度认真。\n办结群众诉求1560件，办结率98.5%。人手不足问题依然存在。",
            1,
        ),
        (
            "今年我局组织学习会12次，大家学习认真。人手不足问题依然存在。",
            "今年我局组织学习会12次，大家学习认真。办结群众诉求1560件，办结率98.5%。人手不足问题依然存在。",
            1,
        ),
    ],
)
def test_lost_facts_come_back(revised: str, expected: str, restored: int) -> None:
    text, back = keep_facts(ORIGINAL, revised)
    assert text == expected
    assert len(back) == restored
    assert not missing_facts(ORIGINAL, text)


def test_a_chat_model_that_loses_a_figure_is_not_followed_there(search: Search) -> None:
    said = "今年我局组织学习会，同志们学习态度认真。办结群众诉求1560件，办结率98.5%。人手不足问题依然存在。"
    request = Request(words="润色", task="revise", instruction="润色", text=ORIGINAL)
    engine = Saying(said, chat=True)
    _, written = finish(revise(request, tools(engine, search, chat=True)))
    assert "今年咱们局开了12次学习会。" in written.text
    assert "人手不足问题依然存在" in written.text
    assert "1句" in "".join(written.notes)
