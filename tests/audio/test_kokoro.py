"""The neural voice, with its real weights: phonemes, sentences, pace of work, and what odd text comes to."""

import hashlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voice_audio.errors import ModelProblem
from voice_audio.ports import GaveWay, PatientVoice, Sound
from voice_audio.voices import kokoro as module
from voice_audio.voices.by_sentence import SentenceVoice, joined, sentences
from voice_audio.voices.cached import CachedVoice
from voice_audio.voices.kokoro import MOST_TOKENS, KokoroSettings, KokoroVoice, calls, load_table, table_names
from voice_audio.voices.level import HEAD_MS, TAIL_MS, speech_level_dbfs, trim_ends
from voice_audio.voices.phonemes import EspeakPhonemes, symbol_table

PACE = ((0.5, 100.0), (1.0, 200.0), (2.0, 400.0))
AMERICAN = KokoroSettings("af_heart", "american", PACE)
LINE, RATE = "Welcome. What are you working on?", 200

TABLES = {
    "af_bella": "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b",
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    "am_michael": "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
    "am_puck": "fcf73c989033e9233e0b98713eca600c8c74dcc1614b37009d5450ff4a2274a0",
    "bf_emma": "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73",
    "bf_isabella": "3754352c4aaa46d17f27654ab7518d65b62ad6163a0f55a5f4330c2da2c4e94f",
    "bm_fable": "f889083196807b4adb15e9204252165f503b8d33d3982e681c52443c49d798f1",
    "bm_george": "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc",
}
"""SHA-256 of the tables as the package kokoro-js 1.2.1 carries them."""


@pytest.fixture(scope="module")
def voice(kokoro_model: Path) -> Iterator[KokoroVoice]:
    loaded = KokoroVoice(kokoro_model, AMERICAN)
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def line(voice: KokoroVoice) -> Sound:
    return voice.render(LINE, RATE)


@pytest.fixture
def espeak() -> Iterator[EspeakPhonemes]:
    phonemes = EspeakPhonemes("en-us")
    yield phonemes
    phonemes.close()


# --- what comes with the product ----------------------------------------------------------------------------


def test_the_tables_are_those_that_were_published() -> None:
    folder = Path(module.__file__).with_name("kokoro_tables")
    assert {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.bin")
    } == TABLES
    assert "Apache License" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert table_names() == tuple(sorted(TABLES))
    assert load_table("bf_emma").shape == (MOST_TOKENS, 1, 256)


# --- phonemes -----------------------------------------------------------------------------------------------


def test_punctuation_survives_and_each_accent_has_its_sounds(espeak: EspeakPhonemes) -> None:
    assert espeak.of('Well, "trust": is it so?') == 'wˈɛl, "tɹˈʌst": ɪz ɪt sˈo^ʊ?'
    table = symbol_table()
    assert (
        table.symbols(espeak.of("I go. You judge, by a button."), "american")
        == "I ɡˈO. ju ʤˈʌʤ, bI ə bˈʌtᵊn."
    )
    british = EspeakPhonemes(table.languages["british"])
    assert table.symbols(british.of("I go there, dear."), "british") == "I ɡˌQ ðˈɛː, dˈɪə."
    british.close()


def test_every_symbol_of_a_line_has_a_token(espeak: EspeakPhonemes) -> None:
    table = symbol_table()
    symbols = table.symbols(espeak.of("The quick brown fox jumps over the lazy dog; 1st, 2nd!"), "american")
    assert symbols.endswith("!")
    assert all(0 < table.tokens[symbol] < 178 for symbol in symbols)


@pytest.mark.parametrize("text", ["", " \n ", "...", "日本語", "\u0000", "[[_:]]", "ñandú ☂ ½"])
def test_any_text_is_answered(espeak: EspeakPhonemes, text: str) -> None:
    espeak.of(text)
    assert espeak.of("Hello.") == "həlˈo^ʊ."


