"""The virtual candidate's voice cuts where the script pauses. The weights are a stand-in that hums every
symbol for a tenth of a second, so that each moment is known."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

SAMPLES = Path(__file__).parents[2] / "audio" / "samples"
SYMBOL_S = 0.1
FRAMES = 4
"""Of durations, for each symbol: four of 25 ms."""
KOKORO_SYMBOL = 2_400
"""Samples at 24 kHz."""
EDGE_S = 0.03
FIRST, SECOND = "one two three four five six seven eight,", "nine ten eleven twelve thirteen fourteen."


class Humming:
    """Stands in for onnxruntime's session: a hum for each symbol, silence for those of `silent`."""

    def __init__(self, tokens: dict[str, int], silent: str) -> None:
        self._symbols = {number: symbol for symbol, number in tokens.items()}
        self._silent = silent
        self.calls: list[str] = []

    def run(self, names: list[str], inputs: dict[str, Any]) -> tuple[Any, Any]:
        tokens = inputs["tokens"][0].tolist()
        self.calls.append("".join(self._symbols.get(token, "") for token in tokens))
        hum = 0.3 * np.sin(np.arange(KOKORO_SYMBOL) * 2 * np.pi * 200 / 24_000)
        parts = [
            hum if token and self._symbols[token] not in self._silent else np.zeros(KOKORO_SYMBOL)
            for token in tokens
        ]
        return np.concatenate(parts).astype(np.float32), np.full(len(tokens), FRAMES)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SAMPLES))
    return importlib.import_module("candidate_voice")


Voice = Callable[[str], tuple[Any, Humming]]


@pytest.fixture
def voice(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Voice:
    """A British voice that is silent at some symbols, and what it was asked to say."""

    def made(silent: str) -> tuple[Any, Humming]:
        session = Humming(dict(module.symbol_table().tokens), silent)
        monkeypatch.setattr(module, "_session", lambda model: session)
        return module.CandidateVoice(Path("no weights"), "bf_isabella", 1.0), session

    return made


def length_s(clause: Any) -> float:
    return len(clause.samples) / 16_000


def symbols(said: str) -> int:
    """Those before the mark that ends it."""
    return len(said.rstrip(" ,.…"))


def test_one_call_speaks_the_sentence_and_is_cut_between_its_stretches(voice: Voice) -> None:
    speaker, session = voice(",. ")
    clauses = speaker.speak([FIRST, SECOND])
    (said,) = session.calls
    first, second = said.split(", ")
    assert length_s(clauses[0]) == pytest.approx(symbols(first) * SYMBOL_S + 2 * EDGE_S, abs=0.021)
    assert length_s(clauses[1]) == pytest.approx(symbols(second) * SYMBOL_S + 2 * EDGE_S, abs=0.021)
    for clause in clauses:
        edges = np.concatenate([clause.samples[:320], clause.samples[-320:]])
        assert np.abs(edges).max() < 0.02
        assert np.abs(clause.samples[640:960]).max() > 0.2


def test_a_mark_that_leaves_no_silence_is_replaced_by_a_stronger_one(voice: Voice) -> None:
    speaker, session = voice("….")
    clauses = speaker.speak([FIRST, SECOND])
    assert [call.count(", ") for call in session.calls] == [1, 1]
    assert "…, " in session.calls[1]
    assert "…" not in session.calls[0]
    assert len(clauses) == 2


def test_without_any_silence_it_is_cut_all_the_same_and_fades(voice: Voice) -> None:
    speaker, session = voice("")
    clauses = speaker.speak([FIRST.rstrip(","), SECOND])
    assert [mark in call for call, mark in zip(session.calls, ("…, ", ". "), strict=True)] == [True, True]
    spoken_s = sum(map(length_s, clauses)) - 4 * EDGE_S
    assert spoken_s == pytest.approx(len(session.calls[-1]) * SYMBOL_S, abs=0.05)
    after_edge = round(EDGE_S * 16_000)
    assert np.abs(clauses[1].samples[: after_edge + 16]).max() < 0.1 < np.abs(clauses[1].samples).max()


def test_a_filler_lies_where_its_symbols_do(voice: Voice, module: ModuleType) -> None:
    speaker, session = voice(",. ")
    clauses = speaker.speak(["So, um,", "that was all, uh, of it."])
    (said,) = session.calls
    um, uh = (module.FILLERS["british"][word] for word in ("um", "uh"))
    second = said.index(", ", said.index(um)) + 2
    for clause, word, spelled, begins in ((clauses[0], "um", um, 0), (clauses[1], "uh", uh, second)):
        (filler,) = clause.fillers
        assert filler.word == word
        start_s = (said.index(spelled, begins) - begins) * SYMBOL_S + EDGE_S
        assert filler.start_s == pytest.approx(start_s, abs=0.021)
        assert filler.end_s == pytest.approx(start_s + len(spelled) * SYMBOL_S, abs=0.021)


def test_short_sentences_share_a_call_and_long_ones_do_not(voice: Voice, module: ModuleType) -> None:
    speaker, session = voice(",. ")
    long = " ".join([*["one two three four five six seven"] * 4]) + "."
    assert len(speaker.speak(["Yes.", long, long, "No."])) == 4
    first, last = session.calls
    assert first.startswith("j")  # "yes"
    assert min(map(len, session.calls)) > module.LEAST_SYMBOLS
    assert last.count(".") == 2


def test_several_tables_give_their_mean_and_the_first_tells_the_accent(
    voice: Voice, module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, session = voice(",. ")
    styles: list[Any] = []
    run = session.run

    def noted(names: list[str], inputs: dict[str, Any]) -> tuple[Any, Any]:
        styles.append(inputs["style"])
        return run(names, inputs)

    monkeypatch.setattr(session, "run", noted)
    module.CandidateVoice(Path("no weights"), "af_bella+bf_isabella", 1.0).speak(["After."])
    bella, isabella = (module.load_table(name) for name in ("af_bella", "bf_isabella"))
    row = len(session.calls[-1]) - 1
    assert np.allclose(styles[0], (bella[row] + isabella[row]) / 2, atol=1e-6)
    assert session.calls[-1].startswith("ˈæ")  # American; a British "after" begins with "ɑː"


def test_a_sentence_too_long_for_one_call_is_refused(voice: Voice) -> None:
    speaker, _ = voice(",. ")
    with pytest.raises(ValueError, match="too many"):
        speaker.speak(["one two three four five six seven " * 30])
