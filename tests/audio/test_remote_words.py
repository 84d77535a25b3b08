"""What a transcription server's answer becomes, for all the forms servers send."""

import json
import math
from typing import Any

import pytest
from speech_server import SAID, answer

from voice_audio.ports import HeardWord
from voice_audio.remote_words import Heard, words_in
from voice_audio.transcribers.guards import WhisperSettings

SETTINGS = WhisperSettings()


def read(body: Any, duration_ms: int = 2000) -> Heard:
    return words_in(json.dumps(body).encode(), duration_ms, SETTINGS)


def segment(text: str, start: float = 0.0, end: float = 2.0, **measures: Any) -> dict[str, Any]:
    return {"text": text, "start": start, "end": end, **measures}


def test_bare_words_get_the_texts_punctuation_and_their_segments_mean_probability() -> None:
    words = read(answer()).words
    assert " ".join(word.text for word in words) == SAID
    assert (words[0].start_ms, words[0].end_ms, words[-1].end_ms) == (100, 250, 1250)
    assert {word.probability for word in words} == {math.exp(-0.2)}


def test_words_with_spaces_and_probabilities_are_joined_as_whisper_means_them() -> None:
    spoken = [(" a", 0.9), (" well", 0.8), ("-known", 0.4), (" model.", 0.7)]
    words = [
        {"word": word, "start": at / 2, "end": at / 2 + 0.4, "probability": sure}
        for at, (word, sure) in enumerate(spoken)
    ]
    text = "a well-known model."
    for body in ({"text": text, "words": words}, {"text": text, "segments": [segment(text, words=words)]}):
        assert read(body).words == (
            HeardWord("a", 0, 400, 0.9),
            HeardWord("well-known", 500, 1400, 0.4),
            HeardWord("model.", 1500, 1900, 0.7),
        )


def test_a_segment_without_words_is_spread_over_its_span() -> None:
    body = {"text": "one three", "segments": [segment("one three", 0.5, 1.5, avg_logprob=-0.5)]}
    sure = math.exp(-0.5)
    assert read(body).words == (HeardWord("one", 500, 900, sure), HeardWord("three", 900, 1500, sure))


def test_a_text_alone_is_spread_over_the_sound_and_neither_doubted_nor_more_sure_than_that() -> None:
    words = read({"text": " So it fell. "}).words
    assert [word.text for word in words] == ["So", "it", "fell."]
    assert (words[0].start_ms, words[-1].end_ms) == (0, 2000)
    assert {word.probability for word in words} == {SETTINGS.doubt_threshold}


@pytest.mark.parametrize(
    "measures",
    [{"avg_logprob": -1.0, "compression_ratio": -1.0}, {"avg_logprob": None, "no_speech_prob": None}, {}],
)
def test_measures_that_were_not_made_say_nothing(measures: dict[str, Any]) -> None:
    words = read({"text": SAID, "segments": [segment(SAID, **measures)]}).words
    assert " ".join(word.text for word in words) == SAID
    assert {word.probability for word in words} == {SETTINGS.doubt_threshold}


def test_the_common_words_go_to_the_segment_they_lie_in_and_one_without_any_is_spread() -> None:
    body = {
        "text": "Yes. It was.",
        "segments": [segment("Yes.", 0.0, 0.8, avg_logprob=-0.1), segment("It was.", 1.0, 2.0)],
        "words": [{"word": "Yes", "start": 0.1, "end": 0.5}],
    }
    words = read(body).words
    assert [(word.text, word.start_ms) for word in words] == [("Yes.", 100), ("It", 1000), ("was.", 1375)]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (segment("Mumble.", no_speech_prob=0.9, avg_logprob=-1.4), "no speech"),
        (segment("Thanks for watching!", no_speech_prob=0.9, avg_logprob=-0.1), "stock phrase"),
        (segment("and then " * 30), "repetition"),
    ],
)
def test_what_a_model_invents_is_dropped_with_its_words(said: dict[str, Any], reason: str) -> None:
    kept = segment("It fell.", 2.0, 3.0)
    invented = [{"word": "Mumble", "start": 0.2, "end": 0.6}, {"word": "It", "start": 2.1, "end": 2.4}]
    heard = read({"text": "all", "segments": [said, kept], "words": invented}, 3000)
    assert heard.dropped == ((said["text"].strip(), reason),)
    assert [word.text for word in heard.words] == ["It"]


def test_the_same_words_are_kept_where_the_model_is_sure_of_speech() -> None:
    assert len(read({"text": "x", "segments": [segment("Thank you.", no_speech_prob=0.1)]}).words) == 2


def test_times_outside_the_sound_are_brought_into_it() -> None:
    words = [
        {"word": "before", "start": -1.0, "end": 0.2},
        {"word": "end", "start": 1.8, "end": 9.0},
        {"word": "after", "start": 5.0, "end": 6.0},
    ]
    heard = read({"text": "", "words": words, "segments": [segment("before end after")]})
    assert [(word.text, word.start_ms, word.end_ms) for word in heard.words] == [
        ("before", 0, 200),
        ("end", 1800, 2000),
    ]


@pytest.mark.parametrize("body", [{"text": ""}, {"text": " ", "segments": []}, {"text": "", "words": None}])
def test_nothing_said_is_no_word(body: dict[str, Any]) -> None:
    assert read(body) == Heard(())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"<html>",
        b'{"text": 7}',
        b'{"text": "a", "wor',
        b'{"error": {"message": "out of memory"}}',
        b'{"text": "a", "segments": [{"text": "a"}]}',
        b'{"text": "a", "segments": [{"text": "a", "start": NaN, "end": 1}]}',
        b'{"text": "a", "words": [{"word": "a", "start": "soon", "end": 1}]}',
        b"\xff\xfe",
    ],
)
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        words_in(body, 2000, SETTINGS)
