"""A question's whole sheet as lines of text, for `questions show`."""

import textwrap
from collections.abc import Iterator

from voice_interviewer.core.model.bank import Question

WIDTH = 96
"""Longer lines are hard to follow, on any terminal."""


def sheet(question: Question, bank_title: str, example: bool = False) -> Iterator[str]:
    """The question, its facts and all that its sheet holds; the example only when it is asked for."""
    yield from _wrapped(question.say)
    yield ""
    facts = [("id", question.id), ("bank", bank_title), ("level", question.level or "any")]
    facts += [("type", question.type), ("context", question.context), ("family", question.family or "")]
    facts += [("skills", ", ".join(question.skills)), ("good length", f"about {question.target_s} s")]
    for name, value in facts:
        if value:
            yield f"{name + ':':13}{value}"
    yield from _part(
        "in plain words, when its meaning is asked", [question.plain] if question.plain else [], mark=""
    )
    yield from _part("why it is asked", [question.why] if question.why else [], mark="")
    yield from _part("how to answer", question.how)
    yield from _listened_for(question)
    if question.avoid:
        yield from ("", "what not to say:")
    for avoid in question.avoid:
        yield from _wrapped(avoid.text, "  - ")
        for sign in avoid.signs:
            yield from _wrapped(f'"{sign}"', "      ")
    if question.anchors:
        yield from ("", "what an answer sounds like, from 1 to 5:")
    for level, anchor in enumerate(question.anchors, 1):
        yield from _wrapped(anchor, f"  {level} ")
    yield from _part("a strong answer is asked", [question.challenge] if question.challenge else [], mark="")
    if question.example and example:
        yield from _part("an example", [question.example], mark="")
    elif question.example:
        yield from ("", "There is an example of a good answer: add --example, best after your own try.")


def _listened_for(question: Question) -> Iterator[str]:
    if question.points:
        yield from ("", "listened for (* the heart of it), and what is asked when it is missing:")
    for point in question.points:
        yield from _wrapped(point.text, f"  {'*' if point.weight > 1 else '-'} ")
        if point.probe:
            yield from _wrapped(f'"{point.probe}"', "      ")


def _part(title: str, texts: tuple[str, ...] | list[str], mark: str = "- ") -> Iterator[str]:
    if texts:
        yield from ("", f"{title}:")
    for text in texts:
        yield from _wrapped(text, f"  {mark}")


def _wrapped(text: str, first: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