def test_a_child_that_was_killed_is_replaced(espeak: EspeakPhonemes) -> None:
    before = espeak.of("Hello.")
    os.kill(espeak._running[0].pid, signal.SIGTERM)
    assert espeak.of("Hello.") == before


def test_a_child_that_never_answers_is_given_up() -> None:
    program = [sys.executable, "-c", "import time; time.sleep(600)"]
    silent = EspeakPhonemes("en-us", command=program, timeout_s=0.2)
    begun = time.monotonic()
    with pytest.raises(ModelProblem, match=r"no answer within 0\.2 s"):
        silent.of("Hello.")
    assert time.monotonic() - begun < 5


def test_a_child_that_cannot_work_says_why(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="eSpeak NG has no language 'tlh'"):
        EspeakPhonemes("tlh").of("Hello.")
    with pytest.raises(ModelProblem, match="cannot be started"):
        EspeakPhonemes("en-us", command=[str(tmp_path / "none")])


# --- a line -------------------------------------------------------------------------------------------------


def test_a_line_sounds_the_same_each_time(voice: KokoroVoice, line: Sound) -> None:
    assert line.rate_hz == 24_000
    assert 1500 < line.duration_ms < 4000
    assert np.array_equal(voice.render(LINE, RATE).samples, line.samples)
    assert np.array_equal(voice.render_ahead(LINE, RATE).samples, line.samples)


def test_it_is_as_loud_as_every_voice_and_has_no_silence_around_it(line: Sound) -> None:
    level = speech_level_dbfs(line)
    assert level is not None
    assert -22 < level < -19
    assert len(trim_ends(line).samples) == pytest.approx(
        len(line.samples), abs=24_000 * (HEAD_MS + TAIL_MS) // 1000
    )


def test_the_pace_asked_for_decides_how_long_it_takes(voice: KokoroVoice, line: Sound) -> None:
    assert voice.render(LINE, 130).duration_ms > 1.3 * line.duration_ms
    assert voice.render(LINE, 320).duration_ms < 0.75 * line.duration_ms


@pytest.mark.parametrize("text", ["12345", "😀", "日本語", "?!", "A" * 40])
def test_odd_text_is_spoken_or_refused_in_one_line(voice: KokoroVoice, text: str) -> None:
    if text == "?!":
        with pytest.raises(ModelProblem, match="nothing in this line that can be spoken"):
            voice.render(text, 400)
    else:
        assert voice.render(text, 400).duration_ms > 100


def test_a_blank_line_is_a_bug(voice: KokoroVoice) -> None:
    with pytest.raises(ValueError, match="nothing to say"):
        voice.render("  ", RATE)


def test_what_is_too_long_for_one_call_is_cut_at_clauses_then_between_words() -> None:
    clauses = " ".join(["wˈʌn tˈu,"] * 100)
    assert [piece[-1] for piece in calls(clauses)] == [","] * 2
    assert "".join(calls(clauses)).replace(" ", "") == clauses.replace(" ", "")
    words = " ".join(["wˈʌn"] * 300)
    assert all(len(piece) <= MOST_TOKENS and not piece.startswith(" ") for piece in calls(words))
    assert [len(piece) for piece in calls("a" * 1200)] == [510, 510, 180]
    assert calls("?! ...") == ()


