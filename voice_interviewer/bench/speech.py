"""What a recogniser is worth on real recordings: the measurements behind `bench speech`.

A folder of recordings with manifest.csv (columns file and transcript; kind sorts them into sets), and these
questions to each engine: how many words are wrong as the product hears them, beside the same recordings
given whole in the same run, and at what cost; whether pauses in the middle of sentences do harm; how long
after the last sound of an answer its text is complete, and whether that grows with the answer; and whether
its doubt of single words can be trusted."""

import re
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from voice_audio.ports import (
    SAMPLE_RATE_HZ,
    FillerTranscriber,
    HeardWord,
    Samples,
    SpeechDetector,
    Transcriber,
)
from voice_audio.segmenter import SegmenterSettings
from voice_audio.window import Sound, WindowSettings, hear_by_window
from voice_interviewer.bench.speech_room import Clip, Listener, hesitant, join, shortened, stretches, windows
from voice_interviewer.bench.word_score import (
    Score,
    aligned,
    judged,
    literal_words,
    plain_words,
    reliability,
    share_interval,
    summed,
    word_errors,
)
from voice_interviewer.core.model.transcript import Word
from voice_interviewer.core.understanding.normalisation import normalised
from voice_interviewer.core.understanding.sounds import is_hesitation
from voice_interviewer.live.audio_side import SAMPLES_PER_MS
from voice_interviewer.live.open_window import as_words

LENGTHS_S = (20, 180)
PRODUCT, WHOLE, LIVE = "window", "whole", "live"
"""The ways a recording is heard: by window, as an answer is when it is over; given to the recogniser in one
piece; and while it is spoken, with captions and everything that is heard again."""
SPONTANEOUS = "ami"
"""A set that has its own pauses: none are put in."""
_SOUND = "um"
_FULL_STOP = re.compile(r"[.?!][\"'”’)]*$")

DEFAULT_WINDOW = WindowSettings()

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Heard:
    """A recording's words. work_s: time of the recogniser's calls; cpu_s: processor time of everything, all
    threads together."""

    words: tuple[HeardWord | Word, ...]
    work_s: float
    cpu_s: float

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True)
class Room:
    """One engine and what surrounds it in an interview."""

    transcriber: Transcriber
    detector: SpeechDetector
    settings: SegmenterSettings
    window: WindowSettings = DEFAULT_WINDOW
    plain: Transcriber | None = None
    """What a recording is given to whole, where that is not the same."""

    def listener(self, live: bool) -> Listener:
        """A new interview. live: with captions."""
        return Listener(self.transcriber, self.detector, self.settings, live, self.window)

    def listen(self, samples: Samples, live: bool) -> tuple[Heard, float]:
        """Heard as in an interview, and the wait for the last words in seconds."""
        begun_s = time.process_time()
        streamed = self.listener(live).listen(samples)
        heard = Heard(streamed.words, streamed.work_s, time.process_time() - begun_s)
        return heard, streamed.tail_ms / 1000

    def by_window(self, samples: Samples) -> Heard:
        """Heard as a finished answer is: speech window by window, pauses shortened, words normalised."""
        begun_cpu_s = time.process_time()
        speech = stretches(samples, self.detector, self.settings)
        begun_s, end_ms = time.perf_counter(), len(samples) // SAMPLES_PER_MS
        heard = hear_by_window(self.transcriber, _sound(samples), speech, self.window, end_ms)
        words = normalised(as_words([word for _, found in heard for word in found]))
        return Heard(words, time.perf_counter() - begun_s, time.process_time() - begun_cpu_s)

    def fillers(self, samples: Samples) -> Heard | None:
        """The sounds ("um") of the pass that follows an answer, on the clock of the samples. None from an
        engine that has none."""
        if not isinstance(self.transcriber, FillerTranscriber):
            return None
        begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
        found: list[HeardWord] = []
        for window in windows(samples, self.detector, self.settings, self.window):
            found += window.back(self.transcriber.fillers(window.samples(_sound(samples))))
        return Heard(tuple(found), time.perf_counter() - begun_s, time.process_time() - begun_cpu_s)

    def whole(self, samples: Samples) -> Heard:
        """Heard in one piece: plain faster-whisper with the product's options, where the engine is
        Whisper."""
        begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
        words = (self.plain or self.transcriber).transcribe(samples)
        return Heard(words, time.perf_counter() - begun_s, time.process_time() - begun_cpu_s)


def _sound(samples: Samples) -> Sound:
    return lambda start_ms, end_ms: samples[start_ms * SAMPLES_PER_MS : end_ms * SAMPLES_PER_MS]


