"""The files that come with the product (prompts, configs, samples), and question banks read and checked.

A bank is a YAML file. The smallest one is a list of sentences; everything else is optional:

    - Tell me about a time you had to say no to a customer.
    - Why do you want to work in a library?

The full form is `bank: {id, title, language, roles}` with `questions:` under it, see `bankfile` and
prompts/questions/. Every mistake is told with file and line.
"""

import atexit
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import Field

from voice_interviewer.content.bankfile import (
    BankEntry,
    Finding,
    Head,
    QuestionEntry,
    Strict,
    Text,
    bank_problem,
    expanded,
    kebab,
    meant,
    places_of,
    to_question,
    validated,
)
from voice_interviewer.content.tones import toned
from voice_interviewer.content.yaml_file import Located, read_yaml
from voice_interviewer.core.model.bank import Bank, HouseLines, Question
from voice_interviewer.errors import UsageProblem

CORE_BANK = "behavioural-core"
"""Id of the bank whose questions serve any role."""
ANY_ROLE = "any"
ENGLISH = "en"
LINES, DRILLS, HOUSE = "lines.yaml", "drills.yaml", "house.yaml"
"""What is said to an answer, in a drill, and around the questions."""
ASIDES, SCREEN = "asides.yaml", "screen.yaml"
"""What the machine says of its own accord, and what is read while an interview is held."""
LABELS, REMARKS, REVIEW = "labels.yaml", "remarks.yaml", "review.yaml"
"""What is read of slots and moves, of an answer, and in the review."""
SKILLS, FOLLOW_UPS = "skills.yaml", "follow_ups.yaml"
"""How skills are named in a job description; by which words others' follow-ups are known."""
WORDS = (LINES, DRILLS, HOUSE, ASIDES, SCREEN, LABELS, REMARKS, REVIEW, SKILLS, FOLLOW_UPS)
"""Each language has all of them."""
OWN_LIST_TITLE = "your own questions"
"""What a bank without a head is called: its file's name is no role that could be said aloud."""

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


@cache
def on_disk(*names: str) -> Path:
    """A folder of `content` for what reads files alone: itself, or a copy while the process lives."""
    kept = ExitStack()
    atexit.register(kept.close)
    return kept.enter_context(as_file(content().joinpath(*names)))


def samples_dir() -> Traversable:
    """The folder of the spoken answers that come with the product: audio/samples in a checkout."""
    root = _checkout()
    return root / "audio" / "samples" if root else content().joinpath("samples")


def words(name: str, language: str = ENGLISH) -> Traversable:
    """One of WORDS in that language (an ISO 639-1 code)."""
    return content().joinpath("prompts", "languages", language, name)


READ_IN = frozenset((ENGLISH,))
"""The languages of the answers the reader was taught on; words alone make no interview."""


@cache
def languages() -> tuple[str, ...]:
    """The languages an interview can be held in, in order: those that have every file and are READ_IN."""
    folders = content().joinpath("prompts", "languages").iterdir()
    names = sorted(folder.name for folder in folders if folder.is_dir())
    whole = (name for name in names if all(words(file, name).is_file() for file in WORDS))
    return tuple(name for name in whole if name in READ_IN)


def need_language(language: str) -> None:
    """Raises UsageProblem for a language no interview can be held in."""
    if language not in languages():
        raise UsageProblem(
            "language",
            f"There are no words for an interview in {language!r} yet.",
            f"Languages: {', '.join(languages())}.",
        )


# --- reading ----------------------------------------------------------------------------------------------


class _HouseFile(Strict):
    opening: tuple[Text, ...] = Field(min_length=1)
    warmups: tuple[QuestionEntry, ...] = Field(min_length=1)
    candidate_questions: tuple[QuestionEntry, ...] = Field(min_length=1)
    candidate_questions_reply: Text
    close: tuple[Text, ...] = Field(min_length=1)
    resume: tuple[Text, ...] = ()


@dataclass(frozen=True)
class BankFile:
    """A bank as read, and the line each question stands on.

    any_role: it serves every role, as the behavioural core does. headed: False for a user's bare list, of
    which less is asked. located: where each value stands. places: every place whose law a question knows.
    """

    bank: Bank
    file: str
    lines: tuple[int, ...]
    language: str
    any_role: bool
    headed: bool
    located: Located
    places: tuple[str, ...] = ()

    def line(self, index: int, *path: str | int) -> int:
        """The line, from 1, of something inside the question at that index, e.g. ("points", 0, "probe")."""
        return self.located.line("questions", index, *path)


