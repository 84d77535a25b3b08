"""`practice`: an interview with a person, aloud or by keyboard."""

import io
import sys
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from voice_interviewer.app.speech_servers import leaving
from voice_interviewer.cli import dialogue
from voice_interviewer.cli.fetch import make_ready
from voice_interviewer.cli.options import PracticeOptions
from voice_interviewer.cli.output import say, tell
from voice_interviewer.content.resources import need_language
from voice_interviewer.settings.config import load_config
from voice_interviewer.settings.offline import refuse_network

if TYPE_CHECKING:
    from voice_interviewer.core.model.plan import Plan
    from voice_interviewer.core.turns.state import State
    from voice_interviewer.settings.config import Config
    from voice_interviewer.store.recorder import Recorder


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
    from voice_interviewer.app.interview import plan_interview

    options = PracticeOptions(**given)
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a question must not fail on a terminal that lacks a letter
    config = load_config(options.options())
    need_language(config.interview.language)
    if config.network.offline:
        refuse_network()
    if options.resume is None and options.says_nothing and interactive:
        options = replace(options, resume=dialogue.offer_unfinished())
    if options.resume is not None:
        return _resume(options, options.resume, config)
    asked = options.says_nothing and interactive
    if asked:
        options = dialogue.ask_choices(options, config)
        config = load_config(options.options())
    typed = options.typed or options.no_audio
    # this reads the documents too, so that a wrong file is told before anything else
    plan, about_documents = plan_interview(options, config, tell)
    if about_documents:
        click.echo(about_documents)
    if not typed and not make_ready(config, interactive):
        options, typed = replace(options, typed=True, for_want=True), True
    agreed = dialogue.agree(options, typed, interactive, leaving(config, typed))
    check = options.check if options.check is not None else asked and not typed and dialogue.ask_check()
    _begin(options, config, plan, check, agreed)
    return None


def _begin(options: PracticeOptions, config: "Config", plan: "Plan", check: bool, agreed: bool) -> None:
    from voice_interviewer.app import interview
    from voice_interviewer.cli import terminal

    typed = options.typed or options.no_audio
    settings = config.settings(typed=typed)
    attend = partial(terminal.attend, plain=options.plain, tones=options.plain and not typed)
    with closing(terminal.equip(config, options, typed, check)) as equipment:
        if not agreed:
            dialogue.tell_recording(typed, leaving(config, typed))
        recorder = interview.new_record(equipment, plan, config, no_audio=options.no_audio)
        interview.remember(options, config, typed, agreed)
        state = interview.hold(
            equipment, recorder, config, attend, lambda session: session.run(plan, settings), say
        )
    _finish(recorder, state, config)


def _resume(options: PracticeOptions, name: str, config: "Config") -> None:
    """Go on with a session a crash left open, over the devices there are now."""
    from voice_interviewer.app import interview
    from voice_interviewer.cli import terminal

    left = interview.unfinished(name)
    if left.ended:
        click.echo(f"{left.summary.id} had reached its end; here is its review.")
        dialogue.close_and_review(left.summary.path)
        return
    options = replace(options, no_audio=options.no_audio or left.no_audio)
    attend = partial(terminal.attend, plain=options.plain, tones=options.plain and not left.typed)
    with closing(terminal.equip(config, options, left.typed, check=False)) as equipment:
        recorder, clock_ms = interview.reopen(left)
        state = interview.hold(
            equipment, recorder, config, attend, lambda session: session.resume(left.past), say, clock_ms
        )
    _finish(recorder, state, config)


ENDINGS = {
    "finished": "The interview is over",
    "quit": "You finished the interview early",
    "interrupted": "The interview was stopped",
}


def _finish(recorder: "Recorder", state: "State", config: "Config") -> None:
    from voice_interviewer.app import interview

    interview.finish(recorder, state, config)
    folder = recorder.folder.path
    minutes, seconds = divmod(state.at_ms // 1000, 60)
    say(f"\n{ENDINGS[state.floor.end_reason]} after {minutes:02d}:{seconds:02d}; the record is complete.")
    paths, due = interview.review(folder)
    say(f"Record  {folder}")
    say(f"Review  {paths.html}")
    say(f"        (open it in a browser, or run `voice-interviewer review {folder.name[:19]}`)")
    if due:
        say(due)
