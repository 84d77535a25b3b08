"""The README lists every file, and nothing that is not there."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLIPS = re.compile(r"audio/samples/[^/]+/[^/]+\.(ogg|opus|flac)")


@pytest.fixture(scope="module")
def listed() -> set[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return set(re.findall(r"^- `([^`]+)`", text, re.MULTILINE))


def tracked() -> set[str]:
    found = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if found.returncode != 0:
        pytest.skip("only on a git checkout")
    files = {line for line in found.stdout.splitlines() if (ROOT / line).exists()}
    return {f"{Path(name).parent}/" if CLIPS.fullmatch(name) else name for name in files}


def test_every_file_has_its_line(listed):
    assert sorted(tracked() - listed) == []


def test_every_line_has_its_file(listed):
    assert sorted(listed - tracked()) == []


def test_pictures_and_links_lead_somewhere():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if not target.startswith("http")]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
