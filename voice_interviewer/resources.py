"""The files that come with the product (prompts, configs, samples), and question banks read and checked.

A bank is a YAML file. The smallest one is a list of sentences; everything else is optional:

    - Tell me about a time you had to say no to a customer.
    - Why do you want to work in a library?

The full form is `bank: {id, title, language, roles}` with `questions:` under it, see prompts/questions/. A
question without a `type` gets one from its wording, see `guess_type`; one without an `id` is numbered after
the file's name. Every mistake is told with file and line.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from voice_interviewer.core.bank import LEVELS, QUESTION_TYPES, Bank, HouseLines, Point, Question
from voice_interviewer.errors import BankProblem, UsageProblem
from voice_interviewer.yamlfile import Located, read_yaml

CORE_BANK = "behavioural-core"
"""Id of the bank whose questions serve any role."""
ANY_ROLE = "any"
HOUSE = "house"
OWN_LIST_TITLE = "your own questions"
"""What a bank without a head is called: its file's name is no role that could be said aloud."""
MAX_QUESTION_WORDS = 120
"""Nobody can hold a longer question by ear."""

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


# --- where things are -------------------------------------------------------------------------------------


def _package() -> Traversable:
    return files("voice_interviewer")


def _checkout() -> Path | None:
    """The repository root when the package runs from one.

    It wins over `_content`, because an editable install leaves a copy of the content behind that grows stale.
    """
    package = _package()
    if not isinstance(package, Path):
        return None
    root = package.parent
    return root if (root / "pyproject.toml").is_file() and (root / "prompts" / "questions").is_dir() else None


def content() -> Traversable:
    """The folder that holds prompts/ and configs/: in a checkout, an installed wheel or a zip.

    Raises UsageProblem when the installation lacks it.
    """
    folder = _checkout() or _package().joinpath("_content")
    if not folder.joinpath("prompts").is_dir():
        raise UsageProblem(
            "content", "The installation is incomplete: prompts and configs are missing.", "Install it again."
        )
    return folder


def samples_dir() -> Traversable:
    """The folder of the spoken answers that come with the product: audio/samples in a checkout."""
    root = _checkout()
    return root / "audio" / "samples" if root else content().joinpath("samples")


