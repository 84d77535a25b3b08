"""Who judges answers on this machine."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voice_interviewer.engine.port import Scorer
    from voice_interviewer.settings.config import Config


NEVER_MEASURED = 1
"""Steps a level may be off where `selftest` never ran."""


def make_scorer(config: "Config", required: bool = False) -> "Scorer":
    """The rules with the best reader that is here, and over them the configured language model.

    Raises ModelProblem for a reader that was asked for and cannot be used, UsageProblem where a language
    model is required and none is configured.
    """
    from voice_interviewer.bench.selftest import measured_spread
    from voice_interviewer.cli.language_model import judge
    from voice_interviewer.engine.reader.semantic import load_reader
    from voice_interviewer.engine.scorer import RulesScorer

    reader = load_reader(config.semantic.model)
    spread = measured_spread(reader.tier)
    return judge(RulesScorer(reader, NEVER_MEASURED if spread is None else spread), config, required)
