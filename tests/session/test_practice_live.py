"""`practice` in real time through real PortAudio, in a real pseudo-terminal: what is asked can be heard, what
is said becomes words, every key works, and no accident loses the record."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pexpect
import pytest
import soundfile
import soxr
from practice_terminal import COMMAND, PracticeTerminal
from sound_server import VirtualSoundServer

from voice_interviewer.content.resources import samples_dir
from voice_interviewer.core.turns import events as e
from voice_interviewer.settings.config import Preferences, load_preferences
from voice_interviewer.store.log import SessionFolder

pytestmark = pytest.mark.sound_server

SPOKEN = {"year", "worked", "data", "team", "bank"}
"""Content words of the first seconds of the recorded answer."""
ANSWER_S = 5.9
RATE_HZ = 16_000

Start = Callable[..., PracticeTerminal]


@pytest.fixture
def start(sound_server: VirtualSoundServer, tmp_path: Path) -> Iterator[Start]:
    """Starts an interview over the virtual sound card; it is ended with the test."""
    running: list[PracticeTerminal] = []

    def begin(*options: str, **rest: object) -> PracticeTerminal:
        quick = {"VOICE_INTERVIEWER_PATIENCE": "0.3"}
        running.append(
            PracticeTerminal(tmp_path / "home", *options, env={**sound_server.env, **quick}, **rest)
        )
        return running[-1]

    yield begin
    for terminal in running:
        terminal.__exit__()


@pytest.fixture
def answer() -> npt.NDArray[np.int16]:
    """The beginning of a recorded answer, 16 kHz."""
    samples, rate_hz = soundfile.read(str(samples_dir() / "strong" / "jr-past-issue.ogg"), dtype="int16")
    return (
        samples[: round(ANSWER_S * rate_hz)]
        if rate_hz == RATE_HZ
        else soxr.resample(samples[: round(ANSWER_S * rate_hz)], rate_hz, RATE_HZ)
    )


def to_first_question(terminal: PracticeTerminal) -> None:
    """Past the welcome, to the candidate's turn."""
    terminal.until(lambda state: state.line)
    terminal.press("s")
    terminal.until(lambda state: state.phase == "listening")


