"""The built-in voice through real child processes, its watchdog, and the cache around it."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from voice_audio.errors import ModelProblem
from voice_audio.ports import Sound, Voice
from voice_audio.voices import load_voice
from voice_audio.voices.cached import CachedVoice
from voice_audio.voices.level import level_speech, speech_level_dbfs
from voice_audio.voices.pyttsx3_voice import CHILD, Pyttsx3Voice, VoiceInfo, choose_voice

QUESTION = "Tell me about a time you found bias in a deployed model and what you did next."
WORDS = len(QUESTION.split())


def info(voice_id: str, *languages: str, name: str = "") -> VoiceInfo:
    return VoiceInfo(voice_id, name, languages)


class CountingVoice:
    """Real sound without a child process: one second of a quiet tone, a little longer each time."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def render(self, text: str, words_per_minute: int) -> Sound:
        self.asked.append((text, words_per_minute))
        if text == "fail":
            raise ModelProblem("voice_failed", "no", "hint")
        samples = np.full(16_000 + len(self.asked), 1000, np.int16)
        return Sound(samples, 16_000)


@pytest.fixture(scope="module")
def line() -> Sound:
    return Pyttsx3Voice().render(QUESTION, 160)


def test_a_line_is_plausible_speech(line: Sound) -> None:
    assert line.samples.dtype == np.int16
    assert line.samples.ndim == 1
    assert line.rate_hz >= 16_000
    expected_ms = WORDS * 60_000 / 160
    assert 0.5 * expected_ms < line.duration_ms < 1.5 * expected_ms


def test_a_line_has_the_common_level_and_does_not_clip(line: Sound) -> None:
    level = speech_level_dbfs(line)
    assert level is not None
    assert -22 < level < -19.9
    assert np.abs(line.samples.astype(int)).max() <= 32768 * 10 ** (-1 / 20) + 1


def test_the_rate_changes_the_length_every_time(line: Sound) -> None:
    voice = Pyttsx3Voice()
    slow, fast = (voice.render(QUESTION, rate).duration_ms for rate in (110, 260))
    assert slow > 1.25 * line.duration_ms
    assert fast < 0.8 * line.duration_ms


def test_a_very_long_line_is_complete(line: Sound) -> None:
    assert Pyttsx3Voice().render(" ".join([QUESTION] * 30), 160).duration_ms > 25 * line.duration_ms


def test_the_voice_is_english_though_the_list_begins_elsewhere() -> None:
    voice = Pyttsx3Voice()
    chosen, voices = voice.chosen_voice(), voice.list_voices()
    speaks = {one.id: one for one in voices}[chosen]
    assert any(tag.startswith("en") for tag in speaks.languages) or "english" in speaks.name.lower()
    if sys.platform.startswith("linux"):
        assert (chosen, len(voices) > 50) == ("gmw/en-us", True)
        assert voices[0].languages != ("en-us",)


WINDOWS_VOICES = [
    info(r"HK\TTS_MS_DE-DE_HEDDA", name="Microsoft Hedda - German"),
    info(r"HK\TTS_MS_EN-GB_HAZEL", name="Microsoft Hazel - English (Great Britain)"),
    info(r"HK\TTS_MS_EN-US_ZIRA", name="Microsoft Zira - English (United States)"),
]
MAC_VOICES = [info("apple.Anna", "de-de"), info("apple.Bells", "en-us"), info("apple.Daniel", "en-gb")]
ESPEAK_VOICES = [info("gmw/af", "af"), info("gmw/en", "en-gb"), info("gmw/en-us", "en-us")]
ODD_VOICES = [info("gmw/sv", "sv"), info("gmw/en-shaw", "en-shaw"), info("gmw/en-029", "en-029")]


