"""The review of a session, made with the best judge this machine has."""

from pathlib import Path
from typing import TYPE_CHECKING

from voice_interviewer.errors import Problem
from voice_interviewer.review.report import write_reports
from voice_interviewer.settings.config import load_config

if TYPE_CHECKING:
    from voice_interviewer.engine.port import Scorer
    from voice_interviewer.review.report import ReportPaths
    from voice_interviewer.settings.config import Config


def write_review(folder: Path, config: "Config | None" = None) -> "ReportPaths":
    """report.json, .html and .md of a session, its answers judged. Without a judge they are written all the
    same. Raises RecordProblem when the record cannot be read or nothing can be written."""
    return write_reports(folder, best_scorer(config))


def best_scorer(config: "Config | None" = None) -> "Scorer | None":
    """Who judges answers here; None where nobody can, which the review then says."""
    from voice_interviewer.app.build import make_scorer

    try:
        return make_scorer(config or load_config())
    except Problem:
        return None
