"""`voice-interviewer bench turns`: its arithmetic, what it refuses, and known cuts on real sound."""

import ctypes.util
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from command_line import run
from tiny_onnx import write_tiny

from voice_audio.files import load_sound, to_rate
from voice_audio.ports import SAMPLE_RATE_HZ, Samples
from voice_interviewer.bench.turns import (
    Answer,
    Degradation,
    Outcome,
    degraded,
    grouped,
    measure,
    read_corpus,
)
from voice_interviewer.bench.turns_run import Oracle, noise_floor, padded, question_for
from voice_interviewer.content.resources import samples_dir
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.errors import UsageProblem

MAKER = Path(__file__).parents[1] / "benchmarks" / "make_turns.py"
FIGURES = {"answers_cut", "pauses_cut", "long_pauses_cut", "gap_p50_s", "gap_p90_s", "mean_gap_s", "cost"}
FIXED = {"fixed_0.7", "fixed_1", "fixed_2", "fixed_3", "fixed_4", "fixed_5"}
WORD = {"word": "well", "start": 0.1, "end": 0.4}
GOOD: dict[str, Any] = {
    "id": "one",
    "type": "behavioural",
    "question": "Tell me about a decision.",
    "words": [WORD],
    "pauses": [],
    "end_of_answer_s": 0.9,
}


def answer(
    end_s: float = 10.0,
    pauses: tuple[tuple[float, float], ...] = (),
    words: tuple[Word, ...] = (),
    name: str = "x",
) -> Answer:
    return Answer(name, Path("x.wav"), "behavioural", "", "", words, pauses, end_s)


# --- the arithmetic ---------------------------------------------------------------------------------------


def test_a_commit_is_a_cut_until_a_tenth_of_a_second_before_the_end() -> None:
    told = answer(10.0)
    assert Outcome((9.89,)).cuts(told) == (9.89,)
    assert Outcome((9.91,)).cuts(told) == ()
    assert Outcome((9.95,)).gap_s(told) == 0.0  # early, but no cut: no negative silence either
    assert Outcome((12.5,)).gap_s(told) == pytest.approx(2.5)


def test_without_a_commit_the_gap_is_fifteen_seconds() -> None:
    for outcome in (Outcome(), Outcome((25.1,))):
        assert outcome.gap_s(answer(10.0)) == 15.0
        assert outcome.committed_s(answer(10.0)) is None
    assert Outcome((4.0, 12.0)).committed_s(answer(10.0)) == 12.0  # the last one counts


def test_a_cut_is_not_healed_and_each_pause_is_judged_once() -> None:
    told = answer(20.0, ((2.0, 3.0), (5.0, 7.0), (9.0, 9.5)))
    outcome = Outcome(
        (2.8, 6.1, 7.1, 21.0)
    )  # the third commit: before the speech after that pause was noticed
    assert outcome.pauses_cut(told) == ((2.0, 3.0), (5.0, 7.0))
    figures = measure([(told, outcome)])
    assert figures.answers_cut == 1.0
    assert figures.pauses_cut == pytest.approx(2 / 3)
    assert figures.long_pauses_cut == 1.0
    assert figures.cost == pytest.approx(1.0 + 10.0)


def test_figures_of_several_answers() -> None:
    calm = [(answer(10.0), Outcome((10.0 + gap,))) for gap in (1.0, 2.0, 3.0)]
    figures = measure([*calm, (answer(10.0), Outcome((4.0, 14.0)))])
    assert figures.answers_cut == 0.25
    assert figures.mean_gap_s == pytest.approx(2.5)
    assert figures.gap_p50_s == pytest.approx(2.5)
    assert figures.gap_p90_s == pytest.approx(3.7)
    assert figures.cost == pytest.approx(5.0)
    assert figures.pauses_cut is None  # there were none to cut


def test_groups_leave_out_what_has_no_name() -> None:
    pairs = [(answer(), Outcome())]
    assert list(grouped(pairs, "type")) == ["behavioural"]
    assert grouped(pairs, "family") == {}


# --- the oracle -------------------------------------------------------------------------------------------


def spoken(text: str, start_ms: int = 0) -> tuple[Word, ...]:
    return tuple(
        Word(word, start_ms + 300 * place, start_ms + 300 * place + 250)
        for place, word in enumerate(text.split())
    )


def test_a_word_is_known_its_delay_after_its_end() -> None:
    oracle = Oracle(spoken("so we moved"), delay_ms=300)
    known = oracle.known(0, 849)
    assert known is not None
    assert [word.text for word in known[0]] == ["so"]  # the second word ends at 550
    assert oracle.known(0, 850) == (spoken("so we"), 550)
    assert oracle.heard(0, 1000, now_ms=900) == (spoken("so we moved"), 1150)
    assert oracle.heard(0, 1000, now_ms=900)[0][-1].end_ms == 850
    assert oracle.times() == (560, 860, 1160)  # whole frames