@pytest.mark.parametrize(
    ("voices", "current", "system", "chosen"),
    [
        (ESPEAK_VOICES, "gmw/af", False, "gmw/en-us"),
        (ESPEAK_VOICES[:2], "gmw/af", False, "gmw/en"),
        (ESPEAK_VOICES[:1], "gmw/af", False, None),
        (ODD_VOICES, None, False, "gmw/en-029"),
        ([], None, True, None),
        (MAC_VOICES, "apple.Daniel", True, "apple.Daniel"),
        (MAC_VOICES, "apple.Anna", True, "apple.Bells"),
        (WINDOWS_VOICES, WINDOWS_VOICES[0].id, True, WINDOWS_VOICES[2].id),
        (WINDOWS_VOICES, WINDOWS_VOICES[1].id, True, WINDOWS_VOICES[1].id),
    ],
)
def test_choosing_a_voice(
    voices: list[VoiceInfo], current: str | None, system: bool, chosen: str | None
) -> None:
    assert choose_voice(voices, current, system) == chosen


def test_a_voice_that_is_not_installed_is_a_problem() -> None:
    with pytest.raises(ModelProblem) as caught:
        load_voice(voice_id="klingon").render("Hello.", 160)
    assert caught.value.code == "voice_failed"
    assert "klingon" in caught.value.message
    assert "\n" not in caught.value.message


def test_a_line_without_a_sound_is_a_problem_and_without_text_a_bug() -> None:
    with pytest.raises(ValueError, match="nothing to say"):
        Pyttsx3Voice().render("  ", 160)
    mute = Pyttsx3Voice(command=[sys.executable, "-c", "import sys; sys.stdin.read()"])
    with pytest.raises(ModelProblem) as caught:
        mute.render("Hello.", 160)
    assert caught.value.code == "voice_failed"


