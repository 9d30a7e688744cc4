"""Find stop strings in a growing text without ever showing a part of one."""

from __future__ import annotations


class StopFilter:
    """Passes text on piece by piece until one of the `stops` appears.

    The end of the text so far that may still turn into a stop string is held back until the next
    piece decides. The earliest stop string in the text counts; of two that begin at the same place,
    the shorter.
    """

    def __init__(self, stops: tuple[str, ...]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""

    def feed(self, text: str) -> tuple[str, bool]:
        """Return the text that is safe to show now, and whether a stop string was reached."""
        text = self._held + text
        places = [place for stop in self._stops if (place := text.find(stop)) >= 0]
        if places:
            self._held = ""
            return text[: min(places)], True
        kept = max((_overlap(text, stop) for stop in self._stops), default=0)
        shown = len(text) - kept
        self._held = text[shown:]
        return text[:shown], False

    def rest(self) -> str:
        """Return what is still held back: the text ended, so it is no stop string after all."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """Return the length of the longest end of `text` that is a beginning of `stop`, but not all of it."""
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)
