"""Write a section with an instruct model, in one go, within the model's context.

What grounds the prompt is cut until prompt and answer fit: first the text before the section, then
exemplars, formulations and last the user's materials, and what was cut of those is said.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.records import Hit, Request
from assistant.writing.examples import Example
from assistant.writing.facts import hidden, mask_facts
from assistant.writing.points import Desk
from assistant.writing.prompt import load_prompt, model_text, render

if TYPE_CHECKING:
    from assistant.backends import Prompt

TOKENS_A_CHARACTER = 1.5  # room for the answer; Chinese takes 0.6 to 1.2 tokens a character in common models
LEAST_TOKENS = 400


@dataclass(frozen=True, slots=True)
class Order:
    """What to write: the request, how the section is written, its topics and its length in characters."""

    request: Request
    guidance: str
    topics: tuple[str, ...]
    length: int


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the model is given to write from; `before` is the document so far."""

    examples: tuple[Example, ...]
    formulations: tuple[Hit, ...]
    materials: tuple[Hit, ...]
    before: str

    def less(self) -> Grounds | None:
        """Return the grounds with the least needed part gone, None when nothing is left to give up."""
        if self.before:
            return replace(self, before="")
        for name in ("examples", "formulations", "materials"):
            part = getattr(self, name)
            if part:
                return replace(self, **{name: part[:-1]})
        return None


def write_by_chat(desk: Desk, order: Order, grounds: Grounds) -> Generator[str, None, tuple[str, str]]:
    """Yield the section as it grows and return it with a note about what did not fit ("": all did).

    Raises ContextOverflow when even the bare request is too long for the model.
    """
    file = load_prompt("draft_section.chat")
    sampling = replace(
        file.sampling, max_tokens=max(LEAST_TOKENS, round(order.length * TOKENS_A_CHARACTER)), seed=desk.seed
    )
    kept = _fitting(desk, order, grounds, sampling.max_tokens)
    text = ""
    for piece in desk.engine.stream(_prompt(desk, order, kept), sampling, desk.cancel):
        text += piece.text
        yield text
    left = [hit.passage.text for hit in grounds.materials[len(kept.materials) :]]
    note = f"材料太长，模型一次容不下，这些没有给它看：{'；'.join(left)}" if left else ""
    return mask_facts(model_text(text), desk.known, desk.sources), note


def _fitting(desk: Desk, order: Order, grounds: Grounds, answer: int) -> Grounds:
    """Return as much of `grounds` as leaves room for `answer` tokens."""
    room = desk.engine.start().context_tokens - answer
    while desk.engine.count(_prompt(desk, order, grounds)) > room:
        less = grounds.less()
        if less is None:
            return grounds  # the engine says by how much the rest is too long
        grounds = less
    return grounds


def _prompt(desk: Desk, order: Order, grounds: Grounds) -> Prompt:
    request = order.request
    return render(
        load_prompt("draft_section.chat"),
        genre=request.genre,
        section=desk.heading,
        title=request.title,
        guidance=order.guidance,
        topics=list(order.topics),
        length=order.length,
        tone=request.tone,
        person=request.person,
        facts=[fact.text for fact in desk.known],
        must=[word for word in request.must if word not in request.never],
        materials=[hidden(hit.passage.text, request.never) for hit in grounds.materials],
        examples=list(grounds.examples),
        formulations=[hit.passage.text for hit in grounds.formulations],
        before=grounds.before,
    )
