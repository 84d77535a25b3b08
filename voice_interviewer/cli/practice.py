"""`practice`: an interview with a person, aloud or by keyboard."""

import io
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voice_interviewer.errors import UsageProblem

if TYPE_CHECKING:
    from voice_interviewer.core.model.plan import Plan
    from voice_interviewer.store.library import SessionSummary


@dataclass(frozen=True)
class Wishes:
    """The options of `practice`, as given; None = not given."""

    role: str | None
    level: str | None
    minutes: int | None
    style: str | None
    persona: str | None
    place: str | None
    microphone: str | None
    speaker: str | None
    whisper_model: str | None
    llm_url: str | None
    llm_model: str | None
    questions: str | None
    seed: int | None
    typed: bool
    no_audio: bool
    offline: bool
    plain: bool
    check: bool | None
    yes: bool
    resume: str | None
    cv: str | None = None
    job: str | None = None
    share_documents: bool = False
    speech_url: str | None = None
    speech_model: str | None = None
    headphones: bool = False
    echo_cancelling: bool = False
    patience: float | None = None
    voice: str | None = None
    language: str | None = None
    for_want: bool = False
    """Typed for want of a microphone or of a model that hears, not by choice."""

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

    def options(self) -> dict[str, Any]:
        """For config.load_config."""
        names = ("level", "minutes", "style", "persona", "language", "place", "patience")
        devices = ("microphone", "speaker", "whisper_model", "voice")
        servers = ("llm_url", "llm_model", "speech_url", "speech_model")
        chosen: dict[str, Any] = {name: getattr(self, name) for name in (*names, *devices, *servers)}
        chosen |= {"offline": self.offline or None, "share_documents": self.share_documents or None}
        chosen["echo"] = "headphones" if self.headphones else "canceller" if self.echo_cancelling else None
        return {**chosen, "role": self.role}


@click.command()
@click.option("--role", help="A role, see `voice-interviewer questions list`.")
@click.option("--level", help="junior, mid, senior, lead, manager or director.")
@click.option("--minutes", type=int, help="Length of the interview, 1 to 120.")
@click.option("--style", help="calm, standard or pressure.")
@click.option("--persona", help="Who asks: neutral, warm or brisk; the style's own if not given.")
@click.option("--voice", metavar="NAME", help="Who is heard, see `voices`; the persona's own if not given.")
@click.option("--language", metavar="CODE", help="In which language you are interviewed; en alone so far.")
@click.option("--place", help="Whose law the questions mean, such as EU, US or BR.")
@click.option(
    "--patience",
    type=float,
    help="How long it waits for you: 0.3 to 4, 1 is normal; without it, what you needed last time.",
)
@click.option("--microphone", help="Number or part of the name of the microphone.")
@click.option("--speaker", help="Number or part of the name of the loudspeaker.")
@click.option("--headphones", is_flag=True, help="You wear some, so you may interrupt at any time.")
@click.option("--echo-cancelling", is_flag=True, help="Interrupt at any time over a loudspeaker too.")
@click.option("--whisper-model", help="auto, a model's name, or a folder with a model.")
@click.option(
    "--llm-url", metavar="URL", help="A language model's server (OpenAI interface), to word questions."
)
@click.option("--llm-model", metavar="NAME", help="The model's name as that server knows it.")
@click.option("--speech-url", metavar="URL", help="A server (OpenAI interface) that hears your answers.")
@click.option("--speech-model", metavar="NAME", help="The recogniser's name as that server knows it.")
@click.option("--questions", metavar="FILE", help="Your own questions (YAML, a plain list will do).")
@click.option(
    "--cv", metavar="FILE", help="Your resume (.pdf .docx .txt .md): a line or two are asked about."
)
@click.option(
    "--job", metavar="FILE", help="A job description: its skills are asked for, the review tells which."
)
@click.option("--share-documents", is_flag=True, help="Let a language model see questions about your resume.")
@click.option("--seed", type=int, help="The same seed asks the same questions.")
@click.option("--typed", is_flag=True, help="Type your answers; the questions are still read aloud.")
@click.option("--no-audio", is_flag=True, help="Neither microphone nor loudspeaker: read and type.")
@click.option("--offline", is_flag=True, help="Refuse every connection to another machine.")
@click.option("--plain", is_flag=True, help="Plain lines instead of a screen: for screen readers and pipes.")
@click.option("--check/--no-check", default=None, help="The ten-second microphone check.")
@click.option("--yes", is_flag=True, help="Agree to the recording without being asked.")
@click.option(
    "--continue", "resume", is_flag=False, flag_value="last", metavar="[SESSION]", help="Go on after a crash."
)
def practice(**given: Any) -> None:
    """Be interviewed. Without options it asks for what it needs and remembers your last choice.

    Everything is recorded in one folder on this machine. Ctrl-C ends cleanly, with the record kept.
    """
    from voice_interviewer.app.speech_servers import leaving
    from voice_interviewer.cli import dialogue
    from voice_interviewer.cli.fetch import make_ready
    from voice_interviewer.content.resources import need_language
    from voice_interviewer.settings.config import load_config
    from voice_interviewer.settings.offline import refuse_network

    wishes = Wishes(**given)
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a question must not fail on a terminal that lacks a letter
    config = load_config(wishes.options())
    need_language(config.interview.language)
    if config.network.offline:
        refuse_network()
    if wishes.resume is None and wishes.says_nothing and interactive:
        wishes = replace(wishes, resume=dialogue.offer_unfinished())
    if wishes.resume is not None:
        return _resume(wishes, config)
    asked = wishes.says_nothing and interactive
    if asked:
        wishes = dialogue.ask_choices(wishes, config)
        config = load_config(wishes.options())
    typed = wishes.typed or wishes.no_audio
    plan = _plan(wishes, config)  # reads the documents too, so that a wrong file is told before anything else
    if not typed and not make_ready(config, interactive):
        wishes, typed = replace(wishes, typed=True, for_want=True), True
    agreed = agree(wishes, typed, interactive, leaving(config, typed))
    check = wishes.check if wishes.check is not None else asked and not typed and dialogue.ask_check()
    _begin(wishes, config, plan, check, agreed)
    return None


