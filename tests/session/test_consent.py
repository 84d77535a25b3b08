"""Agreement to be recorded: asked before anything is, kept only when it was given, never taken from an
option."""

import json
from pathlib import Path

from command_line import run

from voice_interviewer.settings.config import load_preferences
from voice_interviewer.store.library import list_sessions

FAST = {"VOICE_INTERVIEWER_WORDS_PER_MINUTE": "400"}
"""What is said is waited for; how long that takes is no matter here."""
TYPED = ("practice", "--typed", "--no-audio", "--plain", "--minutes", "1")


def test_an_option_agrees_for_once_only(fresh_home: Path) -> None:
    assert run(*TYPED, "--yes", environment=FAST, text="/quit\n/quit\n").returncode == 0
    assert not load_preferences().consent_given
    again = run(*TYPED, text="/quit\n/quit\n")
    assert again.returncode == 2
    assert "would be recorded" in again.stderr
    assert len(list_sessions(fresh_home / "sessions")) == 1


def test_a_mistake_is_told_before_anything_is_agreed_to(fresh_home: Path) -> None:
    wrong = run(*TYPED, "--yes", "--role", "nobody")
    assert wrong.returncode == 2
    assert "Recorded" not in wrong.stdout
    assert not load_preferences().consent_given
    assert not (fresh_home / "sessions").exists()


def test_a_seed_asks_the_same_whatever_was_asked_before(fresh_home: Path) -> None:
    seeded = (*TYPED[:-1], "30", "--yes", "--seed", "5")
    for _ in range(2):
        assert run(*seeded, environment=FAST, text="/quit\n/quit\n").returncode == 0
    asked = [
        entry.path.joinpath("session.json").read_text() for entry in list_sessions(fresh_home / "sessions")
    ]
    plans = {text[text.index('"questions"') : text.index('"transcriber"')] for text in asked}
    assert len(asked) == 2
    assert len(plans) == 1


def test_a_session_without_sound_goes_on_without_sound(fresh_home: Path) -> None:

    assert run(*TYPED, "--yes", environment=FAST, text="/quit\n/quit\n").returncode == 0
    (entry,) = list_sessions(fresh_home / "sessions")
    about = json.loads((entry.path / "session.json").read_text())
    assert about["no_audio"] is True
    log = (entry.path / "events.jsonl").read_text().splitlines()
    first_two = [line for line in log if '"SessionEnded"' not in line][:4]
    (entry.path / "events.jsonl").write_text("\n".join(first_two) + "\n")
    (entry.path / "session.json").write_text(json.dumps({**about, "state": "open"}))
    again = run("practice", "--continue", "--plain", "--yes", environment=FAST, text="/quit\n/quit\n")
    assert again.returncode == 0, again.stderr
    assert "loudspeaker" not in again.stdout + again.stderr