# --- what a bank file may say -----------------------------------------------------------------------------


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class _Point(_Strict):
    text: str = Field(min_length=1)
    weight: float = Field(1.0, gt=0, le=10, allow_inf_nan=False)
    exemplars: tuple[str, ...] = ()

    @field_validator("exemplars")
    @classmethod
    def _spoken(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(value):
            raise ValueError("an exemplar is empty")
        return value


class _Question(_Strict):
    say: str = Field(min_length=1)
    id: str = ""
    type: str = ""
    level: str | None = None
    context: str | dict[str, str] = ""
    family: str | None = None
    points: tuple[_Point, ...] = ()
    target_s: int = Field(120, ge=10, le=600)

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


class _Head(_Strict):
    id: str = Field(min_length=1)
    title: str = Field(min_length=1)
    language: str = "en"
    roles: tuple[str, ...] = ()


class _BankFile(_Strict):
    bank: _Head | None = None
    questions: tuple[_Question, ...] = Field(min_length=1)


class _HouseFile(_Strict):
    opening: str = Field(min_length=1)
    warmups: tuple[_Question, ...] = Field(min_length=1)
    candidate_questions: _Question
    candidate_questions_reply: str = Field(min_length=1)
    close: str = Field(min_length=1)


_Model = TypeVar("_Model", bound=BaseModel)


def _meant_as_value(text: str) -> bool:
    """Whether YAML itself would read that as a number, a date or null. "No" stays a word."""
    import yaml

    resolver: Any = yaml.SafeLoader("")
    tag = resolver.resolve(yaml.ScalarNode, text, (True, False))
    return str(tag).rpartition(":")[2] in ("int", "float", "null", "timestamp")


def _one_of(what: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(
            f"unknown {what} {value!r}, it is one of: {', '.join(allowed)}{_meant(value, allowed)}"
        )
    return value


def _meant(value: str, names: Iterable[str]) -> str:
    close = difflib.get_close_matches(value.lower(), list(names), n=1)
    return f". Did you mean {close[0]!r}?" if close else ""


# --- reading ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """One mistake in one file. line counts from 1."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass(frozen=True)
class BankFile:
    """A bank as read, and the line each question stands on.

    any_role: it serves every role, as the behavioural core does. headed: False for a user's bare list, of
    which less is asked.
    """

    bank: Bank
    file: str
    lines: tuple[int, ...]
    language: str
    any_role: bool
    headed: bool


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


def read_bank(path: Traversable) -> BankFile:
    """A bank file, checked. Raises BankProblem with file and line, UsageProblem when there is none."""
    located = read_yaml(path)
    data = located.data
    if isinstance(data, str):
        raise bank_problem(
            Finding(located.file, 1, "a bank is a list of questions, one on each line after '- '")
        )
    if isinstance(data, list):
        data = {"questions": data}
        located = Located(located.file, data, located.lines, root=("questions",))
    if isinstance(data, dict) and isinstance(data.get("questions"), list):
        data = {**data, "questions": [_expand(question) for question in data["questions"]]}
    parsed = _validate(_BankFile, data, located)
    stem = Path(path.name).stem
    head = parsed.bank or _Head(id=_kebab(stem), title=OWN_LIST_TITLE)
    questions = tuple(_question(entry, f"{head.id}-{i}") for i, entry in enumerate(parsed.questions, 1))
    lines = tuple(located.line("questions", i) for i in range(len(questions)))
    _refuse_duplicates(questions, lines, located.file)
    bank = Bank(head.id, head.title, questions)
    return BankFile(bank, located.file, lines, head.language, ANY_ROLE in head.roles, parsed.bank is not None)


def load_bank(path_or_id: str | Path) -> Bank:
    """The bank of that id (a role's name, or CORE_BANK), or the one in that file.

    Raises UsageProblem for an unknown role or a missing file, BankProblem for a file with a mistake.
    """
    return find_bank(path_or_id).bank


def is_bank_file(path_or_id: str | Path) -> bool:
    """Whether that means a file of one's own rather than a role that comes with the product."""
    path = Path(path_or_id)
    return isinstance(path_or_id, Path) or path.suffix in (".yaml", ".yml") or len(path.parts) > 1


def find_bank(path_or_id: str | Path) -> BankFile:
    """As load_bank, with the lines and whether the file has a head."""
    if is_bank_file(path_or_id):
        return read_bank(Path(path_or_id).expanduser())
    name = str(path_or_id)
    known = _bank_paths()
    if name not in known:
        roles = [entry.bank.id for entry in list_banks() if not entry.any_role]
        raise UsageProblem(
            "unknown_role",
            f"There is no role {name!r}{_meant(name, roles)}",
            f"Roles: {', '.join(roles)}. Or give a file of your own questions.",
        )
    return read_bank(known[name])


def list_banks() -> tuple[BankFile, ...]:
    """Every bank that comes with the product, roles first, each by name. Raises BankProblem."""
    read = [read_bank(path) for path in _bank_paths().values()]
    return tuple(sorted(read, key=lambda entry: (entry.any_role, entry.bank.id)))


@cache
def load_house() -> HouseLines:
    """What the interviewer says around the questions. Raises BankProblem."""
    return read_house(content().joinpath("prompts", "questions", f"{HOUSE}.yaml"))[0]


def read_house(path: Traversable) -> tuple[HouseLines, Located]:
    """The house lines of that file, and where each stands. Raises as read_bank does."""
    located = read_yaml(path)
    house = _validate(_HouseFile, located.data, located)
    lines = HouseLines(
        opening=house.opening,
        warmups=tuple(_question(entry, f"warmup-{i}") for i, entry in enumerate(house.warmups, 1)),
        candidate_questions=_question(house.candidate_questions, "candidate-questions"),
        candidate_questions_reply=house.candidate_questions_reply,
        close=house.close,
    )
    return lines, located


def _bank_paths() -> dict[str, Traversable]:
    folder = content().joinpath("prompts", "questions")
    found = {Path(path.name).stem: path for path in folder.iterdir() if path.name.endswith(".yaml")}
    return {name: found[name] for name in sorted(found) if name != HOUSE}


def _expand(question: Any) -> Any:
    """The long form of a question or point that was given as a bare sentence."""
    if isinstance(question, str):
        return {"say": question}
    if isinstance(question, dict) and isinstance(question.get("points"), list):
        points = [{"text": point} if isinstance(point, str) else point for point in question["points"]]
        return {**question, "points": points}
    return question


def _validate(model: type[_Model], data: Any, located: Located) -> _Model:
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
        elif first["type"] in ("model_type", "model_attributes_type", "tuple_type", "string_type"):
            text = f"{name!r} has the wrong form"
        elif first["type"] == "too_short" and name == "questions":
            text = "there is no question in it"
        elif first["type"] == "string_too_short":
            text = f"{name!r} is empty"
        else:
            text = f"{name!r}: {first['msg'].removeprefix('Value error, ')}"
        rest = f" (and {len(more)} more)" if more else ""
        raise bank_problem(Finding(located.file, located.line(*place), text + rest)) from None


def bank_problem(finding: Finding) -> BankProblem:
    return BankProblem(
        "bank", str(finding), "Mend that line; `voice-interviewer questions check FILE` looks again."
    )


def _refuse_duplicates(questions: tuple[Question, ...], lines: tuple[int, ...], file: str) -> None:
    seen: dict[str, int] = {}
    for question, line in zip(questions, lines, strict=True):
        if question.id in seen:
            raise bank_problem(
                Finding(file, line, f"the id {question.id!r} was already used in line {seen[question.id]}")
            )
        seen[question.id] = line


def _question(entry: _Question, fallback_id: str) -> Question:
    context = entry.context
    if isinstance(context, dict):
        context = "; ".join(f"{region}: {law}" if law else region for region, law in context.items())
    return Question(
        id=entry.id or fallback_id,
        type=entry.type or guess_type(entry.say),
        say=entry.say,
        level=entry.level,
        context=context,
        family=entry.family,
        points=tuple(
            Point(f"p{i}", point.text, point.weight, point.exemplars)
            for i, point in enumerate(entry.points, 1)
        ),
        target_s=entry.target_s,
    )


def _kebab(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "bank"
