"""The settings of listening: what counts as speech, and how our own voice is told from the candidate's."""

from dataclasses import asdict, dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

_Millis = Annotated[int, Field(ge=0, le=600_000)]
_Share = Annotated[float, Field(gt=0, le=1)]
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Segmenter:
    """The fields of voice_audio.segmenter.SegmenterSettings."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    on: _Share
    off: _Share
    start_ms: _Millis
    stop_ms: _Millis
    pre_roll_ms: _Millis
    segment_gap_ms: _Millis
    long_gaps: tuple[tuple[_Millis, _Millis], ...]
    tail_ms: _Millis
    max_segment_ms: _Millis
    cut_window_ms: _Millis

    def __post_init__(self) -> None:
        # imported here: the sound side brings numpy, which a mere look at the settings does not need
        from voice_audio.segmenter import SegmenterSettings

        SegmenterSettings(**asdict(self))


@dataclass(frozen=True)
class Window:
    """The fields of voice_audio.window.WindowSettings."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    longest_ms: _Millis
    lead_ms: _Millis
    trail_ms: _Millis

    def __post_init__(self) -> None:
        from voice_audio.window import WindowSettings

        WindowSettings(**asdict(self))


@dataclass(frozen=True)
class Echo:
    """How the candidate can speak while we do; the other fields are those of
    voice_audio.resumption.ResumptionSettings."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT
    mode: Literal["auto", "half-duplex", "headphones", "canceller"]
    going_on_ms: _Millis
    over_echo_ms: _Millis
    over_echo_db: Annotated[float, Field(ge=0, le=60)]
    interrupt_ms: _Millis
    bridge_ms: _Millis

    @property
    def duplex(self) -> Literal["half", "headphones", "canceller"]:
        """What will be done. A canceller that is not installed leaves half duplex."""
        if self.mode == "headphones":
            return "headphones"
        if self.mode == "canceller":
            from voice_audio.echo import has_canceller

            return "canceller" if has_canceller() else "half"
        return "half"