def read_bank(path: Traversable, place: str | None = None) -> BankFile:
    """A bank file, checked, under the law of that place (each question's first where it does not know it).

    Raises BankProblem with file and line, UsageProblem when there is none.
    """
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
        data = {**data, "questions": [expanded(question) for question in data["questions"]]}
    parsed = validated(BankEntry, data, located)
    stem = Path(path.name).stem
    head = parsed.bank or Head(id=kebab(stem), title=OWN_LIST_TITLE)
    if head.language not in languages():
        line = located.line("bank", "language")
        text = (
            f"there are no words for an interview in {head.language!r} yet, only in {', '.join(languages())}"
        )
        raise bank_problem(Finding(located.file, line, text))
    lines = tuple(located.line("questions", i) for i in range(len(parsed.questions)))
    questions = tuple(
        _converted(entry, f"{head.id}-{i}", place, Finding(located.file, line, ""))
        for i, (entry, line) in enumerate(zip(parsed.questions, lines, strict=True), 1)
    )
    _refuse_duplicates(questions, lines, located.file)
    return BankFile(
        Bank(head.id, head.title, questions),
        located.file,
        lines,
        head.language,
        ANY_ROLE in head.roles,
        parsed.bank is not None,
        located,
        tuple(sorted({place for entry in parsed.questions for place in places_of(entry)})),
    )


def _converted(entry: QuestionEntry, fallback_id: str, place: str | None, where: Finding) -> Question:
    try:
        return to_question(entry, fallback_id, place)
    except ValueError as error:
        raise bank_problem(replace(where, text=str(error))) from None


def load_bank(path_or_id: str | Path, place: str | None = None) -> Bank:
    """The bank of that id (a role's name, or CORE_BANK), or the one in that file; place as for read_bank.

    Raises UsageProblem for an unknown role or a missing file, BankProblem for a file with a mistake.
    """
    return find_bank(path_or_id, place).bank


def is_bank_file(path_or_id: str | Path) -> bool:
    """Whether that means a file of one's own rather than a role that comes with the product."""
    path = Path(path_or_id)
    return isinstance(path_or_id, Path) or path.suffix in (".yaml", ".yml") or len(path.parts) > 1


def find_bank(path_or_id: str | Path, place: str | None = None) -> BankFile:
    """As load_bank, with the lines and whether the file has a head."""
    if is_bank_file(path_or_id):
        return read_bank(Path(path_or_id).expanduser(), place)
    name = str(path_or_id)
    known = _bank_paths()
    if name not in known:
        roles = [entry.bank.id for entry in list_banks() if not entry.any_role]
        raise UsageProblem(
            "unknown_role",
            f"There is no role {name!r}{meant(name, roles)}",
            f"Roles: {', '.join(roles)}. Or give a file of your own questions.",
        )
    return read_bank(known[name], place)


def list_banks(place: str | None = None) -> tuple[BankFile, ...]:
    """Every bank that comes with the product, roles first, each by name. Raises BankProblem."""
    read = [read_bank(path, place) for path in _bank_paths().values()]
    return tuple(sorted(read, key=lambda entry: (entry.any_role, entry.bank.id)))


@cache
def load_house(tone: str = "neutral") -> HouseLines:
    """What the interviewer says around the questions, in that tone, see `tones`. Raises BankProblem."""
    return read_house(words(HOUSE), tone)[0]


def read_house(path: Traversable, tone: str | None = None) -> tuple[HouseLines, Located]:
    """The house lines of that file (of every tone, or of one), and where each stands when it is every one.

    Raises as read_bank does.
    """
    located = read_yaml(path)
    house = validated(_HouseFile, toned(located.data, tone), located)
    lines = HouseLines(
        opening=house.opening,
        warmups=tuple(to_question(entry, f"warmup-{i}") for i, entry in enumerate(house.warmups, 1)),
        candidate_questions=tuple(
            to_question(entry, f"closing-{i}") for i, entry in enumerate(house.candidate_questions, 1)
        ),
        candidate_questions_reply=house.candidate_questions_reply,
        close=house.close,
        resume=house.resume,
    )
    return lines, located


def _bank_paths() -> dict[str, Traversable]:
    folder = content().joinpath("prompts", "questions")
    found = {Path(path.name).stem: path for path in folder.iterdir() if path.name.endswith(".yaml")}
    return {name: found[name] for name in sorted(found)}


def _refuse_duplicates(questions: tuple[Question, ...], lines: tuple[int, ...], file: str) -> None:
    seen: dict[str, int] = {}
    for question, line in zip(questions, lines, strict=True):
        if question.id in seen:
            raise bank_problem(
                Finding(file, line, f"the id {question.id!r} was already used in line {seen[question.id]}")
            )
        seen[question.id] = line
