"""What real weights write, made fit for rules: stops, shares, doubt, fillers, language."""

from pathlib import Path

import numpy as np
import pytest

from voice_audio.detectors import load_detector
from voice_audio.files import load_sound, to_rate
from voice_audio.ports import (
    SAMPLE_RATE_HZ,
    CalibratedTranscriber,
    FillerTranscriber,
    HeardWord,
    LanguageTranscriber,
    Samples,
)
from voice_audio.transcribers.filler_sounds import is_filler_sound
from voice_audio.transcribers.guards import WhisperSettings
from voice_audio.transcribers.whisper import WhisperTranscriber, load_whisper
from voice_audio.window import Stretch, Window, WindowSettings, hear_by_window
from voice_interviewer.core.model.transcript import Transcript, Word
from voice_interviewer.core.understanding.clauses import clauses
from voice_interviewer.core.understanding.lexicon import PLAIN, fold
from voice_interviewer.core.understanding.normalisation import normalised
from voice_interviewer.settings.places import models_dir

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "audio" / "samples"
MODELS = models_dir()
"""Read before a test gets a home of its own."""
SETTINGS = WhisperSettings.from_toml((ROOT / "configs" / "whisper.toml").read_text(encoding="utf-8"))


def loaded(name: str) -> WhisperTranscriber:
    folder = MODELS / f"whisper-{name}"
    if not (folder / "model.bin").is_file():
        pytest.skip(f"Whisper {name} is not in {folder}; `make test` fetches it")
    return load_whisper(folder, device="cpu", settings=SETTINGS)


@pytest.fixture(scope="module")
def tiny() -> WhisperTranscriber:
    return loaded("tiny.en")


def sample(name: str) -> Samples:
    return to_rate(load_sound(SAMPLES / f"{name}.ogg"), SAMPLE_RATE_HZ).samples


def stretches(samples: Samples) -> list[Stretch]:
    """Speech between pauses of 200 ms and more, by the detector alone."""
    detector = load_detector()
    found: list[Stretch] = []
    for at in range(0, len(samples) - 512, 512):
        if detector.probability(samples[at : at + 512]) < 0.5:
            continue
        start_ms, end_ms = at // 16, (at + 512) // 16
        if found and start_ms - found[-1].end_ms < 200:
            found[-1] = Stretch(found[-1].start_ms, end_ms)
        else:
            found.append(Stretch(start_ms, end_ms))
    return found


def heard(samples: Samples, whisper: WhisperTranscriber) -> list[tuple[Window, tuple[HeardWord, ...]]]:
    def sound(start_ms: int, end_ms: int) -> Samples:
        return samples[start_ms * 16 : end_ms * 16]

    settings = WindowSettings()
    return hear_by_window(whisper, sound, stretches(samples), settings, len(samples) // 16)


def words_of(samples: Samples, whisper: WhisperTranscriber) -> tuple[Word, ...]:
    return tuple(
        Word(word.text, word.start_ms, word.end_ms, word.probability)
        for _, words in heard(samples, whisper)
        for word in words
    )


def test_a_share_that_was_said_is_a_measure(tiny: WhisperTranscriber) -> None:
    """ "It was twelve percent before and one percent after." """
    answer = Transcript(normalised(words_of(sample("we-speaker/any.quantify"), tiny)))
    assert "12%" in answer.text
    assert PLAIN["measure"].search(fold(answer.text))


def test_no_clause_of_an_answer_with_pauses_ends_open(tiny: WhisperTranscriber) -> None:
    """Half a second of silence after every second of speech: Whisper is cut in mid-sentence."""
    plain = sample("strong/any.own_part")
    words = [word for _, found in heard(plain, tiny) for word in found]
    cuts = [word.end_ms * 16 for word in words[4::5]]
    quiet = np.zeros(12_000, np.int16)
    parts = [part for piece in np.split(plain, cuts) for part in (piece, quiet)]
    raw = words_of(np.concatenate(parts), tiny)
    answer = Transcript(normalised(raw))
    assert len(answer.words) > 20
    ends = [piece.text.split()[-1].lower() for piece in clauses(answer)]
    assert not any(end in ("the.", "a.", "and.", "of.", "i.", "my.") for end in ends)
    assert answer.text.count(".") <= max(5, Transcript(raw).text.count("."))


def test_clear_words_are_trusted_and_doubt_is_a_probability(tiny: WhisperTranscriber) -> None:
    assert isinstance(tiny, CalibratedTranscriber)
    words = words_of(sample("strong/any.own_part"), tiny)
    assert all(0 <= word.probability <= 1 for word in words)
    assert sum(word.probability < tiny.doubt_threshold for word in words) <= 0.15 * len(words)
    assert tiny.doubt_threshold == SETTINGS.doubt["tiny.en"].threshold


def test_spoken_fillers_are_found_and_nothing_but_fillers(
    tiny: WhisperTranscriber, speech_recordings: Path
) -> None:
    """Half a minute of a real meeting: five are in it, at least two come through."""
    assert isinstance(tiny, FillerTranscriber)
    samples = load_sound(speech_recordings / "ami-trn09.flac").samples
    found = tiny.fillers(samples[: 25 * SAMPLE_RATE_HZ])
    assert 2 <= len(found) <= 6
    assert all(is_filler_sound(word.text) for word in found)


@pytest.mark.parametrize("kind", ["fluent", "hum", "noise", "silence"])
def test_none_are_invented(kind: str, tiny: WhisperTranscriber) -> None:
    t = np.arange(10 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    noise = np.random.default_rng(0).standard_normal(len(t))
    waves = {"hum": 0.1 * np.sin(2 * np.pi * 50 * t) + 0.002 * noise, "noise": 0.03 * noise, "silence": 0 * t}
    samples = (waves[kind] * 32_767).astype(np.int16) if kind in waves else sample("strong/any.result")
    assert tiny.fillers(samples) == ()


def test_a_cancelled_pass_finds_nothing(tiny: WhisperTranscriber) -> None:
    assert tiny.fillers(sample("strong/any.result"), lambda: True) == ()


def test_a_model_of_english_hears_english(tiny: WhisperTranscriber) -> None:
    assert isinstance(tiny, LanguageTranscriber)
    assert tiny.language(sample("strong/any.result")) == ("en", 1.0)


def test_a_multilingual_model_tells_the_language() -> None:
    base = loaded("base")
    samples = sample("strong/any")
    language, probability = base.language(samples[: 6 * SAMPLE_RATE_HZ])
    assert (language, probability > 0.5) == ("en", True)
    assert base.language(samples[:SAMPLE_RATE_HZ]) == ("", 0.0)
    assert SETTINGS.language_ms == 5000
