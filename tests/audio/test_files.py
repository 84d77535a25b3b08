"""Sound files good and bad, the file microphone and speaker, and a recording that survives its crashes."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_audio.dialogue import DialogueWriter, finalise, read_clip
from voice_audio.errors import SoundFileProblem
from voice_audio.files import SilentMicrophone, WavMicrophone, WavSpeaker, load_sound, to_rate, write_mp3
from voice_audio.frames import is_digital_silence, level_dbfs
from voice_audio.ports import Sound


def sine(rate_hz: int, seconds: float = 0.5, hz: int = 440) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(int(rate_hz * seconds)) / rate_hz)


def voices(frames: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Two different channels that compress like sound, not like silence."""
    noise = np.random.default_rng(seed)
    left, right = noise.integers(-9000, 9000, (2, frames)).astype(np.int16)
    return left, right


# --- loading ----------------------------------------


@pytest.mark.parametrize(
    ("name", "subtype"),
    [
        ("8bit.wav", "PCM_U8"),
        ("16bit.wav", "PCM_16"),
        ("24bit.wav", "PCM_24"),
        ("float.wav", "FLOAT"),
        ("sound.flac", "PCM_16"),
        ("sound.ogg", "VORBIS"),
        ("sound.mp3", "MPEG_LAYER_III"),
    ],
)
@pytest.mark.parametrize("rate_hz", [16_000, 44_100])
def test_every_common_form_loads_at_its_level_and_rate(
    tmp_path: Path, name: str, subtype: str, rate_hz: int
) -> None:
    soundfile.write(tmp_path / name, sine(rate_hz), rate_hz, subtype)
    sound = load_sound(tmp_path / name)
    assert sound.rate_hz == rate_hz
    assert sound.samples.dtype == np.int16
    assert sound.duration_ms == pytest.approx(500, abs=60)  # codecs pad a little
    assert level_dbfs(sound.samples) == pytest.approx(-9.0, abs=0.5)


def test_sixteen_bits_come_back_unchanged(tmp_path: Path) -> None:
    samples = np.arange(-32768, 32768, dtype=np.int16)
    soundfile.write(tmp_path / "all.wav", samples, 16_000)
    assert np.array_equal(load_sound(tmp_path / "all.wav").samples, samples)


def test_stereo_becomes_the_mean_of_both_sides(tmp_path: Path) -> None:
    both = np.column_stack((np.full(100, 1000, np.int16), np.full(100, -400, np.int16)))
    soundfile.write(tmp_path / "stereo.wav", both, 16_000)
    assert set(load_sound(tmp_path / "stereo.wav").samples.tolist()) == {300}


def test_floats_beyond_full_scale_are_clipped_and_what_is_no_number_is_silence(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "f.wav", np.array([2.0, -2.0, np.nan, 0.25]), 16_000, "FLOAT")
    assert load_sound(tmp_path / "f.wav").samples.tolist() == [32767, -32768, 0, 8192]


@pytest.mark.parametrize("name", ["cut.wav", "cut.flac", "cut.ogg", "cut.mp3"])
def test_a_file_cut_short_gives_what_is_there(tmp_path: Path, name: str) -> None:
    left, _ = voices(16_000 * 20)
    with soundfile.SoundFile(tmp_path / name, "w", 16_000, 1) as file:
        for at in range(0, len(left), 16_000):
            file.write(left[at : at + 16_000])
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 6 // 10])
    assert 8_000 < load_sound(tmp_path / name).duration_ms < 13_000


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("empty", b""),
        ("not_sound", b"this is a letter, not a sound\n" * 40),
        ("not_sound", b"RIFF\x24\x00\x00\x00WAVE"),
        ("not_sound", b"\x89PNG\r\n\x1a\n" + bytes(2000)),
    ],
)
def test_what_is_not_sound_is_told_in_one_line_with_a_hint(tmp_path: Path, code: str, content: bytes) -> None:
    (tmp_path / "odd.wav").write_bytes(content)
    with pytest.raises(SoundFileProblem) as caught:
        load_sound(tmp_path / "odd.wav")
    assert caught.value.code == code
    assert "odd.wav" in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_a_wav_without_samples_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "none.wav", np.zeros(0, np.int16), 16_000)
    for path, code in (
        (tmp_path / "none.wav", "empty"),
        (tmp_path / "no.wav", "missing"),
        (tmp_path, "missing"),
    ):
        with pytest.raises(SoundFileProblem) as caught:
            load_sound(path)
        assert caught.value.code == code


