"""Put back what a rewriting lost: a sentence whose facts are gone stands as it was."""

from __future__ import annotations

from assistant.knowledge.facts import missing_facts
from assistant.writing.difference import aligned

ROUNDS = 3  # a sentence put back may take the place of one that carried another's facts


def keep_facts(original: str, revised: str) -> tuple[str, tuple[str, ...]]:
    """Return `revised` with the sentences of `original` whose facts it lost or changed, and these sentences.

    Such a sentence takes the place of the one that answers to it; where none does it stands between its
    neighbours. Everything else of `revised` stays. Where that does not bring all facts back, `original` does.
    """
    restored: dict[str, None] = {}
    text = revised
    for _ in range(ROUNDS):
        if not missing_facts(original, text):
            return text, tuple(restored)
        parts: list[str] = []
        for (start, end), (first, last) in aligned(original, text, joins=False):
            old, new = original[start:end], text[first:last]
            if missing_facts(old, text):
                restored[old.strip()] = None
                parts.append(_placed(old, new, text))
            else:
                parts.append(new)
        text = "".join(parts)
    return (text, tuple(restored)) if not missing_facts(original, text) else (original, tuple(restored))


def _placed(old: str, new: str, text: str) -> str:
    """Return the original sentence with the blanks around the one it replaces, or its own where lines are kept."""
    bare = new.strip()
    if bare:
        start = new.index(bare)
        return new[:start] + old.strip() + new[start + len(bare) :]
    return old if "\n" in text.strip() else old.strip()
