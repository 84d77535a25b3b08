"""Records the golden sessions: real sessions of the real program, to be decided the same by later versions.

    python tests/benchmarks/make_golden.py [NAME ...] [--to FOLDER] [--semantic FOLDER]

To be run after a change that leads to other decisions on purpose. NAME: one of tests/golden_sessions.py;
without a name, all of them (about ten minutes on an idle machine). --to: where to put them instead.
--semantic: the sentence encoder; without it the words alone are read.

Whisper tiny.en hears what is spoken; a PulseAudio of its own is the sound card; the person is this script,
with the shipped samples for a voice and a terminal's keys. `drill`, `analyze` and `we-speaker` are made
faster than real time, the others are held at true speed. `analyze` and `we-speaker` come out the same every
time on one machine; a drill draws its own seed.
"""

import argparse
import contextlib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import golden_sessions as gs
import model_server as ms
from command_line import run
from practice_terminal import PracticeTerminal
from sound_server import Samples, VirtualSoundServer, virtual_sound_server

from voice_audio.files import to_rate
from voice_audio.voices import load_voice
from voice_interviewer.content.resources import samples_dir
from voice_interviewer.core.turns.state import State
from voice_interviewer.settings.places import models_dir

FILES = ("events.jsonl", "session.json")
RATE_HZ = 16_000
WITHIN_S = 90.0
EARS = ("--whisper-model", "tiny.en")
FAST = {"VOICE_INTERVIEWER_WORDS_PER_MINUTE": "400"}
TYPED = (
    "Last week I mostly tested one model and wrote down where it went wrong.",
    "I compared the mistakes for different age groups, because nobody had done that before. "
    "People over sixty were refused by mistake eighteen percent of the time.",
    "We collected two thousand paper records.",
    "/repeat",
    "I collected them myself, because the branches had no time. After six weeks the difference went down "
    "from eleven points to three.",
    "Sorry, could you say that again?",
    "I learned to compare the groups on the first day, before anything else.",
    "I would do a short check in two days and give the team three choices.",
    "I don't know.",
    "I'd rather not talk about that.",
    "Who makes the final decision when two teams disagree?",
    "No, that is all.",
)
LINES = (
    "At the start of it, what was it like for you?",
    "Halfway through that, who else was in the room?",
    "Where did things stand on the last day?",
)


@dataclass(frozen=True)
class Place:
    """Where one session is recorded: a home of its own and, started when it is asked for, a sound card."""

    home: Path
    sounds: contextlib.ExitStack
    semantic: Path | None = None

    def __post_init__(self) -> None:
        """The encoder lies where it is fetched to, so that the record names no folder of this machine."""
        self.home.mkdir()
        if self.semantic is not None:
            (self.home / "cache").mkdir()
            (self.home / "cache" / "semantic").symlink_to(self.semantic)

    def environment(self, **more: str) -> dict[str, str]:
        here = {"VOICE_INTERVIEWER_HOME": str(self.home), "VOICE_INTERVIEWER_MODELS": str(models_dir())}
        return here | {"VOICE_INTERVIEWER_SEMANTIC": "auto", "VOICE_INTERVIEWER_VOICE": "system", **more}

    def command(self, *arguments: str, text: str = "", **more: str) -> None:
        done = run(*arguments, environment=self.environment(**more), text=text)
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)

    @contextlib.contextmanager
    def aloud(self, *options: str, patience: str = "1") -> Iterator["Aloud"]:
        """An interview over a sound card in a quiet room; it has ended by itself when the block ends."""
        sound = self.sounds.enter_context(virtual_sound_server())
        sound.start_room_noise()
        env = sound.env | self.environment(VOICE_INTERVIEWER_PATIENCE=patience)
        with Aloud(sound, self.home, "--minutes", "5", *EARS, *options, env=env) as terminal:
            yield terminal

    @property
    def session(self) -> Path:
        (folder,) = (path.parent for path in (self.home / "sessions").glob("*/events.jsonl"))
        return folder


class Aloud(PracticeTerminal):
    """A person with a voice before the terminal."""

    def __init__(self, sound: VirtualSoundServer, home: Path, *options: str, env: dict[str, str]) -> None:
        super().__init__(home, *options, env=env)
        self.sound, self.env = sound, env

    def reach(self, holds: Callable[[State], object]) -> State:
        return self.until(holds, WITHIN_S)

    def listens(self) -> State:
        return self.reach(lambda state: state.phase == "listening")

    def first_question(self) -> None:
        """Past the welcome, to the candidate's turn."""
        self.reach(lambda state: state.line)
        self.press("s")
        self.listens()

    def speak(self, samples: Samples) -> None:
        """Begins to; returns when it is noticed."""
        self.sound.play_to_microphone(samples, RATE_HZ)
        self.reach(lambda state: state.floor.speech_active)

    def ends(self) -> None:
        if self.wait(WITHIN_S):
            raise RuntimeError(self.text)