def test_a_sentence_longer_than_a_call_is_complete(
    voice: KokoroVoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "We met at noon, and then we went on, and in the end we agreed."
    whole = voice.render(text, 400)
    monkeypatch.setattr(module, "MOST_TOKENS", 30)
    assert voice.render(text, 400).duration_ms == pytest.approx(whole.duration_ms, rel=0.3)


# --- now and later ------------------------------------------------------------------------------------------


def test_what_is_rendered_for_later_makes_way(voice: KokoroVoice) -> None:
    long = "Tell me about the longest project that you ever led, and about all who took part in it."
    outcome: list[object] = []

    def later() -> None:
        try:
            outcome.append(voice.render_ahead(long, 100))
        except GaveWay as gave_way:
            outcome.append(gave_way)

    voice.render_ahead("Hello.", RATE)  # its weights are loaded
    background = threading.Thread(target=later)
    background.start()
    while voice._floor._running is None and not outcome:
        time.sleep(0.001)
    voice.render("Hello.", RATE)
    background.join(30)
    assert isinstance(outcome[0], GaveWay)


def test_a_closed_voice_renders_nothing_more_in_the_background(kokoro_model: Path) -> None:
    closed = KokoroVoice(kokoro_model, AMERICAN)
    closed.close()
    with pytest.raises(GaveWay):
        closed.render_ahead("Hello.", RATE)


class Tone:
    """A tone of 10 ms for each letter; what it was asked for is remembered."""

    name = "tone"

    def __init__(self) -> None:
        self.now: list[str] = []
        self.ahead: list[str] = []

    def render(self, text: str, words_per_minute: int) -> Sound:
        self.now.append(text)
        return Sound(np.full(160 * len(text), 500, np.int16), 16_000)

    def render_ahead(self, text: str, words_per_minute: int) -> Sound:
        self.ahead.append(text)
        return Sound(np.full(160 * len(text), 500, np.int16), 16_000)


def test_a_sentence_known_from_another_line_is_not_rendered_again(tmp_path: Path) -> None:
    tone = Tone()
    voice = SentenceVoice(CachedVoice(tone, tmp_path), lambda rate: 100)
    assert isinstance(voice, PatientVoice)
    voice.render_ahead("What was it? And then?", 165)
    sound = voice.render("Of course. What was it?", 165)
    assert (tone.ahead, tone.now) == (["What was it?", "And then?"], ["Of course."])
    assert sound.duration_ms == 10 * len("Of course.What was it?") + 100


def test_only_shared_lines_reach_the_folder(tmp_path: Path) -> None:
    voice = CachedVoice(Tone(), tmp_path, is_shared=lambda text: text == "Hello.")
    voice.render("Hello.", 165)
    voice.render_ahead("You said zanzibar.", 165)
    assert len(list(tmp_path.iterdir())) == 1
    other = Tone()
    again = CachedVoice(other, tmp_path, is_shared=lambda text: text == "Hello.")
    again.render("Hello.", 165)
    again.render("You said zanzibar.", 165)
    assert other.now == ["You said zanzibar."]
    newer = Tone()
    CachedVoice(newer, tmp_path, version="2").render("Hello.", 165)
    assert newer.now == ["Hello."]


def test_sentences_end_where_another_begins() -> None:
    assert sentences('Hello. "Well," I said.  What\nnow? 3 of them.') == (
        "Hello.",
        '"Well," I said.',
        "What now?",
        "3 of them.",
    )
    assert sentences("It rose by 2.5 per cent, e.g. in May") == ("It rose by 2.5 per cent, e.g. in May",)
    assert sentences('He said "no." Then he left.') == ('He said "no."', "Then he left.")
    assert sentences("  ") == ()
    assert (
        joined([Sound(np.ones(16, np.int16), 16_000)] * 2, 1).samples.tolist()
        == [1] * 16 + [0] * 16 + [1] * 16
    )


# --- what can be missing ------------------------------------------------------------------------------------


def test_missing_or_wrong_weights_and_unknown_voices_are_one_line(kokoro_model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="are not here"):
        KokoroVoice(tmp_path / "none.onnx", AMERICAN)
    torn = tmp_path / "torn.onnx"
    torn.write_bytes(kokoro_model.read_bytes()[:100_000])
    with pytest.raises(ModelProblem, match="cannot be loaded"):
        KokoroVoice(torn, AMERICAN)
    with pytest.raises(ModelProblem, match="there is no voice 'af_nobody'"):
        KokoroVoice(kokoro_model, KokoroSettings("af_nobody", "american", PACE))


def test_a_speed_lies_between_what_was_measured() -> None:
    assert AMERICAN.speed(300) == pytest.approx(1.5)
    assert (AMERICAN.speed(10), AMERICAN.speed(1000)) == (0.5, 2.0)
