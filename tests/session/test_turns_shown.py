"""What the candidate sees and hears told of whose turn it is: calm words, what was taken back, what to do."""

import io
import threading
from dataclasses import replace

import pytest
from rich.console import Console
from timeline import Timeline

from voice_interviewer.cli.plain import Looking, PlainScreen, ReaderScreen
from voice_interviewer.cli.screen import Drawing
from voice_interviewer.cli.turns import (
    SORRY_MS,
    TurnWatch,
    hint_of,
)
from voice_interviewer.cli.view import View, keys_voice, notes_of
from voice_interviewer.content.screen_words import load_screen_words
from voice_interviewer.core.turns import events as e
from voice_interviewer.core.turns.gate_settings import GateSettings
from voice_interviewer.core.turns.state import State

ASKED = "Which part was yours?"
HINTS = load_screen_words().hints
THINKING, WAITING, SORRY = HINTS["thinking"], HINTS["waiting"], HINTS["sorry"]
TAKEN_BACK = load_screen_words().plain["taken_back"]
UNHEARD = "I cannot hear you: is the microphone on? Press t to type, s to skip."
Pair = tuple[e.Event, tuple[e.Command, ...]]


class Watched(list[Pair]):
    """A log that shows each entry to its observers, as a session does: with the state after it."""

    def __init__(self, *observers: ReaderScreen | PlainScreen | TurnWatch) -> None:
        super().__init__()
        self._observers = observers

    def append(self, entry: Pair) -> None:
        super().append(entry)
        for observer in self._observers:
            observer.observe(*entry)


class Talk(Timeline):
    """A timeline with the screens looking on."""

    def __init__(self, settings: e.Settings | None = None, gated: bool = False) -> None:
        self.lines: list[str] = []
        self.demo: list[str] = []
        self.reader = ReaderScreen(self.lines.append, lambda: self.state, echoed=True)
        self.watch = TurnWatch(lambda: self.state)
        self._watched = Watched(self.reader, self.watch, PlainScreen(self.demo.append))
        super().__init__(settings=settings, gated=gated)

    @property
    def log(self) -> list[Pair]:  # type: ignore[override]
        return self._watched

    @log.setter
    def log(self, empty: list[Pair]) -> None:
        assert not empty

    @property
    def hint(self) -> str:
        return hint_of(self.state, self.now_ms)

    def look(self, seconds: float) -> None:
        """Time passes while the plain screen looks on twice a second."""
        for _ in range(round(seconds * 2)):
            self.silence(0.5)
            self.reader.look(self.now_ms)

    def stop_line(self, commands: tuple[e.Command, ...]) -> None:
        for command in commands:
            if isinstance(command, e.StopSpeaking):
                self.send(e.LineFinished(self.now_ms, command.line, 400))


@pytest.fixture
def talk() -> Talk:
    talk = Talk(gated=True)
    talk.until_listening()
    return talk


@pytest.fixture
def asked_early() -> Talk:
    """An answer that was taken as over, our probe under way for 400 ms."""
    talk = Talk()
    talk.until_listening()
    talk.answer("we rebuilt it and", "own_part", ASKED)
    assert talk.state.line is not None
    talk.send(e.LineStarted(talk.now_ms, talk.state.line.id, 3000))
    talk.now_ms += 400
    return talk


# --- in a pause ---------------------------------------------------------------------------------------


def test_a_pause_is_told_to_be_fine_and_speech_takes_the_hint_away(talk: Talk) -> None:
    talk.speak(2.0, "we rebuilt the data and the")
    assert talk.hint == ""
    talk.silence(1.9)
    assert talk.hint == ""
    talk.silence(0.2)
    assert (talk.phase, talk.hint) == ("listening", THINKING)
    talk.send(e.SpeechStarted(talk.now_ms + 64, talk.now_ms))
    assert talk.hint == ""


def test_thinking_before_the_first_word_is_fine_too(talk: Talk) -> None:
    talk.silence(3.0)
    assert (talk.phase, talk.hint) == ("listening", THINKING)


