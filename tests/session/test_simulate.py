"""The virtual candidate speaks at the right frame, and every spoken sample is what the manifest says."""

import csv
import importlib.util
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import soundfile
from known_moves import PROBES
from speech_wer import Recording, measure_word_errors

from voice_audio.files import load_sound
from voice_audio.ports import FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ, Microphone, Sound
from voice_audio.transcribers.whisper import WhisperTranscriber
from voice_interviewer.content.personas import load_persona, persona_names
from voice_interviewer.core.turns.events import (
    ClockReached,
    Command,
    KeyPressed,
    Line,
    LineFinished,
    Listen,
    Speak,
    StopListening,
    StopSpeaking,
)
from voice_interviewer.errors import SoundFileProblem, UsageProblem
from voice_interviewer.live.virtual_candidate import Clip, VirtualCandidate, choose, read_clips
from voice_interviewer.live.voices import kokoro_model, named_voices

SAMPLES = Path(__file__).parents[2] / "audio" / "samples"
PERSONAS = (
    "strong",
    "strong-hesitant",
    "vague",
    "vague-hesitant",
    "we-speaker",
    "we-speaker-hesitant",
)
LIMITS_S = {
    "strong": (45, 75),
    "strong-hesitant": (70, 100),
    "vague": (20, 40),
    "vague-hesitant": (35, 60),
    "we-speaker": (30, 55),
    "we-speaker-hesitant": (45, 70),
}
"""How long an answer to a question itself is."""
PACE_WPM = (150, 185)
"""Words a minute while speaking, scripted pauses left out: what people speak at in conversation, about."""
QUESTIONS = ("jr-past-issue", "jr-deadline-pressure", "jr-health-audit")
MOVES = ("own_part", "example", "result", "quantify", "reasoning", "tradeoff", "reflection")
MOST_SAMPLES_BYTES = 8_500_000
"""What the wheel has room for: 14 MB, less 4 MB of the interviewer's voices and 1.5 MB of everything else."""
LOUD = 328
"""-40 dBFS: far above the room (-70), far below speech (-24)."""


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    """audio/samples/make_samples.py, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("make_samples", SAMPLES / "make_samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tiny_samples(tmp_path: Path) -> Path:
    """Three clips of a steady half-scale level, so that each sample of them is known: a, any example, any."""
    rows = [
        ("a.wav", "tester", "a", "", 1000, "answer to a"),
        ("w.wav", "tester", "warm-*|start-*", "", 100, "a pattern"),
        ("example.wav", "tester", "*", "example", 300, "any example"),
        ("any.wav", "tester", "*", "", 50, "anything"),
    ]
    with (tmp_path / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "persona", "question", "move", "voice", "seconds", "transcript"))
        for name, persona, question, move, length_ms, transcript in rows:
            soundfile.write(tmp_path / name, np.full(length_ms * 16, 16384, np.int16), SAMPLE_RATE_HZ)
            writer.writerow((name, persona, question, move, "none", length_ms / 1000, transcript))
    return tmp_path


Candidate = Callable[..., VirtualCandidate]


@pytest.fixture
def candidate(tiny_samples: Path) -> Candidate:
    return lambda **settings: VirtualCandidate("tester", tiny_samples, **settings)


def ask(
    who: VirtualCandidate,
    question: str,
    move: str | None = None,
    turn: int = 1,
    from_ms: int = 0,
    kind: str = "",
) -> None:
    """The interviewer asks and gives the floor away."""
    kind = kind or ("probe" if move else "question")
    who.observe(ClockReached(0), (Speak(Line(turn, kind, "?", question, move), 165),))
    listen(who, turn, from_ms)


def listen(who: VirtualCandidate, turn: int, from_ms: int) -> None:
    who.observe(LineFinished(from_ms, turn, 1000), (Listen(turn, from_ms),))


def hear(who: VirtualCandidate, ms: int) -> tuple[int, int] | None:
    """Read this much; first and one past the last loud sample, in samples from the first one read."""
    sound = np.concatenate([who.read() for _ in range(ms // FRAME_MS)])
    loud = np.flatnonzero(np.abs(sound.astype(int)) > LOUD)
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else None


# --- timing -------------------------------------------------------------------------------------------


def test_it_is_a_microphone_that_hands_out_frames_of_a_quiet_room(candidate: Candidate) -> None:
    who: Microphone = candidate()
    frames = [who.read() for _ in range(100)]
    assert {(frame.shape, str(frame.dtype)) for frame in frames} == {((FRAME_SAMPLES,), "int16")}
    level = 20 * np.log10(np.concatenate(frames).astype(float).std() / 32768)
    assert level == pytest.approx(-70, abs=0.5)
    assert who.trouble is None
    again: Microphone = candidate()
    assert all(np.array_equal(frame, again.read()) for frame in frames)


@pytest.mark.parametrize(("from_ms", "reaction_ms"), [(0, 700), (250, 700), (1007, 333), (40, 0)])
def test_the_answer_begins_on_the_sample_and_lasts_as_long_as_the_clip(
    candidate: Candidate, from_ms: int, reaction_ms: int
) -> None:
    who = candidate(reaction_ms=reaction_ms)
    ask(who, "a", from_ms=from_ms)
    begin_ms = from_ms + reaction_ms
    assert hear(who, 4000) == (begin_ms * 16, (begin_ms + 1000) * 16)
    assert who.said == [("a", "", "answer to a", begin_ms, begin_ms + 1000)]


def test_a_floor_given_in_the_past_is_taken_at_the_next_frame(candidate: Candidate) -> None:
    who = candidate()
    assert hear(who, 5000) is None
    ask(who, "a", from_ms=1000)
    assert hear(who, 2000) == (0, 16_000)
    assert who.said[0].start_ms == 5000


def test_a_resumed_session_goes_on_with_its_own_clock(candidate: Candidate) -> None:
    who = candidate(start_ms=60_000)
    ask(who, "a", from_ms=60_250)
    assert hear(who, 4000) == (950 * 16, 1950 * 16)
    assert who.said[0][3:] == (60_950, 61_950)


def test_the_log_of_a_session_that_died_tells_it_what_was_asked(candidate: Candidate) -> None:
    who = candidate(start_ms=9000)
    ask(who, "warm-up", turn=1, from_ms=1000)
    who.observe(ClockReached(4000), (StopListening(1),))
    ask(who, "a", turn=2, from_ms=5000)
    assert who.said == []
    listen(who, 2, 9250)
    assert hear(who, 4000) == (950 * 16, 1950 * 16)


def test_the_listener_gets_the_whole_clip_when_its_first_sample_leaves(candidate: Candidate) -> None:
    heard: list[tuple[int, Sound]] = []
    frames = 0
    who = candidate(on_speech=lambda sound: heard.append((frames, sound)))
    ask(who, "a", from_ms=0)
    for frames in range(200):  # noqa: B007 - read by the callback
        who.read()
    [(at_frame, sound)] = heard
    assert at_frame == 700 // FRAME_MS
    assert (sound.duration_ms, sound.rate_hz) == (1000, SAMPLE_RATE_HZ)


def test_in_real_time_the_frames_keep_to_the_clock(
    candidate: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is counted instead of waited for: each sleep and each slow reader moves it on."""
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    monkeypatch.setattr("time.sleep", lambda seconds: clock.__setitem__(0, clock[0] + seconds))
    who = candidate(realtime=True)
    for frame in range(500):
        who.read()
        clock[0] += 0.003 if frame % 7 else 0.017  # the reader's own work
    assert clock[0] - 100.0 == pytest.approx(500 * 0.02, abs=0.02)


