"""Makes docs/images/screen.svg: the live screen at a real moment of a real interview.

    python tests/benchmarks/make_screen_image.py

The virtual candidate answers in real time through the real pipeline (about a minute); the first moment is
taken in which an answer of some length is being given and words are still firming up. What the picture shows
is what Whisper understood.
"""

import io
import re
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from voice_audio.files import ClockSpeaker
from voice_audio.ports import Transcriber
from voice_interviewer.app import build
from voice_interviewer.app.interview import Conditions
from voice_interviewer.cli.screen import Drawing
from voice_interviewer.cli.view import View, view_of
from voice_interviewer.content.resources import samples_dir
from voice_interviewer.live.audio_side import Parts
from voice_interviewer.live.session import Session
from voice_interviewer.live.virtual_candidate import VirtualCandidate
from voice_interviewer.settings.config import load_config
from voice_interviewer.store.recorder import Recorder

IMAGE = Path(__file__).parents[2] / "docs" / "images" / "screen.svg"
LEAST_WORDS = 24
GIVE_UP_S = 180.0
PAPER = TerminalTheme(
    (250, 249, 245),
    (38, 38, 36),
    [
        (38, 38, 36),
        (170, 60, 50),
        (44, 122, 73),
        (160, 105, 20),
        (50, 90, 160),
        (130, 70, 140),
        (20, 115, 125),
        (110, 110, 105),
    ],
)
"""Dark ink on warm paper, readable on a light and on a dark page."""


def interview(folder: Path, transcriber: Transcriber) -> Session:
    config = load_config({})
    plan = build.make_plan("ai-ethics-specialist", "junior", 12, 0, print, core_count=3)
    candidate = VirtualCandidate("strong", Path(str(samples_dir())), realtime=True)
    recorder = Recorder.create(folder, plan.role, plan.level, datetime.now().astimezone(), {})
    parts = Parts(
        microphone=candidate,
        speaker=ClockSpeaker(),
        detector=build.make_detector(config),
        transcriber=transcriber,
        voice=build.make_voice(config, print),
        engine=build.make_engine(config),
        recorder=recorder,
        segmenter=build.segmenter_settings(config),
    )
    session = Session(parts, (candidate,), live=True)
    threading.Thread(target=lambda: session.run(plan, config.settings()), daemon=True).start()
    return session


def telling_moment(session: Session, heard_by: str) -> View:
    conditions = Conditions(f"heard by {heard_by}")
    deadline = time.monotonic() + GIVE_UP_S
    while time.monotonic() < deadline:
        view = view_of(session, conditions=conditions)
        long_enough = len(view.words.split()) >= LEAST_WORDS and view.tentative
        if (
            view.phase == "listening"
            and view.hearing_speech
            and long_enough
            and (view.level_dbfs or -99) > -25
        ):
            return view
        time.sleep(0.02)
    raise SystemExit("No such moment came.")


def picture(view: View) -> str:
    console = Console(
        record=True, width=80, height=24, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    console.print(Drawing(console).draw(view), end="")
    svg = console.export_svg(title="voice-interviewer practice", theme=PAPER, unique_id="screen")
    svg = re.sub(r"<!-- .*? -->", "<!-- made by tests/benchmarks/make_screen_image.py -->", svg, count=1)
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # no font from another server


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        transcriber = build.make_transcriber(load_config({}), print, print)
        session = interview(Path(folder), transcriber)
        view = telling_moment(session, transcriber.name)
        IMAGE.parent.mkdir(parents=True, exist_ok=True)
        IMAGE.write_text(picture(view), encoding="utf-8")
        session.interrupt()
        time.sleep(1)
    print(IMAGE)
