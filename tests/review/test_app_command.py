"""`review` as a program: what it prints, that it ends quietly, and the file it writes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
from command_line import run
from review_app import Client, running

from voice_interviewer.cli import review_services
from voice_interviewer.cli.review_attempts import attempts
from voice_interviewer.review.report import build_report

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
        assert "Ctrl-C" in program.stdout.readline()
        client = Client(int(found[1]))
        page = client.ask(found[2], token=found[3], accept="text/html")
        assert page.status == 200
        assert "loan" in page.text
        assert client.ask("/", token=found[3], accept="text/html").status == 200
        assert client.ask("/", token=None).status == 403
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=60)
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()
    assert (program.returncode, err) == (0, "")


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


# --- the real parts behind it -------------------------------------------------------------------------------


def test_what_was_said_is_found_at_its_words_until_it_is_deleted(session_folder: Path) -> None:
    root = session_folder.parent
    with running(root, search=partial(review_services.search, root)) as app:
        hits = app.client.ask("/search?q=asked+for+the+numbers").json["hits"]
        report = app.client.ask(f"/session/{session_folder.name}/report.json").json
        said = [word for entry in report["dialogue"] for word in entry["words"]]
        first = next(
            at for at, word in enumerate(said) if [w["text"] for w in said[at : at + 2]] == ["asked", "for"]
        )
        mine = next(hit for hit in hits if hit["who"] == "candidate")
        assert (mine["session"], mine["start_ms"]) == (session_folder.name, said[first]["start_ms"])
        assert mine["end_ms"] == said[first + 3]["end_ms"]
        assert "asked for the numbers" in mine["text"]
        app.client.post(f"/session/{session_folder.name}/delete", {"confirm": session_folder.name})
        assert app.client.ask("/search?q=asked+for+the+numbers").json["hits"] == []
    assert b"numbers" not in (root.parent / "library.sqlite").read_bytes()


def test_earlier_attempts_at_a_question_are_shown_beside_it(session_folder: Path) -> None:
    root, other = session_folder.parent, "2026-11-20T10-00-00_ai-ethics-specialist_senior"
    shutil.copytree(session_folder, root / other)
    shutil.copytree(session_folder, root / "2026-11-19T10-00-00_demo_senior")
    for name, more in ((other, {}), ("2026-11-19T10-00-00_demo_senior", {"persona": "strong"})):
        file = root / name / "session.json"
        about = json.loads(file.read_text(encoding="utf-8")) | {"questions": ["past-issue"]} | more
        file.write_text(json.dumps(about), encoding="utf-8")
    found = attempts(build_report(session_folder), root)
    assert {(each.session, each.question) for each in found} == {
        (other, "past-issue"),
        (other, "deadline-pressure"),
    }
    assert "numbers by group" in found[0].text
    assert found[0].states["result"] == "heard"
    with running(root) as app:
        page = app.client.ask(f"/session/{session_folder.name}", accept="text/html").text
    assert "Attempts side by side" in page
    assert "20 November 2026" in page or other in page


def test_a_heavy_part_is_made_once() -> None:
    made: list[int] = []
    get = review_services._once(lambda: made.append(1) or "a voice")
    threads = [threading.Thread(target=get) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (get(), made) == ("a voice", [1])