def test_it_can_be_watched_while_another_thread_reads(candidate: Candidate) -> None:
    """Each turn is given away while frames are read; none is lost, none is said twice, none overlap."""
    who = candidate(reaction_ms=0)
    turns = 20
    given = threading.Semaphore(0)

    def read() -> None:
        for _ in range(turns):
            given.acquire()
            for _ in range(10):  # the clip lasts 3 frames
                who.read()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    for turn in range(1, turns + 1):
        ask(who, "any", turn=turn)
        given.release()
        listen(who, turn, 0)  # the same turn again, at any moment of its answer
    reader.join(timeout=30)
    assert not reader.is_alive()
    assert {entry.transcript for entry in who.said} == {"anything"}
    assert len(who.said) <= turns
    assert who.said[-1].end_ms - who.said[-1].start_ms == 50
    assert all(before.end_ms <= after.start_ms for before, after in zip(who.said, who.said[1:], strict=False))


# --- which turn, and how often ------------------------------------------------------------------------


def test_a_new_turn_cuts_off_what_is_still_being_said(candidate: Candidate) -> None:
    who = candidate()
    ask(who, "a")
    assert hear(who, 1000) == (700 * 16, 1000 * 16)
    ask(who, "b", "example", turn=2, from_ms=1000)
    assert hear(who, 2000) == (700 * 16, 1000 * 16)
    assert who.said == [("a", "", "answer to a", 700, 1000), ("b", "example", "any example", 1700, 2000)]