@pytest.mark.parametrize("how", ["key", "words"])
def test_who_asked_for_time_is_waited_for_without_a_timer(talk: Talk, how: str) -> None:
    talk.speak(1.0, "we rebuilt it" if how == "key" else "good question let me think")
    if how == "key":
        talk.key("hold")
    shown = set()
    for _ in range(20):
        talk.silence(0.2)
        shown.add(talk.hint)
    assert shown == {WAITING}
    assert not any(character.isdigit() for character in WAITING)


def test_nothing_calm_is_said_over_a_trouble(talk: Talk) -> None:
    talk.silence(3.0)
    talk.send(e.MicrophoneLost(talk.now_ms, "The microphone was unplugged."))
    assert talk.hint == ""
    assert "unplugged" in notes_of(talk.state)[0]


def test_plain_lines_say_it_at_most_once_a_turn(talk: Talk) -> None:
    talk.look(4.0)
    talk.speak(2.0, "we rebuilt the data and the")
    talk.look(4.0)
    talk.speak(2.0, "numbers for the")
    talk.look(4.0)
    assert talk.phase == "listening"
    assert talk.lines.count(THINKING) == 1
    talk.key("hold")
    talk.look(3.0)
    assert talk.lines.count(WAITING) == 1
    talk.key("done")
    talk.reply("own_part", ASKED)
    talk.until_listening()
    talk.look(4.0)
    assert talk.lines.count(THINKING) == 2, "another turn"


def test_plain_lines_answer_spoken_wishes_for_time_once(talk: Talk) -> None:
    talk.speak(1.0, "good question let me think")
    talk.look(5.0)
    assert (talk.lines.count(WAITING), talk.lines.count(THINKING)) == (1, 0)


def test_a_soft_word_does_not_announce_the_microphone_again(talk: Talk) -> None:
    talk.speak(1.0, "let me think about that")
    talk.silence(6.0)
    assert talk.saying == "Take your time."
    told = talk.lines.count("Listening.")
    talk.say_line()
    assert talk.phase == "listening"
    assert talk.lines.count("Listening.") == told
    assert not [line for line in talk.demo if line.endswith("thinking")], "the floor was not taken"


def test_the_plain_screen_is_looked_at_while_time_passes() -> None:
    seen = threading.Event()

    class Screen(ReaderScreen):
        def look(self, now_ms: int) -> None:
            assert now_ms == 7
            seen.set()

    with Looking(Screen(print, State), lambda: 7):
        assert seen.wait(10)


# --- a turn taken too early ---------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["voice", "key"])
def test_what_we_said_too_early_is_struck_and_one_calm_line_says_sorry(asked_early: Talk, how: str) -> None:
    talk = asked_early
    if how == "voice":
        talk.stop_line(talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 200)))
    else:
        talk.stop_line(talk.key("unfinished"))
    assert (talk.watch.struck, talk.hint) == (ASKED, SORRY)
    assert talk.lines.count(TAKEN_BACK) == 1
    assert len([line for line in talk.demo if line.endswith(TAKEN_BACK)]) == 1
    assert SORRY not in talk.lines, "a screen reader would talk into the answer"
    talk.speak(2.0, "then we measured it and")
    assert talk.hint == SORRY
    talk.now_ms = talk.state.floor.cut_offs[0].at_ms + SORRY_MS
    assert talk.hint != SORRY
    talk.silence(9.0)
    talk.reply("move_on", "Thank you.")
    assert talk.watch.struck == "", "our next line is what counts now"


def test_a_turn_given_back_before_a_word_of_ours_strikes_nothing() -> None:
    talk = Talk()
    talk.until_listening()
    talk.speak(2.0, "we rebuilt it and")
    talk.silence(1.6)
    assert talk.phase == "thinking"
    talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 64))
    assert (talk.watch.struck, talk.hint) == ("", SORRY)
    assert TAKEN_BACK not in talk.lines


def test_all_we_said_since_is_struck_when_the_next_turn_was_open(asked_early: Talk) -> None:
    talk = asked_early
    assert talk.state.line is not None
    talk.send(e.LineFinished(talk.now_ms, talk.state.line.id, 3000))
    talk.speak(1.5, "sorry I wasn't finished")
    talk.silence(2.0)
    talk.reply("wait", "Sorry. Go on.")
    talk.say_line()
    assert talk.watch.struck == ASKED
    assert talk.lines.count(TAKEN_BACK) == 1


