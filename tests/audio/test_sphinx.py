"""The embedded recogniser on real sound: our own voice, the samples, and recordings where there are some."""

import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from speech_wer import (
    WordErrors,
    as_table,
    measure_word_errors,
    plain_words,
    recordings,
    word_errors,
)

from voice_audio.detectors import DEFAULT_DETECTOR
from voice_audio.errors import ModelProblem
from voice_audio.files import to_rate
from voice_audio.ports import SAMPLE_RATE_HZ, HeardWord, Samples
from voice_audio.transcribers.sphinx import (
    CHUNK_SAMPLES,
    DoubtCalibration,
    SphinxTranscriber,
    WordMeasures,
)
from voice_audio.voices.pyttsx3_voice import Pyttsx3Voice

CONFIG = Path(__file__).parents[2] / "configs" / "recognisers.toml"
CERTAIN = WordMeasures(9.0, 9.0, -0.5, 1.0, 3.5)


@pytest.fixture(scope="module")
def transcriber() -> SphinxTranscriber:
    made = SphinxTranscriber()
    made.warm_up()
    return made


@pytest.fixture(scope="module")
def spoken() -> Samples:
    """About five seconds of our own voice at 16 kHz: pocketsphinx hears words in it, few of them right."""
    line = Pyttsx3Voice().render("I spoke with the nurses, and after that we changed the training plan.", 150)
    return to_rate(line, SAMPLE_RATE_HZ).samples


def texts(words: tuple[HeardWord, ...]) -> list[str]:
    return [word.text for word in words]


def test_words_are_plain_ordered_and_inside_the_sound(
    transcriber: SphinxTranscriber, spoken: Samples
) -> None:
    words = transcriber.transcribe(spoken)
    assert len(words) >= 5
    end_ms = 0
    for word in words:
        assert word.text == word.text.lower().strip()
        assert not set(word.text) & set("<>[]()+")
        assert end_ms <= word.start_ms < word.end_ms <= len(spoken) * 1000 // SAMPLE_RATE_HZ
        assert 0 <= word.probability <= 1
        end_ms = word.end_ms


def test_times_count_from_the_first_sample_given(transcriber: SphinxTranscriber, spoken: Samples) -> None:
    quiet = np.rint(np.random.default_rng(3).normal(0, 3, SAMPLE_RATE_HZ)).astype(np.int16)
    words = transcriber.transcribe(np.concatenate((quiet, quiet, spoken)))
    assert words[-1].end_ms > 2000 + len(spoken) * 1000 // SAMPLE_RATE_HZ - 1500
    assert sum(word.start_ms >= 1900 for word in words) >= 5


def test_what_is_heard_does_not_depend_on_what_was_heard_before(
    transcriber: SphinxTranscriber, spoken: Samples
) -> None:
    first = SphinxTranscriber().transcribe(spoken)
    loud_hum = (20_000 * np.sin(np.arange(SAMPLE_RATE_HZ * 2) * 0.05)).astype(np.int16)
    transcriber.transcribe(loud_hum)
    assert texts(transcriber.transcribe(spoken)) == texts(first)


