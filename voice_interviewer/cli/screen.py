"""The live screen: what is asked, who has the floor, that the microphone hears, and the words as they firm
up.

Right at 80x24 and at 60x20, without colour (every state has a word and a sign), and in a terminal without
Unicode.
"""

import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from voice_interviewer.cli.view import View
from voice_interviewer.content.screen_words import load_screen_words

FRAMES_PER_S = 10
"""Measured with rich: 2 % of a core, and no effect on the audio callback."""
WIDEST = 100
METER_CELLS = 24
METER_FLOOR_DBFS, METER_QUIET_DBFS, METER_LOUD_DBFS = -60.0, -45.0, -6.0
METER_FALLS_DB = 5.0
"""A drawing: a peak is seen even though only one frame in five is."""
MOST_NOTE_LINES = 4
SIGNS = {"speaking": "»", "listening": "●", "typing": "✎", "thinking": "…", "paused": "‖"}
PLAIN_SIGNS = {"speaking": ">", "listening": "*", "typing": "_", "thinking": ".", "paused": "="}
STYLES = {
    "speaking": "cyan",
    "listening": "bold green",
    "typing": "bold green",
    "thinking": "yellow",
    "paused": "bold yellow",
}


def clock(seconds: int) -> str:
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def draws_unicode(console: Console) -> bool:
    """Not where the output cannot carry it, nor in the C locale, whose terminal may not know it."""
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "")
    return not console.options.ascii_only and locale not in ("C", "POSIX")


