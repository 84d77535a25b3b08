"""The README is short, and what it points at is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_the_readme_is_read_in_one_sitting() -> None:
    assert len(README.encode()) <= 8 * 1024


def test_pictures_and_links_lead_somewhere() -> None:
    for page, folder in ((README, ROOT), (ARCHITECTURE, ROOT / "docs")):
        targets = [to for to in re.findall(r"\]\(([^)#]+)\)", page) if not to.startswith("http")]
        assert targets
        assert [target for target in targets if not (folder / target).exists()] == []


def test_every_command_of_the_readme_exists() -> None:
    from voice_interviewer.cli.main import COMMANDS

    named = set(re.findall(r"`voice-interviewer ([a-z]+)", README))
    assert named >= {"demo", "practice", "review"}
    assert named <= set(COMMANDS)


def test_every_place_the_architecture_names_is_there() -> None:
    named = set(re.findall(r"`((?:voice_interviewer|audio|prompts|configs|tests)/[^`*<> ]*)`", ARCHITECTURE))
    assert len(named) > 20
    assert sorted(name for name in named if not (ROOT / name).exists()) == []
