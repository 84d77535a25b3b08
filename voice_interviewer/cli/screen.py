"""The live screen: what is asked, who has the floor, that the microphone hears, and the words as they firm
up.

Right at 80x24, without colour (every state has a word and a sign), and in a terminal without Unicode.
"""

import threading
from collections.abc import Callable

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.rule import Rule
from rich.text import Text

from voice_interviewer.cli.view import PHASES, View

FRAMES_PER_S = 10
"""Measured with rich: 2 % of a core, and no effect on the audio callback."""
METER_CELLS = 24
METER_FLOOR_DBFS, METER_QUIET_DBFS, METER_LOUD_DBFS = -60.0, -45.0, -6.0
SIGNS = {"speaking": "»", "listening": "●", "typing": "✎", "thinking": "…", "paused": "‖"}
PLAIN_SIGNS = {"speaking": ">", "listening": "*", "typing": "_", "thinking": ".", "paused": "="}
STYLES = {"speaking": "cyan", "listening": "bold green", "typing": "bold green", "thinking": "yellow"}


def clock(ms: int) -> str:
    return f"{ms // 60_000:02d}:{ms // 1000 % 60:02d}"


class Drawing:
    """Draws a View into a fixed number of lines, so that nothing scrolls."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._unicode = not console.options.ascii_only

    def draw(self, view: View) -> RenderableType:
        width, height = self._console.size
        width = min(width, 100)
        head: list[RenderableType] = [
            self._head(view, width),
            Rule(style="dim", characters="─" if self._unicode else "-"),
        ]
        foot = [*self._notes(view), Rule(style="dim", characters="─" if self._unicode else "-")]
        foot += self._keys(view, width)
        room = max(6, height - 1 - len(head) - len(foot) - 6)
        question = self._block(view.saying or view.asked, width, min(room, 6), "bold")
        answer = self._answer(view, width, max(2, room - len(question)))
        filler = [Text("")] * max(0, room - len(question) - len(answer))
        state = self._state(view)
        body: list[RenderableType] = [Text(" Interviewer", style="cyan"), *question, Text("")]
        body += [Text(" You", style="green"), *answer, *filler, Text(""), state]
        return Group(*head, *body, *foot)

    def _head(self, view: View, width: int) -> Text:
        place = f"question {view.question} of {view.questions}" if view.question else "welcome"
        left = f" {view.title}, {view.level}: {place}"
        right = f"{clock(view.elapsed_ms)} gone, {clock(view.remaining_ms)} left "
        space = max(1, width - cell_len(left) - cell_len(right))
        return Text(left + " " * space + right, style="bold", no_wrap=True, overflow="ellipsis")

    def _block(self, text: str, width: int, lines: int, style: str) -> list[Text]:
        """The text wrapped to the width; when it is too long its newest lines are kept."""
        wrapped = Text(text, style=style).wrap(self._console, width - 6)
        return [Text("   ") + line for line in list(wrapped)[-lines:]]

    def _answer(self, view: View, width: int, lines: int) -> list[Text]:
        text = Text(view.words)
        if view.tentative:
            text.append((" " if view.words else "") + view.tentative, style="dim italic")
        if view.phase == "typing":
            text.append(("\n" if view.words else "") + "> " + view.draft + "_", style="bold")
        if not text.plain:
            text = Text(_hint(view), style="dim")
        wrapped = text.wrap(self._console, width - 6)
        return [Text("   ") + line for line in list(wrapped)[-lines:]]

    def _state(self, view: View) -> Text:
        sign = (SIGNS if self._unicode else PLAIN_SIGNS).get(view.phase, " ")
        text = Text(f" {sign} {PHASES[view.phase]:<18}", style=STYLES.get(view.phase, ""))
        if view.level_dbfs is not None:
            text.append_text(self._meter(view.level_dbfs))
            text.append("  hears you" if view.hearing_speech else "")
        return text

    def _meter(self, level_dbfs: float) -> Text:
        """The level of the last 20 ms on a scale from -60 dBFS to 0."""
        share = (level_dbfs - METER_FLOOR_DBFS) / -METER_FLOOR_DBFS
        filled = max(0, min(METER_CELLS, round(share * METER_CELLS)))
        full, empty = ("█", "░") if self._unicode else ("#", "-")
        style = "green" if METER_QUIET_DBFS <= level_dbfs <= METER_LOUD_DBFS else "yellow"
        text = Text("microphone ")
        text.append(full * filled, style=style)
        return text.append(empty * (METER_CELLS - filled), style="dim")

    def _notes(self, view: View) -> list[RenderableType]:
        return [
            Text(f" ! {note}", style="yellow", no_wrap=True, overflow="ellipsis") for note in view.notes[:2]
        ]

    def _keys(self, view: View, width: int) -> list[RenderableType]:
        text = Text()
        for key, meaning in view.keys:
            text.append(f" {key}", style="bold").append(f" {meaning} " if meaning else " ")
        return list(text.wrap(self._console, width))


def _hint(view: View) -> str:
    return {
        "listening": "Speak when you are ready.",
        "speaking": "",
        "thinking": "",
        "paused": "",
    }.get(view.phase, "")


class LiveScreen:
    """Redraws ten times a second from its own thread until it is closed."""

    def __init__(self, console: Console, view: Callable[[], View]) -> None:
        self._drawing, self._view = Drawing(console), view
        self._live = Live(console=console, screen=console.is_terminal, auto_refresh=False)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="screen", daemon=True)

    def __enter__(self) -> "LiveScreen":
        self._live.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join()
        self._live.stop()

    def _run(self) -> None:
        while not self._closing.wait(1 / FRAMES_PER_S):
            self._live.update(self._drawing.draw(self._view()), refresh=True)