def measure(
    room: Room,
    clips: Sequence[Clip],
    answers: int = 1,
    lengths_s: tuple[int, int] = LENGTHS_S,
    tell: Tell = lambda line: None,
    live: bool = False,
) -> dict[str, Any]:
    """All figures of one engine, as plain values for JSON. answers: how many of each length are heard.

    wer, words, errors, interval, sets, rtf, doubt, fillers: each recording by itself, heard by window; paths:
    the same beside other ways. hesitant: see `_hesitant`. tail_s: seconds from the last speech to the whole
    text, by the answer's length; medians of tails_s. stream_wer, offline_wer: the long answers heard as in an
    interview, captions included, and given whole; stream_vs_offline_wer: the first minus the second;
    stream_offline_differing: their texts against each other. cost: processor time over that of the same sound
    given whole. live: each recording is heard with captions too.
    """
    room.whole(clips[0].samples[: 2 * SAMPLE_RATE_HZ])  # what is loaded at first need is loaded
    paths, passes = _recordings(room, clips, live, tell)
    figures = {name: _path(clips, heard) for name, heard in paths.items()}
    pairs = [
        pair
        for clip, heard in zip(clips, paths[PRODUCT], strict=True)
        for pair in judged(clip.words, heard.words)
    ]
    tell("the same with pauses in the middle of sentences")
    hesitant_figures = _hesitant(room, clips, paths[WHOLE])
    streamed = _answers(room, clips, answers, lengths_s, tell)
    return {
        "name": room.transcriber.name,
        **figures[PRODUCT],
        "sound_s": round(sum(clip.seconds for clip in clips), 1),
        "paths": figures,
        "doubt": reliability(pairs, room.transcriber.doubt_threshold),
        "fillers": _fillers(clips, paths[PRODUCT], passes) if passes else None,
        "hesitant": hesitant_figures,
        **streamed,
        "cost": _cost(figures, passes) | streamed["cost"],
    }


def _recordings(
    room: Room, clips: Sequence[Clip], live: bool, tell: Tell
) -> tuple[dict[str, list[Heard]], list[Heard]]:
    """Each recording in every way, one after the other, so that all ways meet the same machine; and the
    sounds of the pass for fillers, where there is one."""
    paths: dict[str, list[Heard]] = {PRODUCT: [], WHOLE: []}
    passes: list[Heard] = []
    for number, clip in enumerate(clips, 1):
        tell(f"recording {number} of {len(clips)}")
        paths[PRODUCT].append(room.by_window(clip.samples))
        paths[WHOLE].append(room.whole(clip.samples))
        fillers = room.fillers(clip.samples)
        passes += [] if fillers is None else [fillers]
        if live:
            paths.setdefault(LIVE, []).append(room.listen(clip.samples, live=True)[0])
    return paths, passes


def _cost(figures: dict[str, dict[str, Any]], passes: Sequence[Heard]) -> dict[str, float]:
    """Of each way, over the same sound in one piece. captions: only of joined answers, see `_answers`."""
    whole_s = figures[WHOLE]["cpu_s"]
    ratios = {name: path["cpu_s"] / whole_s for name, path in figures.items() if name != WHOLE}
    if passes:
        ratios["fillers"] = (figures[PRODUCT]["cpu_s"] + sum(each.cpu_s for each in passes)) / whole_s
    return ratios


def _path(clips: Sequence[Clip], heard: Sequence[Heard]) -> dict[str, Any]:
    scores = [_score(clip.transcript, each.text) for clip, each in zip(clips, heard, strict=True)]
    literal = [
        Score(word_errors(said, literal_words(each.text)), len(said))
        for clip, each in zip(clips, heard, strict=True)
        for said in (literal_words(clip.transcript),)
    ]
    sets = dict.fromkeys(sorted(clip.set for clip in clips))
    by_set = {
        name: summed([score for clip, score in zip(clips, scores, strict=True) if clip.set == name])
        for name in sets
    }
    return {
        **summed(scores),
        "wer_as_written": summed(literal)["wer"],
        "sets": by_set,
        "rtf": sum(each.work_s for each in heard) / sum(clip.seconds for clip in clips),
        "cpu_s": sum(each.cpu_s for each in heard),
    }


def _score(said: str, heard: str) -> Score:
    words = plain_words(said)
    return Score(word_errors(words, plain_words(heard)), len(words))


# --- sounds -----------------------------------------------------------------------------------------------


