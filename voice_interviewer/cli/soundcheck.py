"""The microphone check before an interview: the level while you speak, what it amounts to, your own voice
played back, and how loud the interviewer's comes back. No sound of it is kept."""

import sys
import time
from collections.abc import Callable

import click
import numpy as np

from voice_audio.frames import level_dbfs
from voice_audio.microphone_check import EchoCheck, MicrophoneLevels, measure_echo, measure_frames
from voice_audio.ports import FRAME_MS, SAMPLE_RATE_HZ, Microphone, Samples, Sound, Speaker

CHECK_S = 10
DRAW_EVERY_FRAMES = 5


def check_microphone(
    microphone: Microphone,
    speaker: Speaker | None,
    seconds: float = CHECK_S,
    line: Sound | None = None,
) -> tuple[MicrophoneLevels, EchoCheck | None]:
    """Level and noise of some seconds, with advice; played back where there is a loudspeaker.

    line: the interviewer's voice, to learn how loud it comes back into the microphone; the second value says
    it."""
    click.echo(f"Say a few sentences now; {seconds:.0f} seconds.")
    frames = _listen(microphone, round(seconds * 1000 / FRAME_MS))
    levels = measure_frames(np.stack(frames))
    trouble = microphone.trouble
    click.echo(f"Speech {levels.speech_dbfs:.0f} dBFS, room {levels.noise_dbfs:.0f} dBFS.")
    click.echo(trouble or levels.advice())
    echo = None
    if speaker is not None and not levels.digital_silence:
        click.echo("This is what was heard; it is not kept.")
        speaker.play(Sound(levels.samples, SAMPLE_RATE_HZ))
        while speaker.playing():
            time.sleep(0.02)
        speaker.stop()
        if line is not None:
            click.echo("Now the interviewer's voice; please stay quiet.")
            _begin_afresh(microphone)
            echo = measure_echo(microphone, speaker, line)
            click.echo(echo.advice(levels.speech_dbfs))
    _begin_afresh(microphone)
    return levels, echo


def _begin_afresh(microphone: Microphone) -> None:
    """What queued up while nobody read is not what is heard now."""
    resume: Callable[[], None] = getattr(microphone, "resume", lambda: None)
    resume()


def _listen(microphone: Microphone, count: int) -> list[Samples]:
    """`count` frames, with a bar of the level on a terminal."""
    bar = _Bar() if sys.stdout.isatty() else None
    frames: list[Samples] = []
    for number in range(max(1, count)):
        frames.append(microphone.read())
        if bar and number % DRAW_EVERY_FRAMES == 0:
            loudest = max(level_dbfs(frame) for frame in frames[-DRAW_EVERY_FRAMES:])
            bar.draw(loudest, (count - number) * FRAME_MS / 1000)
    if bar:
        bar.close()
    return frames


class _Bar:
    """One line that is drawn over again; nothing but a note at its end in a terminal that cannot."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.live import Live

        from voice_interviewer.cli.screen import draws_unicode

        console = Console(highlight=False)
        self._unicode = draws_unicode(console)
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._live.start()

    def draw(self, dbfs: float, left_s: float) -> None:
        from voice_interviewer.cli.screen import METER_CELLS, METER_FLOOR_DBFS, meter

        share = (dbfs - METER_FLOOR_DBFS) / -METER_FLOOR_DBFS
        line = meter(share, METER_CELLS, self._unicode, "green").append(f"  {left_s:4.1f} s left")
        self._live.update(line, refresh=True)

    def close(self) -> None:
        self._live.stop()