def _plan(wishes: Wishes, config: Any) -> "Plan":
    """What will be asked. A seed alone decides; without one, not what was asked last time."""
    from voice_interviewer.app import build
    from voice_interviewer.cli.output import tell
    from voice_interviewer.cli.papers import brief, read_papers, told

    choice = config.interview
    role = wishes.questions or choice.role
    papers = read_papers(wishes.cv, wishes.job)
    if wishes.seed is not None:
        seed, avoid = wishes.seed, frozenset[str]()
    else:
        seed, avoid = build.fresh_seed(), build.last_questions(role)
    brief_of = None if papers is None else partial(brief, papers, seed, config)
    plan = build.make_plan(
        role,
        choice.level,
        choice.minutes,
        seed,
        tell,
        avoid=avoid,
        place=choice.place,
        brief_of=brief_of,
        persona=choice.persona,
    )
    if papers is not None:
        click.echo(told(papers, config))
    return plan


def agree(wishes: Wishes, typed: bool, interactive: bool, leaves: str) -> bool:
    """Consent, before the first recording. True when the person has just been asked; --yes holds for once."""
    from voice_interviewer.cli import dialogue
    from voice_interviewer.settings.config import load_preferences

    if load_preferences().consent_given or wishes.yes:
        return False
    if not interactive:
        raise UsageProblem(
            "consent", "This interview would be recorded.", "Agree with --yes, or start it in a terminal."
        )
    dialogue.ask_consent(typed, leaves)
    return True


def _begin(wishes: Wishes, config: Any, plan: "Plan", check: bool, agreed: bool) -> None:
    from voice_interviewer.app import build
    from voice_interviewer.app.speech_servers import leaving
    from voice_interviewer.cli import booth, dialogue

    typed = wishes.typed or wishes.no_audio
    kit = booth.equip(config, wishes, typed, check)
    try:
        if not agreed:
            dialogue.tell_recording(typed, leaving(config, typed))
        about = build.about_session(config, plan, kit.transcriber, kit.voice, kit.engine, kit.devices)
        recorder = build.make_recorder(plan, {**about, "no_audio": wishes.no_audio})
        booth.remember(wishes, config, typed, agreed)
        settings = config.settings(typed=typed)
        state = hold(wishes, kit, recorder, config, typed, lambda session: session.run(plan, settings))
    finally:
        kit.close()
    _finish(recorder, state, config)


def hold(
    wishes: Wishes, kit: Any, recorder: Any, config: Any, typed: bool, interview: Any, start_ms: int = 0
) -> Any:
    """The interview, begun or gone on with, on the screen or in plain lines."""
    from voice_interviewer.app.speech_servers import counted, status, told
    from voice_interviewer.cli import booth
    from voice_interviewer.cli.output import say

    session = booth.make_session(kit, recorder, config, start_ms=start_ms)
    if wishes.plain and not typed:
        booth.add_cues(session, kit)
    with booth.keeping(recorder):
        state = booth.hold(session, kit.room, wishes.plain, lambda: interview(session))
    recorder.note({**counted(kit.transcriber, kit.voice, kit.engine), "load": session.load})
    _note_speed(kit.transcriber, session.load)
    if trouble := status(kit.engine):
        say(f"\nRules alone asked the last questions: {trouble}.")
    for line in told(kit.transcriber, kit.voice):
        say(line)
    return state


