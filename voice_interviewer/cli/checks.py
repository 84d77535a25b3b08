"""What `doctor` looks at, one function a subject; each says what it found and how to mend it.

Nothing is recorded and, unless it is asked for, nothing is connected to. The sound devices are opened for
about half a second, because a device that is listed may still be muted, taken or forbidden.
"""

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_audio.devices import find_device, list_devices, portaudio, quiet_stderr
from voice_audio.microphone_check import measure_frames
from voice_audio.models import Found, is_hub_reachable
from voice_audio.transcribers.ladder import NO_GPU, look, preload_cublas, remedy, rungs
from voice_audio.voices import close
from voice_interviewer import __version__
from voice_interviewer.app import build, recognisers
from voice_interviewer.app.finding import DEVICE_OR_MODEL, SETTING, Finding
from voice_interviewer.app.speech_servers import is_used
from voice_interviewer.content.resources import content, samples_dir
from voice_interviewer.core.model.bank import Question
from voice_interviewer.core.model.reading import EMBEDDINGS
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.errors import Problem
from voice_interviewer.live.voices import chosen_name, local_voice
from voice_interviewer.settings.config import Config, config_file, sessions_dir

if TYPE_CHECKING:
    from voice_audio.devices import Device, Kind
    from voice_audio.transcribers.ladder import Hardware

BYTES_PER_S = 64_000
"""What a recording takes: 16 kHz, stereo, 16 bit."""
SCARCE_MIN = 60
LISTEN_FRAMES, MOST_FRAMES = 25, 75
"""Half a second of 20 ms frames; three times as many for a headset that has to wake up first."""
SILENCE_DBFS = -90.0
"""The smallest step of 16 bits: less is a muted microphone, whatever a resampler makes of its zeros."""
LOOK_TIMEOUT_S = 20
_READ = Question("doctor", "behavioural", "Tell me about a parcel that came too late.")
"""What the reader is tried on."""


def took_ms(work: Callable[[], Any]) -> int:
    begun = time.perf_counter()
    work()
    return round((time.perf_counter() - begun) * 1000)


def program() -> Iterator[Finding]:
    python, system = platform.python_version(), f"{platform.system()} {platform.machine()}"
    facts = {"version": __version__, "python": python, "system": system}
    yield Finding("version", "ok", f"voice-interviewer {__version__}, Python {python}, {system}", facts=facts)
    folder = content()
    yield Finding("content", "ok", f"Prompts and configs: {folder}", facts={"folder": str(folder)})
    samples = samples_dir()
    if samples.joinpath("manifest.csv").is_file():
        yield Finding("samples", "ok", f"Virtual candidates: {samples}", facts={"folder": str(samples)})
    else:
        yield Finding(
            "samples",
            "missing",
            f"The virtual candidates of `demo` are not in {samples}.",
            "pip install --force-reinstall voice-interviewer",
        )


def settings(config: Config, trouble: Problem | None) -> Iterator[Finding]:
    """trouble: why the person's own settings could not be used; config then holds what was shipped."""
    path = config_file()
    if trouble is not None:
        yield Finding("config", "problem", trouble.message, trouble.hint, SETTING)
    else:
        state = str(path) if path.exists() else f"{path} (not there yet; nothing need be)"
        yield Finding("config", "ok", f"Own settings: {state}", facts={"file": str(path)})
    offline = config.network.offline
    text = (
        "Offline: every connection is refused." if offline else "Connects only to download a model, if asked."
    )
    yield Finding("network", "ok", text, facts={"offline": offline})


def disk() -> Iterator[Finding]:
    folder = sessions_dir()
    there = next(path for path in (folder, *folder.parents) if os.path.exists(path))
    fix = "Set VOICE_INTERVIEWER_HOME to a folder you can write to."
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        text = f"Sessions cannot be written to {folder}: {error.strerror}."
        yield Finding("sessions", "problem", text, fix, SETTING, {"folder": str(folder)})
        return
    free = shutil.disk_usage(there).free
    minutes = free // BYTES_PER_S // 60
    facts = {"folder": str(folder), "free_bytes": free, "minutes": minutes}
    text = f"Sessions: {folder}; {free / 1e9:.1f} GB free, room for {minutes} minutes of interviews"
    if minutes < SCARCE_MIN:
        yield Finding("sessions", "problem", text, "voice-interviewer sessions delete SESSION", facts=facts)
    else:
        yield Finding("sessions", "ok", text, facts=facts)


def sound_devices(config: Config, listen: bool) -> Iterator[Finding]:
    """listen: open the two devices that would be used, for a moment."""
    if not survives_looking():
        text = "The sound system's set-up is broken: looking for devices ends the whole program."
        fix = "Mend it first; on Debian or Ubuntu: sudo apt-get install --reinstall libasound2-data"
        yield Finding("portaudio", "problem", text, fix, DEVICE_OR_MODEL)
        return
    with quiet_stderr():
        yield Finding("portaudio", "ok", portaudio.module().get_portaudio_version()[1])
        yield from _devices("microphone", "input", config.devices.microphone, _hear if listen else None)
        yield from _devices("loudspeaker", "output", config.devices.speaker, _play if listen else None)


