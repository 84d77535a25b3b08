"""What `doctor` says about speaking while the interviewer does: headphones, a canceller, the room's echo."""

import re
from collections.abc import Iterator

from voice_audio.devices import find_device, quiet_stderr
from voice_audio.microphone_check import EchoCheck
from voice_interviewer.app.finding import Finding
from voice_interviewer.cli.checks import survives_looking
from voice_interviewer.errors import Problem
from voice_interviewer.settings.config import Config
from voice_interviewer.settings.soundlevels import last_levels

WORN = re.compile(r"head(phone|set)|ear(phone|bud|pod)|airpods|\bbuds", re.IGNORECASE)
"""Names under which systems list what is worn on the head."""
MODES = {
    "half": "only in the first moment of a line (half duplex)",
    "headphones": "at any time (headphones)",
    "canceller": "at any time (echo canceller)",
}


def findings(config: Config) -> Iterator[Finding]:
    """How a line can be interrupted, and whether the last microphone check says otherwise."""
    echo = config.echo
    text = f"The interviewer can be interrupted by voice {MODES[echo.duplex]}."
    facts = {"mode": echo.mode, "duplex": echo.duplex}
    if echo.mode == "canceller" and echo.duplex == "half":
        fix = "pip install 'voice-interviewer[aec]'"
        yield Finding("echo", "missing", f"The echo canceller is not installed. {text}", fix, facts=facts)
    else:
        yield Finding("echo", "ok", text, facts=facts)
    yield from _loudness(config)
    if echo.mode == "auto" and (worn := _worn(config)):
        hint = f'"{worn}" sounds like headphones: with --headphones you may interrupt at any time.'
        yield Finding("headphones", "ok", hint, facts={"device": worn})


def _loudness(config: Config) -> Iterator[Finding]:
    levels = last_levels()
    if levels is None or config.echo.duplex != "half":
        return
    heard = EchoCheck(levels.echo_dbfs, levels.noise_dbfs)
    facts = {"speech_dbfs": round(levels.speech_dbfs, 1), "echo_dbfs": round(levels.echo_dbfs, 1)}
    devices = f"{levels.microphone} beside {levels.speaker}, last check"
    if not heard.is_in_the_way(levels.speech_dbfs):
        yield Finding("echo_level", "ok", f"{devices}: {heard.advice(levels.speech_dbfs)}", facts=facts)
        return
    text = (
        f"{devices}: the interviewer's voice is so loud in the microphone ({levels.echo_dbfs:.0f} dBFS, yours"
        f" {levels.speech_dbfs:.0f}) that a turn is taken back by key or words only."
    )
    yield Finding("echo_level", "problem", text, "Lower the volume, or practice --headphones.", facts=facts)


def _worn(config: Config) -> str:
    """The loudspeaker's name, if it is one of headphones."""
    if not survives_looking():
        return ""
    try:
        with quiet_stderr():
            name = find_device(config.devices.speaker or None, "output").name
    except Problem:
        return ""
    return name if WORN.search(name) else ""
