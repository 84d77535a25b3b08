"""What the machine goes by: read strictly, and with a weight for each sign."""

from pathlib import Path

import pytest

from voice_interviewer.content.resources import content
from voice_interviewer.content.turn_rules import ROW, load_turn_rules, read_pause_model
from voice_interviewer.core.turns.turn_end import SIGNS, odds
from voice_interviewer.errors import BankProblem

WEIGHTS = content().joinpath("configs", "turn_end.toml")


def test_the_odds_are_those_of_the_weights_that_come_with_the_product() -> None:
    pauses = load_turn_rules().pauses
    assert read_pause_model(WEIGHTS) == pauses
    assert {len(row) for row in (pauses.breath, pauses.thinking, pauses.end)} == {len(ROW)}
    plain = odds((0.0,) * len(SIGNS), pauses)
    assert plain.breath > plain.end > plain.thinking
    assert plain.breath + plain.thinking + plain.end == pytest.approx(1.0)
    asked_back = odds(tuple(float(sign == "asks_back") for sign in SIGNS), pauses)
    assert asked_back.end > plain.end


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[thinking]", "[thought]", "the tables are breath, thinking, end"),
        ("bias = 2.407\n", "", "breath has no weight for 'bias'"),
        ("trailing", "trails", "there is no sign 'trails'"),
        ("bias = -1.499", 'bias = "low"', "thinking has no weight for 'bias'"),
    ],
)
def test_a_weight_that_is_missing_is_one_line(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path, text = tmp_path / "turn_end.toml", WEIGHTS.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BankProblem) as problem:
        read_pause_model(path)
    assert complaint in problem.value.message
    assert f"{path}:" in problem.value.message
