"""The options of `practice`, which `drill` has some of."""

from dataclasses import dataclass

from voice_interviewer.app.request import InterviewRequest


@dataclass(frozen=True, kw_only=True)
class PracticeOptions(InterviewRequest):
    """What is asked for, and how the terminal asks and shows it. check: the microphone check, None = ask.
    resume: the session to go on with."""

    plain: bool = False
    check: bool | None = None
    yes: bool = False
    resume: str | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether the person gave no choice at all and should be asked."""
        return not any(
            (
                self.role,
                self.level,
                self.minutes,
                self.questions,
                self.typed,
                self.no_audio,
                self.resume,
                self.cv,
                self.job,
            )
        )
