"""The difference between an original and its revision, clause by clause and character by character."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from assistant.records import Change

_TOKEN = re.compile(r"\d[\d.,%]*|[A-Za-z]+|\s+|.", re.DOTALL)


def changes_between(before: str, after: str) -> tuple[Change, ...]:
    """Return the steps that lead from `before` to `after`; their joined sides are the two texts.

    Figures are never split: 12 → 15 is one replacement.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(Change(op, "".join(old[a:b]), "".join(new[c:d])) for op, a, b, c, d in matcher.get_opcodes())