def clip(name: str, seconds: float | None = None) -> Samples:
    """A shipped sample, or its beginning."""
    samples, rate_hz = soundfile.read(str(samples_dir() / name), dtype="int16")
    if rate_hz != RATE_HZ:
        raise ValueError(f"{name} has {rate_hz} Hz")
    return samples[: None if seconds is None else round(seconds * RATE_HZ)]  # type: ignore[no-any-return]


def spoken(text: str) -> Samples:
    """In the system's voice."""
    return to_rate(load_voice().render(text, 150), RATE_HZ).samples


# --- the sessions -----------------------------------------------------------------------------------------


def typed(place: Place) -> None:
    fixed = ("--typed", "--no-audio", "--yes", "--seed", "3", "--minutes", "8", "--level", "junior")
    answers = "\n".join((*TYPED, *["/skip"] * 12)) + "\n"
    place.command("practice", *fixed, "--role", "ai-ethics-specialist", text=answers, **FAST)


def live(place: Place) -> None:
    with place.aloud() as person:
        while True:
            state = person.reach(lambda state: state.phase in ("listening", "ending", "ended"))
            if state.phase != "listening":
                break
            answer = clip(_answer_to(state))
            person.speak(answer)
            person.watch(len(answer) / RATE_HZ)  # to its end, also where the turn is taken too early
            person.reach(
                lambda state, turn=state.answer.turn: state.phase != "listening" or state.answer.turn != turn
            )
        person.ends()


def _answer_to(state: State) -> str:
    """What the virtual candidate would say."""
    if state.plan_item is not None and state.plan_item.kind not in ("core", "warmup"):
        return "strong/candidate-questions.ogg"
    move = state.agenda.asked.move if state.agenda.asked else None
    own = f"strong/any.{move}.ogg"
    return own if move and (samples_dir() / own).is_file() else "strong/any.ogg"


def take_back(place: Place) -> None:
    with place.aloud(patience="0.3") as person:
        person.first_question()
        person.speak(clip("strong/any.result.ogg", 4.2))
        person.reach(lambda state: state.phase == "speaking")
        person.press("u")
        person.listens()
        person.speak(clip("strong/any.quantify.ogg", 4))
        person.reach(lambda state: state.phase != "listening")
        person.sound.play_to_microphone(clip("strong/any.own_part.ogg", 6), RATE_HZ)  # over our first word
        person.listens()
        person.reach(lambda state: state.phase == "speaking")
        person.press("qq")
        person.ends()


def pause(place: Place) -> None:
    with place.aloud() as person:
        person.first_question()
        person.speak(clip("strong/any.own_part.ogg", 5))
        person.watch(2.0)
        person.press("p")
        person.reach(lambda state: state.phase == "paused")
        person.watch(3.0)
        person.press("p")
        person.listens()
        person.speak(clip("strong/any.result.ogg", 5))
        person.watch(3.0)
        person.press(" ")
        person.reach(lambda state: state.phase == "speaking" and state.floor.line_started_ms is not None)
        person.press("p")
        person.reach(lambda state: state.phase == "paused")
        person.press("p")
        person.listens()
        person.press("qq")
        person.ends()


def resume(place: Place) -> None:
    with place.aloud() as killed:
        killed.first_question()
        killed.speak(clip("strong/any.own_part.ogg", 6))
        killed.watch(3.0)
        killed.kill()
        with Aloud(killed.sound, place.home, "--continue", *EARS, env=killed.env) as person:
            person.reach(lambda state: state.phase == "listening" and state.answer.words)
            person.speak(clip("strong/any.result.ogg", 5))
            person.watch(3.0)
            person.press(" ")
            person.reach(lambda state: state.phase == "speaking")
            person.listens()
            person.press("qq")
            person.ends()


def hold(place: Place) -> None:
    with place.aloud(patience="0.3") as person:
        person.first_question()
        person.press("h")
        person.watch(8.0)
        person.speak(spoken("Give me a moment to think about that, please."))
        person.watch(9.0)
        person.speak(clip("strong/any.quantify.ogg"))
        person.reach(lambda state: state.phase == "speaking")
        person.listens()
        person.press("qq")
        person.ends()


def skip(place: Place) -> None:
    with place.aloud() as person:
        person.first_question()
        person.speak(clip("strong/any.own_part.ogg", 5))
        person.reach(lambda state: state.has_answer)
        person.press("s")
        person.reach(lambda state: state.floor.skip_asked)
        person.press("s")
        while (
            person.reach(lambda state: state.phase in ("listening", "ended", "ending")).phase == "listening"
        ):
            turn = person.state.answer.turn
            person.press("s")
            person.reach(lambda state, turn=turn: state.phase != "listening" or state.answer.turn != turn)
        person.ends()


def stop(place: Place) -> None:
    with place.aloud() as person:
        person.first_question()
        person.press("q")
        person.reach(lambda state: state.floor.quit_asked)
        person.press("x")
        person.reach(lambda state: not state.floor.quit_asked)
        person.speak(clip("strong/any.result.ogg", 5))
        person.watch(3.0)
        person.press("qq")
        person.ends()


