"""Chinese words of a text. The one module that imports rjieba."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """Return the words of `text` in their order; joined they are `text`. What is in no dictionary falls into characters."""
    import rjieba

    return list(rjieba.cut(text, False))


def tagged(text: str) -> list[tuple[str, str]]:
    """Return the words of `text` with their class, as the dictionary has it: n noun, v verb, ns place …"""
    import rjieba

    return [(word, kind) for word, kind in rjieba.tag(text, False)]