def test_a_silent_recording_is_sound_all_the_same(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "silent.wav", np.zeros(44_100, np.int16), 44_100)
    silent = to_rate(load_sound(tmp_path / "silent.wav"), 16_000)
    assert silent.duration_ms == 1000
    assert is_digital_silence(silent.samples)


# --- rates and MP3 ----------------------------------------


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 44_100, 48_000])
def test_resampling_keeps_length_pitch_and_level(rate_hz: int) -> None:
    source = Sound(np.rint(sine(rate_hz, 1.0) * 32767).astype(np.int16), rate_hz)
    sound = to_rate(source, 16_000)
    assert (sound.rate_hz, len(sound.samples)) == (16_000, 16_000)
    assert int(np.argmax(np.abs(np.fft.rfft(sound.samples.astype(float))))) == 440
    assert level_dbfs(sound.samples[1000:-1000]) == pytest.approx(-9.03, abs=0.05)


def test_a_sound_already_at_the_rate_is_left_alone() -> None:
    sound = Sound(np.ones(10, np.int16), 16_000)
    assert to_rate(sound, 16_000) is sound


def test_a_loud_sound_does_not_wrap_around_when_resampled() -> None:
    square = np.where(np.arange(44_100) // 50 % 2, 32767, -32768).astype(np.int16)
    out = to_rate(Sound(square, 44_100), 16_000).samples
    middle = np.arange(25, 44_075, 50) * 16_000 // 44_100  # far from any edge, where overshoot is over
    assert np.array_equal(np.sign(out[middle]), np.sign(square[25:44_075:50]))
    assert out.max() == 32767


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 17_000])
def test_mp3_goes_to_a_buffer_or_a_path_at_any_rate(tmp_path: Path, rate_hz: int) -> None:
    sound = Sound(np.rint(sine(rate_hz, 10.0) * 32767).astype(np.int16), rate_hz)
    buffer = io.BytesIO()
    write_mp3(buffer, sound)
    write_mp3(tmp_path / "line.mp3", sound)
    assert buffer.getvalue() == (tmp_path / "line.mp3").read_bytes()
    back = load_sound(tmp_path / "line.mp3")
    assert back.duration_ms == pytest.approx(10_000, abs=100)
    assert level_dbfs(back.samples) == pytest.approx(-9.0, abs=0.5)


def test_mp3_to_an_impossible_place_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SoundFileProblem) as caught:
        write_mp3(tmp_path / "file" / "line.mp3", Sound(np.zeros(100, np.int16), 16_000))
    assert caught.value.code == "disk"


# --- the file microphone and speaker ----------------------------------------


def test_the_file_microphone_hands_out_frames_then_silence_for_ever(tmp_path: Path) -> None:
    samples = np.arange(1, 701, dtype=np.int16)
    soundfile.write(tmp_path / "short.wav", samples, 16_000)
    microphone = WavMicrophone(tmp_path / "short.wav")
    frames = []
    for _ in range(3):
        assert not microphone.ended
        frames.append(microphone.read())
    assert microphone.ended
    assert {frame.shape for frame in frames} == {(320,)}
    assert np.concatenate(frames).tolist() == samples.tolist() + [0] * 260
    assert all(is_digital_silence(microphone.read()) for _ in range(100))
    assert microphone.trouble is None
    microphone.close()


def test_the_file_microphone_resamples_what_it_is_given() -> None:
    microphone = WavMicrophone(Sound(np.rint(sine(44_100, 1.0) * 32767).astype(np.int16), 44_100))
    count = 0
    while not microphone.ended:
        microphone.read()
        count += 1
    assert count == 50