def test_an_answer_goes_on_when_the_floor_is_taken_from_it(candidate: Candidate) -> None:
    who = candidate()
    ask(who, "a")
    hear(who, 1000)
    who.observe(ClockReached(1000), (StopListening(1), StopSpeaking(1)))
    assert hear(who, 2000) == (0, 700 * 16)
    listen(who, 1, 3000)
    assert hear(who, 3000) is None
    assert len(who.said) == 1


def test_a_turn_opened_again_in_mid_answer_does_not_begin_the_answer_again(candidate: Candidate) -> None:
    who = candidate()
    ask(who, "a")
    hear(who, 1000)
    who.observe(ClockReached(1000), (StopListening(1),))
    listen(who, 1, 1100)
    assert hear(who, 3000) == (0, 700 * 16)
    assert who.said == [("a", "", "answer to a", 700, 1700)]


def test_after_a_pause_in_mid_answer_it_answers_again(candidate: Candidate) -> None:
    who = candidate()
    ask(who, "a")
    hear(who, 1000)
    who.observe(KeyPressed(1000, "pause"), (StopListening(1),))
    assert hear(who, 1000) is None
    listen(who, 1, 2000)
    assert hear(who, 2000) == (700 * 16, 1700 * 16)
    assert [entry[3:] for entry in who.said] == [(700, 1000), (2700, 3700)]


@pytest.mark.parametrize("key", ["pause", "done"])
def test_after_a_pause_behind_the_answer_it_stays_silent(candidate: Candidate, key: str) -> None:
    who = candidate()
    ask(who, "a")
    hear(who, 2000)
    who.observe(KeyPressed(2000, key), (StopListening(1),))
    listen(who, 1, 2000)
    assert hear(who, 3000) is None


def test_an_answer_not_begun_is_not_begun_after_the_floor_is_taken(candidate: Candidate) -> None:
    who = candidate()
    ask(who, "a")
    hear(who, 500)
    who.observe(KeyPressed(500, "skip"), (StopListening(1),))
    assert hear(who, 3000) is None
    assert who.said == []


def test_leaving_counts_what_was_being_said_as_cut_off(candidate: Candidate) -> None:
    who = candidate()
    ask(who, "a")
    hear(who, 1500)
    who.close()
    assert who.said == [("a", "", "answer to a", 700, 1500)]


# --- which clip ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "move", "transcript"),
    [
        ("a", None, "answer to a"),
        ("warm-up", None, "a pattern"),
        ("start-here", None, "a pattern"),
        ("warm-up", "example", "any example"),
        ("a", "example", "any example"),
        ("a", "depth", "anything"),
        ("unknown", None, "anything"),
    ],
)
def test_the_nearest_clip_answers(
    candidate: Candidate, question: str, move: str | None, transcript: str
) -> None:
    who = candidate()
    ask(who, question, move)
    hear(who, 3000)
    assert [(entry[0], entry[1], entry[2]) for entry in who.said] == [(question, move or "", transcript)]


def test_exact_comes_before_pattern_before_any_question_whatever_their_order() -> None:
    clips = [Clip(Path(q + m), "p", q, m, "") for q, m in (("*", ""), ("*", "x"), ("q-*", "x"), ("q-1", "x"))]
    for order in (clips, clips[::-1]):
        picked = [
            choose(order, question, move)
            for question, move in (("q-1", "x"), ("q-2", "x"), ("r", "x"), ("q-1", ""))
        ]
        assert [clip and (clip.question, clip.move) for clip in picked] == [
            ("q-1", "x"),
            ("q-*", "x"),
            ("*", "x"),
            ("*", ""),
        ]
    assert choose(clips[2:], "r", "x") is None


def test_a_question_said_again_is_answered_again_and_asides_are_no_question(candidate: Candidate) -> None:
    who = candidate()
    ask(who, "a")
    hear(who, 2000)
    aside: tuple[Command, ...] = (Speak(Line(2, "bridge", "Thank you.", "b", "move_on"), 165),)
    who.observe(ClockReached(2000), aside)
    ask(who, "a", "redirect", turn=2, from_ms=2000, kind="repeat")
    hear(who, 2000)
    assert [entry.transcript for entry in who.said] == ["answer to a", "answer to a"]
    ask(who, "b", "example", turn=3, from_ms=4000)
    hear(who, 2000)
    ask(who, "b", "repeat", turn=4, from_ms=6000, kind="repeat")
    hear(who, 2000)
    assert [entry.move for entry in who.said] == ["", "", "example", "example"]


