"""What a bank's file may say, checked by pydantic and turned into the core's plain questions.

Everything of a question but `say` is optional. A question without a `type` gets one from its wording, see
`guess_type`; one without an `id` is numbered after its bank. Wherever a question's texts say {law}, the law
of the chosen place is put in, `context: {EU: the GDPR, US: the FTC's rules}`: the first place where none was
chosen or the question does not know it. What is asked, `say` and its other words `plain`, never names a law.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from voice_interviewer.content.yaml_file import Located
from voice_interviewer.core.model.bank import (
    LEVELS,
    QUESTION_TYPES,
    Avoid,
    Point,
    Question,
)
from voice_interviewer.errors import BankProblem

MAX_QUESTION_WORDS = 120
"""Nobody can hold a longer question by ear."""
ANCHORS = ("1", "2", "3", "4", "5")
"""The levels an answer is described at, lowest first."""
LAW = "{law}"

_PAST = re.compile(
    r"\b(tell (me|us) about (a|the last|something|your (biggest|greatest|hardest|proudest))"
    r"|describe (a|the last|something)|give (me|us) an example|when (did|have|was) you|have you ever)\b",
    re.IGNORECASE,
)
_MOTIVE = re.compile(
    r"\b(why (do|did|are|would|have) you|why (this|our|us)\b|what (draws|attracts|motivates|drives)"
    r"|where do you see yourself|(strengths?|weakness(es)?)\b|about yourself)",
    re.IGNORECASE,
)
_SITUATION = re.compile(
    r"\b(what (do|would|will) you (do|say)|how (do|would) you (handle|react|respond|deal|resolve)"
    r"|imagine|suppose|what if)\b",
    re.IGNORECASE,
)
_METHOD = re.compile(r"\b(how|explain|design|walk me through|what is the difference)\b", re.IGNORECASE)


def guess_type(say: str) -> str:
    """The question type that a sentence's wording suggests, for banks that give none.

    Asking for the past is behavioural, for reasons and plans motivation, "what would you do" situational, for
    a method technical. Anything else is factual, which has no slots to probe for: a follow-up that misses
    the point is worse than none.
    """
    for pattern, kind in (
        (_MOTIVE, "motivation"),
        (_PAST, "behavioural"),
        (_SITUATION, "situational"),
        (_METHOD, "technical"),
    ):
        if pattern.search(say):
            return kind
    return "factual"


# --- the form of a file -------------------------------------------------------------------------------------

Text = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """Unknown keys are mistakes, and blanks around a text are none of it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PointEntry(Strict):
    """One rubric point as written."""

    text: Text
    weight: float = Field(1.0, gt=0, le=10, allow_inf_nan=False)
    exemplars: tuple[Text, ...] = ()
    probe: str = ""


class AvoidEntry(Strict):
    """One thing a good answer does not say, as written."""

    text: Text
    signs: tuple[Text, ...] = ()