def survives_looking() -> bool:
    """PortAudio aborts the process, past every `except`, where ALSA lacks its configuration files. So a child
    looks first."""
    look = "from voice_audio.devices import list_devices; list_devices()"
    child = subprocess.run(
        [sys.executable, "-c", look], stderr=subprocess.DEVNULL, timeout=LOOK_TIMEOUT_S, check=False
    )
    return child.returncode in (0, 1)  # 1: it raised, and will raise here too, with a reason


def _devices(
    name: str, kind: "Kind", wanted: str, try_it: Callable[["Device"], Finding] | None
) -> Iterator[Finding]:
    try:
        used = find_device(wanted or None, kind)
    except Problem as problem:
        yield Finding(name, "missing", problem.message, problem.hint, DEVICE_OR_MODEL)
        return
    for device in list_devices():
        if not device.channels(kind):
            continue
        marks = ["default"] * device.is_default(kind) + ["will be used"] * (device == used)
        text = f"{name} {device.index}: {device.name} ({device.host_api}, {device.default_rate_hz} Hz)"
        facts = {"index": device.index, "name": device.name, "marks": marks}
        yield Finding(name, "ok", text + "".join(f" [{mark}]" for mark in marks), facts=facts)
    if try_it is not None:
        yield try_it(used)


def _hear(device: "Device") -> Finding:
    """Opens the microphone until it has sent half a second that is not pure silence."""
    import numpy as np

    from voice_audio.microphone import SILENT, DeviceMicrophone

    name = "microphone_level"
    try:
        microphone = DeviceMicrophone(device)
    except Problem as problem:
        return Finding(name, "problem", problem.message, problem.hint, DEVICE_OR_MODEL)
    try:
        frames = [microphone.read() for _ in range(LISTEN_FRAMES)]
        while len(frames) < MOST_FRAMES and measure_frames(np.stack(frames)).speech_dbfs <= SILENCE_DBFS:
            frames.append(microphone.read())
    finally:
        microphone.close()
    levels = measure_frames(np.stack(frames))
    if levels.speech_dbfs <= SILENCE_DBFS:
        text, fix = SILENT.split("; ")
        fix = fix[:1].upper() + fix[1:]
        return Finding(name, "problem", f'"{device.name}": {text}.', fix, DEVICE_OR_MODEL)
    heard = f"{device.name} opens; loudest {levels.speech_dbfs:.0f} dBFS, quietest {levels.noise_dbfs:.0f}"
    facts = {"loudest_dbfs": round(levels.speech_dbfs, 1), "quietest_dbfs": round(levels.noise_dbfs, 1)}
    return Finding(name, "ok", f"{heard} in {len(frames) * 0.02:.1f} s (not kept)", facts=facts)


def _play(device: "Device") -> Finding:
    from voice_audio.speaker import DeviceSpeaker

    try:
        DeviceSpeaker(device).close()
    except Problem as problem:
        return Finding("loudspeaker_opens", "problem", problem.message, problem.hint, DEVICE_OR_MODEL)
    return Finding("loudspeaker_opens", "ok", f"{device.name} opens")


def voice(config: Config) -> Iterator[Finding]:
    instead: list[str] = []
    speaker = local_voice(chosen_name(config.voice.engine, config.persona), instead.append)
    try:
        ms = took_ms(lambda: speaker.render("Testing.", config.voice.words_per_minute))
    except Problem as problem:
        fix = "pip install --force-reinstall pyttsx3"
        fix += " espeakng-loader" if platform.system() == "Linux" else ""
        yield Finding("voice", "problem", problem.message, fix, DEVICE_OR_MODEL)
        return
    finally:
        close(speaker)
    text = f"{speaker.name}: one word rendered in {ms} ms"
    for why in instead:
        yield Finding("voice_instead", "missing", why, "voice-interviewer models download kokoro")
    yield Finding("voice", "ok", text, facts={"voice": speaker.name, "render_ms": ms})


def detector(config: Config) -> Iterator[Finding]:
    import numpy as np

    def load() -> None:
        loaded = build.make_detector(config)
        loaded.probability(np.zeros(loaded.block_samples, np.int16))

    name = config.detector.name
    ms = took_ms(load)
    yield Finding("detector", "ok", f"{name}: loads in {ms} ms", facts={"name": name, "load_ms": ms})


def prosody(config: Config) -> Iterator[Finding]:
    """The model of prosody that the settings ask for."""
    import numpy as np

    model = build.make_turn_model(config)
    if model is not None:
        ms = took_ms(lambda: model.over(np.zeros(0, np.int16)))
        yield Finding("prosody", "ok", f"{model.name}: {ms} ms a pause", facts={"name": model.name, "ms": ms})


