"""Keys as a terminal sends them, the line editor, and when a key is a key and when it is a letter."""

import os
import pty
from typing import Any

import pytest

from voice_interviewer.cli.keyboard import COMMANDS, KEYS, Keyboard, LineEditor, send_line
from voice_interviewer.cli.keys import Key, _PosixKeys, split_keys
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.turns.events import KEYS as MEANINGS
from voice_interviewer.core.turns.events import Settings
from voice_interviewer.core.turns.state import Floor, State


class Interview:
    """What a keyboard needs of a session: its state, and a note of what it was asked for."""

    def __init__(self, phase: str = "new", typing: bool = False, settings: Settings | None = None) -> None:
        self.state = State(
            load_turn_rules(), settings=settings or Settings(), floor=Floor(phase, typing=typing)
        )
        self.asked: list[tuple[str, str]] = []

    def press(self, key: str) -> None:
        self.asked.append(("key", key))

    def type_answer(self, text: str) -> None:
        self.asked.append(("answer", text))


def keyboard(**state: Any) -> tuple[Keyboard, Interview]:
    interview = Interview(**state)
    return Keyboard(interview), interview  # type: ignore[arg-type]


def send(board: Keyboard, text: str) -> None:
    keys, rest = split_keys(text)
    assert not rest
    for key in keys:
        board.take(key)


@pytest.mark.parametrize(
    ("text", "keys", "rest"),
    [
        ("aé ", [Key("a"), Key("é"), Key(" ")], ""),
        (
            "\r\x7f\b\x15\x17",
            [Key(name=n) for n in ("enter", "backspace", "backspace", "ctrl-u", "ctrl-w")],
            "",
        ),
        ("\x1b[A\x1bOPx", [Key(name="other"), Key(name="other"), Key("x")], ""),
        ("\x1b[1;5C\x1b[3~", [Key(name="other")] * 2, ""),
        ("\x1bq", [Key(name="other")], ""),
        ("a\x1b[1;", [Key("a")], "\x1b[1;"),
        ("\x1b", [], "\x1b"),
        ("\x00\x04\x1fz", [Key("z")], ""),
    ],
)
def test_what_a_terminal_sends_is_split_into_keys(text: str, keys: list[Key], rest: str) -> None:
    assert split_keys(text) == (keys, rest)


def test_keys_that_come_in_pieces_are_put_together() -> None:
    master, slave = pty.openpty()
    try:
        import tty

        tty.setcbreak(slave)
        keys = _PosixKeys(slave)
        assert keys.read(0.0) == []
        os.write(master, "é".encode()[:1])
        assert keys.read(0.5) == []
        os.write(master, "é".encode()[1:] + b"\x1b[")
        os.write(master, b"A\x1b")
        assert keys.read(0.5) == [Key("é"), Key(name="other"), Key(name="escape")]
    finally:
        os.close(master)
    assert keys.read(0.5) is None, "the terminal has gone"
    os.close(slave)


def test_while_the_candidate_speaks_each_key_means_what_the_screen_says() -> None:
    board, interview = keyboard(phase="listening")
    send(board, " uhrpst+=-qQx\x1b[A")
    meanings = ["done", "unfinished", "hold", "repeat", "pause", "skip", "type", "faster", "faster", "slower"]
    assert interview.asked == [("key", key) for key in (*meanings, "quit", "quit", "other")]
    assert set(KEYS.values()) | set(COMMANDS.values()) | {"other"} == set(MEANINGS)


def test_a_typed_line_can_be_mended_before_it_is_sent() -> None:
    board, interview = keyboard(phase="typing", typing=True)
    send(board, "I tesx\x7ftd\bed a tool \x17model")
    assert board.draft == "I tested a model"
    send(board, "\r")
    assert interview.asked == [("answer", "I tested a model")]
    assert board.draft == ""
    send(board, "nothing of this\x15\x7f\x7fok\r")
    assert interview.asked[-1] == ("answer", "ok")


@pytest.mark.parametrize("phase", ["speaking", "thinking", "paused"])
def test_what_is_typed_ahead_is_never_a_key_and_waits_for_its_turn(phase: str) -> None:
    board, interview = keyboard(phase=phase, typing=True)
    send(board, "quickly, sir\r")
    assert interview.asked == []
    assert board.draft == "quickly, sir"
    interview.state = State(load_turn_rules(), floor=Floor("typing", typing=True))
    send(board, "\r")
    assert interview.asked == [("answer", "quickly, sir")]


def test_commands_work_at_any_time_and_unknown_ones_are_not_answers() -> None:
    board, interview = keyboard(phase="speaking", settings=Settings(typed=True))
    send(board, "/Skip\r")
    assert interview.asked == [("key", "skip")]
    interview.state = State(load_turn_rules(), floor=Floor("typing"), settings=Settings(typed=True))
    send(board, "/skp\r")
    assert board.draft == "/skp"
    assert interview.asked == [("key", "skip")]


def test_enter_alone_goes_on_and_escape_goes_back_to_the_voice() -> None:
    board, interview = keyboard(phase="speaking", typing=True)
    send(board, "  \r")
    board.take(Key(name="escape"))
    assert interview.asked == [("key", "done"), ("key", "type")]
    assert board.draft == ""


def test_the_echo_can_be_rubbed_out_cell_by_cell() -> None:
    shown: list[str] = []
    editor = LineEditor(shown.append)
    editor.add("a")
    editor.add("語")
    editor.rub_out()
    editor.rub_out(5)
    editor.rub_out()
    assert shown == ["a", "語", "\b \b\b \b", "\b \b", ""]
    editor.add("word")
    assert (editor.take(), editor.text, shown[-1]) == ("word", "", "\n")


@pytest.mark.parametrize(
    ("line", "phase", "sent"),
    [
        ("An answer. \n", "typing", [("answer", "An answer.")]),
        ("An answer.\n", "listening", []),
        ("/quit\n", "listening", [("key", "quit")]),
        ("/what is that\n", "typing", []),
        ("\n", "typing", []),
    ],
)
def test_a_line_from_a_pipe_is_an_answer_a_command_or_nothing(
    line: str, phase: str, sent: list[tuple[str, str]]
) -> None:
    interview = Interview(phase=phase)
    assert send_line(interview, line) is bool(sent)  # type: ignore[arg-type]
    assert interview.asked == sent
