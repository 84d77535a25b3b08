"""The hearing for fillers alone: once over a finished answer, window by window."""

from collections.abc import Callable, Sequence

from voice_audio.ports import FillerTranscriber, HeardWord
from voice_audio.window import Sound, Stretch, WindowSettings, windows_of


def hear_fillers(
    transcriber: FillerTranscriber,
    sound: Sound,
    stretches: Sequence[Stretch],
    settings: WindowSettings,
    end_ms: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> tuple[HeardWord, ...]:
    """The hesitation sounds of finished speech, on the session clock; a lower bound.

    end_ms: where the sound ends. When `cancelled` turns true, what was found by then is returned. Costs one
    more call for every window of speech. Raises ModelProblem.
    """
    found: list[HeardWord] = []
    for window in windows_of(stretches, settings, end_ms):
        if not cancelled():
            found += window.back(transcriber.fillers(window.samples(sound), cancelled))
    return tuple(found)