class CountedTime:
    """Stands in for the time module: time passes only by sleeping, or when a test says so."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


@pytest.mark.parametrize("kind", ["silent", "wav"])
def test_a_realtime_source_takes_20_ms_a_frame_whatever_its_reader_does(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = CountedTime()
    monkeypatch.setattr("voice_audio.files.time", clock)
    sound = Sound(np.ones(16_000, np.int16), 16_000)
    source = SilentMicrophone(realtime=True) if kind == "silent" else WavMicrophone(sound, realtime=True)
    for _ in range(10):
        source.read()
    assert clock.now_s == pytest.approx(50.2)
    clock.now_s += 0.15  # a reader that was busy catches up instead of falling behind for good
    for _ in range(7):
        source.read()
    assert clock.now_s == pytest.approx(50.35)
    source.read()
    assert clock.now_s == pytest.approx(50.36)


@pytest.mark.parametrize("kind", ["silent", "wav"])
def test_an_unpaced_source_takes_no_time(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = CountedTime()
    monkeypatch.setattr("voice_audio.files.time", clock)
    source = (
        SilentMicrophone(realtime=False)
        if kind == "silent"
        else WavMicrophone(Sound(np.ones(1, np.int16), 16_000))
    )
    frames = [source.read() for _ in range(200)]
    assert all(is_digital_silence(frame) for frame in frames[1:])
    assert clock.now_s == 50.0
    assert source.trouble is None
    source.close()


def test_the_file_speaker_takes_as_long_as_the_sound_on_its_clock() -> None:
    now = 1000
    speaker = WavSpeaker(lambda: now)
    line = Sound(np.ones(32_000, np.int16), 16_000)
    assert not speaker.playing()
    assert speaker.stop() == 0
    speaker.play(line)
    now = 2999
    assert speaker.playing()
    assert speaker.lines == [(1000, line, 1999)]
    now = 3000
    assert not speaker.playing()
    now = 9000
    assert speaker.stop() == 2000
    assert speaker.stop() == 0


def test_stopping_and_talking_over_are_remembered_as_played_in_part() -> None:
    now = 0
    speaker = WavSpeaker(lambda: now)
    long, short = Sound(np.ones(32_000, np.int16), 16_000), Sound(np.ones(1600, np.int16), 16_000)
    speaker.play(long)
    now = 700
    assert speaker.stop() == 700
    assert not speaker.playing()
    speaker.play(long)
    now = 800
    speaker.play(short)
    now = 5000
    speaker.close()
    assert speaker.lines == [(0, long, 700), (700, long, 100), (800, short, 100)]


# --- the recording ----------------------------------------


def frames_to(writer: DialogueWriter, left: np.ndarray, right: np.ndarray) -> None:
    for at in range(0, len(left), 320):
        writer.write(left[at : at + 320], right[at : at + 320])


def test_the_recording_is_a_whole_wav_at_every_moment(tmp_path: Path) -> None:
    path = tmp_path / "dialogue.wav"
    writer = DialogueWriter(path)
    left, right = voices(16_000 * 2)
    for at in range(0, len(left), 320):
        writer.write(left[at : at + 320], right[at : at + 320])
        on_disk, _ = soundfile.read(path, dtype="int16", always_2d=True)
        done = at + 320
        assert writer.duration_ms == done // 16
        assert done - len(on_disk) < 8_000
        assert np.array_equal(on_disk, np.column_stack((left, right))[: len(on_disk)])


def test_left_is_the_interviewer_and_right_the_candidate(tmp_path: Path) -> None:
    path = tmp_path / "dialogue.wav"
    writer = DialogueWriter(path)
    left, right = voices(4_800)
    frames_to(writer, left, right)
    writer.pad_to(1_000)
    writer.pad_to(500)
    assert writer.duration_ms == 1_000
    writer.close()
    clip = read_clip(path, 100, 300)
    assert np.array_equal(clip, np.column_stack((left, right))[1_600:4_800])
    assert is_digital_silence(read_clip(path, 300, 5_000))
    assert read_clip(path, 300, 5_000).shape == (11_200, 2)
    with pytest.raises(SoundFileProblem, match="nothing recorded"):
        read_clip(path, 1_000, 2_000)
    with pytest.raises(SoundFileProblem, match="nothing recorded"):
        read_clip(path, 500, 500)


def test_a_recording_is_continued_twice_without_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "dialogue.wav"
    left, right = voices(16_000 * 3)
    pieces = [slice(0, 16_000), slice(16_000, 32_000), slice(32_000, 48_000)]
    frames_to(DialogueWriter(path), left[pieces[0]], right[pieces[0]])
    for piece in pieces[1:]:  # each writer is simply abandoned, as by a crash
        frames_to(DialogueWriter.resume(path), left[piece], right[piece])
    assert np.array_equal(read_clip(path, 0, 9_999), np.column_stack((left, right)))


def stale(header_frames: int) -> bytes:
    """A WAV of one second whose header tells another length, as a crash of another writer leaves it."""
    buffer = io.BytesIO()
    soundfile.write(buffer, np.column_stack(voices(16_000)), 16_000, "PCM_16", format="WAV")
    data = bytearray(buffer.getvalue())
    data[40:44] = (header_frames * 4).to_bytes(4, "little")
    data[4:8] = (header_frames * 4 + 36 if header_frames else 8).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "kept"), [(stale(0), 16_000), (stale(16_000) + b"\1\2", 16_000), (b"RIFF", 0)]
)
def test_a_recording_with_a_stale_header_or_a_torn_end_is_continued(
    tmp_path: Path, content: bytes, kept: int
) -> None:
    path = tmp_path / "dialogue.wav"
    path.write_bytes(content)
    writer = DialogueWriter.resume(path)
    left, right = voices(16_000, seed=2)
    frames_to(writer, left, right)
    writer.close()
    clip = read_clip(path, 0, 9_999)
    assert len(clip) == kept + 16_000
    assert np.array_equal(clip[kept:], np.column_stack((left, right)))
    if kept:
        assert np.array_equal(clip[:kept], np.column_stack(voices(16_000)))


def test_a_file_of_another_kind_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "dialogue.wav"
    soundfile.write(path, sine(44_100), 44_100)
    before = path.read_bytes()
    with pytest.raises(SoundFileProblem) as caught:
        DialogueWriter.resume(path)
    assert caught.value.code == "not_a_dialogue"
    path.with_name("note.wav").write_text("x" * 100)
    with pytest.raises(SoundFileProblem):
        DialogueWriter.resume(path.with_name("note.wav"))
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SoundFileProblem) as caught:
        DialogueWriter(tmp_path / "file" / "dialogue.wav")
    assert caught.value.code == "disk"
    assert caught.value.hint


FULL_DISK = """
import resource, sys
import numpy as np
from pathlib import Path
from voice_audio.dialogue import DialogueWriter, read_clip
from voice_audio.errors import SoundFileProblem

