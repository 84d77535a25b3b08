"""The one composition root: settings -> the parts behind their ports, the plan, and what the record says.

Nothing here writes to a terminal. `tell` is given one line for a person, wherever that person is.
"""

import hashlib
import platform
import secrets
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice_audio.detectors import load_detector
from voice_audio.echo import WebrtcCanceller
from voice_audio.models import Missing
from voice_audio.noise_floor import AboveFloor
from voice_audio.ports import SpeechDetector, Transcriber, TurnModel, Voice
from voice_audio.resumption import ResumptionSettings
from voice_audio.segmenter import SegmenterSettings
from voice_audio.smart_turn import load_turn_model
from voice_audio.transcribers.whisper import half_the_cores, load_whisper
from voice_audio.window import WindowSettings
from voice_interviewer import __version__
from voice_interviewer.app import language_model
from voice_interviewer.app.recognisers import AUTO, find_listener, not_here, whisper_settings
from voice_interviewer.app.speech_servers import is_used, remote_transcriber, remote_voice
from voice_interviewer.content.line_rules import say_mistakes
from voice_interviewer.content.personas import house_lines, load_persona
from voice_interviewer.content.resources import (
    CORE_BANK,
    BankFile,
    content,
    find_bank,
    is_bank_file,
    load_bank,
)
from voice_interviewer.core.model.plan import Plan, build_plan
from voice_interviewer.documents.discreet import DiscreetEngine
from voice_interviewer.engine.port import Engine
from voice_interviewer.engine.reader.load import load_reader
from voice_interviewer.engine.rules import RulesEngine
from voice_interviewer.engine.scorer import RulesScorer
from voice_interviewer.errors import ModelProblem, UsageProblem
from voice_interviewer.live.voices import chosen_name, local_voice
from voice_interviewer.settings.config import Config, sessions_dir
from voice_interviewer.settings.selftest_card import measured_spread
from voice_interviewer.store.library import list_sessions
from voice_interviewer.store.log import SessionFolder
from voice_interviewer.store.recorder import Recorder

if TYPE_CHECKING:
    from voice_audio.echo import EchoCanceller
    from voice_audio.ports import HeardWord, Samples
    from voice_interviewer.core.model.bank import Bank
    from voice_interviewer.core.model.plan import Brief
    from voice_interviewer.engine.port import Scorer

Tell = Callable[[str], None]
"""Takes one line for a person."""
NEVER_MEASURED = 1
"""Steps a level may be off where `selftest` never ran."""


def make_plan(
    role: str,
    level: str,
    minutes: int,
    seed: int,
    tell: Tell,
    core_count: int | None = None,
    avoid: frozenset[str] = frozenset(),
    place: str = "",
    brief_of: "Callable[[Iterable[Bank]], Brief] | None" = None,
    persona: str = "neutral",
) -> Plan:
    """The plan for a role (or a file of own questions). Raises UsageProblem for what cannot be planned.

    A file without a head is a list of exactly what is to be asked; one with a head is a role like any other.
    place: whose law the questions mean, see `bankfile`. brief_of: what a person's documents add, given the
    banks; a list of exactly what is to be asked stays as it is. persona: who says the opening and the
    goodbye.
    """
    entry, house = find_bank(role, place), house_lines(load_persona(persona))
    if is_bank_file(role):
        _tell_hard_to_follow(entry, tell)
    if place and entry.places and place.casefold() not in map(str.casefold, entry.places):
        tell(f"No question here knows the law of {place!r}; places: {', '.join(entry.places)}.")
    core = load_bank(CORE_BANK) if entry.headed else None
    brief = brief_of(filter(None, (entry.bank, core))) if brief_of else None
    try:
        return build_plan(
            entry.bank, core, house, level, minutes, seed, avoid, core_count, not entry.headed, brief
        )
    except ValueError as error:
        raise UsageProblem("plan", str(error), "See `voice-interviewer practice --help`.") from None


def _tell_hard_to_follow(entry: BankFile, tell: Tell) -> None:
    """One line when own questions are asked that break a rule of speaking; they are asked all the same."""
    found = [
        f"{entry.file}:{line}: this question {mistake}"
        for question, line in zip(entry.bank.questions, entry.lines, strict=True)
        for mistake in say_mistakes(question.say)
    ]
    if found:
        more = f" (and {len(found) - 1} more, see `voice-interviewer questions check`)" if found[1:] else ""
        tell(f"{found[0]}{more}.")