class QuestionEntry(Strict):
    """One question as written."""

    say: Text
    plain: str = ""
    id: str = ""
    type: str = ""
    level: str | None = None
    context: str | dict[str, str] = ""
    family: str | None = None
    skills: tuple[Text, ...] = ()
    points: tuple[PointEntry, ...] = ()
    target_s: int = Field(120, ge=10, le=600)
    why: str = ""
    how: tuple[Text, ...] = ()
    avoid: tuple[AvoidEntry, ...] = ()
    anchors: dict[str, Text] = Field(default_factory=dict)
    challenge: str = ""
    example: str = ""

    @field_validator("say")
    @classmethod
    def _words(cls, value: str) -> str:
        if not any(letter.isalpha() for letter in value) or _meant_as_value(value):
            raise ValueError(f"{value!r} is not a question in words")
        words = len(value.split())
        if words > MAX_QUESTION_WORDS:
            raise ValueError(f"{words} words, more than {MAX_QUESTION_WORDS} cannot be followed by ear")
        return value

    @field_validator("type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        return _one_of("type", value, QUESTION_TYPES)

    @field_validator("level")
    @classmethod
    def _known_level(cls, value: str | None) -> str | None:
        return value if value is None else _one_of("level", value, LEVELS)

    @field_validator("anchors")
    @classmethod
    def _all_five(cls, value: dict[str, str]) -> dict[str, str]:
        if value and sorted(value) != list(ANCHORS):
            raise ValueError(f"give one text each for {', '.join(ANCHORS)}")
        return value


class Head(Strict):
    """Whose questions they are."""

    id: Text
    title: Text
    language: str = "en"
    roles: tuple[str, ...] = ()


class BankEntry(Strict):
    """A whole bank as written."""

    bank: Head | None = None
    questions: tuple[QuestionEntry, ...] = Field(min_length=1)


Model = TypeVar("Model", bound=BaseModel)


def _meant_as_value(text: str) -> bool:
    """Whether YAML itself would read that as a number, a date or null. "No" stays a word."""
    import yaml

    resolver: Any = yaml.SafeLoader("")
    tag = resolver.resolve(yaml.ScalarNode, text, (True, False))
    return str(tag).rpartition(":")[2] in ("int", "float", "null", "timestamp")


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(
            f"unknown {what} {value!r}, it is one of: {', '.join(allowed)}{meant(value, allowed)}"
        )
    return value


def meant(value: str, names: Iterable[str]) -> str:
    """ ". Did you mean 'x'?" where one of the names is close, else nothing."""
    close = difflib.get_close_matches(value.lower(), list(names), n=1)
    return f". Did you mean {close[0]!r}?" if close else ""


# --- mistakes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """One mistake in one file. line counts from 1."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


def bank_problem(finding: Finding) -> BankProblem:
    """The finding as what stops a command."""
    return BankProblem(
        "bank", str(finding), "Mend that line; `voice-interviewer questions check FILE` looks again."
    )


def validated(model: type[Model], data: Any, located: Located) -> Model:
    """The data in that form. Raises BankProblem with file and line for the first mistake."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first, *more = error.errors(include_url=False, include_context=False)
        place = first["loc"]
        name = next((part for part in reversed(place) if isinstance(part, str)), "the file")
        if first["type"] == "extra_forbidden":
            text = f"unknown key {name!r}"
        elif first["type"] == "missing":
            text = f"{name!r} is missing"
        elif first["type"] in _WRONG_FORM:
            text = f"{name!r} has the wrong form"
        elif first["type"] == "too_short" and name == "questions":
            text = "there is no question in it"
        elif first["type"] in ("string_too_short", "too_short"):
            text = f"{name!r} is empty"
        else:
            text = f"{name!r}: {first['msg'].removeprefix('Value error, ')}"
        rest = f" (and {len(more)} more)" if more else ""
        raise bank_problem(Finding(located.file, located.line(*place), text + rest)) from None


_WRONG_FORM = ("model_type", "model_attributes_type", "tuple_type", "string_type", "dict_type")


# --- from the form to the question --------------------------------------------------------------------------


def expanded(question: Any) -> Any:
    """The long form of a question, point or thing to avoid that was given as a bare sentence."""
    if isinstance(question, str):
        return {"say": question}
    if not isinstance(question, dict):
        return question
    long = dict(question)
    for key in ("points", "avoid"):
        if isinstance(long.get(key), list):
            long[key] = [{"text": entry} if isinstance(entry, str) else entry for entry in long[key]]
    return long


def places_of(entry: QuestionEntry) -> tuple[str, ...]:
    """The places whose law the question knows, the first one in force unless another is chosen."""
    return tuple(entry.context) if isinstance(entry.context, dict) else ()


def to_question(entry: QuestionEntry, fallback_id: str, place: str | None = None) -> Question:
    """The question as the core knows it, under the law of that place (upper or lower case).

    Raises ValueError where a text says {law} and no law is known.
    """
    places = places_of(entry)
    here = next((name for name in places if place and name.casefold() == place.casefold()), None)
    first = here or (places[0] if places else "")
    laws = entry.context if isinstance(entry.context, dict) else {}
    context = entry.context if isinstance(entry.context, str) else _context(laws, first)

    def spoken(text: str) -> str:
        return _with_law(text, laws.get(first, ""))

    return Question(
        id=entry.id or fallback_id,
        type=entry.type or guess_type(entry.say),
        say=entry.say,
        level=entry.level,
        context=context,
        family=entry.family,
        points=tuple(
            Point(
                f"p{i}",
                spoken(point.text),
                point.weight,
                tuple(map(spoken, point.exemplars)),
                spoken(point.probe),
            )
            for i, point in enumerate(entry.points, 1)
        ),
        target_s=entry.target_s,
        skills=entry.skills,
        why=spoken(entry.why),
        how=tuple(map(spoken, entry.how)),
        avoid=tuple(Avoid(spoken(each.text), tuple(map(spoken, each.signs))) for each in entry.avoid),
        anchors=tuple(spoken(entry.anchors[level]) for level in ANCHORS) if entry.anchors else (),
        challenge=spoken(entry.challenge),
        example=spoken(entry.example),
        plain=entry.plain,
    )


def _context(laws: dict[str, str], first: str) -> str:
    """ "EU: the GDPR; BR: the LGPD", the place in force first."""
    ordered = sorted(laws, key=lambda place: place != first)
    return "; ".join(f"{place}: {laws[place]}" if laws[place] else place for place in ordered)


def _with_law(text: str, law: str) -> str:
    if LAW not in text:
        return text
    if not law:
        raise ValueError(f"{LAW} stands for nothing; say which law: context: {{PLACE: law}}")
    # At a sentence's beginning "the GDPR" takes a capital like any word.
    text = re.sub(r"(^|[.!?:]\s+)\{law\}", lambda match: match.group(1) + law[0].upper() + law[1:], text)
    return text.replace(LAW, law)


def kebab(name: str) -> str:
    """A file's name as an id."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "bank"