def _note_speed(transcriber: Any, load: dict[str, Any]) -> None:
    """A recogniser that proved much slower or faster than it was measured is measured again."""
    from voice_interviewer.app.recognisers import note_disagreement

    if "recogniser_rtf" in load and hasattr(transcriber, "model"):
        note_disagreement(transcriber.model, load["recogniser_rtf"])


def _resume(wishes: Wishes, config: Any) -> None:
    """Go on with a session a crash left open, over the devices there are now."""
    from voice_interviewer.cli import booth, dialogue
    from voice_interviewer.core.turns.events import SessionEnded, SessionStarted
    from voice_interviewer.store.log import SessionFolder, read_log
    from voice_interviewer.store.recorder import Recorder

    summary = _unfinished(wishes.resume or "last")
    past = [entry.event for entry in read_log(summary.path).entries]
    started = past[0] if past else None
    if not isinstance(started, SessionStarted):
        raise UsageProblem(
            "nothing_to_continue", f"{summary.id}: nothing had been asked yet.", "Start a new one."
        )
    if isinstance(past[-1], SessionEnded):  # it died while the record was being finished
        click.echo(f"{summary.id} had reached its end; here is its review.")
        dialogue.close_and_review(summary.path)
        return
    typed = started.settings.typed
    about = SessionFolder(summary.path).read_about()
    wishes = replace(wishes, no_audio=wishes.no_audio or bool(about.get("no_audio")))
    kit = booth.equip(config, wishes, typed, check=False)
    try:
        recorder = Recorder.resume(summary.path)
        clock_ms = max(recorder.duration_ms, past[-1].at_ms)
        recorder.pad_to(clock_ms)
        state = hold(
            wishes, kit, recorder, config, typed, lambda session: session.resume(past), start_ms=clock_ms
        )
    finally:
        kit.close()
    _finish(recorder, state, config)


def _unfinished(name: str) -> "SessionSummary":
    """The session meant; "last" is the newest that was not finished. Raises UsageProblem."""
    from voice_interviewer.cli.dialogue import is_demo
    from voice_interviewer.settings.config import sessions_dir
    from voice_interviewer.store.library import find_session, list_sessions

    if name == "last":
        open_ones = (entry for entry in list_sessions(sessions_dir()) if entry.state == "open")
        found = next((entry for entry in open_ones if not is_demo(entry.path)), None)
        if found is None:
            raise UsageProblem(
                "nothing_to_continue", "There is no unfinished session.", "Start one without --continue."
            )
        return found
    found = find_session(sessions_dir(), name)
    if found.state != "open":
        raise UsageProblem(
            "nothing_to_continue",
            f"{found.id} is {found.state}, so it cannot go on.",
            f"`voice-interviewer sessions show {found.id}` shows it.",
        )
    return found


ENDINGS = {
    "finished": "The interview is over",
    "quit": "You finished the interview early",
    "interrupted": "The interview was stopped",
}


def _finish(recorder: Any, state: Any, config: Any) -> None:
    from voice_interviewer.app.reviews import write_review
    from voice_interviewer.cli import patience
    from voice_interviewer.cli.booth import remember_rate
    from voice_interviewer.cli.output import say

    recorder.close()
    remember_rate(state.settings.words_per_minute, state.words_per_minute)
    if not state.settings.typed:
        patience.learn(config, state)
    folder: Path = recorder.folder.path
    minutes, seconds = divmod(state.at_ms // 1000, 60)
    say(f"\n{ENDINGS[state.end_reason]} after {minutes:02d}:{seconds:02d}; the record is complete.")
    paths = write_review(folder)
    say(f"Record  {folder}")
    say(f"Review  {paths.html}")
    say(f"        (open it in a browser, or run `voice-interviewer review {folder.name[:19]}`)")
    line = _due_line(paths.json)
    if line:
        say(line)


def _due_line(report: Path) -> str | None:
    """What to practise today, now that this session counts too."""
    import json
    from datetime import datetime

    from voice_interviewer.cli.due import note_session

    return note_session(json.loads(report.read_text(encoding="utf-8")), datetime.now().astimezone())