def make_detector(config: Config) -> SpeechDetector:
    return AboveFloor(load_detector(config.detector.name), config.segmenter.on)


def make_turn_model(config: Config) -> TurnModel | None:
    """The model of prosody, where one is asked for. Raises ModelProblem."""
    if not config.turn.prosody_model:
        return None

    return load_turn_model(config.turn.prosody_model)


def segmenter_settings(config: Config) -> SegmenterSettings:
    return SegmenterSettings(**asdict(config.segmenter))


def window_settings(config: Config) -> WindowSettings:
    return WindowSettings(**asdict(config.window))


def resumption_settings(config: Config) -> ResumptionSettings:
    """When the candidate counts as speaking again although the floor is ours."""
    echo, listening = asdict(config.echo), config.segmenter
    del echo["mode"]
    return ResumptionSettings(
        duplex=config.echo.duplex,
        on=listening.on,
        start_ms=listening.start_ms,
        echo_tail_ms=config.turn.echo_tail_ms,
        **echo,
    )


def make_canceller(config: Config, tell: Tell) -> "EchoCanceller | None":
    """The echo canceller, where one is asked for. One that is not there leaves half duplex, in one line."""
    if config.echo.mode != "canceller":
        return None

    try:
        return WebrtcCanceller()
    except ModelProblem as problem:
        tell(f"{problem.message} You cannot interrupt the interviewer by voice. {problem.hint}")
        return None


class NoTranscriber:
    """In the recogniser's place where every answer is typed."""

    name = "none (typed)"
    doubt_threshold = 0.5

    def transcribe(
        self, samples: "Samples", cancelled: Callable[[], bool] = lambda: False
    ) -> "tuple[HeardWord, ...]":
        """No words, whatever is given."""
        return ()


class MissingTranscriber:
    """Behind a server, where no Whisper is on this machine: what the server does not hear is not heard."""

    name = "nothing on this machine"
    doubt_threshold = 0.5

    def __init__(self, problem: ModelProblem) -> None:
        self._problem = problem

    def transcribe(
        self, samples: "Samples", cancelled: Callable[[], bool] = lambda: False
    ) -> "tuple[HeardWord, ...]":
        """Raises ModelProblem."""
        raise self._problem


def make_transcriber(
    config: Config,
    tell: Tell,
    progress: Tell,
    *,
    offer: Callable[[Missing], bool] | None = None,
    by_keyboard: bool = False,
    at_true_speed: bool = False,
) -> Transcriber:
    """The configured server over whatever listens on this machine, or that alone.

    progress: is told what takes a while. offer: asks a person whether to fetch the model that is missing and
    fetches it; True when it is here. by_keyboard: nothing is to be heard. at_true_speed: everything else has
    to keep up beside it, so it leaves half the cores alone. Raises ModelProblem where no Whisper is here and
    UsageProblem for half a configuration.
    """
    if by_keyboard:
        if config.recogniser.whisper_model != AUTO:
            find_listener(config.recogniser.whisper_model)  # a misspelt name is told now, though not needed
        return NoTranscriber()
    remote = is_used(config.recogniser, config)
    local: Transcriber
    try:
        local = _make_local(config, tell, progress, None if remote else offer, at_true_speed)
    except ModelProblem as problem:
        if not remote or problem.code != "model_missing":
            raise
        local = MissingTranscriber(problem)
    return remote_transcriber(config, local, whisper_settings(), tell) if remote else local


def missing_recogniser(config: Config) -> Missing | None:
    """The Whisper without which the answers would not be heard; None where one here, or a configured server,
    will hear them. Raises ModelProblem for a model that is not one."""
    found = find_listener(config.recogniser.whisper_model)
    return found if isinstance(found, Missing) and not is_used(config.recogniser, config) else None


def _make_local(
    config: Config,
    tell: Tell,
    progress: Tell,
    offer: Callable[[Missing], bool] | None,
    at_true_speed: bool,
) -> Transcriber:
    """The Whisper that suits this machine or was asked for. Raises ModelProblem where it is not here."""
    wanted = config.recogniser.whisper_model
    found = find_listener(wanted)
    if isinstance(found, Missing) and offer is not None and offer(found):
        found = find_listener(wanted)
    if isinstance(found, Missing):
        raise not_here(found)

    progress(f"Loading Whisper {found.name} ...")
    threads = half_the_cores() if at_true_speed else 0
    return load_whisper(found.folder, notice=tell, settings=whisper_settings(), threads=threads)