def test_the_level_hardly_matters(transcriber: SphinxTranscriber, spoken: Samples) -> None:
    loud, quiet = texts(transcriber.transcribe(spoken)), texts(transcriber.transcribe(spoken // 8))
    assert word_errors(loud, quiet) <= 0.3 * len(loud)


@pytest.mark.parametrize("count", [0, 1, 799, 16_000, 160_000])
def test_digital_silence_holds_no_words(transcriber: SphinxTranscriber, count: int) -> None:
    assert transcriber.transcribe(np.zeros(count, np.int16)) == ()


@pytest.mark.parametrize("count", [1, 400, 799, 800, 801, 1600, 3200])
def test_a_scrap_of_sound_is_no_trouble(transcriber: SphinxTranscriber, spoken: Samples, count: int) -> None:
    for word in transcriber.transcribe(spoken[16_000 : 16_000 + count]):
        assert word.end_ms <= count * 1000 // SAMPLE_RATE_HZ


def test_cancelled_work_is_given_up_within_a_chunk(transcriber: SphinxTranscriber, spoken: Samples) -> None:
    asked = 0

    def after_two_seconds() -> bool:
        nonlocal asked
        asked += 1
        return asked > 21  # once before the sound, then before every 100 ms of it

    words = transcriber.transcribe(spoken, after_two_seconds)
    assert asked == 22
    assert words
    assert words[-1].end_ms <= 20 * CHUNK_SAMPLES * 1000 // SAMPLE_RATE_HZ
    assert transcriber.transcribe(spoken, lambda: True) == ()
    assert len(transcriber.transcribe(spoken)) > len(words)


def test_several_threads_share_one_decoder(transcriber: SphinxTranscriber, spoken: Samples) -> None:
    pieces = [spoken, spoken[:40_000], spoken[20_000:], spoken]
    alone = [texts(transcriber.transcribe(piece)) for piece in pieces]
    with ThreadPoolExecutor(4) as pool:
        together = [texts(words) for words in pool.map(transcriber.transcribe, pieces)]
    assert together == alone


def test_it_says_what_it_is(transcriber: SphinxTranscriber) -> None:
    assert (transcriber.name, transcriber.low_accuracy) == ("pocketsphinx en-us", True)
    assert SphinxTranscriber(DoubtCalibration(threshold=0.4)).doubt_threshold == 0.4


def test_the_calibration_in_code_is_that_of_the_configuration() -> None:
    with CONFIG.open("rb") as file:
        assert asdict(DoubtCalibration()) == tomllib.load(file)["sphinx"]


@pytest.mark.parametrize(
    "worse",
    [{"posterior_logit": -9.0}, {"neighbour_logit": -9.0}, {"acoustic_per_frame": -6.0}, {"first_pass": 0.0}],
)
def test_every_bad_sign_lowers_the_probability(worse: dict[str, float]) -> None:
    doubt = DoubtCalibration()
    assert doubt.probability(replace(CERTAIN, **worse)) < doubt.probability(CERTAIN)
    assert doubt.probability(CERTAIN) > 0.95


def test_the_probability_stays_a_probability() -> None:
    steep = DoubtCalibration(intercept=1e6)
    assert steep.probability(CERTAIN) == pytest.approx(1)
    assert DoubtCalibration(intercept=-1e6).probability(CERTAIN) == pytest.approx(0)


def test_a_stream_captions_while_it_listens(transcriber: SphinxTranscriber, spoken: Samples) -> None:
    stream = transcriber.open_stream()
    heard = [stream.feed(spoken[at : at + CHUNK_SAMPLES]) for at in range(0, len(spoken), CHUNK_SAMPLES)]
    stream.close()
    assert heard[0] == ()
    assert len(heard[-1]) >= 4
    assert any(0 < len(words) < len(heard[-1]) for words in heard)
    assert {word.probability for word in heard[-1]} == {0.0}


def test_a_stream_begins_anew_with_each_piece_of_speech(
    transcriber: SphinxTranscriber, spoken: Samples
) -> None:
    stream = transcriber.open_stream()
    stream.feed(spoken)
    stream.restart()
    assert stream.feed(spoken[:800]) == (), "nothing of the piece before is left"
    again = stream.feed(spoken[800:])
    stream.close()
    assert len(again) >= 4
    assert again[-1].end_ms <= len(spoken) * 1000 // SAMPLE_RATE_HZ, "times count from the new beginning"


def test_a_stream_knows_the_level_of_the_speech_that_was_transcribed_before(spoken: Samples) -> None:
    """Its running mean starts where the last segment's was, so the first words are heard as well as later
    ones."""
    fresh = SphinxTranscriber()
    stream = fresh.open_stream()
    stream.restart()
    unaware = stream.feed(spoken)
    final = texts(fresh.transcribe(spoken))
    stream.restart()
    aware = stream.feed(spoken)
    stream.close()
    assert word_errors(final, texts(aware)) < word_errors(final, texts(unaware))


def test_a_missing_package_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pocketsphinx", None)
    with pytest.raises(ModelProblem) as caught:
        SphinxTranscriber().warm_up()
    assert caught.value.code == "recogniser_missing"
    assert "pip install" in caught.value.hint


@pytest.fixture(scope="module")
def over_recordings(transcriber: SphinxTranscriber, speech_recordings: Path) -> list[WordErrors]:
    return measure_word_errors(list(recordings(speech_recordings)), transcriber)


@pytest.mark.recordings
@pytest.mark.slow
def test_word_error_rate_over_the_recordings(
    over_recordings: list[WordErrors], capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\npocketsphinx through {DEFAULT_DETECTOR} and the segmenter\n{as_table(over_recordings)}")
    assert over_recordings[-1].id == "all"
    assert over_recordings[-1].words > 100
    assert over_recordings[-1].rate < 0.5


@pytest.mark.recordings
@pytest.mark.slow
def test_doubt_falls_more_on_wrong_words_than_on_right_ones(
    over_recordings: list[WordErrors], speech_recordings: Path
) -> None:
    said = {
        recording.id: set(plain_words(recording.transcript)) for recording in recordings(speech_recordings)
    }
    heard = [(word, word.text in said[line.id]) for line in over_recordings[:-1] for word in line.heard]
    right = np.array([word.probability for word, was_said in heard if was_said])
    wrong = np.array([word.probability for word, was_said in heard if not was_said])
    assert len(wrong) > 20
    threshold = DoubtCalibration().threshold
    assert np.mean(wrong < threshold) > 0.5
    assert np.mean(right < threshold) < 0.4
