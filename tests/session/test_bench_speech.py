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
from voice_audio.ports import HeardWord
from voice_audio.segmenter import SegmenterSettings
from voice_audio.transcribers.whisper import WhisperTranscriber
from voice_interviewer.resources import samples_dir
from voice_interviewer.speechbench import (
    Clip,
    Listener,
    join,
    judged,
    measure,
    plain_words,
    quiet,
    read_clips,
    reliability,
    shortened,
    word_errors,
)


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
            tuple(plain_words(row["transcript"])),
        )
        for row in rows
    )


@pytest.fixture(scope="module")
def figures(clips: tuple[Clip, ...], tiny_en: WhisperTranscriber) -> dict:
    settings = SegmenterSettings()
    return measure(tiny_en, clips, load_detector(), settings, answers=1, lengths_s=(5, 20))


def test_every_figure_is_there_and_possible(figures: dict) -> None:
    assert 0 < figures["wer"] < 0.5
    assert figures["rtf"] > 0
    assert set(figures["tail_s"]) == {"5", "20"}
    assert json.loads(json.dumps(figures)) == figures


def test_the_pieces_of_an_answer_are_heard_about_as_well_as_the_whole(figures: dict) -> None:
    """Fifty words or so: two of them may go either way."""
    assert figures["stream_wer"] < 0.5
    assert abs(figures["stream_vs_offline_wer"]) < 0.1


def test_the_wait_for_the_last_words_does_not_grow_with_the_answer(figures: dict) -> None:
    """Both end alike; the pause itself takes 0.2 s, and a busy machine is slow in either."""
    assert 0.15 < figures["tail_s"]["20"] < 2 * figures["tail_s"]["5"] + 0.5


class Instant(NumberedSound):
    """Costs nothing: what is left of the wait is the pause and the schedule."""

    def transcribe(self, samples, cancelled=lambda: False) -> tuple[HeardWord, ...]:
        return (HeardWord("word", 0, 100, 0.9),)


def test_without_compute_the_wait_is_the_pause_that_tells_the_end(clips: tuple[Clip, ...]) -> None:
    answer = join(clips, 10, ending=0)
    heard = Listener(Instant(), load_detector(), SegmenterSettings()).listen(answer.samples)
    assert 190 <= heard.tail_ms <= 280
    assert heard.words


def test_an_answer_holds_whole_recordings_and_its_short_form_their_end(clips: tuple[Clip, ...]) -> None:
    answer = join(clips, 25, ending=1)
    assert answer.words is not None
    assert answer.words[-len(clips[1].words) :] == clips[1].words
    assert len(answer.samples) >= 25 * 16_000
    short = shortened(answer, 5)
    assert np.array_equal(short.samples[-5 * 16_000 :], answer.samples[-5 * 16_000 :])
    assert len(short.samples) == 6 * 16_000
    assert np.array_equal(quiet(300), quiet(300))


def test_words_are_compared_plainly() -> None:
    assert plain_words("Well-known: it's “18” — 'Fine'.") == ["well", "known", "it's", "18", "fine"]
    assert word_errors(["a", "b", "c", "d"], ["a", "x", "c"]) == 2
    assert word_errors([], ["a"]) == 1


def test_a_word_is_right_where_it_was_said() -> None:
    heard = [
        HeardWord(text, 0, 1, p) for text, p in (("we", 0.9), ("hipped", 0.2), ("It.", 0.8), ("now", 0.4))
    ]
    assert judged(["we", "shipped", "it"], heard) == [(0.9, True), (0.2, False), (0.8, True), (0.4, False)]


def test_doubt_that_orders_words_perfectly_has_an_auc_of_one_and_blind_doubt_one_half() -> None:
    perfect = reliability([(0.9, True), (0.8, True), (0.3, False), (1.0, True)], 0.5)
    assert perfect["auc"] == 1.0
    assert (perfect["doubtful"], perfect["wrong_among_doubtful"], perfect["wrong_among_sure"]) == (
        0.25,
        1.0,
        0.0,
    )
    assert [(row["from"], row["words"]) for row in perfect["table"]] == [(0.3, 1), (0.8, 1), (0.9, 2)]
    assert reliability([(0.5, True), (0.5, False)], 0.5)["auc"] == 0.5
    assert reliability([(0.5, True)], 0.5)["auc"] is None
    assert reliability([], 0.5)["table"] == []


def one_clip(folder: Path, clips: tuple[Clip, ...]) -> Path:
    import soundfile

    soundfile.write(folder / "one.wav", clips[0].samples, 16_000)
    line = ["one.wav", " ".join(clips[0].words)]
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["file", "transcript"], line])
    return folder


def test_engines_that_cannot_run_are_named_with_their_command(
    tmp_path: Path, clips: tuple[Clip, ...]
) -> None:
    folder = one_clip(tmp_path, clips)
    done = run("bench", "speech", str(folder), "--engines", "whisper:tiny.en,remote")
    assert done.returncode == 3
    assert "whisper:tiny.en: not run here" in done.stdout
    assert "models download tiny.en" in done.stdout
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

    heard = measure(
        load_whisper(model, device="cpu"),
        clips[:1],
        load_detector(),
        SegmenterSettings(),
        answers=1,
        lengths_s=(5, 12),
    )
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


def test_an_unknown_engine_is_refused_before_anything_is_heard(tmp_path: Path) -> None:
    done = run("bench", "speech", str(tmp_path), "--engines", "vosk")
    assert done.returncode == 2
    assert "no engine 'vosk'" in done.stderr


@pytest.mark.recordings
@pytest.mark.slow
def test_streamed_text_is_within_one_point_of_the_whole_and_the_tail_does_not_grow(
    speech_recordings: Path, tiny_en: WhisperTranscriber
) -> None:
    heard = measure(
        tiny_en,
        read_clips(speech_recordings, 6),
        load_detector(),
        SegmenterSettings(),
        answers=1,
        lengths_s=(20, 60),
    )
    assert heard["stream_vs_offline_wer"] <= 0.01
    assert heard["tail_ratio"] < 1.5