def test_words_are_dropped_the_same_way_each_time() -> None:
    words = spoken("um we um moved uh the um rows uh to um paper um then uh we um left")
    told = answer(words[-1].end_ms / 1000, ((1.15, 1.5), (4.0, 4.2)), words)
    loss = Degradation(fillers=0.5, final=0.5, seed=3)
    once = degraded(told, loss).words
    assert once == degraded(told, loss).words
    assert once != degraded(told, Degradation(0.5, 0.5, seed=4)).words
    assert 0 < len(once) < len(words)
    assert degraded(told, Degradation()).words == words
    said = [word.text for word in degraded(told, Degradation(fillers=1.0)).words]
    assert said == ["we", "moved", "the", "rows", "to", "paper", "then", "we", "left"]
    short = answer(1.0, (), spoken("we left"))
    assert [word.text for word in degraded(short, Degradation(final=1.0)).words] == ["we"]


# --- reading a corpus -------------------------------------------------------------------------------------


def write(folder: Path, sidecar: Any, name: str = "one", samples: Samples | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sound = np.zeros(SAMPLE_RATE_HZ, np.int16) if samples is None else samples
    soundfile.write(folder / f"{name}.wav", sound, SAMPLE_RATE_HZ, "PCM_16")
    if sidecar is not None:
        text = sidecar if isinstance(sidecar, str) else json.dumps(sidecar)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


def test_a_sidecar_is_read_and_what_else_it_holds_is_ignored(tmp_path: Path) -> None:
    pauses = [{"start": 0.6, "end": 0.85}, {"start": 0.2, "end": 0.3}, {"start": 0.95, "end": 1.5}]
    write(tmp_path, {**GOOD, "pauses": pauses, "family": "a", "mood": "fine", "slug": None})
    (tmp_path / "notes.json").write_text("{", encoding="utf-8")
    (read,) = read_corpus(tmp_path)
    assert read.words == (Word("well", 100, 400),)
    assert read.pauses == ((0.6, 0.85),)  # one is too short, one lies after the end
    assert (read.slug, read.family, read.writer) == ("", "a", "")
    assert question_for(read, {}).target_s == 120


@pytest.mark.parametrize(
    ("sidecar", "says"),
    [
        (None, "one.json"),
        ("{", "not JSON"),
        ("[]", "the file"),
        ({key: GOOD[key] for key in GOOD if key != "end_of_answer_s"}, "end_of_answer_s"),
        ({**GOOD, "type": "poem"}, "'poem'"),
        ({**GOOD, "words": [WORD, {**WORD, "end": 0.05}]}, "words.1"),
        ({**GOOD, "pauses": [{"start": "soon", "end": 1}]}, "pauses.0.start"),
        ({**GOOD, "end_of_answer_s": 0}, "end_of_answer_s"),
    ],
)
def test_a_bad_sidecar_is_one_line_that_names_the_place(tmp_path: Path, sidecar: Any, says: str) -> None:
    write(tmp_path, sidecar)
    with pytest.raises(UsageProblem, match=says) as problem:
        read_corpus(tmp_path)
    assert "\n" not in problem.value.message


def test_the_same_id_twice_and_an_end_beyond_the_recording_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "twice", GOOD)
    write(tmp_path / "twice", GOOD, "two")
    with pytest.raises(UsageProblem, match="same id"):
        read_corpus(tmp_path / "twice")
    write(tmp_path / "long", {**GOOD, "id": "two"}, "two")
    write(tmp_path / "long", {**GOOD, "end_of_answer_s": 7})
    for jobs in ("1", "2"):  # from another process the problem comes back as one line, too
        done = run("bench", "turns", str(tmp_path / "long"), "--semantic", "words", "--jobs", jobs)
        assert done.returncode == 2, done.stderr
        assert "one.wav" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    for folder, says in ((tmp_path / "none", "no such folder"), (tmp_path, "no recordings")):
        done = run("bench", "turns", str(folder))
        assert done.returncode == 2
        assert says in done.stderr
        assert len(done.stderr.strip().splitlines()) == 2  # the problem and its hint


# --- real sound through the real detector and machine -----------------------------------------------------


def room(seconds: float, seed: int = 1) -> Samples:
    noise = np.random.default_rng(seed).standard_normal(round(seconds * SAMPLE_RATE_HZ))
    return np.asarray(noise * 18, np.int16)  # -65 dBFS


