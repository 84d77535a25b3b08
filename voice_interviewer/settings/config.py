"""Settings of a run, where things are kept, and what was chosen last.

    option > environment > your config.toml > last choices > persona's pace > style > configs/default.toml

Everything a person writes is checked here once, by pydantic, against the dataclasses below: an unknown name
or an impossible value is one line that says which file, variable or option it came from.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from voice_interviewer.content.personas import Persona, load_persona, persona_names
from voice_interviewer.content.resources import content
from voice_interviewer.content.toml_file import (
    Layer,
    adapter,
    chosen_file,
    invalid,
    read_toml,
    write_table,
)
from voice_interviewer.core.model.bank import LEVELS
from voice_interviewer.core.turns.events import Settings
from voice_interviewer.core.turns.gate_settings import GateSettings
from voice_interviewer.errors import UsageProblem
from voice_interviewer.settings.llm_settings import LanguageModel
from voice_interviewer.settings.places import ENV_PREFIX
from voice_interviewer.settings.places import cache_dir as cache_dir
from voice_interviewer.settings.places import config_file as config_file
from voice_interviewer.settings.places import home as home
from voice_interviewer.settings.places import sessions_dir as sessions_dir
from voice_interviewer.settings.sound_settings import Echo, Segmenter, Window
from voice_interviewer.settings.speech_settings import Rate, Recogniser, VoiceChoice

NAMES: dict[str, tuple[str, str]] = {
    "role": ("interview", "role"),
    "level": ("interview", "level"),
    "minutes": ("interview", "minutes"),
    "style": ("interview", "style"),
    "persona": ("interview", "persona"),
    "language": ("interview", "language"),
    "place": ("interview", "place"),
    "patience": ("turn", "patience"),
    "max_probes": ("turn", "max_probes"),
    "voice": ("voice", "engine"),
    "words_per_minute": ("voice", "words_per_minute"),
    "detector": ("detector", "name"),
    "whisper_model": ("recogniser", "whisper_model"),
    "semantic": ("semantic", "model"),
    "microphone": ("devices", "microphone"),
    "speaker": ("devices", "speaker"),
    "echo": ("echo", "mode"),
    "offline": ("network", "offline"),
    "share_documents": ("network", "share_documents"),
    "llm_url": ("llm", "url"),
    "llm_model": ("llm", "model"),
    "llm_key": ("llm", "key"),
    "speech_url": ("recogniser", "url"),
    "speech_model": ("recogniser", "model"),
    "speech_key": ("recogniser", "key"),
    "voice_url": ("voice", "url"),
    "voice_model": ("voice", "model"),
    "voice_name": ("voice", "name"),
    "voice_key": ("voice", "key"),
}
"""The settings with an environment variable (VOICE_INTERVIEWER_ and the name in capitals) and an option; a
key has no option, because other people on a machine can read command lines."""

_OTHER_VARIABLES = ("HOME", "MODELS", "MODEL", "SPEECH", "PROSODY", "REQUIRE_SOUND")
"""Variables of ours that are no settings: where things are kept, and what the tests are told."""


def _known_level(level: str) -> str:
    if level not in LEVELS:
        raise ValueError(f"unknown level {level!r}, it is one of: {', '.join(LEVELS)}")
    return level


_Patience = Annotated[float, Field(ge=0.3, le=4)]
_Level = Annotated[str, AfterValidator(_known_level)]
_Millis = Annotated[int, Field(ge=0, le=600_000)]
_Minutes = Annotated[int, Field(ge=1, le=120)]
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Interview:
    """What is practised. style and persona name files of configs/; place: whose law holds, empty = a
    question's own first."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    role: str
    level: _Level
    minutes: _Minutes
    style: str
    persona: str
    language: str
    place: str


@dataclass(frozen=True)
class Turn:
    """Turn-taking, see core.turns.events.Settings for each; prosody_model: see voice_audio.smart_turn."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    patience: _Patience
    hold_ms: _Millis
    no_answer_ms: Annotated[int, Field(ge=3_000, le=600_000)]
    soft_ms: _Millis
    check_in_ms: _Millis
    after_check_in_ms: _Millis
    closing_ms: Annotated[int, Field(ge=100, le=5_000)]
    open_ms: _Millis
    list_ms: _Millis
    text_wait_ms: Annotated[int, Field(ge=0, le=10_000)]
    echo_tail_ms: Annotated[int, Field(ge=0, le=5_000)]
    reopen_ms: Annotated[int, Field(ge=0, le=5_000)]
    max_probes: Annotated[int, Field(ge=0, le=3)]
    challenges: Annotated[int, Field(ge=0, le=4)]
    redirects: Annotated[int, Field(ge=0, le=2)]
    redirect_pause_ms: Annotated[int, Field(ge=300, le=10_000)]
    closing_reserve_ms: _Millis
    prosody_model: str
    cut_cost_s: Annotated[float, Field(ge=0.5, le=100)]
    least_wait_ms: Annotated[int, Field(ge=200, le=5_000)]
    most_wait_ms: Annotated[int, Field(ge=5_000, le=60_000)]
    soft_before_ms: _Millis
    more_patience: Annotated[float, Field(ge=1, le=3)]
    most_patience: Annotated[float, Field(ge=1, le=10)]
    early_ms: Annotated[int, Field(ge=0, le=10_000)]
    no_words_ms: Annotated[int, Field(ge=500, le=10_000)]
    max_failures: Annotated[int, Field(ge=0, le=10)]
    max_exchanges: Annotated[int, Field(ge=3, le=20)]


@dataclass(frozen=True)
class Detector:
    """Which speech detector listens."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    name: str


