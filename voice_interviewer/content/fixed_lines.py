"""The sentences that come with the product: the only ones whose sound may be kept for every interview.

A line that quotes a candidate, or was made of a resume, an advert or a person's own questions, holds
sentences that are not among these.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from voice_audio.voices.by_sentence import sentences
from voice_interviewer.content.personas import load_persona, persona_names
from voice_interviewer.content.resources import DRILLS, LINES, list_banks, load_house, words
from voice_interviewer.content.tones import TONES, toned
from voice_interviewer.content.yaml_file import read_yaml

_PLACE = re.compile(r"\{\w+\}")
_NUMBER = r"\d{1,3}"


@cache
def stock_lines() -> tuple[str, ...]:
    """Every line of lines.yaml as it stands there, {places} included."""
    return tuple(dict.fromkeys(_texts(toned(read_yaml(words(LINES)).data, None))))


@cache
def bank_lines() -> tuple[str, ...]:
    """Every question of the banks and its plain words, for each place whose law one is asked about."""
    places = {place for bank in list_banks() for place in bank.places}
    asked = (
        question
        for place in ("", *sorted(places))
        for bank in list_banks(place)
        for question in bank.bank.questions
    )
    lines = (line for question in asked for line in (question.say, question.plain) if line)
    return tuple(dict.fromkeys(lines))


@cache
def house_lines() -> tuple[str, ...]:
    """What is said around the questions, in every tone and by every persona, {places} included."""
    said: list[str] = []
    for tone in TONES:
        house = load_house(tone)
        asked = (question.say for question in (*house.warmups, *house.candidate_questions))
        said += [*house.opening, *asked, house.candidate_questions_reply, *house.close]
    names = filter(None, (load_persona(name).name for name in persona_names()))
    drills = _texts(read_yaml(words(DRILLS)).data)
    return tuple(dict.fromkeys((*said, *(f"I am {name}." for name in names), *drills)))


def is_fixed(sentence: str) -> bool:
    """Whether that sentence is one of the product's own."""
    exact, patterns = _fixed()
    return sentence in exact or any(pattern.fullmatch(sentence) for pattern in patterns)


@cache
def _fixed() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    known = {
        sentence for line in (*stock_lines(), *bank_lines(), *house_lines()) for sentence in sentences(line)
    }
    exact = frozenset(sentence for sentence in known if "{" not in sentence)
    fillable = (sentence for sentence in known - exact if set(_PLACE.findall(sentence)) <= set(_fillings()))
    return exact, tuple(re.compile(_pattern(sentence), re.IGNORECASE) for sentence in fillable)


@cache
def _fillings() -> dict[str, str]:
    """What may stand in a place of the product's own lines, as patterns."""
    drills = read_yaml(words(DRILLS)).data["moves"].values()
    titles = {bank.bank.title for bank in list_banks()} | {str(move["title"]) for move in drills}
    return {"{title}": "|".join(map(re.escape, sorted(titles))), "{minutes}": _NUMBER}


def _pattern(sentence: str) -> str:
    parts = (
        f"(?:{_fillings()[part]})" if part in _fillings() else re.escape(part) for part in _split(sentence)
    )
    return "".join(parts)


def _split(sentence: str) -> list[str]:
    return re.split(r"(\{\w+\})", sentence)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