def test_an_unknown_candidate_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UsageProblem) as refused:
        VirtualCandidate("nobody", SAMPLES)
    assert all(name in refused.value.hint for name in PERSONAS)


def test_missing_samples_are_a_problem_with_a_hint(tiny_samples: Path) -> None:
    with pytest.raises(SoundFileProblem, match="missing") as refused:
        read_clips(tiny_samples / "nowhere")
    assert refused.value.hint
    (tiny_samples / "any.wav").unlink()
    with pytest.raises(SoundFileProblem, match=r"any\.wav"):
        VirtualCandidate("tester", tiny_samples)
    (tiny_samples / "manifest.csv").write_text("file,persona\n")
    with pytest.raises(SoundFileProblem, match="columns"):
        read_clips(tiny_samples)


# --- the samples themselves ---------------------------------------------------------------------------


def test_every_persona_answers_the_junior_questions_and_every_kind_of_follow_up() -> None:
    assert tuple(dict.fromkeys(clip.persona for clip in read_clips(SAMPLES))) == PERSONAS
    for persona in PERSONAS:
        clips = [clip for clip in read_clips(SAMPLES) if clip.persona == persona]
        there = {(clip.question, clip.move) for clip in clips}
        assert {(question, move) for question in QUESTIONS for move in ("", *MOVES)} <= there
        assert {("*", move) for move in ("", *MOVES)} <= there
        for question in ("warmup-role", "candidate-questions", "closing-questions"):
            found = choose(clips, question, "")
            assert found is not None
            assert found.question != "*"
    assert set(MOVES) <= PROBES


def test_scripts_and_clips_say_the_same(maker: ModuleType) -> None:
    rows = maker.read_manifest(SAMPLES / "manifest.csv")
    timings = maker.read_timing(SAMPLES / "timing.jsonl")
    answers = list(maker.read_scripts(SAMPLES / "scripts"))
    assert maker.differences(answers, rows, timings) == []
    changed = [replace(answers[0], text=f"{answers[0].text} No."), replace(answers[1], speed=0.5)]
    stale = [answers[0].file, answers[1].file]
    assert maker.differences([*changed, *answers[2:]], rows, timings) == sorted(stale)
    assert maker.differences(answers[1:], rows, timings) == [answers[0].file]
    assert {(row.question, row.move, row.voice) for row in rows} == {
        (answer.question, answer.move, answer.voice) for answer in answers
    }
    assert not [row.file for row in rows if "[" in row.transcript]


def longest_silence_s(sound: Sound) -> float:
    """The longest run of 20 ms frames whose RMS lies under -55 dBFS."""
    frames = sound.samples[: len(sound.samples) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    quiet = np.sqrt((frames.astype(float) ** 2).mean(axis=1)) < 32768 * 10 ** (-55 / 20)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(int)))
    return float((edges[1::2] - edges[::2]).max(initial=0)) * FRAME_MS / 1000


def test_every_clip_decodes_and_pauses_as_its_persona_does(maker: ModuleType) -> None:
    for row in maker.read_manifest(SAMPLES / "manifest.csv"):
        sound = load_sound(SAMPLES / row.file)
        assert sound.rate_hz == SAMPLE_RATE_HZ
        assert sound.duration_ms / 1000 == pytest.approx(row.seconds, abs=0.03)
        hesitant = row.persona.endswith("-hesitant")
        low, high = LIMITS_S[row.persona] if row.question in QUESTIONS and not row.move else (5, 35)
        assert low <= row.seconds <= high, row.file
        shortest, longest = (0.8, 2.7) if hesitant else (0.3, 1.8)
        assert shortest <= longest_silence_s(sound) <= longest, row.file
        assert -30 < 20 * np.log10(sound.samples.astype(float).std() / 32768) < -22, row.file


