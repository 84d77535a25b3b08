"""What a line from a language model must pass before it may be spoken: pure checks, each with its reason.

They would rather refuse a harmless line than let a harmful one through: a refused line costs nothing, because
the rules' own line is spoken in its place.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from voice_interviewer.core.model.moves import ReplyContext
from voice_interviewer.core.understanding.lexicon import STOPWORDS, content_stems, fold
from voice_interviewer.engine.llm.words import (
    COMPOUND,
    IMPERATIVES,
    OPENERS,
    PRAISE,
    PROFANE,
    PROTECTED,
    SCORES,
    TEACHING,
    UNSPEAKABLE,
    VERDICTS,
)
from voice_interviewer.engine.rules import speakable

QUOTE_RATIO = 90
"""rapidfuzz's partial_ratio from which a quote counts as said; lower lets a changed word through."""
SAME_RATIO = 80
"""rapidfuzz's ratio from which two lines count as the same question."""
OVERLAP_WORDS = 6
"""So many words in a row shared with the rubric or the model answer give it away."""
ENGLISH_SHARE = 0.25
"""Share of stop words in an English question; the least of the product's own wordings has 0.44."""
CLAIM_SHARE = 0.75
"""Of the content words after "you said", how many the candidate must have used."""


@dataclass(frozen=True)
class Grounds:
    """What a line is checked against. asked: the question and what was asked last; secret: the question's
    sheet, which no line may give away; said: every line spoken so far."""

    answer: str
    told: str
    asked: str
    secret: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    language: str = "en"

    @classmethod
    def of(cls, context: ReplyContext, language: str = "en") -> "Grounds":
        question = context.question
        earlier = [exchange.answer.text for exchange in context.earlier]
        secret = [*question.how, *question.anchors, question.example, question.why]
        secret += [text for point in question.points for text in (point.text, *point.exemplars)]
        secret += [text for entry in question.avoid for text in (entry.text, *entry.signs)]
        return cls(
            answer=context.answer.text,
            told=" ".join([*earlier, context.answer.text]),
            asked=f"{question.say} {context.asked}",
            secret=tuple(text for text in secret if text),
            said=(*context.said, context.asked, question.say),
            language=language,
        )


def objection(line: str, grounds: Grounds) -> str:
    """Why the line must not be spoken, in a few words; empty when it may."""
    return next((why for check in CHECKS if (why := check(line, grounds))), "")


def quote_objection(quote: str, grounds: Grounds) -> str:
    """Why these are not the candidate's words; an empty quote claims nothing."""
    if not quote.strip():
        return ""
    return "" if _was_said(quote, grounds.answer) else "the quote is not in the answer"


def _was_said(quote: str, told: str) -> bool:
    words, source = _folded(quote), _folded(told)
    if not words or len(words) > len(source):
        return False
    return fuzz.partial_ratio(words, source) >= QUOTE_RATIO


# --- form -------------------------------------------------------------------------------------------------


def _form(line: str, grounds: Grounds) -> str:
    if not line.strip():
        return "the line is empty"
    if not speakable(line) or UNSPEAKABLE.search(line):
        return "the line cannot be spoken as it is"
    return ""


def _one_request(line: str, grounds: Grounds) -> str:
    """One question mark at the end, or one imperative without any."""
    asks = line.count("?")
    orders = sum(1 for sentence in _sentences(line) if _opens_with(sentence, IMPERATIVES))
    if asks == 1 and not line.rstrip("\"'\N{RIGHT DOUBLE QUOTATION MARK} ").endswith("?"):
        return "the question is not the end of the line"
    if asks + orders != 1:
        return "the line is not exactly one request"
    return "the line asks two things" if COMPOUND.search(line.lower()) else ""


def _sentences(line: str) -> list[str]:
    return [piece.strip() for piece in re.split(r"(?<=[.?!])\s+", line) if piece.strip()]


def _opens_with(sentence: str, words: frozenset[str]) -> bool:
    first = [word for word in _folded(sentence).split() if word not in ("please", "and", "so", "now", "then")]
    return bool(first) and first[0] in words


# --- content ----------------------------------------------------------------------------------------------


def _matches(pattern: re.Pattern[str], why: str) -> Callable[[str, Grounds], str]:
    return lambda line, grounds: why if pattern.search(_plain(line)) else ""


def _scores(line: str, grounds: Grounds) -> str:
    """Score words are free where they are the candidate's own matter ("the risk score")."""
    for found in SCORES.finditer(_plain(line)):
        if found.group() not in _folded(f"{grounds.told} {grounds.asked}").split():
            return "the line talks of scores"
    return ""


