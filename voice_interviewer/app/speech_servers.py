"""The servers a person configured to listen or to speak: made ready, looked at, and said where sound goes."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from voice_audio.remote import Endpoint, ServerError
from voice_interviewer.app.finding import Finding
from voice_interviewer.app.language_model import goes_to
from voice_interviewer.app.server_keys import key_for
from voice_interviewer.content.resources import samples_dir
from voice_interviewer.errors import UsageProblem
from voice_interviewer.settings.config import Config, cache_dir
from voice_interviewer.settings.offline import is_loopback
from voice_interviewer.settings.speech_settings import Recogniser, VoiceChoice

if TYPE_CHECKING:
    from voice_audio.ports import Samples, Transcriber, Voice
    from voice_audio.remote_speech import RemoteTranscriber, RemoteVoice
    from voice_audio.transcribers.guards import WhisperSettings

SPEECH_KEY, VOICE_KEY = "VOICE_INTERVIEWER_SPEECH_KEY", "VOICE_INTERVIEWER_VOICE_KEY"
_SPEECH_MODEL = "Give --speech-model, or set VOICE_INTERVIEWER_SPEECH_MODEL."
_VOICE_MODEL = "Set VOICE_INTERVIEWER_VOICE_MODEL."
NOTHING_LEAVES = "Nothing leaves this machine."
NO_SERVERS = {"speech_url": "", "voice_url": ""}
"""Options that leave both out, whatever else is configured."""
PROBE_S = 20.0
"""A server may load its model at the first request."""
_SAMPLE_S = 5


# --- what is used -------------------------------------------------------------------------------------------


def remote_transcriber(
    config: Config, local: "Transcriber", settings: "WhisperSettings", notice: Callable[[str], None]
) -> "RemoteTranscriber":
    """The configured server over a local recogniser. Raises UsageProblem where no model is named."""
    from voice_audio.remote_speech import RemoteTranscriber

    choice = config.recogniser
    endpoint = _endpoint(choice, SPEECH_KEY, _SPEECH_MODEL)
    between_ms = 0 if endpoint.local else choice.between_ms  # this machine's own server costs nobody anything
    return RemoteTranscriber(endpoint, local, notice, settings, config.interview.language, between_ms)


def remote_voice(config: Config, local: "Voice", notice: Callable[[str], None]) -> "RemoteVoice":
    """The configured server over a local voice. Raises UsageProblem where no model is named."""
    from voice_audio.remote_speech import RemoteVoice
    from voice_interviewer.live.voices import is_fixed_line

    choice = config.voice
    endpoint = _endpoint(choice, VOICE_KEY, _VOICE_MODEL)
    return RemoteVoice(endpoint, choice.name, local, notice, cache_dir() / "voice", is_fixed_line)


def is_used(choice: Recogniser | VoiceChoice, config: Config) -> bool:
    """Whether that server is there to be asked; offline only one on this machine is."""
    return bool(choice.url) and (_is_local(choice) or not config.network.offline)


def status(*parts: object) -> str:
    """Why configured servers are not asked any more; empty while they are, or where there are none."""
    return "; ".join(filter(None, (str(getattr(part, "status", "")) for part in parts)))


def counted(transcriber: object, voice: object, engine: object = None) -> dict[str, Any]:
    """For the record: what went to the servers, and why they were left, if they were."""
    found: dict[str, Any] = {}
    for name, part in (("recogniser", transcriber), ("voice", voice), ("language_model", engine)):
        if hasattr(part, "calls"):
            facts = {"calls": part.calls, "left": status(part)}
            if hasattr(part, "failures"):
                facts["failures"] = part.failures
            if hasattr(part, "sent_s"):
                facts["sent_s"] = round(part.sent_s, 1)
            found[name] = facts
    return {"servers": found} if found else {}


def told(transcriber: object, voice: object) -> Iterator[str]:
    """What a person is told of it when the interview is over."""
    for part, verb in ((transcriber, "heard"), (voice, "spoke")):
        if calls := getattr(part, "calls", 0):
            name, failures = getattr(part, "name", ""), getattr(part, "failures", 0)
            sent = f", {part.sent_s:.0f} s of sound" if hasattr(part, "sent_s") else ""
            left = f"; {status(part)}" if status(part) else ""
            yield f"{name} {verb}: {calls} requests{sent}, {failures} failed{left}."


def _is_local(choice: Recogniser | VoiceChoice) -> bool:
    return is_loopback(urlsplit(choice.url).hostname or "")


def _endpoint(
    choice: Recogniser | VoiceChoice, key_variable: str, how: str, total_s: float | None = None
) -> Endpoint:
    if not choice.model:
        raise UsageProblem("speech", f"No model is named for the server {choice.url}.", how)
    key = key_for(choice.url, choice.key, key_variable)[0]
    return Endpoint(choice.url, choice.model, key, _is_local(choice), total_s or choice.timeout_ms / 1000)


# --- what leaves --------------------------------------------------------------------------------------------


def leaving(config: Config, typed: bool) -> str:
    """A sentence or two about what leaves this machine, said before anything is recorded. typed: no sound of
    the candidate's does."""
    sound_to, text_to, lines_to = _elsewhere(config, typed)
    said = []
    if sound_to:
        text = f", its text to {text_to}" if text_to else ""
        said.append(f"The sound of what is said goes to {sound_to}{text}.")
    elif text_to:
        said.append(f"What is said goes as text to {text_to}, its sound nowhere.")
    if lines_to:
        said.append(f"The interviewer's lines, which may quote you, go as text to {lines_to}.")
    return " ".join(said) or NOTHING_LEAVES