def clip(name: str) -> Samples:
    """A spoken sample without the silence around it, over the room's noise."""
    samples = to_rate(load_sound(Path(str(samples_dir())) / name), SAMPLE_RATE_HZ).samples
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 100)
    inner = samples[loud[0] : loud[-1]]
    return np.asarray(inner + room(len(inner) / SAMPLE_RATE_HZ)[: len(inner)], np.int16)


def joined(folder: Path, name: str, parts: tuple[str, ...], pause_s: float) -> None:
    """Samples with a pause of this length between them; the words stand where the clips are."""
    pieces, words, pauses, at_s = [room(0.6)], [], [], 0.6
    for number, part in enumerate(parts):
        sound = clip(part)
        if number:
            pieces.append(room(pause_s, number))
            pauses.append({"start": at_s, "end": at_s + pause_s})
            at_s += pause_s
        pieces.append(sound)
        length_s = len(sound) / SAMPLE_RATE_HZ
        words += [
            {"word": "rows", "start": at_s + 0.4 * place, "end": at_s + 0.4 * place + 0.35}
            for place in range(int(length_s / 0.4))
        ]
        at_s += length_s
    pieces.append(room(1.0, 9))
    sidecar = {**GOOD, "id": name, "words": words, "pauses": pauses, "end_of_answer_s": at_s}
    write(folder, sidecar, name, np.concatenate(pieces))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Three answers of real sound with pauses of 2.8 s, of 0.9 s and none, beside those inside the clips, of
    which none is longer than 1.4 s (audio/samples/scripts)."""
    folder = tmp_path_factory.mktemp("turns")
    joined(folder, "long", ("vague/any.example.ogg", "strong/any.result.ogg"), 2.8)
    joined(folder, "short", ("vague/any.result.ogg", "strong/any.quantify.ogg"), 0.9)
    joined(folder, "whole", ("strong/any.clarify.ogg",), 0.0)
    home = {"VOICE_INTERVIEWER_HOME": str(tmp_path_factory.mktemp("home"))}
    arguments = ("--semantic", "words", "--patience-curve", "--jobs", "2", "--json")
    done = run("bench", "turns", str(folder), *arguments, environment=home)
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def test_a_timer_of_two_seconds_cuts_at_the_long_pause_alone(report: dict[str, Any]) -> None:
    timer = report["policies"]["fixed_2"]
    assert timer["answers_cut"] == pytest.approx(1 / 3, abs=1e-3)
    assert timer["pauses_cut"] == pytest.approx(1 / 2)  # of the two that the sidecars label
    assert timer["long_pauses_cut"] == 1.0
    assert timer["gap_p50_s"] == pytest.approx(2.0, abs=0.3)
    assert timer["no_commit"] == 0
    assert report["policies"]["fixed_3"]["answers_cut"] == 0.0
    assert report["policies"]["fixed_0.7"]["answers_cut"] > timer["answers_cut"]


def test_the_json_holds_what_the_contract_names(report: dict[str, Any]) -> None:
    assert set(report["policies"]) == {"gate"} | FIXED
    assert all(set(figures) >= FIGURES for figures in report["policies"].values())
    assert [item["id"] for item in report["items"]] == ["long", "short", "whole"]
    for item in report["items"]:
        assert set(item) >= {"id", "committed_at_s", "end_of_answer_s", "cut"}
        assert item["cut"] is bool(item["cuts_at_s"])
    curve = report["curve"]
    assert [row["patience"] for row in curve] == sorted(row["patience"] for row in curve)
    assert (curve[0]["patience"], curve[-1]["patience"]) == (0.5, 2.5)
    assert all(set(row) >= FIGURES for row in curve)
    usual = next(row for row in curve if row["patience"] == 1.0)
    assert {name: usual[name] for name in FIGURES} == {
        name: report["policies"]["gate"][name] for name in FIGURES
    }  # another drive over the same answers decides the same
    assert curve[0]["mean_gap_s"] <= curve[-1]["mean_gap_s"]


def test_a_model_of_prosody_is_measured_beside_the_gate_without_it(
    report: dict[str, Any], tmp_path: Path
) -> None:
    joined(tmp_path, "short", ("vague/any.result.ogg", "strong/any.quantify.ogg"), 0.9)
    arguments = ("bench", "turns", str(tmp_path), "--semantic", "words", "--json", "--prosody")
    home = {"VOICE_INTERVIEWER_HOME": str(tmp_path / "home")}
    model = write_tiny(tmp_path / "tiny.onnx")
    done = run(*arguments, str(model), environment=home)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["policies"]) == {"gate", "without_prosody"} | FIXED
    assert found["setup"]["prosody"] == str(model)
    usual = next(item for item in report["items"] if item["id"] == "short")
    without = found["policies"]["without_prosody"]
    assert without["mean_gap_s"] == pytest.approx(usual["gap_s"], abs=1e-3)
    assert found["items"][0]["reason"] == "silence", "words do not decide, so the sound may"
    assert found["policies"]["gate"]["mean_gap_s"] < without["mean_gap_s"], "the tiny model says 0.6: over"
    done = run(*arguments, str(tmp_path / "nowhere.onnx"), environment=home)
    assert done.returncode == 3
    assert "nowhere.onnx" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_recording_goes_on_with_its_own_noise() -> None:
    samples = np.concatenate([room(1.0), np.full(SAMPLE_RATE_HZ, 9000, np.int16), room(1.0, 2)])
    told = answer(2.0)
    longer = padded(samples, told)
    assert len(longer) == (2 + 15 + 1) * SAMPLE_RATE_HZ
    assert np.array_equal(longer[: len(samples)], samples)
    tail = longer[len(samples) :].astype(np.float64)
    assert 15 < float(np.sqrt(np.mean(tail**2))) < 21
    assert float(np.abs(noise_floor(samples[: 2 * SAMPLE_RATE_HZ], answer(2.0))).max()) < 200


def test_a_plot_needs_its_library_or_is_drawn(tmp_path: Path) -> None:
    joined(tmp_path, "whole", ("strong/any.clarify.ogg",), 0.0)
    wrong = run("bench", "turns", str(tmp_path), "--plot", str(tmp_path / "curve.txt"))
    assert wrong.returncode == 2
    target = tmp_path / "curve.svg"
    done = run(
        "bench",
        "turns",
        str(tmp_path),
        *("--semantic", "words", "--jobs", "1", "--plot", str(target)),
        environment={"VOICE_INTERVIEWER_HOME": str(tmp_path / "home"), "MPLCONFIGDIR": str(tmp_path)},
    )
    if importlib.util.find_spec("matplotlib") is None:
        assert done.returncode == 3
        assert "matplotlib" in done.stderr
        assert not target.exists()
    else:
        assert done.returncode == 0, done.stderr
        assert target.read_text(encoding="utf-8").count("patience") >= 1
        assert "Lowest cost of the curve" in done.stdout


# --- the maker of corpora ---------------------------------------------------------------------------------

SCRIPTS = """
- family: x-one
  type: behavioural
  question: Tell me about a decision you made.
  slug: core-initiative
  text: um I ran the migration last spring [t] and I moved four people to testing [hold] we shipped it in May
