"""The interview's branch of the error tree drawn in `voice_audio.errors`."""

from voice_audio.errors import DeviceProblem, ModelProblem, Problem, SoundFileProblem

__all__ = [
    "BankProblem",
    "CheckFailed",
    "DeviceProblem",
    "ModelProblem",
    "Problem",
    "RecordProblem",
    "SoundFileProblem",
    "UsageProblem",
]


class UsageProblem(Problem):
    """An option, a name or a setting that cannot be used."""

    exit_code = 2


class BankProblem(UsageProblem):
    """A question bank, prompt or configuration file with a mistake in it; the message names file and line."""


class RecordProblem(Problem):
    """A session folder that cannot be written or read."""

    exit_code = 2


class CheckFailed(Problem):
    """A check that was asked for and did not pass."""

    exit_code = 1
