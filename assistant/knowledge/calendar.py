"""Read the dates of a text as calendar days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_DATE = re.compile(
    r"(?<![\d第])(?:(?P<y>(?:19|20)\d\d)\s*年\s*)?(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*[日号]"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day stated in the text; `year` is 0 where the text leaves it out. Month and day are a possible date."""

    year: int
    month: int
    day: int
    start: int
    end: int

    def on(self, year: int = 0) -> date:
        """Return the day in its own year, else in `year`. Raises ValueError when neither is known."""
        return date(self.year or year, self.month, self.day)


def possible(year: int, month: int, day: int) -> bool:
    """Tell whether the calendar has this day; 29 February counts as possible without a year."""
    try:
        date(year or 2000, month, day)
    except ValueError:
        return False
    return True


def find_days(text: str) -> list[Day]:
    """Return the days of `text` in their order; those the calendar does not have are left out."""
    found = []
    for match in _DATE.finditer(text):
        year, month, day = int(match["y"] or 0), int(match["m"]), int(match["d"])
        if possible(year, month, day):
            found.append(Day(year, month, day, match.start(), match.end()))
    return found
