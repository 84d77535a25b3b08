"""`sessions search`: where something was said, and how it sounded."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_interviewer.cli.sessions_index import open_library
from voice_interviewer.errors import DeviceProblem, RecordProblem, SoundFileProblem, UsageProblem
from voice_interviewer.review.markdown import clock
from voice_interviewer.settings.config import load_config, sessions_dir
from voice_interviewer.store.log import SessionFolder

if TYPE_CHECKING:
    from voice_audio.ports import Sound
    from voice_interviewer.store.index_places import Place

MARGIN_MS = 300
"""Played before and after the words, so that they do not begin in the middle of a sound."""
SHOWN = 20


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--play", type=click.IntRange(min=1), is_flag=False, flag_value=1, metavar="[N]",
              help="Play the first place found, or the Nth.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 1000), default=SHOWN, show_default=True, help="Places shown.")
@click.option("--speaker", help="With --play: the loudspeaker to use.")
def search(words: tuple[str, ...], play: int | None, limit: int, speaker: str | None) -> None:
    """Every place where WORDS were said, by you or the interviewer, newest session first.

    The words as one phrase; where nobody said that, answers with all of them. Put a phrase in quotation marks
    inside the text to keep its words together.
    """
    text = " ".join(words)
    with open_library() as library:
        places = library.search(text, max(limit, play or 0) + 1)
        count = len(library.list())
        damaged = tuple(each.id for each in library.list() if each.trouble)
    if not places:
        click.echo(f"Nowhere in {_sessions(count)} was that said: {text}")
    else:
        _tell(places[:limit], more=len(places) > limit)
    if damaged:
        click.echo(
            f"Not searched, since {_sessions(len(damaged))} cannot be read: {', '.join(damaged)}", err=True
        )
    if play is not None and places:
        if play > len(places):
            raise UsageProblem(
                "place", f"There is no place {play}: {len(places)} were found.", "Give one of them."
            )
        _play(places[play - 1], speaker)


def _sessions(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"


def _tell(places: "tuple[Place, ...]", more: bool) -> None:
    if not places[0].exact:
        click.echo("Nobody said that in one go; these hold all of the words.\n")
    for number, place in enumerate(places, 1):
        who = "you" if place.who == "candidate" else place.who
        about = f"   {place.question}" if place.question else ""
        click.echo(f"{number:3}  {place.session}  {clock(place.start_ms)}   {who}{about}")
        parts = (place.before, click.style(place.found, bold=True), place.after)
        click.echo("     " + " ".join(part for part in parts if part))
    if more:
        click.echo("\nThere are more places; --limit shows them.")


def _play(place: "Place", speaker: str | None) -> None:
    from voice_audio.devices import find_device, quiet_stderr
    from voice_audio.speaker import DeviceSpeaker

    config = load_config({"speaker": speaker})
    audio = SessionFolder(sessions_dir() / place.session).audio
    if not audio.is_file():
        raise RecordProblem("no_sound", f"{place.session} has no recording.", "Only its text is left.")
    sound = clip(audio, place.start_ms - MARGIN_MS, place.end_ms + MARGIN_MS)
    with quiet_stderr():
        try:
            device = DeviceSpeaker(find_device(config.devices.speaker or None, "output"))
        except DeviceProblem as problem:
            hint = f"`voice-interviewer review {place.session}` shows the place in the browser."
            raise DeviceProblem(problem.code, problem.message, hint) from problem
        try:
            device.play(sound)
            while device.playing():
                time.sleep(0.02)
            trouble = device.trouble
        finally:
            device.close()
    if trouble:
        click.echo(trouble, err=True)


def clip(path: Path, start_ms: int, end_ms: int) -> "Sound":
    """Both sides of start_ms..end_ms of a recording together, cut to what there is.

    Raises SoundFileProblem when it cannot be read or nothing of the clip lies in it.
    """
    import numpy as np
    import soundfile

    from voice_audio.ports import Sound

    try:
        with soundfile.SoundFile(path) as file:
            start, end = (max(0, ms) * file.samplerate // 1000 for ms in (start_ms, end_ms))
            if not start < min(end, file.frames):
                raise SoundFileProblem("no_clip", f"{path}: nothing was recorded at {start_ms}..{end_ms} ms")
            file.seek(start)
            block = file.read(min(end, file.frames) - start, dtype="float32", always_2d=True)
            mixed = np.clip(block.sum(axis=1) * 32768, -32768, 32767).astype(np.int16)
            return Sound(mixed, int(file.samplerate))
    except (OSError, soundfile.LibsndfileError) as error:
        raise SoundFileProblem("unreadable", f"{path}: cannot be read ({error})") from error
