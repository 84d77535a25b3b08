"""The reel against a recording in which every moment sounds at a frequency of its own."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_audio.ports import Sound
from voice_audio.voices.level import speech_level_dbfs
from voice_audio.voices.pyttsx3_voice import Pyttsx3Voice
from voice_interviewer.core.delivery.answer import Delivery
from voice_interviewer.errors import RecordProblem
from voice_interviewer.review.model import (
    Answer,
    Comment,
    Entry,
    Feedback,
    Header,
    QuestionReport,
    Quote,
    Report,
    ReportWord,
    Totals,
)
from voice_interviewer.review.reel import make_reel, moments

RATE_HZ = 16_000
ANSWER_MS, SLOT_MS, WORD_MS = 40_000, 60_000, 500
LINE_HZ, INTERVIEWER_HZ = 3000, 5000


class ToneVoice:
    """A line as a tone, 200 ms a word."""

    name = "tone"

    def __init__(self) -> None:
        self.lines: list[str] = []

    def render(self, text: str, words_per_minute: int) -> Sound:
        self.lines.append(text)
        time = np.arange(len(text.split()) * 4410) / 22_050
        return Sound((6000 * np.sin(2 * np.pi * LINE_HZ * time)).astype(np.int16), 22_050)


def start_of(turn: int) -> int:
    return turn * SLOT_MS + 10_000


def tone_of(turn: int, kind: str) -> int:
    """Hz of the tenth to twentieth second of an answer (what is kept), and of the rest of it."""
    return 400 + 200 * turn + (100 if kind == "keep" else 0)


def question(turn: int, level: int | None, fix_quoted: bool = False) -> QuestionReport:
    start = start_of(turn)

    def comment(kind: str, quoted: bool, first_ms: int, last_ms: int) -> Comment:
        quote = Quote(turn, "word word", 0, 9, first_ms, last_ms) if quoted else None
        label = "How it ended" if kind == "keep" else "A number or a measure"
        return Comment(kind, label, "text", turn, first_ms, last_ms, quote)

    keep = comment("keep", True, start + 10_000, start + 20_000)
    fix = (
        comment("fix", True, start + 25_000, start + 28_000)
        if fix_quoted
        else comment("fix", False, start, start + ANSWER_MS)
    )
    feedback = Feedback(True, None, level, level, level, "", (), (), (), keep, fix, "words")
    answer = Answer(turn, "?", None, None, None, "word", False, Delivery(80))
    return QuestionReport(
        f"q{turn}", "core", "behavioural", turn + 1, "?", start, (answer,), (), feedback=feedback
    )


def entry(turn: int, doubtful: frozenset[int] = frozenset(), typed: bool = False) -> Entry:
    at = range(start_of(turn), start_of(turn) + ANSWER_MS, WORD_MS)
    words = tuple(ReportWord("word", ms, ms + WORD_MS, n in doubtful, n) for n, ms in enumerate(at))
    end = start_of(turn) + ANSWER_MS
    return Entry("candidate", "answer", "word", start_of(turn), end, turn=turn, words=words, typed=typed)


def report(questions: list[QuestionReport], dialogue: list[Entry] | None = None) -> Report:
    header = Header("t", "r", "mid", 10, None, "w", None, None, (), None, (), None, cannot_judge=())
    entries = [entry(each.answers[0].turn) for each in questions] if dialogue is None else dialogue
    totals = Totals(0, 0, 0, 0, 0, 0, None, 0)
    return Report(
        2, "s", header, totals, "finished", "", tuple(entries), tuple(questions), (), "dialogue.flac", 0
    )


LEVELS = (2, 5, 3, 4, 1)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five answers on the right, each at another loudness; on the left the interviewer all the time."""
    folder = tmp_path_factory.mktemp("session")
    time = np.arange(RATE_HZ * SLOT_MS * 5 // 1000 + RATE_HZ * 5) / RATE_HZ
    left = 8000 * np.sin(2 * np.pi * INTERVIEWER_HZ * time)
    right = np.random.default_rng(0).normal(0, 2, len(time))
    for turn in range(5):
        for first, last, kind in ((0, 10, "fix"), (10, 20, "keep"), (20, 40, "fix")):
            here = slice(start_of(turn) * 16 + first * RATE_HZ, start_of(turn) * 16 + last * RATE_HZ)
            hz = tone_of(turn, kind)
            right[here] += 800 * (turn + 1) * np.sin(2 * np.pi * hz * time[here])
    soundfile.write(folder / "dialogue.flac", np.column_stack((left, right)).astype(np.int16), RATE_HZ)
    return folder


@pytest.fixture
def folder(recording: Path, tmp_path: Path) -> Path:
    (tmp_path / "dialogue.flac").hardlink_to(recording / "dialogue.flac")
    return tmp_path


def loudest_hz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.fft.rfftfreq(len(samples), 1 / RATE_HZ)[spectrum.argmax()])