def leaving_shortly(config: Config, typed: bool) -> str:
    """The same for a corner of the screen; empty when nothing leaves."""
    goes = zip(("sound goes", "text goes", "lines go"), _elsewhere(config, typed), strict=True)
    return ", ".join(f"{what} to {host}" for what, host in goes if host)


def _elsewhere(config: Config, typed: bool) -> tuple[str, str, str]:
    """The other machines that will be sent the candidate's sound, the text of the answers and the
    interviewer's lines; empty: none."""
    sound_to, lines_to = (
        "" if not is_used(choice, config) or _is_local(choice) else urlsplit(choice.url).hostname or ""
        for choice in (config.recogniser, config.voice)
    )
    return "" if typed else sound_to, goes_to(config), lines_to


# --- for doctor ---------------------------------------------------------------------------------------------


def recogniser_findings(config: Config) -> Iterator[Finding]:
    """Whether the server hears a sentence of a sample, and how soon. Connects to that server only."""

    def hear() -> str:
        from voice_audio.remote_speech import hear_once

        endpoint = _endpoint(config.recogniser, SPEECH_KEY, _SPEECH_MODEL, PROBE_S)
        heard = hear_once(endpoint, _sample())
        return f"heard {len(heard)} words of {_SAMPLE_S} s of speech"

    yield from _findings("speech_server", "listens", config.recogniser, config, SPEECH_KEY, hear)


def voice_findings(config: Config) -> Iterator[Finding]:
    """Whether the server says a word, and how soon. Connects to that server only."""

    def say() -> str:
        from voice_audio.remote_speech import say_once

        endpoint = _endpoint(config.voice, VOICE_KEY, _VOICE_MODEL, PROBE_S)
        sound = say_once(endpoint, config.voice.name, "Hello.", config.voice.words_per_minute)
        return f"said a word with the voice {config.voice.name} at {sound.rate_hz} Hz"

    yield from _findings("voice_server", "speaks", config.voice, config, VOICE_KEY, say)


def _findings(
    name: str,
    does: str,
    choice: Recogniser | VoiceChoice,
    config: Config,
    variable: str,
    work: Callable[[], str],
) -> Iterator[Finding]:
    if not is_used(choice, config):
        why = "Offline: no server is asked" if choice.url else "No server is configured"
        yield Finding(name, "ok", f"{why}; this machine {does}.", facts={"configured": bool(choice.url)})
        return
    facts: dict[str, Any] = {"configured": True, "url": choice.url, "model": choice.model}
    begun = time.perf_counter()
    try:
        done = work()
    except ServerError as trouble:
        text = f"{choice.model} at {choice.url} cannot be used: {trouble.reason}. Then this machine {does}."
        fix = "Check that its server runs, its address (with /v1), the model's name and the key."
        yield Finding(name, "problem", text, fix, facts=facts)
    else:
        ms = round((time.perf_counter() - begun) * 1000)
        yield Finding(
            name, "ok", f"{choice.model} at {choice.url} {done} in {ms} ms", facts={**facts, "ms": ms}
        )
    key, note = key_for(choice.url, choice.key, variable)
    if not key and note and not _is_local(choice):
        yield Finding(f"{name}_key", "missing", f"No key: {note}.", f"Set {variable}.")


def _sample() -> "Samples":
    """The first seconds of a virtual candidate's answer."""
    from voice_audio.files import load_sound, to_rate
    from voice_audio.ports import SAMPLE_RATE_HZ
    from voice_interviewer.live.virtual_candidate import read_clips

    clip = read_clips(Path(str(samples_dir())))[0]
    return to_rate(load_sound(clip.file), SAMPLE_RATE_HZ).samples[: _SAMPLE_S * SAMPLE_RATE_HZ]