def test_a_hanging_child_and_what_it_started_are_killed(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    program = (
        "import os, subprocess, sys, time\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{inner.pid}}')\n"
        "time.sleep(600)\n"
    )
    voice = Pyttsx3Voice(command=[sys.executable, "-c", program], timeout_s=2.5)
    with pytest.raises(ModelProblem) as caught:
        voice.render("Hello.", 160)
    assert caught.value.code == "voice_timeout"
    assert caught.value.hint
    child, inner = (int(pid) for pid in pids.read_text().split())
    assert not psutil.pid_exists(child)
    if os.name == "posix":
        assert _gone(inner)


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_what_a_dead_child_left_running_is_killed_as_well(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys\n"
        "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(inner.pid))\n"
    )
    with pytest.raises(ModelProblem) as caught:
        Pyttsx3Voice(command=[sys.executable, "-c", program], timeout_s=2.5).render("Hello.", 160)
    assert caught.value.code == "voice_timeout"
    assert _gone(int((tmp_path / "pid").read_text()))


@pytest.mark.skipif(os.name != "posix", reason="needs a timer signal")
def test_an_interrupted_line_leaves_no_child_behind() -> None:
    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = {child.pid for child in psutil.Process().children()}
    voice = Pyttsx3Voice(command=[sys.executable, "-c", "import time; time.sleep(600)"])
    old = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(KeyboardInterrupt):
            voice.render("Hello.", 160)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert {child.pid for child in psutil.Process().children()} <= before


def _gone(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() == psutil.STATUS_ZOMBIE or process.wait(timeout=5) is None
    except psutil.NoSuchProcess:
        return True


def test_a_program_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem) as caught:
        Pyttsx3Voice(command=[str(tmp_path / "none")]).render("Hello.", 160)
    assert caught.value.code == "voice_failed"


def test_the_child_prints_nothing_and_imports_nothing_heavy(tmp_path: Path) -> None:
    request = f'{{"text": "Hello.", "words_per_minute": 160, "voice": null, "sound": "{tmp_path / "a.wav"}"}}'
    done = subprocess.run(
        [CHILD[0], "-X", "importtime", *CHILD[1:]], input=request, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert (tmp_path / "a.wav").stat().st_size > 1000
    imported = set(re.findall(r"\| +(\w+)$", done.stderr, re.MULTILINE))
    assert "pyttsx3" in imported
    assert not imported & {"numpy", "soundfile", "sounddevice", "onnxruntime", "pydantic"}


def test_levelling_never_clips_and_leaves_silence_alone() -> None:
    spike = np.full(16_000, 300, np.int16)
    spike[8000] = -32768
    levelled = level_speech(Sound(spike, 16_000))
    assert np.abs(levelled.samples.astype(int)).max() <= 29_206
    quiet = level_speech(Sound(np.full(16_000, 33, np.int16), 16_000))
    assert speech_level_dbfs(quiet) == pytest.approx(-20, abs=0.1)
    silence = Sound(np.zeros(100, np.int16), 16_000)
    assert level_speech(silence) is silence


def test_a_repeated_line_is_rendered_once_and_a_changed_one_again() -> None:
    voice = CountingVoice()
    cached: Voice = CachedVoice(voice)
    first = cached.render("Hello.", 160)
    assert cached.render("Hello.", 160) is first
    cached.render("Hello.", 170)
    cached.render("Goodbye.", 160)
    assert voice.asked == [("Hello.", 160), ("Hello.", 170), ("Goodbye.", 160)]
    with pytest.raises(ValueError, match="read-only"):
        first.samples[0] = 0


def test_the_memory_is_bounded_and_the_least_recently_said_line_goes_first() -> None:
    voice = CountingVoice()
    cached = CachedVoice(voice, max_bytes=70_000)  # two lines of 32 kB
    for text in ("a", "b", "a", "c", "a", "b"):
        cached.render(text, 160)
    assert [text for text, _ in voice.asked] == ["a", "b", "c", "b"]


def test_a_line_outlives_the_process_on_disk(tmp_path: Path) -> None:
    folder = tmp_path / "lines"
    kept = CachedVoice(CountingVoice(), folder).render("Hello.", 160)
    later = CountingVoice()
    again = CachedVoice(later, folder).render("Hello.", 160)
    assert later.asked == []
    assert again.rate_hz == kept.rate_hz
    assert np.array_equal(again.samples, kept.samples)
    assert [path.suffix for path in folder.iterdir()] == [".wav"]


@pytest.mark.parametrize("damage", [b"", b"RIFF", b"not sound at all", None])
def test_a_damaged_file_is_rendered_anew_and_replaced(tmp_path: Path, damage: bytes | None) -> None:
    kept = CachedVoice(CountingVoice(), tmp_path).render("Hello.", 160)
    (path,) = tmp_path.glob("*.wav")
    path.write_bytes(path.read_bytes()[:-1000] if damage is None else damage)
    voice = CountingVoice()
    assert np.array_equal(CachedVoice(voice, tmp_path).render("Hello.", 160).samples, kept.samples)
    assert len(voice.asked) == 1
    CachedVoice(voice, tmp_path).render("Hello.", 160)
    assert len(voice.asked) == 1


def test_the_folder_is_bounded(tmp_path: Path) -> None:
    cached = CachedVoice(CountingVoice(), tmp_path, max_bytes=100_000)
    for number in range(8):
        cached.render(f"line {number}", 160)
    assert 0 < sum(path.stat().st_size for path in tmp_path.iterdir()) <= 100_000
    voice = CountingVoice()
    CachedVoice(voice, tmp_path).render("line 7", 160)
    assert voice.asked == []


def test_a_failing_voice_raises_through_and_an_unusable_folder_does_not(tmp_path: Path) -> None:
    voice = CountingVoice()
    cached = CachedVoice(voice)
    for _ in range(2):
        with pytest.raises(ModelProblem):
            cached.render("fail", 160)
    assert len(voice.asked) == 2
    occupied = tmp_path / "file"
    occupied.write_text("no folder")
    assert CachedVoice(voice, occupied).render("Hello.", 160).duration_ms == 1000


def test_an_unknown_engine_is_a_problem() -> None:
    with pytest.raises(ModelProblem) as caught:
        load_voice("hal")
    assert (caught.value.code, "pyttsx3" in caught.value.hint) == ("voice_unknown", True)
