"""`doctor`: what was found on this machine, what will be used, and the command that mends each problem."""

import json
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from voice_interviewer import __version__
from voice_interviewer.app import language_model, speech_servers
from voice_interviewer.app.finding import DEVICE_OR_MODEL, SETTING, Finding, State
from voice_interviewer.cli import checks, echo
from voice_interviewer.errors import Problem
from voice_interviewer.settings.config import load_config, shipped_config

if TYPE_CHECKING:
    from voice_interviewer.settings.config import Config

TYPED = "voice-interviewer practice --typed --no-audio"


@click.command()
@click.option("--listen/--no-listen", default=True, help="Open the microphone and loudspeaker for a moment.")
@click.option("--online", is_flag=True, help="Also ask whether the model hub can be reached.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def doctor(listen: bool, online: bool, as_json: bool) -> None:
    """Look at everything an interview needs. Records nothing, connects to nothing but servers
    that are configured (and see --online).

    Ends with 0 when an interview aloud is possible, 3 when a device or a model for it is missing, 2 when a
    setting or the sessions folder stands in the way.
    """
    config, trouble = _config()
    if config.network.offline:
        from voice_interviewer.settings.offline import refuse_network

        refuse_network()
    sections: list[tuple[str, str, Callable[[], Iterable[Finding]]]] = [
        ("Program", "program", checks.program),
        ("Settings", "settings", lambda: checks.settings(config, trouble)),
        ("Disk", "disk", checks.disk),
        ("Sound", "sound", lambda: checks.sound_devices(config, listen)),
        ("Echo", "echo", lambda: echo.findings(config)),
        ("Voice", "voice", lambda: checks.voice(config)),
        ("Speech detector", "detector", lambda: checks.detector(config)),
        ("Whisper", "whisper", lambda: checks.whisper(config)),
        ("Speech server", "speech_server", lambda: speech_servers.recogniser_findings(config)),
        ("Voice server", "voice_server", lambda: speech_servers.voice_findings(config)),
        ("Language model", "llm", lambda: language_model.findings(config)),
        ("Meaning", "meaning", lambda: checks.meaning(config)),
    ]
    if config.turn.prosody_model:
        sections.append(("Prosody", "prosody", lambda: checks.prosody(config)))
    if online and not config.network.offline:
        sections.append(("Network", "hub", checks.hub))
    findings: list[Finding] = []
    for title, name, check in sections:
        found = _looked_at(name, check)
        findings += found
        if not as_json:
            _show(title, found)
    codes = {finding.exit_code for finding in findings}
    typed, aloud = SETTING not in codes, not codes & {SETTING, DEVICE_OR_MODEL}
    if as_json:
        _show_json(findings, aloud, typed)
    else:
        click.echo(_verdict(aloud, typed))
    sys.exit(0 if aloud else DEVICE_OR_MODEL if typed else SETTING)


def _config() -> "tuple[Config, Problem | None]":
    """This person's settings; where those are broken, the shipped ones and what is wrong."""
    try:
        return load_config(), None
    except Problem as problem:
        return shipped_config(), problem


def _looked_at(name: str, check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """Whatever a check meets becomes a line. A broken package raises anything at all when it is imported, and
    that is just what a doctor is asked about, so here, and only here, everything is caught."""
    found: list[Finding] = []
    try:
        for finding in check():  # one by one: what was found before the trouble stays
            found.append(finding)
    except Problem as problem:
        state: State = "missing" if "missing" in problem.code else "problem"
        code = problem.exit_code if problem.exit_code in (SETTING, DEVICE_OR_MODEL) else DEVICE_OR_MODEL
        found.append(Finding(name, state, problem.message, problem.hint, code))
    except Exception as error:
        text = f"{type(error).__name__}: {' '.join(str(error).split())}"
        found.append(
            Finding(name, "problem", text, "pip install --force-reinstall voice-interviewer", DEVICE_OR_MODEL)
        )
    return found


def _show(title: str, findings: Iterable[Finding]) -> None:
    click.echo(title)
    for finding in findings:
        click.echo(f"  {finding.state:<8} {finding.text}")
        if finding.fix:
            click.echo(f"           -> {finding.fix}")


def _verdict(aloud: bool, typed: bool) -> str:
    if aloud:
        return "\nAn interview aloud is possible: voice-interviewer practice"
    if typed:
        return f"\nAn interview aloud is not possible yet (see above). A typed one is: {TYPED}"
    return "\nNo interview is possible yet (see above)."


def _show_json(findings: Iterable[Finding], aloud: bool, typed: bool) -> None:
    checked = [
        {
            "id": finding.id,
            "state": finding.state,
            "text": finding.text,
            "fix": finding.fix,
            "in_the_way": finding.exit_code != 0,
            "facts": finding.facts,
        }
        for finding in findings
    ]
    report = {"version": __version__, "aloud": aloud, "typed": typed, "checks": checked}
    click.echo(json.dumps(report, indent=2))
