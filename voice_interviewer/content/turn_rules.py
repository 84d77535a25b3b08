"""What the machine goes by: asides.yaml of a language and configs/turn_end.toml, checked once."""

from functools import cache
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import Field

from voice_interviewer.content.bankfile import Strict, Text, validated
from voice_interviewer.content.resources import ASIDES, ENGLISH, content, words
from voice_interviewer.content.toml_file import read_toml, setting_problem
from voice_interviewer.content.yaml_file import read_yaml
from voice_interviewer.core.turns.rules import Asides, TurnRules
from voice_interviewer.core.turns.turn_end import SIGNS, PauseModel

_Wordings = Annotated[tuple[Text, ...], Field(min_length=1)]
ROW = ("bias", *SIGNS)
"""What each table of turn_end.toml holds."""


class _Asides(Strict):
    take_your_time: _Wordings
    anything_to_add: _Wordings
    offer_to_skip: Text
    not_made_out: Text
    other_language: Text
    parting: Text


@cache
def load_turn_rules(language: str = ENGLISH) -> TurnRules:
    """The rules that come with the product, the asides in that language. Raises BankProblem."""
    located = read_yaml(words(ASIDES, language))
    asides = validated(_Asides, located.data, located)
    return TurnRules(Asides(**dict(asides)), read_pause_model(content().joinpath("configs", "turn_end.toml")))


def read_pause_model(path: Traversable) -> PauseModel:
    """Raises BankProblem where a table or a weight is missing, unknown or no number."""
    layer = read_toml(path)
    kinds = ("breath", "thinking", "end")
    rows = []
    for kind in (*kinds, *(name for name in layer.values if name not in kinds)):
        table = layer.values.get(kind)
        if kind not in kinds or not isinstance(table, dict):
            raise setting_problem(layer, (kind,), f"the tables are {', '.join(kinds)}")
        for name in table:
            if name not in ROW:
                raise setting_problem(layer, (kind, name), f"there is no sign {name!r}")
        for name in ROW:
            if not isinstance(table.get(name), float):
                raise setting_problem(layer, (kind, name), f"{kind} has no weight for {name!r}")
        rows.append(tuple(float(table[name]) for name in ROW))
    return PauseModel(*rows)