- family: x-two
  type: factual
  question: What is a p value?
  text: it is the chance of data this extreme [c] if there were no effect
- family: x-one
  type: technical
  question: How do you test a model?
  text: I hold out a year [s] then I uh [h] compare the two curves [c] and look at the worst group [t]
"""


@pytest.mark.skipif(ctypes.util.find_library("flite") is None, reason="needs flite")
def test_the_maker_says_where_every_word_and_pause_is(tmp_path: Path) -> None:
    (tmp_path / "dev_x.yaml").write_text(SCRIPTS, encoding="utf-8")
    for out in ("first", "second"):
        command = [sys.executable, str(MAKER), str(tmp_path / out), "--part", "dev", "--seed", "3"]
        options = ["--scripts", str(tmp_path), "--voices", "rms,slt", "--jobs", "1", "--thinking", "1"]
        subprocess.run([*command, *options], check=True, capture_output=True)
    first = sorted((tmp_path / "first").iterdir())
    assert [path.read_bytes() for path in first] == [
        (tmp_path / "second" / path.name).read_bytes() for path in first
    ]
    answers = read_corpus(tmp_path / "first")
    assert [len(told.pauses) for told in answers] == [2, 1, 3]  # marks at the very end are no pauses
    for told in answers:
        times = [time for word in told.words for time in (word.start_ms, word.end_ms)]
        assert times == sorted(times)
        assert told.words[-1].end_ms <= 1000 * told.end_s + 50
        sound = load_sound(told.sound).samples.astype(np.float64) / 32768
        for start, end in told.pauses:
            quiet = sound[round((start + 0.02) * SAMPLE_RATE_HZ) : round((end - 0.02) * SAMPLE_RATE_HZ)]
            assert float(np.sqrt(np.mean(quiet**2))) < 10 ** (-50 / 20)
            assert not any(start < word.start_ms / 1000 < end - 0.1 for word in told.words)
    thought, asked_for = (end - start for start, end in answers[0].pauses)
    assert 1.5 <= thought <= 5.0
    assert 4.0 <= asked_for <= 9.0