def interrupted(place: Place) -> None:
    with place.aloud() as person:
        person.first_question()
        person.speak(clip("strong/any.result.ogg", 5))
        person.watch(2.0)
        person.interrupt()
        person.ends()


def device_lost(place: Place) -> None:
    with place.aloud() as person:
        person.first_question()
        person.speak(clip("strong/any.own_part.ogg", 5))
        person.watch(2.5)
        person.sound.suspend_source()
        person.reach(lambda state: state.floor.microphone_lost)
        person.watch(3.0)
        person.sound.suspend_source(False)
        person.reach(lambda state: not state.floor.microphone_trouble)
        person.sound.mute()
        person.reach(lambda state: state.floor.microphone_trouble and not state.floor.microphone_lost)
        person.sound.mute(False)
        person.reach(lambda state: not state.floor.microphone_trouble)
        person.listens()
        person.press("qq")
        person.ends()


def language_model(place: Place) -> None:
    def rewords(handler: ms.Handler) -> None:
        """Asks for the first listed move in words of its own; the second request fails."""
        asked = handler.body["messages"][1]["content"].partition("as act | target ")[2].split("\n")[1]
        act, target, _ = asked.split(" | ", 2)
        count = len(handler.server.requests)
        good = ms.says(act=act, target=target, say=LINES[count % len(LINES)], quote="")
        (ms.status(500) if count == 2 else good)(handler)

    with (
        ms.model_server(rewords) as server,
        place.aloud("--llm-url", server.url, "--llm-model", ms.MODEL, patience="0.5") as person,
    ):
        person.first_question()
        for name in ("strong/any.own_part.ogg", "strong/any.result.ogg", "strong/any.reasoning.ogg"):
            turn = person.listens().answer.turn
            person.speak(clip(name))
            person.reach(lambda state, turn=turn: state.phase == "listening" and state.answer.turn != turn)
        person.press("qq")
        person.ends()
        if len(server.requests) < 3:
            raise RuntimeError(f"{len(server.requests)} requests")


def drill(place: Place) -> None:
    place.command("drill", "--question", "jr-past-issue", "--plain", "--yes", "--candidate", "strong", *EARS)


def analyze(place: Place) -> None:
    """Asked, answered, asked, answered, a second of nothing between; the candidate on the right."""
    parts = [("vague/any.result.ogg", 4, 0), ("strong/any.result.ogg", 8, 1)]
    parts += [("vague/any.depth.ogg", 4, 0), ("strong/any.depth.ogg", 7, 1)]
    sides: tuple[list[Samples], list[Samples]] = ([], [])
    for name, seconds, side in parts:
        sound = np.concatenate([clip(name, seconds), np.zeros(RATE_HZ, np.int16)])
        sides[side].append(sound)
        sides[1 - side].append(np.zeros_like(sound))
    path = place.home / "call.wav"
    soundfile.write(path, np.column_stack([np.concatenate(side) for side in sides]), RATE_HZ)
    place.command("analyze", str(path), *EARS)


def demo(place: Place) -> None:
    place.command("demo", *EARS)


SCRIPTS: dict[str, Callable[[Place], None]] = {
    "typed": typed,
    "live": live,
    "take_back": take_back,
    "pause": pause,
    "resume": resume,
    "hold": hold,
    "skip": skip,
    "stop": stop,
    "interrupted": interrupted,
    "device_lost": device_lost,
    "language_model": language_model,
    "drill": drill,
    "analyze": analyze,
    "we-speaker": demo,
}


def record(name: str, target: Path, semantic: Path | None) -> None:
    """Holds the session `name`, keeps its record below `target` and says whether it replays."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="golden-"))
        place = Place(Path(folder, "home"), stack, semantic)
        SCRIPTS[name](place)
        (target / name).mkdir(parents=True, exist_ok=True)
        for file in FILES:
            shutil.copyfile(place.session / file, target / name / file)
    path, found = target / gs.COUNTS, gs.counts(target / name)
    written = {**(json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}), name: found}
    ordered = {each: written[each] for each in SCRIPTS if each in written}
    path.write_text(json.dumps(ordered, indent=2) + "\n", encoding="utf-8")
    wrong = gs.differences(target / name)
    size = sum((target / name / file).stat().st_size for file in FILES) // 1024
    print(f"{name}: {found['events']} events, {found['commands']} commands, {size} kB", *wrong, sep="\n  ")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCRIPTS))
    parser.add_argument("--to", type=Path, default=gs.GOLDEN, help="another folder")
    parser.add_argument("--semantic", type=Path, help="the folder of the sentence encoder")
    options = parser.parse_args()
    for name in options.names or SCRIPTS:
        record(name, options.to, options.semantic and options.semantic.resolve())


if __name__ == "__main__":
    main()
