"""Prompts and configs are found wherever the package lies: a checkout, an installed folder, a zip."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import voice_audio
import voice_interviewer
from voice_interviewer.content.resources import content

PACKAGE = Path(voice_interviewer.__file__).parent
SOUND = Path(voice_audio.__file__).parent
PROBE = """
import json, sys
sys.path.insert(0, sys.argv[1])
import voice_interviewer
from voice_interviewer.content import resources
from voice_interviewer.settings import config
print(json.dumps({
    "package": voice_interviewer.__file__,
    "content": str(resources.content()),
    "samples": str(resources.samples_dir()),
    "banks": [entry.bank.id for entry in resources.list_banks()],
    "house": resources.load_house().close,
    "styles": config.style_names(),
    "patience": config.load_config({"style": "calm"}, {}).turn.patience,
}))
"""


def copy_package(target: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "_content")
    shutil.copytree(PACKAGE, target / "voice_interviewer", ignore=ignored)
    shutil.copytree(SOUND, target / "voice_audio", ignore=ignored)


def copy_content(target: Path) -> None:
    for name in ("prompts", "configs"):
        shutil.copytree(str(content().joinpath(name)), target / name)


def probe(place: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(place)],
        cwd="/",
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    assert str(found["package"]).startswith(str(place))
    return found


def assert_complete(found: dict[str, object]) -> None:
    assert {"ai-ethics-specialist", "behavioural-core"} <= set(found["banks"])  # type: ignore[call-overload]
    assert {"calm", "pressure", "standard"} <= set(found["styles"])  # type: ignore[call-overload]
    assert found["patience"] == 1.4
    assert found["house"]


def test_installed_folder(tmp_path: Path) -> None:
    copy_package(tmp_path)
    copy_content(tmp_path / "voice_interviewer" / "_content")
    found = probe(tmp_path)
    assert_complete(found)
    assert found["content"] == str(tmp_path / "voice_interviewer" / "_content")
    assert found["samples"] == str(tmp_path / "voice_interviewer" / "_content" / "samples")


def test_zip(tmp_path: Path) -> None:
    copy_package(tmp_path / "tree")
    copy_content(tmp_path / "tree" / "voice_interviewer" / "_content")
    archive = tmp_path / "app.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for file in sorted((tmp_path / "tree").rglob("*")):
            packed.write(file, file.relative_to(tmp_path / "tree"))
    found = probe(archive)
    assert_complete(found)
    assert str(found["samples"]).rstrip("/").endswith("_content/samples")


def test_a_checkout_wins_over_a_stale_copy(tmp_path: Path) -> None:
    copy_package(tmp_path)
    copy_content(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    stale = tmp_path / "voice_interviewer" / "_content"
    copy_content(stale)
    (stale / "prompts" / "languages" / "en" / "house.yaml").write_text("close: stale\n")
    found = probe(tmp_path)
    assert_complete(found)
    assert found["content"] == str(tmp_path)
    assert found["samples"] == str(tmp_path / "audio" / "samples")


def test_a_package_without_its_content_says_so(tmp_path: Path) -> None:
    copy_package(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path)], cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "The installation is incomplete" in done.stderr
