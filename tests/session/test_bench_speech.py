"""`bench speech` on a few short clips of the product's own samples, with the real tiny.en."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from late_workers import NumberedSound
from whisper_models import Script, write_whisper

from voice_audio.detectors import load_detector
from voice_audio.files import load_sound, to_rate
from voice_audio.ports import HeardWord, Transcriber
from voice_audio.segmenter import SegmenterSettings
from voice_audio.transcribers.ladder import look
from voice_audio.transcribers.whisper import WhisperTranscriber
from voice_interviewer.bench.speech import Room, full_stops, measure
from voice_interviewer.bench.speech_room import Clip, Listener, hesitant, join, quiet, read_clips, shortened
from voice_interviewer.bench.word_score import plain_words, word_errors
from voice_interviewer.content.resources import samples_dir


@pytest.fixture(scope="module")
def clips() -> tuple[Clip, ...]:
    """The three shortest samples."""
    folder = Path(str(samples_dir()))
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: float(row["seconds"]))[:3]
    return tuple(
        Clip(
            row["file"],
            to_rate(load_sound(folder / row["file"]), 16_000).samples,
            row["transcript"],
            row["persona"],
        )
        for row in rows
    )


def room(transcriber: Transcriber) -> Room:
    return Room(transcriber, load_detector(), SegmenterSettings())


@pytest.fixture(scope="module")
def figures(clips: tuple[Clip, ...], tiny_en: WhisperTranscriber) -> dict:
    return measure(room(tiny_en), clips, answers=1, lengths_s=(5, 20))


def test_every_figure_is_there_and_possible(figures: dict) -> None:
    assert 0 <= figures["wer"] < 0.5
    assert figures["rtf"] > 0
    assert set(figures["tail_s"]) == {"5", "20"}
    assert json.loads(json.dumps(figures)) == figures


def test_the_sets_add_up_to_the_whole_and_both_ways_hear_the_same_words(figures: dict) -> None:
    for way in figures["paths"].values():
        for key in ("words", "errors", "recordings"):
            assert sum(each[key] for each in way["sets"].values()) == way[key]
        assert way["words"] == figures["words"]
    assert figures["errors"] == figures["paths"]["window"]["errors"]


def test_the_pieces_of_an_answer_are_heard_about_as_well_as_the_whole(figures: dict) -> None:
    """Fifty words or so: two of them may go either way."""
    assert figures["stream_wer"] < 0.5
    assert abs(figures["stream_vs_offline_wer"]) < 0.1


def test_pauses_are_put_between_words_and_take_nothing_away(
    clips: tuple[Clip, ...], tiny_en: WhisperTranscriber, figures: dict
) -> None:
    ends = [word.end_ms for word in tiny_en.transcribe(clips[-1].samples)]
    longer = hesitant(clips[-1].samples, ends)
    assert longer is not None
    assert len(longer) >= len(clips[-1].samples) + (1000 + 550 + 500) * 16
    assert set(np.unique(clips[-1].samples)) <= set(np.unique(longer))
    assert np.abs(longer[:16_000]).max() < 30
    heard = " ".join(word.text for word in tiny_en.transcribe(longer))
    assert word_errors(clips[-1].words, plain_words(heard)) < len(clips[-1].words) / 2
    assert hesitant(clips[0].samples, ends[:4]) is None
    assert figures["hesitant"]["window"]["words"] == figures["hesitant"]["whole"]["words"] > 0


def test_full_stops_end_words() -> None:
    assert full_stops('He said: "Stop." Then 3.5 of them went. Why? Well') == 3


class Instant(NumberedSound):
    """Costs nothing: what is left of the wait is the pause and the schedule."""

    def transcribe(self, samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
        return (HeardWord("word", 0, 100, 0.9),)


def test_without_compute_the_wait_is_the_pause_that_tells_the_end_however_long_the_answer(
    clips: tuple[Clip, ...],
) -> None:
    """Both fit into one window: an answer that fills it is heard in two."""
    long = join(clips, 16, ending=0)
    for answer in (shortened(long, 6), long):
        heard = Listener(Instant(), load_detector(), SegmenterSettings()).listen(answer.samples)
        assert 190 <= heard.tail_ms <= 700
        assert heard.words


def test_an_answer_holds_whole_recordings_and_its_short_form_their_end(clips: tuple[Clip, ...]) -> None:
    answer = join(clips, 25, ending=1)
    assert answer.said is not None
    assert answer.said.endswith(clips[1].transcript)
    assert len(answer.samples) >= 25 * 16_000
    short = shortened(answer, 5)
    assert np.array_equal(short.samples[-5 * 16_000 :], answer.samples[-5 * 16_000 :])
    assert len(short.samples) == 6 * 16_000
    assert np.array_equal(quiet(300), quiet(300))


def one_clip(folder: Path, clips: tuple[Clip, ...]) -> Path:
    import soundfile

    soundfile.write(folder / "one.wav", clips[0].samples, 16_000)
    line = ["one.wav", clips[0].transcript]
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["file", "transcript"], line])
    return folder


def test_engines_that_cannot_run_are_named_with_their_command(
    tmp_path: Path, clips: tuple[Clip, ...]
) -> None:
    folder = one_clip(tmp_path, clips)
    done = run("bench", "speech", str(folder), "--engines", "whisper:medium.en,remote")
    assert done.returncode == 3
    assert "whisper:medium.en: not run here" in done.stdout
    assert "models download medium.en" in done.stdout
    assert "remote: not run here" in done.stdout
    assert "Traceback" not in done.stderr
    plain = run("bench", "speech", str(folder), "--engines", "remote", "--json")
    assert json.loads(plain.stdout)["engines"] == {}


def test_a_whisper_model_in_a_folder_goes_through_the_same_measurements(
    tmp_path: Path, clips: tuple[Clip, ...]
) -> None:
    """It says its script whatever it hears: this proves the way, never the quality."""
    model = write_whisper(tmp_path / "toy", Script("Hello there, I led the audit."))
    from voice_audio.transcribers.whisper import load_whisper

    heard = measure(room(load_whisper(model, device="cpu")), clips[:1], answers=1, lengths_s=(5, 12))
    assert heard["name"].startswith("whisper ")
    assert heard["wer"] > 0.5
    assert heard["tail_s"]["12"] < 5


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        (None, "No such file"),
        ("", "no recordings"),
        ("file,words\na.wav,hello\n", "no recordings"),
        ("file,transcript\na.wav,\n", "no transcripts"),
        ("file,transcript\na.wav,hello\n", "no such file"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_a_folder_that_cannot_be_used_is_one_line(
    tmp_path: Path, manifest: str | bytes | None, says: str
) -> None:
    if manifest is not None:
        data = manifest.encode() if isinstance(manifest, str) else manifest
        (tmp_path / "manifest.csv").write_bytes(data)
    from voice_audio.errors import Problem

    with pytest.raises(Problem) as caught:
        read_clips(tmp_path)
    assert caught.value.exit_code == 2
    assert says in caught.value.message
    assert caught.value.hint
    assert "\n" not in caught.value.message


def test_a_gpu_that_is_not_there_is_named_with_the_command_that_would_use_it(
    tmp_path: Path, clips: tuple[Clip, ...]
) -> None:
    if look().cuda_devices:
        pytest.skip("this machine has a GPU")
    chosen = ("--device", "cuda", "--compute-type", "float16", "--engines", "whisper", "--model", "base")
    done = run("bench", "speech", str(one_clip(tmp_path, clips)), *chosen)
    assert done.returncode == 3
    for model in ("tiny.en", "base"):
        assert f"whisper:{model}: not run here: no GPU" in done.stdout
        assert f"--engines whisper:{model} --device cuda --compute-type float16" in done.stdout


def test_an_unknown_engine_is_refused_before_anything_is_heard(tmp_path: Path) -> None:
    done = run("bench", "speech", str(tmp_path), "--engines", "vosk")
    assert done.returncode == 2
    assert "no engine 'vosk'" in done.stderr


@pytest.mark.recordings
@pytest.mark.slow
def test_real_recordings_are_heard_within_what_was_measured(
    speech_recordings: Path, tiny_en: WhisperTranscriber
) -> None:
    """The targets for all 29 of them, on every third; the longest waits are a benchmark's."""
    heard = measure(room(tiny_en), read_clips(speech_recordings, 10), answers=1, lengths_s=(10, 30))
    assert heard["sets"]["read"]["wer"] <= 0.03
    assert heard["wer"] <= 0.2
    assert heard["cost"]["window"] <= 1.5
    assert heard["cost"]["fillers"] > heard["cost"]["window"]