@dataclass(frozen=True)
class Semantic:
    """model: "auto", "words" or a folder with the sentence encoder."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    model: str


@dataclass(frozen=True)
class Devices:
    """A device's number or part of its name; empty is the system's choice."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    microphone: str
    speaker: str


@dataclass(frozen=True)
class Network:
    """offline: every connection to another machine is refused. share_documents: a language model may be shown
    what is asked about a resume."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    offline: bool
    share_documents: bool


@dataclass(frozen=True)
class Library:
    """keep_days: sessions older than this are what `sessions clean` offers to delete; 0 is for ever."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    keep_days: Annotated[int, Field(ge=0, le=36_500)]


@dataclass(frozen=True)
class Config:
    """Every setting of one run, resolved."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    interview: Interview
    turn: Turn
    voice: VoiceChoice
    detector: Detector
    segmenter: Segmenter
    window: Window
    echo: Echo
    recogniser: Recogniser
    semantic: Semantic
    devices: Devices
    network: Network
    library: Library
    llm: LanguageModel

    @property
    def persona(self) -> Persona:
        """Who asks."""
        return load_persona(self.interview.persona)

    def settings(self, typed: bool = False) -> Settings:
        """What the interview's machine needs to know."""
        turn = asdict(self.turn)
        gate = GateSettings(**{name: turn.pop(name) for name in asdict(GateSettings()) if name in turn})
        turn |= {"full_duplex": self.echo.duplex != "half", "prosody": bool(turn.pop("prosody_model"))}
        return Settings(**turn, gate=gate, words_per_minute=self.voice.words_per_minute, typed=typed)

    def record(self) -> dict[str, dict[str, Any]]:
        """The plain form that is kept with a session, without the secrets."""
        plain = asdict(self)
        for server in ("llm", "recogniser", "voice"):
            del plain[server]["key"]
        return plain


@dataclass(frozen=True)
class Preferences:
    """What was chosen last, offered again next time. None: never chosen.

    rate is words per minute, kept only when the candidate changed it, since it outranks the style's.
    patience was learned by cutting the candidate off; it counts only where the style's own is lower. typed:
    answers were typed, not spoken.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    role: str | None = None
    level: _Level | None = None
    minutes: _Minutes | None = None
    style: str | None = None
    microphone: str | None = None
    speaker: str | None = None
    recogniser: str | None = None
    consent_given: bool = False
    rate: Rate | None = None
    patience: _Patience | None = None
    typed: bool | None = None
    voice: str | None = None


_PREFERENCE_NAMES = {"recogniser": "whisper_model", "rate": "words_per_minute"}


# --- resolving ----------------------------------------------------------------------------------------------


def load_config(options: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """The settings of this run. options: by the names of NAMES; None means "not given".

    Raises BankProblem for a file, UsageProblem for a variable or option that cannot be used.
    """
    environ = os.environ if environ is None else environ
    _refuse_unknown_variables(environ)
    own, last = _own_file()
    shipped = content().joinpath("configs", "default.toml")
    base = read_toml(shipped)
    late = [own, *_from_environment(environ), *_from_options(options or {})]
    style = _chosen_style([base, last, *late])
    last = _raising(last, base, style)
    pace = _pace([base, style, last, *late])
    config = merged = None
    for layer in (base, style, pace, last, *late):
        merged = _merge(merged or {}, layer)
        config = _validated(merged, layer)
    assert config is not None
    return config


def shipped_config() -> Config:
    """The settings that come with the product, whatever the person, the environment or a style says."""
    layer = read_toml(content().joinpath("configs", "default.toml"))
    return _validated(layer.values, layer)


def style_names() -> tuple[str, ...]:
    """The styles there are."""
    folder = content().joinpath("configs", "styles")
    return tuple(
        sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    )


def _own_file() -> tuple[Layer, Layer]:
    """A person's own settings, and their last choices as a layer of settings."""
    path = config_file()
    layer = read_toml(path) if path.exists() else Layer(str(path), {})
    chosen = asdict(_preferences(layer))
    values: dict[str, dict[str, Any]] = {}
    for field, value in chosen.items():
        name = _PREFERENCE_NAMES.get(field, field)
        gone = field == "recogniser" and value == "embedded"  # what 0.1 remembered; Whisper listens now
        if value is not None and name in NAMES and not gone:
            section, key = NAMES[name]
            values.setdefault(section, {})[key] = value
    settings = {name: value for name, value in layer.values.items() if name != "preferences"}
    last = Layer(layer.source, values, layer.text, "preferences")
    return Layer(layer.source, settings, layer.text), last


