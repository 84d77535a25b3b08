"""Whisper through the real faster-whisper, on small models that say what they are told to."""

import csv
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whisper_models import CountingEngine, Script, speech_like, words_of, write_whisper

from voice_audio.ports import HeardWord
from voice_audio.transcribers.guards import WhisperSettings, compression_ratio, why_dropped, words_within
from voice_audio.transcribers.ladder import Rung
from voice_audio.transcribers.whisper import WhisperTranscriber, build_engine, load_whisper

CONFIG = Path(__file__).parents[2] / "configs" / "whisper.toml"


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that says the default script; "audit" is doubtful."""
    return write_whisper(tmp_path_factory.mktemp("whisper") / "toy.en", Script(doubtful=("audit",)))


@pytest.fixture(scope="session")
def transcriber(toy: Path) -> WhisperTranscriber:
    return load_whisper(toy, device="cpu")


def counting(toy: Path, **options: Any) -> tuple[WhisperTranscriber, CountingEngine]:
    built: list[CountingEngine] = []

    def build(folder: Path, rung: Rung) -> CountingEngine:
        built.append(CountingEngine(build_engine(folder, rung)))
        return built[-1]

    transcriber = load_whisper(toy, device="cpu", build=build, **options)
    built[-1].calls = built[-1].drawn = 0  # the warm-up
    return transcriber, built[-1]


def test_loads_and_hears_words_with_times_and_probabilities(transcriber: WhisperTranscriber) -> None:
    heard = transcriber.transcribe(speech_like(5))
    assert words_of(heard) == "Hello there, I led the audit of our models. It took three weeks."
    assert transcriber.name == "whisper toy.en int8 cpu"
    assert in_order(heard, 5000)
    assert heard[-1].end_ms > 2000  # the alignment spreads them over the sound
    doubtful = [word.text for word in heard if word.probability < transcriber.doubt_threshold]
    assert doubtful == ["audit"]
    assert all(isinstance(word.start_ms, int) and isinstance(word.probability, float) for word in heard)


def test_the_model_of_a_call_is_never_left_changed(transcriber: WhisperTranscriber) -> None:
    first = transcriber.transcribe(speech_like(3))
    transcriber.transcribe(speech_like(20))
    assert transcriber.transcribe(speech_like(3)) == first


def test_more_than_thirty_seconds_are_heard_to_the_end(transcriber: WhisperTranscriber) -> None:
    heard = transcriber.transcribe(speech_like(70))
    assert len(heard) == 3 * 13  # three windows
    assert in_order(heard, 70_000)
    assert heard[-1].end_ms > 60_000


def test_cancelling_stops_between_segments_and_keeps_what_was_found(toy: Path) -> None:
    transcriber, engine = counting(toy)
    heard = transcriber.transcribe(speech_like(100), cancelled=lambda: engine.drawn >= 1)
    assert engine.drawn == 1
    assert len(heard) == 13
    assert heard[-1].end_ms <= 30_000


def test_cancelled_before_the_start_asks_no_model(toy: Path) -> None:
    transcriber, engine = counting(toy)
    assert transcriber.transcribe(speech_like(5), cancelled=lambda: True) == ()
    assert engine.calls == 0


def test_silence_and_clicks_never_reach_the_model(toy: Path) -> None:
    transcriber, engine = counting(toy)
    assert transcriber.transcribe(np.zeros(48_000, np.int16)) == ()
    assert transcriber.transcribe(np.full(48_000, -7, np.int16)) == ()
    assert transcriber.transcribe(speech_like(0.249)) == ()
    assert transcriber.transcribe(np.zeros(0, np.int16)) == ()
    assert engine.calls == 0
    assert transcriber.transcribe(speech_like(0.25)) != ()
    assert engine.calls == 1


def test_two_threads_may_ask_at_once(transcriber: WhisperTranscriber) -> None:
    from concurrent.futures import ThreadPoolExecutor

    alone = transcriber.transcribe(speech_like(4))
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(transcriber.transcribe, [speech_like(4)] * 4))
    assert together == [alone] * 4


@pytest.mark.parametrize(
    ("script", "heard"),
    [
        (Script("Thank you.", no_speech=0.9), ""),
        (Script("Thank you.", no_speech=0.3), "Thank you."),
        (Script("Thank you for the question.", no_speech=0.9), "Thank you for the question."),
        (Script("I tested it twice.", no_speech=0.9, hesitation=0.15), ""),
        (Script("go " * 40), ""),
    ],
)
def test_what_whisper_invents_is_dropped(tmp_path: Path, script: Script, heard: str) -> None:
    transcriber = load_whisper(write_whisper(tmp_path / "model", script), device="cpu")
    assert words_of(transcriber.transcribe(speech_like(3))) == heard


@dataclass
class Segment:
    """A segment as faster-whisper gives it."""

    text: str = " I led it."
    no_speech_prob: float = 0.1
    avg_logprob: float = -0.3
    compression_ratio: float = 1.0
    words: Any = ()


@pytest.mark.parametrize(
    ("segment", "reason"),
    [
        (Segment(), None),
        (Segment(" Thanks for watching!", 0.7), "stock phrase"),
        (Segment(" Thanks for watching!", 0.6), None),
        (Segment(" THANK YOU. Bye-bye", 0.7), None),
        (Segment(" Bye-bye.", 0.7), "stock phrase"),
        (Segment(" Thank you for your patience while I debugged it.", 0.99), None),
        (Segment(no_speech_prob=0.7, avg_logprob=-1.1), "no speech"),
        (Segment(no_speech_prob=0.7, avg_logprob=-0.9), None),
        (Segment(no_speech_prob=0.5, avg_logprob=-3.0), None),
        (Segment(compression_ratio=2.41), "repetition"),
        (Segment(" and then" * 30), "repetition"),
    ],
)
def test_reasons_for_dropping(segment: Segment, reason: str | None) -> None:
    assert why_dropped(segment, WhisperSettings()) == reason


def test_compression_ratio_is_whispers_own() -> None:
    from faster_whisper.transcribe import get_compression_ratio

    text = "We shipped it, we shipped it, and we measured it twice."
    assert compression_ratio(text) == pytest.approx(get_compression_ratio(text))
    assert compression_ratio("  ") == 0.0


@dataclass
class Word:
    """A word as faster-whisper gives it: seconds, a leading space."""

    word: str
    start: float
    end: float
    probability: float = 0.9


def test_words_outside_the_sound_are_clipped_or_dropped() -> None:
    said = [Word(" in", -0.1, 0.5), Word(" over", 1.8, 2.6), Word(" after", 2.1, 2.6), Word("  ", 0.1, 0.2)]
    assert words_within([Segment(words=said)], 2000) == (
        HeardWord("in", 0, 500, 0.9),
        HeardWord("over", 1800, 2000, 0.9),
    )


def test_a_piece_without_a_space_belongs_to_its_word() -> None:
    said = [Word(" well", 0.0, 0.4), Word("-known", 0.4, 0.9, 0.4), Word(" risk.", 1.0, 1.2)]
    joined = words_within([Segment(words=said), Segment(words=[Word("Then", 1.3, 1.5)])], 2000)
    assert [(word.text, word.start_ms, word.end_ms, word.probability) for word in joined] == [
        ("well-known", 0, 900, 0.4),
        ("risk.", 1000, 1200, 0.9),
        ("Then", 1300, 1500, 0.9),
    ]


seconds = st.floats(-1, 12, allow_nan=False)
raw_words = st.builds(Word, st.sampled_from([" a", "b", " c.", " "]), seconds, seconds, st.floats(-0.5, 1.5))


@given(st.lists(st.lists(raw_words, max_size=6), max_size=4), st.integers(0, 10_000))
def test_words_are_always_in_order_and_inside(segments: list[list[Word]], duration_ms: int) -> None:
    heard = words_within([Segment(words=words) for words in segments], duration_ms)
    assert in_order(heard, duration_ms)
    assert all(word.text == word.text.strip() != "" and 0 <= word.probability <= 1 for word in heard)


def in_order(heard: tuple[HeardWord, ...], duration_ms: int) -> bool:
    times = [time for word in heard for time in (word.start_ms, word.end_ms)]
    return times == sorted(times) and all(0 <= time <= duration_ms for time in times)


def test_the_packaged_settings_are_the_defaults() -> None:
    text = CONFIG.read_text(encoding="utf-8")
    packaged = WhisperSettings.from_toml(text)
    assert replace(packaged, doubt={}) == WhisperSettings()
    assert set(packaged.doubt) == {"tiny.en", "base", "default"}
    assert set(tomllib.loads(text)) == {field.name for field in fields(WhisperSettings)}


@pytest.mark.parametrize("text", ["no_speach = 0.5", 'no_speech = "high"', "no_speech = ", "beam_cpu = 1.5"])
def test_mistaken_settings_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        WhisperSettings.from_toml(text)


def test_importing_the_module_loads_no_model_library() -> None:
    code = (
        "import sys, voice_audio.transcribers.whisper, voice_audio.models;"
        "print(sorted({'faster_whisper', 'ctranslate2', 'huggingface_hub', 'pydantic'} & set(sys.modules)))"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout.strip() == "[]"


@pytest.mark.recordings
def test_real_whisper_on_real_recordings(
    tiny_en_dir: Path, speech_recordings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prints WER and cost per recording; any Whisper hears clear speech far better than one word in two."""
    import jiwer
    import soundfile

    transcriber = load_whisper(tiny_en_dir)
    with (speech_recordings / "manifest.csv").open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["kind"].startswith("read")]
    said, heard = [], []
    for row in rows:
        samples, rate_hz = soundfile.read(speech_recordings / row["file"], dtype="int16")
        assert rate_hz == 16_000
        began = time.perf_counter()
        words = transcriber.transcribe(samples)
        cost = time.perf_counter() - began
        said.append(spoken(row["transcript"]))
        heard.append(spoken(words_of(words)))
        with capsys.disabled():
            wer = jiwer.wer(said[-1], heard[-1])
            print(f"\n{row['id']:20} WER {wer:6.1%}  RTF {cost / (len(samples) / rate_hz):.2f}", end="")
    with capsys.disabled():
        print(f"\n{transcriber.name}: WER {jiwer.wer(said, heard):.1%} over {len(rows)} recordings")
    assert jiwer.wer(said, heard) < 0.5


def spoken(text: str) -> str:
    """Lower case words without punctuation, as WER is counted."""
    return "".join(c if c.isalnum() or c in "' " else " " for c in text.lower())