def _fillers(clips: Sequence[Clip], heard: Sequence[Heard], passes: Sequence[Heard]) -> dict[str, Any]:
    """How many spoken sounds ("um") are kept when those of the pass are put between the words, and how many
    are invented, by alignment with the transcripts."""
    spoken = kept = invented = 0
    for clip, words, sounds in zip(clips, heard, passes, strict=True):
        plain = [word for word in words.words if not is_hesitation(word.text)]
        together = sorted((*plain, *sounds.words), key=lambda word: word.start_ms)
        said = _sounds_alike(clip.words)
        found = _sounds_alike(plain_words(" ".join(word.text for word in together)))
        hits = aligned(said, found).count(_SOUND)
        spoken += said.count(_SOUND)
        kept += hits
        invented += found.count(_SOUND) - hits
    seconds = sum(clip.seconds for clip in clips)
    return {
        "spoken": spoken,
        "kept": kept,
        "interval": list(share_interval(kept, spoken)) if spoken else None,
        "invented": invented,
        "invented_in_100_s": 100 * invented / seconds,
    }


def _sounds_alike(words: Sequence[str]) -> list[str]:
    return [_SOUND if is_hesitation(word) else word for word in words]


# --- pauses in the middle of sentences --------------------------------------------------------------------


def _hesitant(room: Room, clips: Sequence[Clip], heard: Sequence[Heard]) -> dict[str, Any] | None:
    """Recordings cut every few words, pauses put in: both ways' errors, their ratio, and the full stops
    that were heard against the sentences that were spoken. Where words lie is taken from `heard`. None
    where no recording is long enough."""
    made = [
        (clip, longer)
        for clip, each in zip(clips, heard, strict=True)
        if clip.set != SPONTANEOUS
        and (longer := hesitant(clip.samples, [word.end_ms for word in each.words])) is not None
    ]
    if not made:
        return None
    ways = {
        PRODUCT: [room.by_window(longer) for _, longer in made],
        WHOLE: [room.whole(longer) for _, longer in made],
    }
    scores = {
        name: summed([_score(clip.transcript, each.text) for (clip, _), each in zip(made, way, strict=True)])
        for name, way in ways.items()
    }
    punctuated = [at for at, (clip, _) in enumerate(made) if _FULL_STOP.search(clip.transcript.strip())]
    stops = {name: sum(full_stops(way[at].text) for at in punctuated) for name, way in ways.items()}
    return {
        **scores,
        "sound_s": round(sum(len(longer) for _, longer in made) / SAMPLE_RATE_HZ, 1),
        "ratio": scores[PRODUCT]["errors"] / max(1, scores[WHOLE]["errors"]),
        "full_stops": {"spoken": sum(full_stops(made[at][0].transcript) for at in punctuated), **stops},
        "cost": sum(each.cpu_s for each in ways[PRODUCT]) / sum(each.cpu_s for each in ways[WHOLE]),
    }


def full_stops(text: str) -> int:
    """Words that end a sentence."""
    return sum(_FULL_STOP.search(word) is not None for word in text.split())


# --- whole answers ----------------------------------------------------------------------------------------


def _answers(
    room: Room, clips: Sequence[Clip], answers: int, lengths_s: tuple[int, int], tell: Tell
) -> dict[str, Any]:
    short_s, long_s = lengths_s
    tails: dict[int, list[float]] = {short_s: [], long_s: []}
    said = streamed_errors = offline_errors = differing = offline_words = 0
    streamed_cpu_s = offline_cpu_s = 0.0
    for number in range(answers):
        long = join(clips, long_s, ending=(number + 1) * len(clips) // answers - 1)
        for length_s, answer in ((short_s, shortened(long, short_s)), (long_s, long)):
            tell(f"answer {number + 1} of {answers}, {length_s} s, as in an interview")
            live, tail_s = room.listen(answer.samples, live=True)
            tails[length_s].append(tail_s)
        tell("the same answer as a whole")
        offline = room.whole(long.samples)
        words, streamed, spoken = map(plain_words, (offline.text, live.text, long.said or ""))
        said, offline_words = said + len(spoken), offline_words + len(words)
        streamed_errors += word_errors(spoken, streamed)
        offline_errors += word_errors(spoken, words)
        differing += word_errors(words, streamed)
        streamed_cpu_s, offline_cpu_s = streamed_cpu_s + live.cpu_s, offline_cpu_s + offline.cpu_s
    middle = {str(length_s): statistics.median(values) for length_s, values in tails.items()}
    return {
        "tail_s": middle,
        "tail_ratio": middle[str(long_s)] / middle[str(short_s)],
        "tails_s": {str(length_s): values for length_s, values in tails.items()},
        "stream_vs_offline_wer": (streamed_errors - offline_errors) / said,
        "stream_wer": streamed_errors / said,
        "offline_wer": offline_errors / said,
        "stream_offline_differing": differing / max(1, offline_words),
        "cost": {"captions": streamed_cpu_s / offline_cpu_s},
    }