def onset_ms(samples: np.ndarray, near_ms: int, hz: float) -> int:
    """Where, within 600 ms of a place, sound of a frequency becomes loud: halves of 20 ms windows."""
    window = RATE_HZ // 50
    begin = max(0, near_ms - 600) * 16
    time = np.arange(window) / RATE_HZ
    turned = np.exp(-2j * np.pi * hz * time)
    power = [
        abs((samples[at : at + window] * turned).mean())
        for at in range(begin, begin + RATE_HZ * 12 // 10, RATE_HZ // 500)
    ]
    return begin // 16 + int(np.argmax(np.array(power) > max(power) / 2)) * 2 + 10


def test_three_best_and_two_weakest_in_order() -> None:
    chosen = moments(report([question(turn, level) for turn, level in enumerate(LEVELS)]))
    assert [(each.kind, each.turn) for each in chosen] == [
        ("keep", 1),
        ("keep", 3),
        ("keep", 2),
        ("fix", 4),
        ("fix", 0),
    ]
    assert chosen[3].end_ms - chosen[3].start_ms == 8000
    assert all(len(each.line.split()) <= 12 for each in chosen)
    assert chosen[0].line == "From question 2, worth keeping: how it ended."
    assert chosen[3].line == "From question 5, not heard: a number or a measure."


def test_the_reel_holds_what_its_chapters_say(folder: Path) -> None:
    told = report([question(turn, level) for turn, level in enumerate(LEVELS)])
    voice = ToneVoice()
    path = make_reel(told, folder, voice)
    samples, rate_hz = soundfile.read(path)
    assert (path, rate_hz, samples.ndim) == (folder / "reel.mp3", RATE_HZ, 1)
    assert 55 < len(samples) / RATE_HZ <= 120
    chapters = json.loads((folder / "reel.json").read_text(encoding="utf-8"))["chapters"]
    assert [each["text"] for each in chapters] == voice.lines
    for chapter in chapters:
        hz = tone_of(chapter["turn"], chapter["kind"])
        line = samples[chapter["start_ms"] * 16 + 800 :][:3200]
        assert loudest_hz(line) == pytest.approx(LINE_HZ, abs=10)
        middle = samples[chapter["said_ms"] * 16 : chapter["end_ms"] * 16]
        assert loudest_hz(middle) == pytest.approx(hz, abs=5)
        assert chapter["end_ms"] - chapter["said_ms"] == chapter["to_ms"] - chapter["from_ms"]
        if chapter["kind"] == "fix":  # the answer begins here: no tone of its own before
            assert onset_ms(samples, chapter["said_ms"], hz) == pytest.approx(chapter["said_ms"], abs=25)
        before = samples[chapter["said_ms"] * 16 - 16 * 500 : chapter["said_ms"] * 16 - 16 * 350]
        assert np.abs(before).max() < 0.01, "silence after the line"
        level = speech_level_dbfs(Sound((middle * 32767).astype(np.int16), RATE_HZ))
        assert level == pytest.approx(-20, abs=1)
    assert abs(np.abs(np.fft.rfft(samples))[INTERVIEWER_HZ * len(samples) // RATE_HZ]) < 1


def test_long_moments_are_shortened_at_a_words_end_to_fit(folder: Path) -> None:
    questions = []
    for turn, level in enumerate(LEVELS):
        plain = question(turn, level)
        assert plain.feedback is not None
        assert plain.feedback.keep is not None
        start, end = start_of(turn) + 100, start_of(turn) + ANSWER_MS
        quote = Quote(turn, "word", 0, 4, start, end)
        keep = replace(plain.feedback.keep, start_ms=start, end_ms=end, quote=quote)
        fix = question(turn, level, fix_quoted=True).feedback
        assert fix is not None
        questions.append(replace(plain, feedback=replace(plain.feedback, keep=keep, fix=fix.fix)))
    path = make_reel(report(questions), folder, ToneVoice())
    assert soundfile.info(path).duration <= 120
    chapters = json.loads((folder / "reel.json").read_text(encoding="utf-8"))["chapters"]
    assert len(chapters) == 5
    assert soundfile.info(path).duration > 100
    for chapter in chapters:
        assert chapter["to_ms"] % WORD_MS == 0


def test_doubtful_typed_and_unassessed_words_are_in_no_moment() -> None:
    told = question(0, 4)
    assert told.feedback is not None
    doubtful = [entry(0, frozenset((25,)))]  # inside what is to be kept, after the first 8 s
    assert [each.kind for each in moments(report([told], doubtful))] == ["fix"]
    early = [entry(0, frozenset((6,)))]
    (keep, fix) = moments(report([told], early))
    assert (keep.kind, fix.kind, fix.end_ms - fix.start_ms) == ("keep", "fix", 3000)
    assert [each.kind for each in moments(report([told], [entry(0, frozenset((2,)))]))] == ["keep"]
    assert moments(report([told], [entry(0, typed=True)])) == ()
    assert moments(report([replace(told, feedback=replace(told.feedback, assessed=False))])) == ()
    assert moments(report([replace(told, feedback=None)])) == ()


def test_fewer_moments_make_a_shorter_reel(folder: Path) -> None:
    path = make_reel(report([question(1, 3)]), folder, ToneVoice())
    assert soundfile.info(path).duration == pytest.approx(10.6 + 8.6 + 1.0 + 0.2 * 18, abs=0.1)


def test_one_line_says_why_there_is_no_reel(folder: Path) -> None:
    told = report([question(0, 3)])
    with pytest.raises(RecordProblem, match="no moment was found"):
        make_reel(replace(told, questions=()), folder, ToneVoice())
    with pytest.raises(RecordProblem, match="no recording"):
        make_reel(replace(told, sound=None), folder, ToneVoice())
    with pytest.raises(RecordProblem, match="no recording"):
        make_reel(replace(told, sound="dialogue.wav"), folder, ToneVoice())
    (folder / "dialogue.flac").unlink()
    soundfile.write(folder / "dialogue.flac", np.zeros((RATE_HZ * 60, 2), np.int16), RATE_HZ)
    with pytest.raises(RecordProblem, match="no moment was found"):
        make_reel(told, folder, ToneVoice())
    assert not (folder / "reel.mp3").exists()


def test_the_suites_own_voice_speaks_the_lines(folder: Path) -> None:
    path = make_reel(report([question(2, 3)]), folder, Pyttsx3Voice())
    chapters = json.loads((folder / "reel.json").read_text(encoding="utf-8"))["chapters"]
    samples, _ = soundfile.read(path)
    for chapter in chapters:
        line_ms = chapter["said_ms"] - 550 - chapter["start_ms"]
        words = len(chapter["text"].split())
        assert 0.5 < line_ms / (words * 60_000 / 165) < 1.6
        line = samples[chapter["start_ms"] * 16 : (chapter["start_ms"] + line_ms) * 16]
        level = speech_level_dbfs(Sound((line * 32767).astype(np.int16), RATE_HZ))
        assert level == pytest.approx(-20, abs=1.5)
