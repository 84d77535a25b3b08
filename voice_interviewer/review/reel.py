"""The two-minute reel: the three best and the two weakest moments of a session, a spoken line before each.

    reel.mp3:  line, 250 ms, moment, 500 ms, line, 250 ms, moment ...     reel.json: what is heard when

Best is what feedback says to keep, of the highest levels; weakest what it says to mend, of the lowest: its
own words, or where something was not heard the beginning of the answer. Words the recogniser was unsure of
are in no moment.
"""

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from voice_interviewer.errors import RecordProblem
from voice_interviewer.review.model import Comment, QuestionReport, Report, ReportWord
from voice_interviewer.review.sound import MARGIN_MS, clip, write_steady_mp3

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from voice_audio.ports import Sound, Voice

    Floats = npt.NDArray[np.float32]

BEST, WEAKEST = 3, 2
MOST_S = 120
BEGINNING_MS = 8_000
"""Of an answer in which something was not heard."""
LEAST_MS = 1_500
"""Of such a beginning, and of what a long moment may be shortened to."""
LONGEST_LINE = 12
"""Words."""
AFTER_LINE_MS, BETWEEN_MS = 250, 500
_FADE_MS = 30
_SILENT_DBFS = -60.0
_CANDIDATE = 1
_CAP_STEP_MS = 500


@dataclass(frozen=True)
class Chapter:
    """One moment in the reel, and where it comes from. kind: keep or fix. start_ms: the spoken line, in the
    reel; said_ms, end_ms: the candidate's words, in the reel; from_ms, to_ms: the same in the recording."""

    start_ms: int
    text: str
    turn: int
    kind: str
    question: str
    said_ms: int
    end_ms: int
    from_ms: int
    to_ms: int


@dataclass(frozen=True)
class Moment:
    """What is to be heard, on the session clock, and the line before it. words: in it, in order."""

    kind: str
    question: str
    turn: int
    line: str
    start_ms: int
    end_ms: int
    words: tuple[ReportWord, ...]