def whisper(config: Config) -> Iterator[Finding]:
    """Which model listens, how fast each one here runs, and the largest that keeps up. Missing is in the way
    unless a server hears the answers."""
    hardware = look()
    first = rungs(hardware)[0]
    yield from _gpu(hardware, str(first))
    found = recognisers.find_listener(config.recogniser.whisper_model)
    if isinstance(found, Found):
        facts = {"name": found.name, "folder": str(found.folder), "first_rung": str(first)}
        yield Finding("whisper", "ok", f"Whisper {found.name}: {found.folder}; tried as {first}", facts=facts)
        yield from _speeds()
        return
    text = f"Whisper {found.name} is not on this machine (about {found.size_mb} MB)."
    stops = 0 if is_used(config.recogniser, config) else DEVICE_OR_MODEL
    yield Finding("whisper", "missing", text, f"voice-interviewer models download {found.name}", stops)


def _speeds() -> Iterator[Finding]:
    """How fast the models here run, and which of them to choose."""
    here = recognisers.whispers_here()
    known = {name: speed for name, speed in here.items() if speed is not None}
    facts = {
        "work_per_second": {name: speed.safe_rtf for name, speed in known.items()},
        "keeps_up": [name for name, speed in known.items() if recognisers.keeps_up(speed)],
        "recommended": recognisers.recommended(here),
    }
    told = [f"{name} {speed.safe_rtf:.2f} s" for name, speed in known.items()]
    waiting = [name for name, speed in here.items() if speed is None]
    if waiting:
        text = f"How fast {', '.join(waiting)} runs here is not known."
        yield Finding("speed", "missing", text, "voice-interviewer models list --measure", facts=facts)
        return
    best = facts["recommended"]
    limit = recognisers.settings().keeps_up_rtf
    advice = f"the largest that keeps up is {best}" if best else f"none keeps up (at most {limit} s)"
    text = f"Work for a second of speech: {', '.join(told) or 'nothing measured'}; {advice}."
    yield Finding("speed", "ok" if best else "problem", text, facts=facts)


def meaning(config: Config) -> Iterator[Finding]:
    """What reads the answers: the encoder that comes with the program, unless the settings say otherwise."""
    begun = time.perf_counter()
    reader = load_reader(config.semantic.model)
    reader.read(_READ, _READ.say, Transcript.typed("I rang her and we found the parcel.", 0))
    ms = round((time.perf_counter() - begun) * 1000)
    facts: dict[str, Any] = {"tier": reader.tier, "load_ms": ms}
    how = "with the reader that was trained for it" if reader.tier == EMBEDDINGS else "by words, as set"
    yield Finding("meaning", "ok", f"Answers are read {how}: ready in {ms} ms.", facts=facts)


def _gpu(hardware: "Hardware", first: str) -> Iterator[Finding]:
    facts: dict[str, Any] = {"cuda_devices": hardware.cuda_devices, "types": sorted(hardware.cuda_types)}
    if not hardware.cuda_devices:
        none = hardware.cuda_trouble in (NO_GPU, None)
        text = f"No GPU that Whisper can use; it runs as {first}. That is enough."
        if none or not _has_nvidia():
            yield Finding("gpu", "ok", text, facts=facts)
        else:
            trouble = str(hardware.cuda_trouble)
            yield Finding("gpu", "problem", f"GPU not usable: {trouble}.", remedy(trouble), facts=facts)
        return
    cublas = bool(preload_cublas()) or _system_cublas()
    text = f"{hardware.cuda_devices} CUDA device(s), {', '.join(facts['types'])}; Whisper is tried as {first}"
    if cublas:
        yield Finding("gpu", "ok", f"{text}; cuBLAS found", facts={**facts, "cublas": True})
    else:
        text = f"{text}, but cuBLAS 12 was not found, so it will run on the CPU"
        yield Finding(
            "gpu", "missing", text, "pip install nvidia-cublas-cu12", facts={**facts, "cublas": False}
        )


def _has_nvidia() -> bool:
    return shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia/version").exists()


def _system_cublas() -> bool:
    """CTranslate2 opens cuBLAS by this bare name."""
    try:
        ctypes.CDLL("cublas64_12.dll" if platform.system() == "Windows" else "libcublas.so.12")
    except OSError:
        return False
    return True


def hub() -> Iterator[Finding]:
    """The one check that connects: only with --online."""
    if is_hub_reachable():
        yield Finding("hub", "ok", "The model hub answers.", facts={"reachable": True})
    else:
        text = "The model hub does not answer within 2 s; only downloads need it."
        yield Finding("hub", "problem", text, "Check the network or the proxy.", facts={"reachable": False})
