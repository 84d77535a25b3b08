"""A noisy room starts no answer; soft and slow speech does. All noise here is synthetic."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from voice_audio.detectors import load_detector
from voice_audio.files import load_sound, to_rate
from voice_audio.noise_floor import AboveFloor
from voice_audio.ports import SAMPLE_RATE_HZ, Samples
from voice_audio.segmenter import Segment, Segmenter, SpeechOffset, SpeechOnset

SAMPLES = Path(__file__).resolve().parents[2] / "audio" / "samples"
TALKERS = ("strong", "vague", "we-speaker")
SPEECH_DBFS = -24.0


def at_level(sound: np.ndarray, dbfs: float) -> np.ndarray:
    """The sound with this RMS, as floats of full scale 1."""
    return sound * (10 ** (dbfs / 20) / np.sqrt(np.mean(sound**2)))


@cache
def clip(talker: str, number: int = 0) -> np.ndarray:
    files = sorted((SAMPLES / talker).glob("*.ogg"))
    return to_rate(load_sound(files[number]), SAMPLE_RATE_HZ).samples / 32768


@cache
def office(seconds: int, seed: int = 1) -> np.ndarray:
    """Synthetic: pink noise and eight of the samples' clips at once, equally loud; RMS 1."""
    dice, length = np.random.default_rng(seed), seconds * SAMPLE_RATE_HZ
    babble = np.zeros(length)
    for talker in range(8):
        babble += np.resize(np.roll(clip(TALKERS[talker % 3], talker), int(dice.integers(10**6))), length)
    spectrum = np.fft.rfft(dice.standard_normal(length))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    return at_level(at_level(np.fft.irfft(spectrum, length), 0) + at_level(babble, 0), 0)


def edges(sound: np.ndarray, gated: bool = True) -> list:
    detector = load_detector()
    heard = AboveFloor(detector) if gated else detector
    samples: Samples = np.clip(sound * 32768, -32768, 32767).astype(np.int16)
    segmenter = Segmenter(block_samples=heard.block_samples)
    segmenter.open(0)
    found: list = []
    for end in range(heard.block_samples, len(samples), heard.block_samples):
        found += segmenter.feed(heard.probability(samples[end - heard.block_samples : end]), end)
    return found + segmenter.close(len(samples))


def onsets(found: list) -> list[float]:
    return [edge.sample / SAMPLE_RATE_HZ for edge in found if isinstance(edge, SpeechOnset)]


def speech_s(found: list) -> float:
    began, total = 0.0, 0.0
    for edge in found:
        if isinstance(edge, SpeechOnset):
            began = edge.sample
        elif isinstance(edge, SpeechOffset):
            total += edge.last_speech_sample - began
    return total / SAMPLE_RATE_HZ


@pytest.mark.parametrize("dbfs", [SPEECH_DBFS - 10, SPEECH_DBFS - 20])
def test_an_office_alone_starts_nothing(dbfs: float) -> None:
    noise = at_level(office(60), dbfs)
    assert onsets(edges(noise)) == []


def test_without_the_floor_the_same_office_would_start_an_answer() -> None:
    assert onsets(edges(at_level(office(60), SPEECH_DBFS - 10), gated=False))


def test_an_answer_in_the_office_is_heard_from_its_beginning() -> None:
    sound = at_level(office(20), SPEECH_DBFS - 10)
    begin = 5 * SAMPLE_RATE_HZ
    answer = at_level(clip("strong")[: 10 * SAMPLE_RATE_HZ], SPEECH_DBFS)
    sound[begin : begin + len(answer)] += answer
    first = onsets(edges(sound))[0]
    alone = onsets(edges(np.concatenate([np.zeros(begin), answer]), gated=False))[0]
    assert abs(first - alone) < 0.25


def test_quiet_speech_is_heard() -> None:
    room = np.random.default_rng(5).standard_normal(12 * SAMPLE_RATE_HZ) * 10 ** (-65 / 20)
    answer = at_level(clip("vague")[: 9 * SAMPLE_RATE_HZ], -45.0)
    quiet, usual = room.copy(), room.copy()
    quiet[2 * SAMPLE_RATE_HZ : 2 * SAMPLE_RATE_HZ + len(answer)] += answer
    usual[2 * SAMPLE_RATE_HZ : 2 * SAMPLE_RATE_HZ + len(answer)] += at_level(answer, SPEECH_DBFS)
    heard, expected = edges(quiet), edges(usual)
    assert speech_s(heard) >= 0.9 * speech_s(expected)
    assert abs(onsets(heard)[0] - onsets(expected)[0]) < 0.1


def test_very_slow_speech_is_heard_word_by_word() -> None:
    """Two words a breath and seconds in between."""
    room = np.random.default_rng(6).standard_normal(30 * SAMPLE_RATE_HZ) * 10 ** (-65 / 20)
    answer, piece = at_level(clip("we-speaker"), SPEECH_DBFS), round(0.6 * SAMPLE_RATE_HZ)
    loud = [
        at
        for at in range(0, len(answer) - piece, piece)
        if np.sqrt(np.mean(answer[at : at + piece] ** 2)) > 10 ** (SPEECH_DBFS / 20)
    ][:7]
    for number, at in enumerate(loud):
        begin = (2 + 4 * number) * SAMPLE_RATE_HZ
        room[begin : begin + piece] += answer[at : at + piece]
    found = edges(room)
    begun = {round((second - 2) / 4) for second in onsets(found)}
    assert begun == set(range(len(loud)))
    assert sum(isinstance(edge, Segment) for edge in found) >= len(loud)


def test_our_own_voice_before_does_not_hide_a_soft_answer() -> None:
    """Half duplex: eight seconds of the interviewer in the room, then somebody who speaks no louder."""
    room = np.random.default_rng(7).standard_normal(25 * SAMPLE_RATE_HZ) * 10 ** (-60 / 20)
    line, answer = clip("strong", 3)[: 8 * SAMPLE_RATE_HZ], clip("vague")[: 6 * SAMPLE_RATE_HZ]
    for begin_s, voice, dbfs in ((6, line, -35.0), (16, answer, -40.0)):
        begin = begin_s * SAMPLE_RATE_HZ
        room[begin : begin + len(voice)] += at_level(voice, dbfs)
    assert any(16 <= at < 17.5 for at in onsets(edges(room)))