def make_reel(report: Report, folder: Path, voice: "Voice", words_per_minute: int = 165) -> Path:
    """Write reel.mp3 and reel.json into the session's folder and return the MP3's path.

    Raises RecordProblem where there is no recording, nothing to hear, or no room; what the voice raises.
    """
    if report.sound is None or not (folder / report.sound).is_file():
        raise RecordProblem("no_sound", f"{folder.name}: there is no recording to cut a reel from")
    source = folder / report.sound
    chosen = [moment for moment in moments(report) if _audible(source, moment)]
    if not chosen:
        raise RecordProblem(
            "no_moments",
            f"{folder.name}: no moment was found to put into a reel",
            "It takes an answer given aloud that could be assessed, with words that were heard clearly.",
        )
    sound, chapters = _cut(chosen, source, voice, words_per_minute)
    plain = {"chapters": [asdict(chapter) for chapter in chapters]}
    target = folder / "reel.mp3"
    _replace(target, lambda file: write_steady_mp3(file, *sound))
    data = json.dumps(plain, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"
    _replace(folder / "reel.json", lambda file: file.write(data))
    return target


# --- which moments --------------------------------------------------------------------------------------


def moments(report: Report) -> tuple[Moment, ...]:
    """At most three to keep, then at most two to mend; best and weakest first. None twice, none in part."""
    scored = [each for each in report.questions if each.feedback is not None and each.feedback.assessed]
    keeps = [_moment(report, each, "keep") for each in sorted(scored, key=_level, reverse=True)]
    fixes = [_moment(report, each, "fix") for each in sorted(scored, key=_level)]
    found: list[Moment] = []
    for group, most in ((keeps, BEST), (fixes, WEAKEST)):
        taken = 0
        for moment in group:
            if moment is None or taken == most or any(_overlap(moment, other) for other in found):
                continue
            found.append(moment)
            taken += 1
    return tuple(found)


def _level(question: QuestionReport) -> int:
    """Without a level it stands in the middle."""
    level = question.feedback.level if question.feedback else None
    return 3 if level is None else level


def _moment(report: Report, question: QuestionReport, kind: str) -> Moment | None:
    """None where there is nothing certain to hear."""
    feedback = question.feedback
    comment = (feedback.keep if kind == "keep" else feedback.fix) if feedback else None
    if comment is None or comment.turn is None or (kind == "keep" and comment.quote is None):
        return None
    said = [each for each in report.dialogue if each.turn == comment.turn and each.who == "candidate"]
    if any(each.typed for each in said):
        return None
    inside = tuple(
        word
        for word in sorted((word for each in said for word in each.words), key=lambda word: word.start_ms)
        if comment.start_ms <= word.start_ms and word.end_ms <= comment.end_ms
    )
    if comment.quote is not None:
        certain = not comment.quote.doubts and not any(word.doubtful for word in inside)
        inside = inside if certain else ()
    else:
        inside = _beginning(inside)
    least_ms = 1 if comment.quote is not None else LEAST_MS
    if not inside or inside[-1].end_ms - inside[0].start_ms < least_ms:
        return None
    line, times = _line(question, kind, comment), (inside[0].start_ms, inside[-1].end_ms)
    return Moment(kind, question.id, comment.turn, line, *times, inside)


def _beginning(words: tuple[ReportWord, ...]) -> tuple[ReportWord, ...]:
    """The first eight seconds of an answer, as far as the words are certain."""
    kept: list[ReportWord] = []
    for word in words:
        if word.doubtful or word.end_ms - words[0].start_ms > BEGINNING_MS:
            break
        kept.append(word)
    return tuple(kept)


def _line(question: QuestionReport, kind: str, comment: Comment) -> str:
    """At most twelve words about the answer: where it comes from and what to listen for."""
    where = f"From question {question.number}" if question.number else "From the warm-up"
    label = comment.label.rstrip(".")
    if not label[1:2].isupper():
        label = label[:1].lower() + label[1:]
    if kind == "keep":
        what, bare = f"worth keeping: {label}.", "worth keeping."
    elif comment.quote is not None:
        what, bare = f"worth another try: {label}.", "worth another try."
    else:
        what, bare = f"not heard: {label}.", "how the answer began."
    full = f"{where}, {what}"
    return full if comment.label and len(full.split()) <= LONGEST_LINE else f"{where}, {bare}"


def _overlap(one: Moment, other: Moment) -> bool:
    return one.start_ms < other.end_ms and other.start_ms < one.end_ms


def _audible(source: Path, moment: Moment) -> bool:
    from voice_audio.ports import Sound
    from voice_audio.voices.level import speech_level_dbfs

    samples, rate_hz = clip(source, moment.start_ms, moment.end_ms, 0, _CANDIDATE)
    level = speech_level_dbfs(Sound((samples * 32767).astype("int16"), rate_hz))
    return level is not None and level > _SILENT_DBFS


# --- cutting --------------------------------------------------------------------------------------------


def _cut(
    chosen: list[Moment], source: Path, voice: "Voice", words_per_minute: int
) -> tuple[tuple["Floats", int], list[Chapter]]:
    """The reel's sound at the recording's rate, and its chapters."""
    import numpy as np

    from voice_audio.files import to_rate

    _, rate_hz = clip(source, 0, 1, 0)
    lines = [_levelled(to_rate(voice.render(each.line, words_per_minute), rate_hz)) for each in chosen]
    shorter = _shortened(chosen, [len(line) * 1000 // rate_hz for line in lines])
    parts: list[Floats] = []
    chapters: list[Chapter] = []
    at = 0
    for moment, line in zip(shorter, lines, strict=False):
        said, lead_ms = _said(source, moment)
        gap, rest = (np.zeros(rate_hz * ms // 1000, np.float32) for ms in (AFTER_LINE_MS, BETWEEN_MS))
        said_at = at + len(line) + len(gap) + lead_ms * rate_hz // 1000
        start_ms, said_ms = at * 1000 // rate_hz, said_at * 1000 // rate_hz
        end_ms = said_ms + moment.end_ms - moment.start_ms
        chapters.append(
            Chapter(
                start_ms,
                moment.line,
                moment.turn,
                moment.kind,
                moment.question,
                said_ms,
                end_ms,
                moment.start_ms,
                moment.end_ms,
            )
        )
        for part in (line, gap, said, rest):
            parts.append(part)
            at += len(part)
    return (np.concatenate(parts[:-1]), rate_hz), chapters


def _shortened(chosen: list[Moment], line_ms: list[int]) -> list[Moment]:
    """The moments, the longest of them shortened at a word's end until all fits into two minutes; where the
    lines alone are too long, fewer moments."""
    for count in range(len(chosen), 0, -1):
        fixed_ms = sum(line_ms[:count]) + count * (AFTER_LINE_MS + BETWEEN_MS + 2 * MARGIN_MS)
        room_ms = MOST_S * 1000 - fixed_ms
        lengths = [each.end_ms - each.start_ms for each in chosen[:count]]
        cap_ms = max(lengths, default=0)
        while cap_ms >= LEAST_MS and sum(min(cap_ms, length) for length in lengths) > room_ms:
            cap_ms -= _CAP_STEP_MS
        if sum(min(cap_ms, length) for length in lengths) <= room_ms:
            return [_capped(each, cap_ms) for each in chosen[:count]]
    return []


def _capped(moment: Moment, cap_ms: int) -> Moment:
    fitting = [word.end_ms for word in moment.words if word.end_ms - moment.start_ms <= cap_ms]
    return replace(moment, end_ms=max(fitting, default=min(moment.end_ms, moment.start_ms + cap_ms)))


def _said(source: Path, moment: Moment) -> tuple["Floats", int]:
    """The candidate's words with margins, levelled and faded at both ends; and how long the margin before
    them is."""
    import numpy as np

    from voice_audio.ports import Sound

    samples, rate_hz = clip(source, moment.start_ms, moment.end_ms, MARGIN_MS, _CANDIDATE)
    said = _levelled(Sound((samples * 32767).astype(np.int16), rate_hz))
    fade = np.linspace(0, 1, min(rate_hz * _FADE_MS // 1000, len(said) // 2), dtype=np.float32)
    if len(fade):
        said[: len(fade)] *= fade
        said[-len(fade) :] *= fade[::-1]
    return said, min(MARGIN_MS, moment.start_ms)


def _levelled(sound: "Sound") -> "Floats":
    import numpy as np

    from voice_audio.voices.level import level_speech

    return level_speech(sound).samples.astype(np.float32) / np.float32(32768)


def _replace(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """In one piece: whoever opens the file has the old one or the new one."""
    name = None
    try:
        with tempfile.NamedTemporaryFile(
            "w+b", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as file:
            name = file.name
            write(file)
        os.replace(name, path)
    except OSError as error:
        if name is not None:
            Path(name).unlink(missing_ok=True)
        hint = "Make room, or copy the session to a place you can write to."
        raise RecordProblem("disk", f"{path}: cannot be written ({error.strerror})", hint) from error