def _fingerprints(language: str) -> dict[str, str]:
    """SHA-256 of every prompt file and of that language's words: with which wording a session was held."""
    prompts = content().joinpath("prompts")
    files = [
        *prompts.iterdir(),
        *(file for part in ("questions", "llm") for file in prompts.joinpath(part).iterdir()),
        *prompts.joinpath("languages", language).iterdir(),
    ]
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(files, key=lambda file: file.name)
        if file.is_file() and file.name.endswith((".yaml", ".md"))
    }


def make_voice(config: Config, tell: Tell, at_true_speed: bool = True, somebody: bool = True) -> Voice:
    """The configured server over this machine's voice, or that alone. at_true_speed: somebody waits for the
    lines, so that a slow machine needs another voice. somebody: a person answers, whose words may come back
    in a line. Raises UsageProblem."""
    local = local_voice(chosen_name(config.voice.engine, config.persona), tell, at_true_speed, somebody)
    return remote_voice(config, local, tell) if is_used(config.voice, config) else local


def make_rules(config: Config) -> RulesEngine:
    """The engine that is always there, with the best reader this machine has."""
    return RulesEngine.from_content(load_reader(config.semantic.model), config.persona.tone)


def make_engine(config: Config, required: bool = False) -> Engine:
    """What decides the next line. required: a language model was asked for, rules alone will not do."""
    rules = make_rules(config)
    engine = language_model.over(rules, config, required)
    return engine if engine is rules or config.network.share_documents else DiscreetEngine(engine, rules)


def make_scorer(config: Config, required: bool = False) -> "Scorer":
    """The rules with the best reader that is here, and over them the configured language model.

    Raises ModelProblem for a reader that was asked for and cannot be used, UsageProblem where a language
    model is required and none is configured.
    """
    reader = load_reader(config.semantic.model)
    spread = measured_spread(reader.tier)
    rules = RulesScorer(reader, NEVER_MEASURED if spread is None else spread)
    return language_model.judge(rules, config, required)


def about_session(
    config: Config,
    plan: Plan,
    transcriber: Transcriber,
    voice: Voice,
    engine: Engine,
    devices: dict[str, str],
) -> dict[str, Any]:
    """What session.json keeps beside role, level and start: enough to know later who listened and how."""
    return {
        "version": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": _versions(),
        "prompts": _fingerprints(config.interview.language),
        "title": plan.title,
        "minutes": plan.minutes,
        "seed": plan.seed,
        "questions": [item.question.id for item in plan.items if item.question and not item.spare],
        "transcriber": transcriber.name,
        "doubt_threshold": transcriber.doubt_threshold,
        "detector": config.detector.name,
        "voice": voice.name,
        "engine": engine.name,
        "devices": devices,
        "config": config.record(),
    }


def make_recorder(plan: Plan, about: dict[str, Any]) -> Recorder:
    return Recorder.create(sessions_dir(), plan.role, plan.level, datetime.now().astimezone(), about)


def fresh_seed() -> int:
    """Another one each time; it is kept with the session."""
    return secrets.randbelow(1_000_000)


def _versions() -> dict[str, str]:
    found = {}
    for name in (
        "faster-whisper",
        "ctranslate2",
        "onnxruntime",
        "openai",
        "pyttsx3",
        "sounddevice",
        "soxr",
    ):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


def last_questions(role: str | None = None, limit: int = 1) -> frozenset[str]:
    """Ids asked in the newest sessions, to be avoided where there is a choice.

    role: only sessions of that role (or of that file of own questions) count. A demo never does: nobody was
    interviewed; nor does a drill. Raises as load_bank does.
    """
    wanted = load_bank(role).id if role is not None else None
    held: list[dict[str, Any]] = []
    for summary in list_sessions(sessions_dir()):
        if len(held) == limit:
            break
        if summary.state == "damaged" or wanted not in (None, summary.role):
            continue
        about = SessionFolder(Path(sessions_dir(), summary.id)).read_about()
        if "persona" not in about and "drill" not in about:
            held.append(about)
    return frozenset(str(question) for about in held for question in about.get("questions", []))
