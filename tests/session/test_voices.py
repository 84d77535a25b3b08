"""Which voice speaks: what can be chosen, what speaks where it cannot, and what is kept of what was said."""

import hashlib
import wave
from pathlib import Path

import numpy as np
import pytest
from command_line import run
from practice_terminal import QUESTIONS

from voice_audio.ports import Sound
from voice_audio.voices.by_sentence import SentenceVoice
from voice_audio.voices.kokoro import table_names
from voice_interviewer.content.fixed_lines import bank_lines, is_fixed, stock_lines
from voice_interviewer.content.personas import load_persona, persona_names
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.turns import events as e
from voice_interviewer.errors import UsageProblem
from voice_interviewer.live import voices
from voice_interviewer.live.lines_ahead import unasked
from voice_interviewer.settings.config import load_config
from voice_interviewer.store.log import read_log

SENTINEL = "zanzibar"


def test_every_voice_has_its_table_and_every_persona_its_voice() -> None:
    named = voices.named_voices()
    assert {voice.settings.table for voice in named.values()} == set(table_names())
    accents = {named[load_persona(name).voice].settings.accent for name in persona_names()}
    assert accents == {"american", "british"}
    for voice in named.values():
        speeds, rates = zip(*voice.settings.pace, strict=True)
        assert list(speeds) == sorted(speeds)
        assert list(rates) == sorted(rates)
        assert rates[0] <= 60 * 1.08, "the slowest a person can choose, within 8 %"
        assert rates[-1] >= 350, "Kokoro says hardly more, whatever its speed"


@pytest.mark.parametrize(
    ("engine", "persona", "name"),
    [
        ("auto", "warm", "emma"),
        ("auto", "neutral", "heart"),
        ("puck", "warm", "puck"),
        ("pyttsx3", "warm", "system"),
    ],
)
def test_a_setting_stands_for_one_voice(engine: str, persona: str, name: str) -> None:
    assert voices.chosen_name(engine, load_persona(persona)) == name


def test_an_old_file_with_the_system_s_voice_still_holds(
    fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VOICE_INTERVIEWER_VOICE")
    fresh_home.mkdir()
    (fresh_home / "config.toml").write_text('[voice]\nengine = "pyttsx3"\n')
    config = load_config()
    assert voices.chosen_name(config.voice.engine, config.persona) == "system"


def test_an_unknown_voice_is_one_line_that_names_the_others() -> None:
    with pytest.raises(UsageProblem, match="There is no voice 'hal'") as refused:
        voices.chosen_name("hal", load_persona("neutral"))
    assert "heart" in refused.value.hint


def test_without_weights_the_system_s_voice_speaks_and_says_why(no_models: Path) -> None:
    notices: list[str] = []
    assert voices.local_voice("emma", notices.append).name == "pyttsx3"
    (notice,) = notices
    assert "are not here" in notice
    assert "models download kokoro" in notice


def test_a_machine_that_cannot_keep_up_is_told_so(
    kokoro_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices: list[str] = []
    monkeypatch.setattr(voices, "real_time_factor", lambda voice: 3.0)
    assert voices.local_voice("emma", notices.append).name == "pyttsx3"
    assert "3.0 s for a second" in notices[0]


class Quick:
    """Renders a second of sound in no time; counts."""

    def __init__(self) -> None:
        self.calls = 0

    def render(self, text: str, words_per_minute: int) -> Sound:
        self.calls += 1
        return Sound(np.ones(24_000, np.int16), 24_000)


def test_how_fast_a_machine_is_is_measured_once() -> None:
    quick = Quick()
    first = voices.real_time_factor(quick)  # type: ignore[arg-type]
    assert voices.real_time_factor(quick) == pytest.approx(first, abs=0.01)  # type: ignore[arg-type]
    assert quick.calls == 1


def test_kokoro_speaks_where_it_can(kokoro_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voices, "real_time_factor", lambda voice: 0.4)
    voice = voices.local_voice("emma", pytest.fail)
    assert isinstance(voice, SentenceVoice)
    assert voice.name == "kokoro bf_emma"
    voice.close()


@pytest.mark.parametrize(
    ("sentence", "fixed"),
    [
        ("Take your time.", True),
        ("This is a practice interview for the role of AI ethics specialist.", True),
        ("You said you rebuilt the training set.", False),
        ("This is a practice interview for the role of zanzibar.", False),
    ],
)
def test_only_the_product_s_own_sentences_are_fixed(sentence: str, fixed: bool) -> None:
    assert is_fixed(sentence) is fixed


def test_every_question_and_no_line_with_a_quote_is_fixed() -> None:
    assert all(voices.is_fixed_line(line) for line in bank_lines())
    quoted = [line.replace("{quote}", SENTINEL) for line in stock_lines() if "{quote}" in line]
    assert len(quoted) > 50
    assert not any(voices.is_fixed_line(line) for line in quoted)


def test_the_shared_cache_holds_nothing_of_what_a_candidate_said(tmp_path: Path, fresh_home: Path) -> None:
    """Every file in it is the sound of a sentence that comes with the product."""
    fresh_home.mkdir()
    questions = fresh_home / "questions.yaml"
    questions.write_text(QUESTIONS)
    answer = f"I rebuilt the {SENTINEL} training set and I compared the groups myself."
    done = run(
        *("practice", "--typed", "--no-audio", "--yes", "--seed", "1", "--minutes", "1"),
        *("--questions", str(questions)),
        environment={"VOICE_INTERVIEWER_WORDS_PER_MINUTE": "400"},
        text=f"{answer}\n{answer}\n{answer}\n/skip\n/skip\nNo questions.\n",
    )
    assert done.returncode == 0, done.stderr
    entries = read_log(next((fresh_home / "sessions").iterdir())).entries
    commands = [command for entry in entries for command in entry.commands]
    said = {command.line.text for command in commands if isinstance(command, e.Speak)}
    said |= {command.text for command in commands if isinstance(command, e.PrepareLine)}
    assert any(SENTINEL in line for line in said), "a follow-up quoted the answer"
    started = next(entry.event for entry in entries if isinstance(entry.event, e.SessionStarted))
    said |= {text for item in started.plan.items for text in (item.say, item.reply)} | set(
        unasked(load_turn_rules().asides)
    )
    keys = {
        hashlib.sha256("\0".join(("pyttsx3", voices._version(), "400", line)).encode()).hexdigest(): line
        for line in said
    }
    kept = {path.stem for path in (fresh_home / "cache" / "voice").glob("*.wav")}
    assert kept
    assert kept <= set(keys)
    assert all(voices.is_fixed_line(keys[key]) for key in kept)


def test_a_list_and_a_sample(kokoro_model: Path, tmp_path: Path) -> None:
    listed = run("voices")
    assert listed.returncode == 0
    assert "heart" in listed.stdout
    assert "system" in listed.stdout
    sample = tmp_path / "sample.wav"
    done = run("voices", "play", "george", "--to", str(sample), "--text", "Hello.")
    assert (done.returncode, done.stderr) == (0, "")
    with wave.open(str(sample)) as file:
        assert file.getframerate() == 24_000
        assert file.getnframes() > 6_000
    refused = run("voices", "play", "hal", "--to", str(sample))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "There is no voice 'hal'" in refused.stderr
    nowhere = run("voices", "play", "system", "--to", str(tmp_path / "no" / "x.wav"))
    assert nowhere.returncode == 2


def test_a_sample_without_weights_is_one_line(no_models: Path, tmp_path: Path) -> None:
    done = run("voices", "play", "emma", "--to", str(tmp_path / "x.wav"))
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "models download kokoro" in done.stderr
