"""`review` as a program: what it prints, that it ends quietly, and the file it writes."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run
from review_app import Client

_PROGRAM = (
    "import sys; sys.argv[0] = 'voice-interviewer'; from voice_interviewer.cli.main import main; main()"
)


@pytest.fixture
def home(session_folder: Path, fresh_home: Path) -> Path:
    """The person's data folder, with one session."""
    (fresh_home / "sessions").mkdir(parents=True)
    session_folder.rename(fresh_home / "sessions" / session_folder.name)
    return fresh_home


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX")
def test_it_prints_its_address_serves_and_ends_quietly(home: Path) -> None:
    command = [sys.executable, "-c", _PROGRAM, "review", "last", "--no-browser", "--offline"]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert program.stdout is not None
        line = program.stdout.readline()
        found = re.fullmatch(r"Review  http://127\.0\.0\.1:(\d+)(/session/[^?]+)\?token=(\S{40,})\n", line)
        assert found, line
        client = Client(int(found[1]))
        page = client.ask(found[2], token=found[3], accept="text/html")
        assert page.status == 200
        assert "loan" in page.text
        assert client.ask("/", token=found[3], accept="text/html").status == 200
        assert client.ask("/", token=None).status == 403
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=60)
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()
    assert (program.returncode, err) == (0, "")
    assert "Ctrl-C" in out


def test_one_file_is_written_where_the_session_is(home: Path) -> None:
    done = run("review", "2026", "--file", "--no-browser")
    assert done.returncode == 0, done.stderr
    path = Path(done.stdout.split("Review", 1)[1].strip())
    assert path.name == "report.html"
    assert path.parent.parent == home / "sessions"
    assert "loan" in path.read_text(encoding="utf-8")


def test_an_unknown_session_is_one_line(home: Path) -> None:
    done = run("review", "1999", "--no-browser")
    assert done.returncode == 2
    assert "no session is called" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_window_is_opened_where_there_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    from voice_interviewer.cli.review import show

    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform.startswith("linux") and "microsoft" not in os.uname().release.lower():
        assert show("http://127.0.0.1:9/") is False