def test_a_late_interruption_with_headphones_takes_nothing_back() -> None:
    talk = Talk(e.Settings(gate=GateSettings(fixed_ms=2000), full_duplex=True))
    talk.until_listening()
    talk.answer("we rebuilt it", "own_part", ASKED)
    assert talk.state.line is not None
    talk.send(e.LineStarted(talk.now_ms, talk.state.line.id, 4000))
    talk.now_ms += 2800
    talk.stop_line(talk.send(e.SpeechResumed(talk.now_ms, talk.now_ms - 200)))
    assert (talk.phase, talk.state.answer.turn) == ("listening", 2)
    assert (talk.watch.struck, talk.hint) == ("", "")
    assert not [line for line in (*talk.lines, *talk.demo) if TAKEN_BACK in line]


# --- nobody answers -----------------------------------------------------------------------------------


def test_after_a_first_silence_the_microphone_is_asked_about() -> None:
    talk = Talk(e.Settings(gate=GateSettings(fixed_ms=2000, no_answer_ms=15_000)))
    talk.until_listening()
    talk.silence(15.5)
    assert not [note for note in notes_of(talk.state) if UNHEARD in note]
    talk.reply("repeat", "Once more.")
    assert notes_of(talk.state) == (UNHEARD,)
    talk.say_line()
    talk.look(5.0)
    assert (notes_of(talk.state), talk.hint) == ((UNHEARD,), ""), "one thing at a time"
    assert talk.lines.count(UNHEARD) == 1
    keys = dict(keys_voice())
    assert (keys["t"], keys["s"]) == ("type", "skip")
    talk.speak(1.0, "we rebuilt it")
    assert notes_of(talk.state) == ()


# --- the drawing --------------------------------------------------------------------------------------

LISTENING = View(
    title="Nurse",
    level="junior",
    station="question 1 of 5",
    phase="listening",
    elapsed_ms=60_000,
    total_ms=600_000,
    asked="Tell me about a time you helped somebody.",
    saying="",
    words="There was a man who",
    tentative="could",
    level_dbfs=-20.0,
    hearing_speech=False,
    doing="",
    draft="",
    notes=(),
    keys=keys_voice(),
)


def draw(view: View, width: int = 80, height: int = 24) -> str:
    console = Console(file=io.StringIO(), width=width, height=height, highlight=False, force_terminal=True)
    with console.capture() as captured:
        console.print(Drawing(console).draw(view), end="")
    return captured.get()


def plain(view: View, width: int = 80, height: int = 24) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height, color_system=None, highlight=False)
    with console.capture() as captured:
        console.print(Drawing(console).draw(view), end="")
    return [line.rstrip() for line in captured.get().splitlines()]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 20)])
def test_a_hint_moves_nothing_else(width: int, height: int) -> None:
    without, shown = (plain(replace(LISTENING, hint=hint), width, height) for hint in ("", WAITING))
    changed = [(old, new) for old, new in zip(without, shown, strict=True) if old != new]
    assert changed == [("", f"   {WAITING}")]


def test_a_struck_line_is_struck_through_and_said_to_be_without_style() -> None:
    view = replace(LISTENING, struck="Next one.")
    assert "\x1b[2;9m" in draw(view), "dim and struck through"
    assert "   taken back: Next one." in plain(view)
    assert "taken back" not in "".join(plain(replace(view, saying="Thank you.")))


def test_firm_and_tentative_words_look_different() -> None:
    drawn = draw(LISTENING)
    assert "\x1b[2;3m" in drawn
    assert drawn.index("There was a man who") < drawn.index("\x1b[2;3m")


@pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 20)])
def test_with_headphones_the_header_says_that_one_may_interrupt(width: int, height: int) -> None:
    row = plain(replace(LISTENING, may_interrupt=True), width, height)[2]
    assert row.startswith(" Interviewer (you may interrupt)")
    assert "you may interrupt" not in "\n".join(plain(LISTENING, width, height))


@pytest.mark.parametrize(("width", "height"), [(80, 24), (60, 20)])
def test_the_keys_say_what_they_mean(width: int, height: int) -> None:
    text = " ".join(" ".join(plain(LISTENING, width, height)).split())
    assert "u I wasn't finished h I need time" in text
