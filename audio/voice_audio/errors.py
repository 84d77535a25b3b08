"""The one error tree of this product; only these reach a person, as one line and a hint.

    Problem                 message, hint, code, exit_code
    ├── DeviceProblem       3  a microphone, speaker or PortAudio is missing, busy or silent
    ├── ModelProblem        3  a recogniser, its weights or a voice is missing or unusable
    ├── SoundFileProblem    2  a recording cannot be used as it is
    └── (voice_interviewer.errors adds UsageProblem, BankProblem, RecordProblem, CheckFailed)

Anything else that is raised is a bug and keeps its traceback.
"""


class Problem(Exception):  # noqa: N818 - it is what a person is told, not a bug
    """Something a person can mend: `message` says what is wrong, `hint` what to do, `code` names it."""

    exit_code = 1

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class DeviceProblem(Problem):
    """A sound device, or the library that speaks to it, is missing or does not work."""

    exit_code = 3


class ModelProblem(Problem):
    """A recogniser, a detector or a voice cannot be loaded or does not answer."""

    exit_code = 3


class SoundFileProblem(Problem):
    """A sound file is missing, empty, truncated or in a form that cannot be read."""

    exit_code = 2