path = Path(sys.argv[1])
writer = DialogueWriter(path)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (70_001, hard))  # no file may grow beyond this
sound = np.arange(48_000, dtype=np.int16)
problems = 0
for at in range(0, 48_000, 320):
    try:
        writer.write(sound[at : at + 320], -sound[at : at + 320])
    except SoundFileProblem as problem:
        assert problem.code == "disk", problem.code
        problems += 1
assert problems > 0
assert np.array_equal(read_clip(path, 0, 1_000)[:16_000, 0], sound[:16_000])
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))  # somebody made room
writer.close()
assert np.array_equal(read_clip(path, 0, 3_000), np.column_stack((sound, -sound)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
def test_a_full_disk_is_told_loses_nothing_written_and_nothing_at_all_once_there_is_room(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path / "dialogue.wav")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


# --- making it small ----------------------------------------


def recording(path: Path, seconds: int = 11) -> np.ndarray:
    writer = DialogueWriter(path)
    left, right = voices(16_000 * seconds)
    frames_to(writer, left // 8, right)
    writer.close()
    return np.column_stack((left // 8, right))


def test_a_finished_recording_becomes_an_equal_flac(tmp_path: Path) -> None:
    wav = tmp_path / "dialogue.wav"
    samples = recording(wav)
    size = wav.stat().st_size
    flac = finalise(wav)
    assert flac == tmp_path / "dialogue.flac"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["dialogue.flac"]
    assert flac.stat().st_size < size
    assert np.array_equal(read_clip(flac, 0, 11_000), samples)
    assert np.array_equal(read_clip(flac, 5_000, 6_000), samples[80_000:96_000])
    assert finalise(wav) == flac


def test_the_wav_stays_when_the_flac_does_not_read_back_equal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wav = tmp_path / "dialogue.wav"
    recording(wav, 1)
    before = wav.read_bytes()
    write = soundfile.SoundFile.write

    def lossy(self: soundfile.SoundFile, data: np.ndarray) -> None:
        write(self, data & ~np.int16(1))

    monkeypatch.setattr(soundfile.SoundFile, "write", lossy)
    assert finalise(wav) == wav
    assert wav.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["dialogue.wav"]


def test_the_wav_stays_when_the_flac_cannot_be_written(tmp_path: Path) -> None:
    wav = tmp_path / "dialogue.wav"
    recording(wav, 1)
    (tmp_path / "dialogue.flac").mkdir()
    assert finalise(wav) == wav
    assert len(read_clip(wav, 0, 1_000)) == 16_000
    assert not (tmp_path / "dialogue.flac.part").exists()


def test_a_recording_without_a_sample_stays_as_it_is(tmp_path: Path) -> None:
    DialogueWriter(tmp_path / "dialogue.wav").close()
    assert finalise(tmp_path / "dialogue.wav") == tmp_path / "dialogue.wav"
