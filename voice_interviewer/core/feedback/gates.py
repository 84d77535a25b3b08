"""When there is nothing to judge, and why."""

from collections.abc import Sequence

from voice_interviewer.core.model.bank import SLOTS
from voice_interviewer.core.model.feedback import (
    DOUBTFUL,
    FAILED,
    GIBBERISH,
    NO_ANSWER,
    NOT_SCORED_TYPE,
    OFF_TOPIC,
    OTHER_LANGUAGE,
    THIN,
    Material,
)
from voice_interviewer.core.model.reading import EMBEDDINGS, ORDER, ORDER_HEARD, Reading
from voice_interviewer.core.understanding.lexicon import content_stems

LEAST_CONTENT = 18
"""Stems of words with content, which leaves out more than fillers: about 25 content words as people count
them, some 50 words in all. Fewer are too thin to judge."""
LEAST_DISTINCT = 12
"""Different ones beyond the question's own; fewer are somebody saying the same, or the question again."""
MOST_DOUBTFUL = 0.2
GLUE = 0.30
"""Share of small words (the, of, and ...) under which words make no sentences. English speech has about half;
lists of words, other languages and random keys have far less. Checked on the sets in tests/engine."""
ON_TOPIC = 0.25
"""Similarity with the question or any of its points under which an answer is about something else. From
measurements with the sentence encoder; word overlap says nothing so plain."""


def refusal(material: Material, readings: Sequence[Reading]) -> str | None:
    """Why the answers are not assessed, one of feedback's reasons; None where they are."""
    question = material.question
    if question.type in ("warmup", "closing"):
        return NOT_SCORED_TYPE
    words = [word for exchange in material.exchanges for word in exchange.answer.words]
    if not words and material.other_language:
        return f"{OTHER_LANGUAGE}:{material.other_language}"
    if not words:
        return FAILED if material.failed else NO_ANSWER
    text = " ".join(_said(material, readings)).split()
    doubtful = sum(word.probability < material.doubt_threshold for word in words)
    if doubtful > MOST_DOUBTFUL * len(words):
        return DOUBTFUL
    content = content_stems(" ".join(text))
    if len(text) >= LEAST_CONTENT and len(text) - len(content) < GLUE * len(text):
        return GIBBERISH
    if len(content) < LEAST_CONTENT and not (SLOTS.get(question.type, ()) == () and content):
        return THIN
    asked = {stem for each in material.exchanges for stem in content_stems(each.asked)}
    if len(set(content) - asked) < LEAST_DISTINCT and len(content) >= LEAST_CONTENT:
        return NO_ANSWER
    return OFF_TOPIC if _off_topic(readings) else None


def _said(material: Material, readings: Sequence[Reading]) -> list[str]:
    """The answers without what is an order to the program."""
    said = []
    for exchange, reading in zip(material.exchanges, readings, strict=True):
        text = exchange.answer.text
        rows = zip(reading.units, reading.requests.get(ORDER, ()), strict=False)
        for unit in [unit for unit, value in rows if value >= ORDER_HEARD]:
            text = text[: unit.start] + " " * (unit.end - unit.start) + text[unit.end :]
        said.append(text)
    return said


def _off_topic(readings: Sequence[Reading]) -> bool:
    known = all(reading.tier == EMBEDDINGS for reading in readings)
    if not known or not any(reading.points for reading in readings):
        return False
    rows = [row for reading in readings for row in (*reading.points.values(), reading.asked)]
    return max((value for row in rows for value in row), default=1.0) < ON_TOPIC
