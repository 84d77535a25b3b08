"""The doubt of words that a server heard, or that the local model heard for it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from voice_audio.doubt import DEFAULT, DoubtModel
from voice_audio.ports import CalibratedTranscriber, HeardWord, Samples
from voice_audio.remote import Endpoint
from voice_audio.remote_speech import RemoteTranscriber
from voice_audio.transcribers.guards import WhisperSettings

SETTINGS = WhisperSettings(doubt={DEFAULT: DoubtModel(0.7, -1.0, {"certainty": 1.0})})
WORDS = (HeardWord("I", 0, 200, 0.9), HeardWord("led", 200, 500, 0.5), HeardWord("it", 500, 700, 0.2))


class Local:
    """A local recogniser that halves what it is given to calibrate."""

    name = "local"
    low_accuracy = False
    doubt_threshold = 0.4

    def transcribe(
        self, samples: Samples, cancelled: Callable[[], bool] = lambda: False
    ) -> tuple[HeardWord, ...]:
        return WORDS

    def calibrated(
        self, words: tuple[HeardWord, ...], pieces: tuple[tuple[int, int], ...]
    ) -> tuple[HeardWord, ...]:
        return tuple(replace(word, probability=word.probability / 2) for word in words)


def remote(settings: WhisperSettings = SETTINGS) -> RemoteTranscriber:
    return RemoteTranscriber(
        Endpoint("http://127.0.0.1:9/v1", "some-model", local=True), Local(), settings=settings
    )


def test_a_servers_words_go_by_the_default_model() -> None:
    transcriber = remote()
    assert isinstance(transcriber, CalibratedTranscriber)
    assert transcriber.doubt_threshold == 0.7
    right, _, wrong = transcriber.calibrated(WORDS, ())
    assert right.probability == pytest.approx(0.768, abs=0.001)
    assert wrong.probability < 0.1


def test_of_what_the_server_said_nothing_is_neither_doubted_nor_sure() -> None:
    _, unknown, _ = remote().calibrated(WORDS, ())
    assert unknown.probability == 0.7


def test_without_a_fitted_model_they_stay_as_they_are() -> None:
    transcriber = remote(WhisperSettings())
    assert transcriber.doubt_threshold == 0.5
    assert transcriber.calibrated(WORDS, ()) == WORDS


def test_once_the_local_one_listens_its_doubt_counts_on_the_servers_scale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    transcriber = remote()
    monkeypatch.setattr(RemoteTranscriber, "status", property(lambda self: "it is gone"))
    assert transcriber.transcribe(None) == WORDS  # type: ignore[arg-type]
    found = transcriber.calibrated(WORDS, ())
    assert [word.probability < 0.7 for word in found] == [word.probability / 2 < 0.4 for word in WORDS]
