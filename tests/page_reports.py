"""Reports made by hand, with everything in them that the page can show, and their sound."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from voice_interviewer.core.delivery.answer import Delivery, Stretch
from voice_interviewer.review import model as m

RATE_HZ = 16_000
WORD_MS, GAP_MS = 300, 60
SESSION = "2026-11-24T09-30-00_data-engineer_senior"
SLOTS = (
    ("situation", "The situation"),
    ("own_action", "Your own part"),
    ("result", "How it ended"),
    ("measure", "A number or a measure"),
    ("reflection", "What you took from it"),
)

_MAIN = (
    "so in spring our nightly load began to fail um about twice a week and nobody knew why"
    " | so I traced one broken run by hand and found that two jobs wrote the same table"
    " I moved the second job behind a lock and wrote down who owns which table"
)
_AFTER = "after that it ran for ten weeks without one failure and the team on call slept again"
_SHORT = "I would ask first who reads it"
MAIN, AFTER, SHORT = _MAIN.split(), _AFTER.split(), _SHORT.split()


class Clock:
    """Lays out one thing after the other in time."""

    def __init__(self) -> None:
        self.ms = 500

    def line(self, kind: str, text: str, question: int | None, **more: object) -> m.Entry:
        length = 1500
        entry = m.Entry("interviewer", kind, text, self.ms, self.ms + length, question, length, **more)  # type: ignore[arg-type]
        self.ms += length + 700
        return entry

    def answer(
        self, tokens: Sequence[str], question: int, turn: int, doubtful: Sequence[str] = ()
    ) -> m.Entry:
        """A "|" among the words is a pause of 2.4 s."""
        words: list[m.ReportWord] = []
        for token in tokens:
            if token == "|":
                self.ms += 2400
                continue
            word = m.ReportWord(
                token,
                self.ms,
                self.ms + WORD_MS,
                token in doubtful,
                len(words),
                filler=token in ("um", "uh"),
            )
            words.append(word)
            self.ms += WORD_MS + GAP_MS
        text = " ".join(word.text for word in words)
        entry = m.Entry(
            "candidate",
            "answer",
            text,
            words[0].start_ms,
            words[-1].end_ms,
            question,
            turn=turn,
            words=tuple(words),
        )
        self.ms += 900
        return entry


def quoting(entry: m.Entry, text: str) -> m.Quote:
    """Those words of an answer, where they stand."""
    start = entry.text.index(text)
    first = entry.text[:start].count(" ")
    last = first + text.count(" ")
    doubts = tuple(n - first for n in range(first, last + 1) if entry.words[n].doubtful)
    return m.Quote(
        entry.turn or 0,
        text,
        start,
        start + len(text),
        entry.words[first].start_ms,
        entry.words[last].end_ms,
        doubts,
    )


def full_report(revealed: bool = False, said: Callable[[str], str] = lambda text: text) -> m.Report:
    """Two core questions: one with everything, one that was not assessed. said: what becomes of each text
    that a person, a model or a bank could have written."""
    clock = Clock()
    ask = said("Tell me about a time you tracked down a failure that others had given up on.")
    probe = said("You found two jobs on one table. What changed after you moved one of them?")
    main_words = [*said("").split(), *MAIN]
    lines = [clock.line("opening", said("Welcome. Take the time you need."), None)]
    lines.append(clock.line("question", ask, 0))
    main = clock.answer(main_words, 0, 1, doubtful=("load", "lock"))
    lines += [main, clock.line("probe", probe, 0, move="result")]
    after = clock.answer([*said("").split(), *AFTER], 0, 2)
    lines += [after, clock.line("question", said("How would you lay out a new event table?"), 1)]
    short = clock.answer(SHORT, 1, 3)
    lines += [short, clock.line("close", said("That is all. Thank you."), None)]
    first = _first_question(said, ask, probe, main, after, revealed)
    second = _second_question(said, short)
    return m.Report(
        schema_version=m.SCHEMA_VERSION,
        session=SESSION,
        header=_header(said),
        totals=m.Totals(clock.ms, 2, 2, 1, 7500, 20_000, 0.73, 0),
        ended="finished",
        ending="The interview ran to its end.",
        dialogue=tuple(lines),
        questions=(first, second),
        not_reached=(said("How do you review a schema change?"),),
        sound="dialogue.wav",
        unresolved_quotes=0,
        priorities=_priorities(said, main),
        revealed=revealed,
        tags=(said("first try"),),
        note=said("Slept badly, still fine."),
    )


def _header(said: Callable[[str], str]) -> m.Header:
    return m.Header(
        title=said("Data Engineer"),
        role="data-engineer",
        level="senior",
        minutes=20,
        started="2026-11-24T09:30:00+00:00",
        transcriber=said("whisper small.en"),
        voice=said("piper lessac"),
        engine="rules",
        tiers=("rules",),
        detector="silero",
        devices=((said("microphone"), said("Built-in Microphone")),),
        doubt_threshold=0.5,
        cannot_judge=("whether what was said is true", "how it was said: tone and accent are not analysed"),
        scorer="embeddings",
    )


def _first_question(
    said: Callable[[str], str], ask: str, probe: str, main: m.Entry, after: m.Entry, revealed: bool
) -> m.QuestionReport:
    heard = {
        "situation": (main, "our nightly load began to fail", 0),
        "own_action": (main, "I traced one broken run by hand", 0),
        "result": (after, "it ran for ten weeks without one failure", 1),
        "measure": (after, "ten weeks", 1),
    }
    findings = []
    for slot, label in SLOTS:
        found = heard.get(slot)
        findings.append(
            m.Finding(slot, "slot", label, "not_heard")
            if found is None
            else m.Finding(
                slot,
                "slot",
                label,
                "heard",
                quoting(found[0], found[1]),
                "after a follow-up" if found[2] else "at once",
                probes=found[2],
            )
        )
    findings.append(
        m.Finding(
            "point:p1",
            "point",
            said("names the cause, not only the symptom"),
            "unsure",
            quoting(main, "two jobs wrote the same table"),
            "at once",
            why="perhaps misheard",
        )
    )
    why = m.Why(
        "result",
        "for the outcome",
        said("The answer stops before its outcome."),
        "result",
        "How it ended",
        "moved the second job behind a lock",
        quoting(main, "moved the second job behind a lock"),
        "rules",
        "heard",
        "One sentence on how it ended.",
    )
    deliveries = (
        Delivery(
            35,
            18_600,
            113,
            Stretch(7900, 10_360),
            700,
            0.7,
            fillers=(),
            longest_monologue=Stretch(9000, 15_000),
        ),
        Delivery(17, 6000, 165, None, 700, 0.83),
    )
    return m.QuestionReport(
        id="failure-hunt",
        kind="core",
        type="behavioural",
        number=1,
        text=ask,
        start_ms=2700,
        answers=(
            m.Answer(1, ask, None, None, None, main.text, False, deliveries[0]),
            m.Answer(2, probe, "result", "for the outcome", why, after.text, False, deliveries[1]),
        ),
        findings=tuple(findings),
        level="senior",
        purpose=said("To hear how you work when nobody knows the answer."),
        how=(said("Begin with what was at stake."), said("Say what you did yourself.")),
        avoid=(said("We fixed it as a team and it was fine."),),
        example=said("Our billing export lost rows every Monday. I compared two runs line by line."),
        feedback=_feedback(said, main, after),
        tightened=_tightened(said, main, after),
        rated=4 if revealed else None,
        note=said("Say the number first."),
    )


def _feedback(said: Callable[[str], str], main: m.Entry, after: m.Entry) -> m.Feedback:
    lacks = {"lead": ("What it costs",), "principal": ("What it costs", "What you took from it")}
    return m.Feedback(
        assessed=True,
        reason=None,
        level=3,
        low=3,
        high=4,
        anchor=said("a real failure, followed to its cause, with a result that came when asked for"),
        next_needs=("How it ended, at once", "What you took from it"),
        dimensions=(
            m.LevelShown("substance", "What the question is about", 3),
            m.LevelShown("story", "How it is told", 4),
            m.LevelShown("proof", "What came of it, and how one knows", 2),
            m.LevelShown("follow_ups", "What came when it was asked for", None, "too little was asked"),
        ),
        seniorities=tuple(
            m.SeniorityShown(level, level not in lacks, lacks.get(level, ()))
            for level in ("intern", "junior", "mid", "senior", "lead", "principal")
        ),
        keep=m.Comment(
            "own_action",
            "Your own part",
            said("The answer says what you did with your own hands."),
            1,
            main.start_ms,
            main.end_ms,
            quoting(main, "I traced one broken run by hand"),
        ),
        fix=m.Comment(
            "reflection",
            "What you took from it",
            said("The answer ends before what it taught."),
            2,
            after.start_ms,
            after.end_ms,
            None,
            said("after that it ran for ten weeks, and since then I [add: what you do differently]"),
        ),
        tier="embeddings",
    )


def _tightened(said: Callable[[str], str], main: m.Entry, after: m.Entry) -> tuple[m.TightenedPiece, ...]:
    run = "I traced one broken run by hand and found that two jobs wrote the same table"
    return (
        m.TightenedPiece(run, "own_action", "Your own part", False, quoting(main, run)),
        m.TightenedPiece(
            "it ran for ten weeks without one failure",
            "result",
            "How it ended",
            False,
            quoting(after, "it ran for ten weeks without one failure"),
        ),
        m.TightenedPiece(
            said("[add: what you took from it]"), "reflection", "What you took from it", placeholder=True
        ),
    )


def _second_question(said: Callable[[str], str], short: m.Entry) -> m.QuestionReport:
    text = said("How would you lay out a new event table?")
    return m.QuestionReport(
        id="event-table",
        kind="core",
        type="technical",
        number=2,
        text=text,
        start_ms=short.start_ms - 2200,
        answers=(m.Answer(3, text, None, None, None, short.text, False, Delivery(7, 2460)),),
        findings=(m.Finding("approach", "slot", "The approach", "not_heard", assessed=False),),
        level="senior",
        feedback=m.Feedback(
            False, "Too little was said to go by.", None, None, None, "", (), (), (), None, None, "embeddings"
        ),
    )


def _priorities(said: Callable[[str], str], main: m.Entry) -> tuple[m.Priority, ...]:
    drill = f"voice-interviewer drill --move reflection --after {SESSION}"
    return (
        m.Priority(
            "reflection",
            said("Say what you took from it before the answer ends."),
            "failure-hunt",
            ("failure-hunt",),
            None,
            "reflection",
            drill,
            quoting(main, "wrote down who owns which table"),
        ),
        m.Priority(
            "approach",
            said("Give an answer to the event table a second try."),
            "event-table",
            ("event-table",),
            "event-table",
            None,
            drill,
        ),
    )


def long_report(words: int = 9300, questions: int = 12) -> m.Report:
    """An hour of talk."""
    base, clock = full_report(), Clock()
    lines: list[m.Entry] = []
    asked = []
    plain = [*MAIN, *AFTER]
    for index in range(questions):
        lines.append(clock.line("question", base.questions[0].text, index))
        tokens = [plain[n % len(plain)] for n in range(words // questions)]
        entry = clock.answer(tokens, index, index + 1, doubtful=("load",))
        lines.append(entry)
        first = base.questions[0]
        answer = replace(first.answers[0], turn=index + 1, text=entry.text)
        asked.append(replace(first, id=f"q-{index}", number=index + 1, answers=(answer,)))
    return replace(
        base,
        dialogue=tuple(lines),
        questions=tuple(asked),
        totals=replace(base.totals, length_ms=clock.ms, questions_asked=questions),
    )


def write_sound(report: m.Report, folder: Path) -> Path:
    """A low tone on the left for the interviewer's lines, a higher one on the right for each word."""
    folder.mkdir(parents=True, exist_ok=True)
    stereo = np.zeros((report.totals.length_ms * RATE_HZ // 1000, 2), dtype=np.int16)
    for entry in report.dialogue:
        spans = [(word.start_ms, word.end_ms) for word in entry.words] or [(entry.start_ms, entry.end_ms)]
        for start_ms, end_ms in spans:
            left, right = start_ms * RATE_HZ // 1000, end_ms * RATE_HZ // 1000
            tone = np.sin(2 * np.pi * (330 if entry.words else 220) * np.arange(right - left) / RATE_HZ)
            loud = 3000 + 5000 * ((start_ms // 360) % 5) / 5
            part = stereo[left:right, int(bool(entry.words))]
            part[:] = (loud * tone)[: len(part)].astype(np.int16)
    path = folder / "dialogue.wav"
    soundfile.write(path, stereo, RATE_HZ)
    return path