def replays(terminal: PracticeTerminal, sound_server: VirtualSoundServer) -> str:
    done = subprocess.run(
        [COMMAND, "replay"],
        env={**sound_server.env, "VOICE_INTERVIEWER_HOME": str(terminal.home)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def likeness(line: npt.NDArray[np.int16], recording: npt.NDArray[np.int16]) -> float:
    """The correlation of `line` with the place in `recording` that is most like it, 0..1."""
    long, short = recording.astype(np.float64), line.astype(np.float64)
    size = len(long) + len(short)
    crossed = np.fft.irfft(np.fft.rfft(long, size) * np.conj(np.fft.rfft(short, size)), size)
    energy = np.concatenate([[0.0], np.cumsum(long**2)])
    starts = np.arange(len(long) - len(short))
    around = np.sqrt((energy[starts + len(short)] - energy[starts]) * np.sum(short**2))
    return float(np.max(crossed[starts] / np.maximum(around, 1.0)))


def test_the_question_is_heard_the_answer_understood_and_both_are_shown(
    start: Start, sound_server: VirtualSoundServer, answer: npt.NDArray[np.int16], tmp_path: Path
) -> None:
    sound_server.start_room_noise()
    heard = tmp_path / "speaker.wav"
    with sound_server.record_speaker(heard):
        terminal = start("--minutes", "2")
        to_first_question(terminal)
        asked = terminal.state.agenda.asked
        assert asked is not None
        sound_server.play_to_microphone(answer, RATE_HZ)
        terminal.until_shown("hears you")
        terminal.until_shown("microphone █")
        shown = terminal.until_shown(*SPOKEN)
        state = terminal.until(lambda state: state.agenda.exchanges)
    terminal.press("q")
    terminal.until_shown("Press q again")
    terminal.press("q")
    assert terminal.wait() == 0

    flat = " ".join(shown.split())
    assert asked.text in flat
    for part in ("listening", "microphone", "question 1 of 2", "gone,", "left", "space I'm done"):
        assert part in flat, shown
    for part in ("q finish", "heard by whisper", "nothing leaves this machine"):
        assert part in flat, shown
    gone, left = re.search(r"(\d\d:\d\d) gone, (\d\d:\d\d) left", flat).groups()
    assert sum(60 * int(time_[:2]) + int(time_[3:]) for time_ in (gone, left)) == 120

    words = {word.text.strip(".,").lower() for word in state.agenda.exchanges[0].answer.words}
    assert len(words & SPOKEN) >= 3, words

    assert terminal.folder is not None
    recorded, _ = soundfile.read(str(terminal.folder / "dialogue.flac"), dtype="int16")
    line = next(
        event for event in terminal.events if isinstance(event, e.LineStarted) and event.line == asked.id
    )
    span = slice(line.at_ms * 16, (line.at_ms + line.duration_ms) * 16)
    monitor, rate_hz = soundfile.read(str(heard), dtype="int16")
    assert likeness(recorded[span, 0], soxr.resample(monitor, rate_hz, RATE_HZ)) > 0.9
    spoken = likeness(answer[RATE_HZ : 3 * RATE_HZ], recorded[:, 1])
    assert spoken > 0.9, "the candidate's own voice is in the record"


def test_every_key_does_what_the_screen_says(
    start: Start, sound_server: VirtualSoundServer, answer: npt.NDArray[np.int16]
) -> None:
    sound_server.start_room_noise()
    terminal = start("--minutes", "5")
    to_first_question(terminal)
    terminal.press("r")
    terminal.until(lambda state: state.line and state.line.kind == "aside")
    terminal.until(lambda state: state.phase == "listening")
    terminal.press("h")
    terminal.until_shown("Take your time")
    terminal.press("p")
    terminal.until_shown("Paused. Nothing is recorded")
    terminal.press("p")
    terminal.until(lambda state: state.phase == "listening")
    sound_server.play_to_microphone(answer[: 3 * RATE_HZ], RATE_HZ)
    terminal.until(lambda state: state.floor.speech_active)
    terminal.watch(1.5)  # some words into the answer
    terminal.press(" ")
    probe = terminal.until(lambda state: state.answer.turn == 1 and state.agenda.exchanges and state.line)
    terminal.press("u")
    state = terminal.until(lambda state: state.phase == "listening" and not state.agenda.exchanges)
    assert (state.answer.turn, state.answer.revision) > (1, 0)
    assert state.answer.text == probe.agenda.exchanges[0].answer.text, "what was said stays"
    terminal.press("+")
    terminal.until(lambda state: state.floor.words_per_minute == 255)
    terminal.press("t")
    terminal.until_shown("your turn to type")
    terminal.press("We measuredx\x7f it q\x15And we measured it.\r")
    state = terminal.until(lambda state: state.agenda.exchanges)
    assert state.agenda.exchanges[0].answer.text.endswith("And we measured it.")
    terminal.press("/skip\r")
    asked = terminal.until(lambda state: state.agenda.item > probe.agenda.item)
    assert asked.phase != "ended"
    terminal.press("\x1b")  # back to the voice
    terminal.until(lambda state: not state.floor.typing)
    terminal.press("q")
    terminal.until_shown("Press q again")
    terminal.press("x")
    terminal.until(lambda state: not state.floor.quit_asked)
    terminal.press("qq")
    assert terminal.wait() == 0

    pressed = [event.key for event in terminal.events if isinstance(event, e.KeyPressed)]
    assert pressed[:7] == ["skip", "repeat", "hold", "pause", "pause", "done", "unfinished"]
    assert pressed[7:] == ["faster", "type", "skip", "type", "quit", "other", "quit", "quit"]
    assert terminal.state.floor.end_reason == "quit"
    assert "rate = 255" in (terminal.home / "config.toml").read_text(), "next time's rate"
    assert b"Record" in terminal.output
    replays(terminal, sound_server)


def test_ctrl_c_in_mid_answer_keeps_a_whole_record_and_a_report(
    start: Start, sound_server: VirtualSoundServer, answer: npt.NDArray[np.int16]
) -> None:
    sound_server.start_room_noise()
    terminal = start("--minutes", "2")
    to_first_question(terminal)
    sound_server.play_to_microphone(answer, RATE_HZ)
    terminal.until(lambda state: state.floor.speech_active)
    terminal.watch(2.0)  # some words into the answer
    terminal.interrupt()
    assert terminal.wait() == 0
    assert terminal.folder is not None
    assert SessionFolder(terminal.folder).read_about()["state"] == "complete"
    assert terminal.state.floor.end_reason == "interrupted"
    assert terminal.state.answer.words, "the words of the broken-off answer"
    assert (terminal.folder / "report.html").stat().st_size > 1000
    assert "The interview was stopped" in terminal.text
    assert b"Traceback" not in terminal.output
    assert b"leaked" not in terminal.output
    assert "The interview was interrupted." in replays(terminal, sound_server)


def test_after_kill_9_it_goes_on_with_the_same_record(
    start: Start, sound_server: VirtualSoundServer, answer: npt.NDArray[np.int16]
) -> None:
    sound_server.start_room_noise()
    killed = start("--minutes", "5")
    to_first_question(killed)
    sound_server.play_to_microphone(answer, RATE_HZ)
    killed.until(lambda state: state.floor.speech_active)
    killed.watch(2.5)  # some words into the answer, more than the half second that may be lost
    before = killed.state
    killed.kill()
    terminal = start("--continue")
    state = terminal.until(lambda state: state.phase == "listening" and state.answer.words)
    assert terminal.folder == killed.folder
    assert len(list((terminal.home / "sessions").iterdir())) == 1
    assert (state.answer.turn, state.agenda.asked) == (before.answer.turn, before.agenda.asked)
    assert state.at_ms >= before.at_ms
    terminal.until_shown("listening")
    terminal.press("qq")
    assert terminal.wait() == 0
    assert any(isinstance(event, e.SessionResumed) for event in terminal.events)
    replays(terminal, sound_server)
    again = start("--continue")
    assert again.wait() == 2
    assert "There is no unfinished session." in again.text


def test_a_microphone_that_stops_stops_neither_clock_nor_answer(
    start: Start, sound_server: VirtualSoundServer, answer: npt.NDArray[np.int16]
) -> None:
    sound_server.start_room_noise()
    terminal = start("--minutes", "2")
    to_first_question(terminal)
    sound_server.play_to_microphone(answer[RATE_HZ : 5 * RATE_HZ], RATE_HZ)
    terminal.until(lambda state: state.floor.speech_active)
    terminal.watch(2.2)  # long enough for words: what holds none counts as a noise, not as an answer
    sound_server.suspend_source()
    terminal.until_shown("Microphone stopped sending")
    lost, looked_s = clock(terminal), time.monotonic()
    terminal.watch(2.5)  # more than the silence that ends an answer
    assert terminal.state.phase == "listening"
    assert 2 <= clock(terminal) - lost <= time.monotonic() - looked_s + 1.5
    sound_server.suspend_source(False)
    terminal.until(lambda state: not state.floor.microphone_trouble)
    terminal.until(lambda state: state.phase != "listening")


def test_a_microphone_of_pure_silence_is_told_but_lets_the_answer_end(
    start: Start, sound_server: VirtualSoundServer, answer: npt.NDArray[np.int16]
) -> None:
    """Without the room's noise the virtual microphone sends exact zeros, as one with a noise gate does."""
    terminal = start("--minutes", "2")
    to_first_question(terminal)
    terminal.until_shown("pure silence")
    sound_server.play_to_microphone(answer[RATE_HZ : 5 * RATE_HZ], RATE_HZ)
    terminal.until(lambda state: state.floor.speech_active)
    terminal.until(lambda state: state.agenda.exchanges)


def clock(terminal: PracticeTerminal) -> int:
    """The elapsed seconds on the screen."""
    found = re.search(r"(\d\d):(\d\d) gone", terminal.text)
    assert found, terminal.text
    return 60 * int(found[1]) + int(found[2])


def test_without_options_it_asks_and_remembers(sound_server: VirtualSoundServer, fresh_home: Path) -> None:
    sound_server.start_room_noise()

    here = {"VOICE_INTERVIEWER_HOME": str(fresh_home), "TERM": "xterm"}

    def ask(answers: dict[str, str], starts: bool) -> str:
        child = pexpect.spawn(
            str(COMMAND), ["practice"], env=sound_server.env | here, dimensions=(24, 80), encoding="utf-8"
        )
        shown = ""
        for prompt, answer in answers.items():
            child.expect_exact(prompt, timeout=60)
            shown += child.before + prompt
            child.sendline(answer)
        child.expect_exact("welcome" if starts else "Stopped.", timeout=60)
        shown += child.before
        if starts:
            child.sendintr()
        child.expect(pexpect.EOF, timeout=120)
        child.close()
        assert child.exitstatus == (0 if starts else 130)
        return shown

    shown = ask(
        {
            "[ai-ethics-specialist]: ": "",
            "director) [mid]: ": "junior",
            "Minutes [30]: ": "2",
            "Answer aloud? (no = type) [Y/n]: ": "",
            "Microphone [0]: ": "1",
            "Agree and go on? [Y/n]: ": "",
            "microphone check first? [y/N]: ": "",
        },
        starts=True,
    )
    assert shown.index("Recorded, in one folder") < shown.index("Agree") < shown.index("check first")
    assert load_preferences() == Preferences(
        role="ai-ethics-specialist",
        level="junior",
        minutes=2,
        style="standard",
        microphone=re.search(r"\n  1  (\S+)\r", shown)[1],
        consent_given=True,
        typed=False,
    )
    again = ask(
        {
            "[ai-ethics-specialist]: ": "",
            "director) [junior]: ": "",
            "Minutes [2]: ": "",
            "Answer aloud? (no = type) [Y/n]: ": "",
            "Microphone [1]: ": "",
            "microphone check first? [y/N]: ": "\x03",
        },
        starts=False,
    )
    assert "Agree" not in again, "asked once"


def test_a_terminal_that_is_closed_ends_the_interview_and_keeps_it(
    start: Start, sound_server: VirtualSoundServer
) -> None:
    sound_server.start_room_noise()
    terminal = start("--minutes", "2")
    to_first_question(terminal)
    terminal.hang_up()
    assert terminal.folder is not None
    deadline = time.monotonic() + 60
    while not (terminal.folder / "report.html").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert terminal.state.floor.end_reason == "interrupted"
    assert SessionFolder(terminal.folder).read_about()["state"] == "complete"
