"""How patient an interview begins: what was asked for, what the style brings, what was learned last time."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from voice_interviewer.app.patience import GREETING, greeting, learn, next_patience
from voice_interviewer.cli.main import cli
from voice_interviewer.content.turn_rules import load_turn_rules
from voice_interviewer.core.model.moves import Exchange
from voice_interviewer.core.model.transcript import Transcript
from voice_interviewer.core.turns.events import Settings
from voice_interviewer.core.turns.state import Agenda, CutOff, Floor, State
from voice_interviewer.errors import UsageProblem
from voice_interviewer.settings.config import (
    Preferences,
    load_config,
    load_preferences,
    save_preferences,
    style_patience,
)

DONE = Exchange(1, "first", "Tell me.", None, Transcript(()), ())
CUT = CutOff(1, 9000, "voice", 2000)


@pytest.fixture
def own(fresh_home: Path) -> Path:
    fresh_home.mkdir()
    return fresh_home / "config.toml"


def ended(used: float, raised: float = 1.0, cut_offs: int = 0) -> State:
    """The last state of an interview that began with this patience."""
    settings = Settings(patience=used)
    floor = Floor(patience=raised, cut_offs=(CUT,) * cut_offs)
    return State(load_turn_rules(), settings=settings, floor=floor, agenda=Agenda(exchanges=(DONE,)))


def patience(options: dict[str, object] | None = None, environ: dict[str, str] | None = None) -> float:
    return load_config(options or {}, environ or {}).turn.patience


def test_option_over_environment_over_file_over_learned_over_style(own: Path) -> None:
    found = [patience()]
    save_preferences(Preferences(patience=1.5))
    found.append(patience())
    own.write_text("[turn]\npatience = 0.9\n" + own.read_text())
    found.append(patience())
    environ = {"VOICE_INTERVIEWER_PATIENCE": "0.8"}
    found.append(patience({}, environ))
    found.append(patience({"patience": 0.7}, environ))
    assert found == [1.0, 1.5, 0.9, 0.8, 0.7]
    assert patience({"patience": None}, environ) == 0.8


def test_what_was_learned_never_makes_a_patient_style_less_so(own: Path) -> None:
    save_preferences(Preferences(patience=1.25))
    assert style_patience("calm") == 1.4
    assert patience({"style": "calm"}) == 1.4
    assert patience({"style": "pressure"}) == 1.25


def test_being_cut_off_is_remembered_and_told_once_it_is_used(own: Path) -> None:
    config = load_config({}, {})
    assert greeting(config) == ""
    learn(config, ended(1.0, raised=1.25, cut_offs=1))
    assert load_preferences().patience == 1.25
    again = load_config({}, {})
    assert (again.turn.patience, greeting(again)) == (1.25, GREETING)
    assert greeting(load_config({"patience": 1.0}, {})) == "", (
        "what was asked for wins, and nothing is claimed"
    )


def test_it_goes_back_by_thirds_and_is_forgotten(own: Path) -> None:
    save_preferences(Preferences(patience=1.6, role="nurse"))
    found = []
    for _ in range(9):
        config = load_config({"role": None}, {})
        learn(config, ended(config.turn.patience))
        found.append(load_preferences().patience)
    assert found[:3] == [1.4, 1.267, 1.178]
    assert found[-1] is None
    assert load_preferences().role == "nurse"
    assert "patience" not in own.read_text()


@pytest.mark.parametrize(
    ("known", "usual", "used", "needed", "kept"),
    [
        (None, 1.0, 1.0, None, None),
        (None, 1.0, 0.5, 0.625, None),  # less than the style's own is nothing to remember
        (1.5, 1.0, 0.7, 0.875, 1.5),
        (1.5, 1.0, 1.0, 1.25, 1.5),
        (1.25, 1.0, 1.25, 1.5625, 1.562),
        (None, 1.4, 3.9, 9.75, 4.0),
        (1.5, 1.0, 2.0, None, 1.5),  # another patience was asked for: that taught nothing about this one
        (1.3, 1.4, 1.4, None, 1.3),
    ],
)
def test_what_is_kept(
    known: float | None, usual: float, used: float, needed: float | None, kept: float | None
) -> None:
    assert next_patience(known, usual, used, needed) == kept


def test_an_interview_without_an_answer_taught_nothing(own: Path) -> None:
    save_preferences(Preferences(patience=1.6))
    learn(load_config({}, {}), replace(ended(1.6), agenda=Agenda()))
    assert load_preferences().patience == 1.6


@pytest.mark.parametrize("command", ["practice", "demo"])
@pytest.mark.parametrize("value", ["0.2", "4.5"])
def test_an_impossible_patience_is_one_line(own: Path, command: str, value: str) -> None:
    result = CliRunner().invoke(cli, [command, "--patience", value])
    assert isinstance(result.exception, UsageProblem)
    assert result.exception.exit_code == 2
    assert result.exception.message == f"--patience: {value} is not between 0.3 and 4"