class Drawing:
    """Draws a View into exactly as many lines as the console has, so that nothing scrolls or jumps."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._unicode = draws_unicode(console)
        self._level_dbfs = METER_FLOOR_DBFS

    def draw(self, view: View) -> RenderableType:
        width, height = min(self._console.width, WIDEST), self._console.height
        rule = Text(("─" if self._unicode else "-") * width, style="dim")
        words = load_screen_words().drawing
        asking = words["may_interrupt" if view.may_interrupt else "interviewer"]
        top = [self._head(view, width), rule, _row(f" {asking}", view.where, width, "cyan")]
        hint = Text(f"   {view.hint}" if view.hint else "", style="italic green")
        hint.truncate(width)
        state = [hint, self._state(view, width), *self._notes(view, width)]
        bottom = [*state, rule, *self._keys(view, width)]
        room = max(4, height - len(top) - len(bottom) - 3)
        question = self._block(self._question(view), width, max(2, room // 2))
        answer = self._block(self._answer(view), width, max(2, room - len(question)))
        filler = [Text("")] * (room - len(question) - len(answer))
        you = [Text(""), _row(f" {words['you']}", view.heard_by, width, "green")]
        return Group(*[*top, *question, *you, *answer, *filler, *bottom][: max(1, height - 1)])

    def _head(self, view: View, width: int) -> Text:
        gone, left = clock(view.elapsed_s), clock(view.remaining_s)
        right = load_screen_words().drawing["clock"].format(gone=gone, left=left) + " "
        space = max(0, width - cell_len(right) - 1)
        left = next(
            (
                text
                for text in (f" {view.title}, {view.level}: {view.station}", f" {view.station}")
                if cell_len(text) <= space
            ),
            f" {_short(view.station)}",
        )
        return _row(left, right.rstrip(), width, "bold", "bold")

    def _block(self, text: Text, width: int, lines: int) -> list[Text]:
        """The text wrapped to the width; when it is too long its newest lines are kept."""
        wrapped = list(text.wrap(self._console, max(10, width - 6)))
        if len(wrapped) > lines:
            wrapped = wrapped[-lines:]
            wrapped[0] = Text("… " if self._unicode else "... ", style="dim") + wrapped[0]
            wrapped[0].truncate(max(10, width - 4))
        return [Text("   ") + line for line in wrapped]

    def _question(self, view: View) -> Text:
        """What is said or was asked; below it, struck through, what we said too early."""
        text = Text(view.saying or view.asked, style="bold")
        if view.struck and not view.saying:
            before, _, after = load_screen_words().drawing["taken_back"].partition("{text}")
            text.append(f"\n{before}", style="not bold dim").append(view.struck, style="not bold dim strike")
            text.append(after, style="not bold dim")
        return text

    def _answer(self, view: View) -> Text:
        text = Text(view.words)
        if view.tentative:
            text.append((" " if view.words else "") + view.tentative, style="dim italic")
        if view.phase == "typing" or view.draft:
            text.append(("\n" if text.plain else "") + "> " + view.draft + "_", style="bold")
        if not text.plain and view.phase == "listening":
            return Text(load_screen_words().drawing["ready"], style="dim")
        return text

    def _state(self, view: View, width: int) -> Text:
        sign = (SIGNS if self._unicode else PLAIN_SIGNS).get(view.phase, " ")
        words = load_screen_words()
        text = Text(f" {sign} {words.phases[view.phase]:<12}", style=STYLES.get(view.phase, ""))
        if view.doing:
            text.append(view.doing, style="dim")
        if view.level_dbfs is not None:
            text.append_text(self._meter(view.level_dbfs, min(METER_CELLS, max(4, width - 45))))
            text.append(f"  {words.drawing['hears_you']}" if view.hearing_speech else "")
        text.truncate(width)
        return text

    def _meter(self, level_dbfs: float, cells: int) -> Text:
        """The newest level on a scale from -60 dBFS to 0; peaks fall back slowly."""
        self._level_dbfs = max(level_dbfs, self._level_dbfs - METER_FALLS_DB, METER_FLOOR_DBFS)
        share = (self._level_dbfs - METER_FLOOR_DBFS) / -METER_FLOOR_DBFS
        good = METER_QUIET_DBFS <= self._level_dbfs <= METER_LOUD_DBFS
        return meter(share, cells, self._unicode, "green" if good else "yellow")

    def _notes(self, view: View, width: int) -> list[Text]:
        lines: list[Text] = []
        for note in view.notes:
            wrapped = Text(note, style="yellow").wrap(self._console, max(10, width - 4))
            marks = (" ! ", *["   "] * len(wrapped))
            lines += [Text(mark, style="yellow") + line for mark, line in zip(marks, wrapped, strict=False)]
        return lines[:MOST_NOTE_LINES]

    def _keys(self, view: View, width: int) -> list[Text]:
        """Each key stays beside its meaning."""
        lines = [Text()]
        for key, meaning in view.keys:
            entry = Text(" ").append(key, style="bold").append(f" {meaning}" if meaning else "")
            if lines[-1].cell_len + entry.cell_len + 1 > width:
                lines.append(Text())
            lines[-1].append_text(entry).append(" ")
        return lines


def meter(share: float, cells: int, unicode: bool, style: str) -> Text:
    """A bar of `cells` cells, `share` (0..1) of it full."""
    filled = max(0, min(cells, round(share * cells)))
    full, empty = ("█", "░") if unicode else ("#", "-")
    name = Text(f"{load_screen_words().drawing['microphone']} ")
    return name.append(full * filled, style=style).append(empty * (cells - filled), style="dim")


def _short(station: str) -> str:
    """ "question 2 of 5" as "2/5", for the narrowest terminals."""
    return "/".join(re.findall(r"\d+", station)) or station


def _row(left: str, right: str, width: int, style: str, right_style: str = "default dim") -> Text:
    """left and right on one line; where they do not fit, right loses what follows its last comma, or goes."""
    space = width - cell_len(left) - 2
    while cell_len(right) > space:
        right = right.rpartition(", ")[0]
    gap = max(1, width - cell_len(left) - cell_len(right) - 1)
    row = Text(left, style=style).append(" " * gap + right, style=f"not bold {right_style}")
    row.truncate(width)
    return row


class LiveScreen:
    """Redraws ten times a second from its own thread until it is closed. A terminal that has gone away is
    nobody's problem here: the interview ends by itself."""

    def __init__(self, console: Console, view: Callable[[], View]) -> None:
        self._drawing, self._view = Drawing(console), view
        self._live = Live(console=console, screen=True, auto_refresh=False)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)

    def __enter__(self) -> "LiveScreen":
        self._live.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()
        with suppress(OSError):
            self._live.stop()

    def _run(self) -> None:
        with suppress(OSError):
            while not self._closing.wait(1 / FRAMES_PER_S):
                self._live.update(self._drawing.draw(self._view()), refresh=True)
