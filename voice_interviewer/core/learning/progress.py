"""How answers changed from session to session, question family by question family.

Only answers to the same family are held against each other, and each slot, point and skill stands for itself:
there is no total, here or anywhere.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any

from voice_interviewer.core.learning.drills import AFTER_PROBE, AT_ONCE, FAMILY, NOT_HEARD, UNSURE, outcome
from voice_interviewer.core.model.catalogue import Catalogue
from voice_interviewer.core.model.moves import is_probe

QUIET_WPM = (110, 170)
"""Words a minute about which there is nothing to say. Start value, after published ranges of conversation."""
TRENDS = ("as_before", "sooner", "rarer", "more_at_once", "less_at_once")
"""How what became of a thing changed."""
NEEDED = 2
"""Sessions from which on there is something to compare."""

Plain = Mapping[str, Any]


@dataclass(frozen=True)
class Attempt:
    """One session's answers to questions of one family. questions: their ids; level: the seniority they were
    asked at. probes: follow-ups asked; cut_offs: turns the interviewer took too early, which is its own
    mistake. wpm: the median pace of the answers in words a minute. rated, shown: the candidate's own guess of
    the level and the level shown; None where there is none. drill: it was one."""

    session: str
    started: str | None
    level: str
    questions: tuple[str, ...]
    probes: int
    cut_offs: int
    wpm: int | None = None
    rated: int | None = None
    shown: int | None = None
    drill: bool = False

    @property
    def gap(self) -> int | None:
        """Predicted minus shown: above 0 the answer was thought better than what was heard."""
        return None if self.rated is None or self.shown is None else self.rated - self.shown


@dataclass(frozen=True)
class Tally:
    """What became of one thing in one session: how often it was heard at once, after a follow-up, not, and
    perhaps. Counts of things listened for; what nobody looked at is in none of them."""

    at_once: int = 0
    after_probe: int = 0
    not_heard: int = 0
    unsure: int = 0

    @property
    def of(self) -> int:
        """How many could be told; the unsure are left out."""
        return self.at_once + self.after_probe + self.not_heard

    @property
    def share(self) -> float | None:
        """Heard at once, 0..1; None where nothing could be told."""
        return self.at_once / self.of if self.of else None


@dataclass(frozen=True)
class Track:
    """One slot, rubric point or skill over the attempts. kind: slot, point or skill. tallies: one an attempt,
    None where it was not listened for."""

    id: str
    kind: str
    label: str
    tallies: tuple[Tally | None, ...]


@dataclass(frozen=True)
class FamilyProgress:
    """All answers to one family, oldest first. text: the question as asked last."""

    family: str
    text: str
    attempts: tuple[Attempt, ...]
    tracks: tuple[Track, ...]

    @property
    def comparable(self) -> bool:
        return len(self.attempts) >= NEEDED


@dataclass(frozen=True)
class Progress:
    """families: the most often practised first. sessions: how many held an answer to any of them."""

    families: tuple[FamilyProgress, ...]
    sessions: int

    @property
    def comparable(self) -> tuple[FamilyProgress, ...]:
        return tuple(family for family in self.families if family.comparable)

    def only(self, family: str) -> "Progress":
        """That family alone."""
        return replace(self, families=tuple(each for each in self.families if each.family == family))

    def plain(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)


def progress_of(reports: Iterable[Plain]) -> Progress:
    """What these reports (plain forms, in any order) tell together. A virtual candidate's are left out, and
    so are questions that nobody answered."""
    held = sorted(reports, key=lambda each: (each["header"].get("started") or "", each["session"]))
    found: dict[str, list[tuple[Plain, list[Plain]]]] = {}
    sessions = set()
    for report in held:
        if report["header"].get("persona"):
            continue
        for family, questions in _families(report).items():
            found.setdefault(family, []).append((report, questions))
            sessions.add(report["session"])
    families = [_family(family, held) for family, held in found.items()]
    families.sort(key=lambda each: (-len(each.attempts), each.family))
    return Progress(tuple(families), len(sessions))


def family_of(question: Plain) -> str:
    """What a question is compared by; one without a family is compared with itself alone."""
    return str(question.get("family") or question["id"])


def family_label(family: FamilyProgress, catalogue: Catalogue, drill: str) -> str:
    """The question as asked last, or what a drilled move asks for, as {what} in the line `drill`."""
    if not family.family.startswith(FAMILY):
        return family.text
    return drill.format(what=catalogue.move_title(family.family.removeprefix(FAMILY)))


def trend(track: Track) -> str:
    """First against latest, one of TRENDS; empty where one of them could not be told or there is only
    one."""
    shares = [(each.share, each) for each in track.tallies if each and each.share is not None]
    if len(shares) < NEEDED:
        return ""
    (first, begun), (last, now) = shares[0], shares[-1]
    if (first, begun.after_probe / begun.of) == (last, now.after_probe / now.of):
        return "as_before"
    if first == last:
        return "sooner" if now.not_heard / now.of < begun.not_heard / begun.of else "rarer"
    assert first is not None
    assert last is not None
    return "more_at_once" if last > first else "less_at_once"


def _families(report: Plain) -> dict[str, list[Plain]]:
    found: dict[str, list[Plain]] = {}
    for question in report["questions"]:
        if question["kind"] == "core" and any(outcome(each) for each in question["findings"]):
            found.setdefault(family_of(question), []).append(question)
    return found


def _family(family: str, held: Sequence[tuple[Plain, list[Plain]]]) -> FamilyProgress:
    attempts = tuple(_attempt(report, questions) for report, questions in held)
    rows = [_tallies(questions) for _, questions in held]
    keys = list(dict.fromkeys(key for row in rows for key in row))
    labels = {key: label for row in rows for key, (label, _) in row.items()}
    tracks = [
        Track(key[1], key[0], labels[key], tuple(row[key][1] if key in row else None for row in rows))
        for key in keys
    ]
    text = str(held[-1][1][-1]["text"])
    return FamilyProgress(family, text, attempts, tuple(_merged(tracks)))


_Key = tuple[str, str]


def _tallies(questions: Sequence[Plain]) -> dict[_Key, tuple[str, Tally]]:
    """(kind, id) -> label and tally. A point is a question's own, so its question is part of its id. A skill
    counts whatever was listened for in the questions that train it."""
    counts: dict[_Key, Counter[str]] = {}
    labels: dict[_Key, str] = {}
    drilled = str(questions[0].get("family") or "").startswith(FAMILY)
    for question in questions:
        for finding in question["findings"]:
            heard = outcome(finding)
            if heard is None:
                continue
            kind, name = finding["kind"], finding["id"]
            own = (kind, f"{question['id']}:{name}" if kind == "point" else name)
            keys = [(own, finding["label"])]
            keys += [(("skill", skill), skill) for skill in question.get("skills", ()) if not drilled]
            for key, label in keys:
                labels[key] = label
                counts.setdefault(key, Counter())[heard] += 1
    kinds = {"slot": 0, "point": 1, "skill": 2}
    ordered = sorted(counts, key=lambda key: kinds.get(key[0], 3))
    return {key: (labels[key], _tally(counts[key])) for key in ordered}


def _tally(counts: Counter[str]) -> Tally:
    return Tally(counts[AT_ONCE], counts[AFTER_PROBE], counts[NOT_HEARD], counts[UNSURE])


def _merged(tracks: Iterable[Track]) -> list[Track]:
    """Skills that were always trained by the same questions say the same: they share a row."""
    found: list[Track] = []
    for track in tracks:
        same = next(
            (each for each in found if each.kind == track.kind == "skill" and each.tallies == track.tallies),
            None,
        )
        if same is None:
            found.append(track)
        else:
            merged = replace(same, id=f"{same.id}, {track.id}", label=f"{same.label}, {track.label}")
            found[found.index(same)] = merged
    return found


def _attempt(report: Plain, questions: Sequence[Plain]) -> Attempt:
    answers = [answer for question in questions for answer in question["answers"]]
    turns = {answer["turn"] for answer in answers}
    paces = [pace for answer in answers if (pace := answer["delivery"].get("words_per_minute"))]
    cut_ins = (report.get("turn_taking") or {}).get("cut_ins", ())
    guesses = [(each.get("rated"), (each.get("feedback") or {}).get("level")) for each in questions]
    rated, shown = next((each for each in guesses if None not in each), guesses[0])
    header = report["header"]
    return Attempt(
        session=report["session"],
        started=header.get("started"),
        level=str(questions[-1].get("level") or header.get("level") or ""),
        questions=tuple(question["id"] for question in questions),
        probes=sum(is_probe(answer.get("move")) for answer in answers),
        cut_offs=sum(cut["turn"] in turns for cut in cut_ins),
        wpm=round(median(paces)) if paces else None,
        rated=rated,
        shown=shown,
        drill=header.get("drill") is not None,
    )