def _refuse_unknown_variables(environ: Mapping[str, str]) -> None:
    known = [*(name.upper() for name in NAMES), *_OTHER_VARIABLES]
    for variable in sorted(environ):
        name = variable.removeprefix(ENV_PREFIX)
        if name != variable and name not in known and environ[variable]:
            close = difflib.get_close_matches(name.upper(), known[: len(NAMES) + 1], n=1)
            hint = f"Did you mean {ENV_PREFIX}{close[0]}?" if close else "Take it out of the environment."
            raise UsageProblem("setting", f"There is no setting {variable}", hint)


def _from_environment(environ: Mapping[str, str]) -> Iterator[Layer]:
    for name, (section, key) in NAMES.items():
        variable = ENV_PREFIX + name.upper()
        if environ.get(variable):
            yield Layer(variable, {section: {key: environ[variable]}})


def _from_options(options: Mapping[str, Any]) -> Iterator[Layer]:
    for name, value in options.items():
        section, key = NAMES[name]
        if value is not None:
            yield Layer("--" + name.replace("_", "-"), {section: {key: value}})


def _chosen_style(layers: list[Layer]) -> Layer:
    return _style(chosen_file(layers, "style", style_names()))


def _style(name: str) -> Layer:
    return read_toml(content().joinpath("configs", "styles", f"{name}.toml"))


def _pace(layers: list[Layer]) -> Layer:
    """The words per minute of the defaults and the style, at the chosen persona's pace. What a person sets is
    taken as it is."""
    name = chosen_file(layers, "persona", persona_names())
    base, style = (layer.values.get("voice", {}).get("words_per_minute") for layer in layers[:2])
    return Layer(name, {"voice": {"words_per_minute": round((style or base) * load_persona(name).pace)}})


def style_patience(style: str) -> float:
    """The patience that comes with a style."""
    folder = content().joinpath("configs")
    return _patience(read_toml(folder.joinpath("default.toml")), _style(style))


def _patience(base: Layer, style: Layer) -> float:
    return float(style.values.get("turn", {}).get("patience", base.values["turn"]["patience"]))


def _raising(last: Layer, base: Layer, style: Layer) -> Layer:
    """The last choices, without a learned patience that would make a patient style less so."""
    learned = last.values.get("turn", {}).get("patience")
    if learned is None or learned > _patience(base, style):
        return last
    return replace(last, values={name: values for name, values in last.values.items() if name != "turn"})


def _merge(under: Mapping[str, Any], layer: Layer) -> dict[str, Any]:
    merged = dict(under)
    for section, values in layer.values.items():
        both = isinstance(values, dict) and isinstance(merged.get(section), dict)
        merged[section] = {**merged[section], **values} if both else values
    return merged


def _validated(values: Mapping[str, Any], layer: Layer) -> Config:
    try:
        config: Config = adapter(Config).validate_python(values)
    except ValidationError as error:
        raise invalid(error, layer, Config) from None
    return config


# --- last choices -------------------------------------------------------------------------------------------


def load_preferences() -> Preferences:
    """What was chosen last; all defaults when there is no file yet. Raises BankProblem for a broken file."""
    path = config_file()
    return _preferences(read_toml(path)) if path.exists() else Preferences()


def save_preferences(preferences: Preferences) -> None:
    """Write the choices into config.toml, all or nothing, readable by its owner alone.

    Whatever else a person wrote there stays as it is, comments too. Raises BankProblem for a broken file,
    which is left untouched, and UsageProblem when the folder cannot be written.
    """
    path = config_file()
    if path.exists():
        _preferences(read_toml(path))  # what cannot be read must not be replaced
    chosen = {name: value for name, value in asdict(preferences).items() if value is not None}
    write_table(path, "preferences", chosen)


def _preferences(layer: Layer) -> Preferences:
    values = layer.values.get("preferences", {})
    try:
        found: Preferences = adapter(Preferences).validate_python(values)
    except ValidationError as error:
        raise invalid(error, replace(layer, table="preferences"), Preferences) from None
    return found