def _quotes(line: str, grounds: Grounds) -> str:
    runs = re.findall(r'["“”„«»]([^"“”„«»]+)["“”„«»]?', line)
    runs += re.findall(r"(?<!\w)['‘]([^'‘’]{3,}(?:['’]\w[^'‘’]*)*)['’](?!\w)", line)
    return "" if all(_was_said(run, grounds.told) for run in runs) else "it quotes what was not said"


_CLAIM = re.compile(
    r"(?<!can )(?<!could )(?<!would )(?<!did )(?<!do )\byou(?:'ve| have)? (?:just )?"
    r"(?:said|say|mentioned|told me|described|talked about|spoke of)\b([^.?!]*)"
)


def _claims(line: str, grounds: Grounds) -> str:
    """What the line says the candidate said must be made of the candidate's words."""
    told = set(content_stems(grounds.told))
    for claim in _CLAIM.findall(_plain(line)):
        stems = content_stems(re.split(r"[,;:]|\b(?:what|how|why|who|which|where)\b", claim)[0])
        if stems and sum(stem in told for stem in stems) < CLAIM_SHARE * len(stems):
            return "it claims what was not said"
    return ""


def _names(line: str, grounds: Grounds) -> str:
    """No name and no number that did not come up: capitals inside a sentence, openings unknown, digits."""
    known = set(_folded(f"{grounds.told} {grounds.asked}").split())
    for sentence in _sentences(line):
        for place, word in enumerate(sentence.split()):
            bare = word.strip(".,;:?!\"'()“”‘’")
            plain = _folded(bare).removesuffix("'s")
            if plain in known or not bare[:1].isupper() or plain.split("'")[0] == "i":
                continue
            if place or plain.split("'")[0] not in OPENERS:
                return "it names somebody or something that was not said"
    digits = re.findall(r"\d[\d.,]*", line)
    told = f"{grounds.told} {grounds.asked}"
    strange = [number for number in digits if number.rstrip(".,") not in re.findall(r"\d+(?:[.,]\d+)*", told)]
    return "it holds a number that was not said" if strange else ""


def _gives_away(line: str, grounds: Grounds) -> str:
    open_runs = _runs(grounds.told) | _runs(grounds.asked)
    runs = _runs(line) - open_runs
    shared = any(runs & _runs(text) for text in grounds.secret)
    return "it gives away what an answer should hold" if shared else ""


def _runs(text: str) -> set[tuple[str, ...]]:
    words = _folded(text).split()
    return {tuple(words[i : i + OVERLAP_WORDS]) for i in range(len(words) - OVERLAP_WORDS + 1)}


def _repeats(line: str, grounds: Grounds) -> str:
    mine = _folded(line)
    for earlier in _each_line(grounds.said):
        if fuzz.ratio(mine, earlier) >= SAME_RATIO or set(mine.split()) == set(earlier.split()):
            return "it was asked before"
    return ""


def _each_line(said: Iterable[str]) -> Iterator[str]:
    """Every earlier line, and every question in it by itself."""
    for line in said:
        yield _folded(line)
        yield from (_folded(sentence) for sentence in _sentences(line) if sentence.endswith("?"))


def _language(line: str, grounds: Grounds) -> str:
    if grounds.language != "en":
        return ""
    words = _folded(line).split()
    common = sum(1 for word in words if word in STOPWORDS or word in OPENERS)
    strange = any(character.isalpha() and not character.isascii() for character in line)
    said = any(character.isalpha() and not character.isascii() for character in grounds.told)
    if common < max(1, ENGLISH_SHARE * len(words)) or (strange and not said):
        return "it is not in English"
    return ""


def _plain(line: str) -> str:
    """Lower case with plain apostrophes; signs stay."""
    return " ".join(line.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


def _folded(text: str) -> str:
    return " ".join(fold(text).split())


CHECKS: tuple[Callable[[str, Grounds], str], ...] = (
    _form,
    _language,
    _one_request,
    _matches(PROTECTED, "it asks about a protected matter"),
    _matches(PROFANE, "it is rude"),
    _matches(PRAISE, "it praises"),
    _matches(VERDICTS, "it passes a verdict"),
    _scores,
    _matches(TEACHING, "it teaches"),
    _quotes,
    _claims,
    _names,
    _gives_away,
    _repeats,
)
"""In this order; the first objection counts."""