def test_six_voices_of_both_sexes_and_accents_one_for_each_persona(maker: ModuleType) -> None:
    voices = {persona: set[str]() for persona in PERSONAS}
    for row in maker.read_manifest(SAMPLES / "manifest.csv"):
        voices[row.persona].add(row.voice)
    names = [name for found in voices.values() for name in found]
    assert len(names) == len(set(names)) == 6
    assert sorted(name[:2] for name in names) == ["af", "af", "am", "bf", "bm", "bm"]  # accent, then sex
    interviewers = {named_voices()[load_persona(name).voice].settings.table for name in persona_names()}
    parts = {part for name in names for part in name.split("+")}
    assert not parts & interviewers  # whoever listens to a demo tells the two sides apart


def test_every_persona_speaks_at_a_usual_pace(maker: ModuleType) -> None:
    words, spoken_ms = Counter[str](), Counter[str]()
    for timing in maker.read_timing(SAMPLES / "timing.jsonl"):
        persona = timing.file.split("/")[0]
        words[persona] += sum(len(text.split()) for _, _, text in timing.pieces)
        spoken_ms[persona] += sum(end_ms - start_ms for start_ms, end_ms, _ in timing.pieces)
    assert set(words) == set(PERSONAS)
    for persona in PERSONAS:
        low, high = PACE_WPM
        assert low <= words[persona] / spoken_ms[persona] * 60_000 <= high, persona


def test_the_times_of_speech_pauses_and_fillers_are_known(maker: ModuleType) -> None:
    """By ear of the energy: speech where a piece or a filler is, none between two pieces."""
    fillers = 0
    for timing in maker.read_timing(SAMPLES / "timing.jsonl"):
        answer = next(a for a in maker.read_scripts(SAMPLES / "scripts") if a.file == timing.file)
        spoken = " ".join(text for _, _, text in timing.pieces)
        assert spoken == answer.transcript
        assert [word for _, _, word in timing.fillers] == re.findall(r"\b(?:um|uh)\b", spoken.lower())
        assert timing.stops == len(re.findall(r"[.?!…](?= |$)", spoken))
        level = load_sound(SAMPLES / timing.file).samples.astype(float)
        for start_ms, end_ms, _ in (*timing.pieces, *timing.fillers):
            assert level[start_ms * 16 : end_ms * 16].std() > 300, (timing.file, start_ms)
        edges = zip(timing.pieces[:-1], timing.pieces[1:], answer.parts, strict=False)
        for (_, end_ms, _), (start_ms, _, _), (_, pause_s) in edges:
            assert start_ms - end_ms == pytest.approx(pause_s * 1000, abs=2)
            assert level[(end_ms + 40) * 16 : (start_ms - 40) * 16].std() < 40, (timing.file, end_ms)
        fillers += len(timing.fillers)
        assert bool(timing.fillers) or "hesitant" not in timing.file
    assert fillers >= 250


@pytest.mark.slow
def test_the_same_script_gives_the_same_bytes(maker: ModuleType, tmp_path: Path) -> None:
    if not kokoro_model().is_file():
        pytest.skip("needs the weights of Kokoro")
    answer = next(a for a in maker.read_scripts(SAMPLES / "scripts") if a.file == "vague/any.clarify.ogg")
    row, timing = maker.make(answer, tmp_path, None)
    first = (tmp_path / row.file).read_bytes()
    assert maker.make(answer, tmp_path, None) == (row, timing)
    assert (tmp_path / row.file).read_bytes() == first
    noisy, _ = maker.make(answer, tmp_path, -50.0)
    room = load_sound(tmp_path / noisy.file).samples[-800:].astype(float)
    assert noisy == row
    assert room.std() > 20


def test_the_folder_holds_exactly_the_clips_of_the_manifest_and_stays_small() -> None:
    listed = {clip.file for clip in read_clips(SAMPLES)}
    there = {path for path in SAMPLES.rglob("*") if path.suffix in (".ogg", ".flac", ".wav")}
    assert there == listed
    assert sum(path.stat().st_size for path in there) <= MOST_SAMPLES_BYTES


@pytest.mark.slow
@pytest.mark.parametrize(("persona", "limit"), [("strong", 0.10), ("vague", 0.15), ("we-speaker", 0.20)])
def test_whisper_understands_the_answers(persona: str, limit: float, tiny_en: WhisperTranscriber) -> None:
    given = [
        Recording(clip.question, clip.transcript, load_sound(clip.file).samples)
        for clip in read_clips(SAMPLES)
        if clip.persona == persona and clip.question in QUESTIONS and not clip.move
    ]
    found = measure_word_errors(given, tiny_en)
    print("\n".join(f"{persona}  {line.id:<22} WER {line.rate:.1%} of {line.words} words" for line in found))
    assert found[-1].rate <= limit
