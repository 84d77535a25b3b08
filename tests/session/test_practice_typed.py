"""`practice` without sound: a whole interview through a pipe, plain lines in a terminal, and the live
screen's drawing."""

import io
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_moves import CATALOGUE, PROBES
from practice_terminal import COMMAND, QUESTIONS, PracticeTerminal
from rich.console import Console

from voice_interviewer.app.build import make_plan
from voice_interviewer.cli.plain import PlainScreen
from voice_interviewer.cli.screen import Drawing
from voice_interviewer.cli.view import View, keys_typed, keys_voice, station_of
from voice_interviewer.content.screen_words import load_screen_words
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.state import Agenda, State
from voice_interviewer.store.log import read_log

ANSWERS = [
    "I tested a loan model and compared the groups myself.",
    "/repeat",
    "/skip",
    "No questions, thank you.",
]
QUIET = ("--typed", "--no-audio")
CONTROL = re.compile(r"[^\n\x20-\x7e\x80-\U0010ffff]")


def piped(home: Path, text: str, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    home.mkdir(exist_ok=True)
    (home / "questions.yaml").write_text(QUESTIONS)
    own = ["--questions", str(home / "questions.yaml"), "--seed", "1", "--minutes", "1"]
    fast = {"VOICE_INTERVIEWER_WORDS_PER_MINUTE": "400", "VOICE_INTERVIEWER_HOME": str(home)}
    return subprocess.run(
        [COMMAND, "practice", *QUIET, *own, *options],
        input=text,
        env={**os.environ, **fast, **env},
        capture_output=True,
        text=True,
        timeout=90,
    )


def test_a_whole_interview_through_a_pipe(tmp_path: Path) -> None:
    done = piped(tmp_path / "home", "\n".join(ANSWERS) + "\n", "--yes")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert not CONTROL.search(done.stdout), "plain text only"
    lines = done.stdout.splitlines()
    assert "Nothing leaves this machine." in done.stdout
    for answer in (line for line in ANSWERS if not line.startswith("/")):
        assert f"You: {answer}" in lines
    assert sum(line.startswith("Interviewer: ") for line in lines) >= 6
    assert "Skipped." in lines
    assert next(line for line in lines if "the record is complete" in line).startswith(
        "The interview is over"
    )

    folder = next((tmp_path / "home" / "sessions").iterdir())
    assert json.loads((folder / "session.json").read_text())["state"] == "complete"
    typed = [entry.event for entry in read_log(folder).entries if isinstance(entry.event, e.AnswerTyped)]
    assert [event.text for event in typed] == [line for line in ANSWERS if not line.startswith("/")]
    assert (folder / "report.html").is_file()
    assert ANSWERS[0] in (folder / "report.md").read_text(encoding="utf-8")


def test_the_end_of_the_input_ends_the_interview_and_keeps_it(tmp_path: Path) -> None:
    done = piped(tmp_path / "home", f"{ANSWERS[0]}\n", "--yes", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "The interview was stopped" in done.stdout
    assert (next((tmp_path / "home" / "sessions").iterdir()) / "report.html").is_file()


def test_nothing_is_recorded_without_consent(tmp_path: Path) -> None:
    done = piped(tmp_path / "home", "")
    assert done.returncode == 2
    assert done.stderr.splitlines()[1].strip() == "Agree with --yes, or start it in a terminal."
    assert not (tmp_path / "home" / "sessions").exists()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(params=[("--plain", "xterm-256color"), ("--seed=1", "dumb")], ids=["plain", "dumb terminal"])
def plain(request: pytest.FixtureRequest, home: Path) -> Iterator[PracticeTerminal]:
    option, term = request.param
    with PracticeTerminal(home, *QUIET, "--minutes", "5", option, env={"TERM": term}) as terminal:
        yield terminal


def test_plain_lines_in_a_terminal(plain: PracticeTerminal) -> None:
    plain.until(lambda state: state.line)
    plain.press("\r")  # the welcome has been read
    plain.until(lambda state: state.agenda.item == 1)
    plain.press("\r")
    plain.until(lambda state: state.phase == "typing")
    plain.press("I testedd\x7f it.\r")
    plain.until(lambda state: state.agenda.exchanges)
    plain.press("/pause\r")
    plain.until_shown("Type /pause to go on")
    plain.press("/pause\r")
    plain.until(lambda state: state.phase != "paused")
    plain.press("/quit\r")
    plain.until_shown("Type /quit again")
    plain.press("/quit\r")
    assert plain.wait() == 0
    output = plain.output.decode()
    assert not set(CONTROL.findall(output)) - {"\r", "\b"}, "nothing a screen reader would spell out"
    assert "I testedd\b \b it." in output
    assert re.search(r"Interviewer: .*\r\n", output)
    assert output.count("/repeat") == 1, "the commands are explained once"
    assert plain.state.agenda.exchanges[0].answer.text == "I tested it."


def test_the_live_screen_of_a_typed_interview_and_ctrl_c(home: Path) -> None:
    with PracticeTerminal(home, *QUIET, "--minutes", "5", size=(60, 20), env={"NO_COLOR": "1"}) as terminal:
        terminal.until(lambda state: state.line)
        terminal.press("typed ahead")
        shown = terminal.until_shown("> typed ahead_")
        assert "hello" not in shown
        terminal.press("\x15\r")
        terminal.until(lambda state: state.agenda.item == 1)
        terminal.press("\r")
        shown = terminal.until_shown("your turn to type")
        assert "microphone" not in shown
        assert "/repeat" in shown
        terminal.press("half an ans")
        terminal.until_shown("> half an ans_")
        terminal.interrupt()
        assert terminal.wait() == 0
        assert not re.search(rb"\x1b\[(?:\d+;)*[349][0-7]m", terminal.output), "no colour"
        assert "The interview was stopped" in terminal.text
        assert terminal.folder is not None
        assert (terminal.folder / "report.html").is_file()


# --- the drawing --------------------------------------------------------------------------------------

LISTENING = View(
    title="AI Ethics Specialist",
    level="junior",
    station="question 2 of 5",
    phase="listening",
    elapsed_ms=125_400,
    total_ms=1_800_000,
    asked="Tell me about a time you found a problem in a model.",
    saying="",
    words="I compared the mistakes for different age groups",
    tentative="because nobody",
    level_dbfs=-20.0,
    hearing_speech=True,
    doing="",
    draft="",
    notes=(),
    keys=keys_voice(),
    heard_by="heard by whisper-large-v3 at speech.example.org:8443",
)


def draw(view: View, width: int = 80, height: int = 24, encoding: str = "utf-8") -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=file, width=width, height=height, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(Drawing(console).draw(view), end="")
    return [line.rstrip() for line in captured.get().splitlines()]


WIDE = """\
 AI Ethics Specialist, junior: question 2 of 5           02:05 gone, 27:55 left
--------------------------------------------------------------------------------
 Interviewer                                        nothing leaves this machine
   Tell me about a time you found a problem in a model.

 You                       heard by whisper-large-v3 at speech.example.org:8443
   I compared the mistakes for different age groups because nobody












 * listening   microphone ################--------  hears you
--------------------------------------------------------------------------------
 space I'm done  u I wasn't finished  h I need time  r repeat  p pause  s skip
 t type  +/- speed  q finish"""

NARROW = """\
 question 2 of 5                     02:05 gone, 27:55 left
────────────────────────────────────────────────────────────
 Interviewer                    nothing leaves this machine
   Tell me about a time you found a problem in a model.

 You   heard by whisper-large-v3 at speech.example.org:8443
   I compared the mistakes for different age groups
   because nobody





 ● listening   microphone ██████████░░░░░  hears you
 ! Microphone stopped sending; your answer so far is saved.
   It is being reached again. Or press t to type.
────────────────────────────────────────────────────────────
 space I'm done  u I wasn't finished  h I need time
 r repeat  p pause  s skip  t type  +/- speed  q finish"""


def test_the_screen_at_80x24_without_unicode() -> None:
    assert draw(LISTENING, encoding="ascii") == WIDE.splitlines()


def test_the_screen_at_60x20_with_a_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    trouble = "Microphone stopped sending; your answer so far is saved. It is being reached again."
    assert draw(replace(LISTENING, notes=(f"{trouble} Or press t to type.",)), 60, 20) == NARROW.splitlines()


def test_the_c_locale_gets_plain_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    assert "\n".join(draw(LISTENING)).isascii()


def test_thinking_says_what_takes_its_time() -> None:
    shown = draw(replace(LISTENING, phase="thinking", doing="writing down your last words", level_dbfs=None))
    state = next(line for line in shown if "thinking" in line)
    assert "writing down your last words" in state
    assert "microphone" not in state


@pytest.mark.parametrize("width", [60, 80])
def test_every_part_of_the_interview_has_a_name(width: int) -> None:
    plan = make_plan("ai-ethics-specialist", "junior", 12, 0, print, core_count=3)
    stations = [
        station_of(State(load_turn_rules(), plan=plan, agenda=Agenda(item)))
        for item in range(len(plan.items))
    ]
    questions = [f"question {number} of 3" for number in (1, 2, 3)]
    assert stations == ["welcome", "warm-up", *questions, "your questions", "goodbye"]
    assert station_of(State(load_turn_rules())) == "welcome"
    for station in stations:
        assert station in draw(replace(LISTENING, station=station), width)[0]


def test_the_narrowest_screen_still_counts() -> None:
    assert draw(LISTENING, 30)[0].startswith(" 2/5 ")


def test_elapsed_and_remaining_seconds_add_up_and_stop_at_nothing() -> None:
    assert "00:00 gone, 30:00 left" in draw(replace(LISTENING, elapsed_ms=20))[0]
    assert "31:00 gone, 00:00 left" in draw(replace(LISTENING, elapsed_ms=1_860_999))[0]


@settings(deadline=None)
@given(
    width=st.integers(24, 160),
    height=st.integers(6, 60),
    words=st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=900),
    phase=st.sampled_from(["speaking", "listening", "typing", "thinking", "paused", "ending"]),
    keys=st.sampled_from([keys_voice(), keys_typed()]),
    notes=st.lists(
        st.just("Something that has to be said, at some length, to whom it concerns."), max_size=4
    ),
)
def test_at_any_size_nothing_is_wider_or_higher_than_the_terminal(
    width, height, words, phase, keys, notes
) -> None:
    from rich.cells import cell_len

    view = replace(
        LISTENING, words=words, asked=words, draft=words, phase=phase, keys=keys, notes=tuple(notes)
    )
    shown = draw(view, width, height)
    assert max(map(cell_len, shown)) <= width
    assert len(shown) <= height
    if height >= 24 and width >= 60:
        assert any(load_screen_words().phases[phase] in line for line in shown)
        assert all(any(f" {key} {meaning}".rstrip() in line for line in shown) for key, meaning in keys)


# --- the demo's lines ---------------------------------------------------------------------------------

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "we-speaker"


def test_the_demo_gives_its_reasons_in_plain_words() -> None:
    lines: list[str] = []
    screen = PlainScreen(lines.append, why=True)
    for entry in read_log(GOLDEN).entries:
        screen.observe(entry.event, entry.commands)
    reasons = [line.split("follow-up: ")[1] for line in lines if "follow-up: " in line]
    assert "your own part was not heard yet" in reasons
    assert not any("_" in reason for reason in reasons)


@pytest.mark.parametrize("move", sorted(PROBES))
def test_no_reason_shows_an_id(move: str) -> None:
    assert "_" not in CATALOGUE.follow_up_note(move, "own_action", "the last one named own_action as well")
    assert "p1" not in CATALOGUE.follow_up_note(move, "point:p1", "point:p1 was not heard")
    assert CATALOGUE.follow_up_note(move, None, "") != ""
