"""The runner of the long proofs: what it lists and writes, how it goes on, and that its commands exist."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import proof as runner
import pytest
from proof import PROOFS, Piece, Proof, main

from voice_interviewer.cli.main import cli

ROOT = Path(__file__).parents[2]


def python(name: str, code: str, minutes: int = 1) -> Piece:
    return Piece(name, ("python", "-c", code), minutes)


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "SCRATCH", tmp_path / "scratch")


def proofs(*pieces: Piece) -> dict[str, Proof]:
    return {"tried": Proof("a proof of a test", pieces)}


def results(folder: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def test_without_a_name_every_proof_is_listed_with_its_bound(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr().out
    for name, proof in PROOFS.items():
        assert f"  {name} " in shown
        assert proof.about in shown
    assert {"speech", "latency", "turns", "captions", "no-words", "voice-lines", "soak"} <= set(PROOFS)


def test_an_unknown_name_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "proof.py"), "nonsense", "--to", str(tmp_path / "results")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("There is no proof 'nonsense'; there are start, demo, speech,")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert not (tmp_path / "results").exists()


def test_its_pieces_can_be_listed_without_what_they_need(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make proof NAME` asks so before it fetches any model."""
    monkeypatch.delenv(runner.SPEECH, raising=False)
    assert main(["speech", "--pieces"]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in shown] == [piece.name for piece in PROOFS["speech"].pieces]
    assert main(["nonsense", "--pieces"]) == 2


def test_what_a_proof_needs_is_asked_for_before_anything_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(runner.SPEECH, raising=False)
    assert main(["speech", "--to", str(tmp_path / "results")]) == 2
    assert (
        capsys.readouterr().err == f"The proof speech needs {runner.SPEECH}, a folder, in the environment.\n"
    )
    assert not (tmp_path / "results").exists()


def test_a_passing_proof_leaves_a_dated_result_with_figures_load_and_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(runner.SPEECH, str(tmp_path))
    code = "import json, sys; print(json.dumps({'words': 3, 'of': sys.argv[1]}))"
    pieces = (
        Piece("json", ("python", "-c", code, f"${runner.SPEECH}/clips"), 1),
        python("lines", "print('one'); print('two')"),
    )
    assert main(["tried", "--to", str(tmp_path)], proofs(*pieces)) == 0
    (path,) = tmp_path.glob("*-tried.json")
    result = json.loads(path.read_text())
    assert path.name == f"{result['date']}-tried.json"
    assert (result["proof"], result["state"]) == ("tried", "passed")
    assert result["machine"]["cores"] == os.cpu_count()
    first, second = result["pieces"]
    assert first["command"] == f"python -c {code} ${runner.SPEECH}/clips"
    assert first["figures"] == {"words": 3, "of": f"${runner.SPEECH}/clips"}  # no path of this machine
    assert second["lines"] == ["one", "two"]
    for entry in (first, second):
        assert entry["exit_code"] == 0
        assert len(entry["load_before"]) == len(entry["load_after"]) in (0, 3)
        assert 0 < entry["seconds"] < 60
    assert capsys.readouterr().out.count("load average") == 4
    assert str(tmp_path) not in json.dumps(result)


def test_a_failing_piece_fails_the_proof_and_the_others_still_run(tmp_path: Path) -> None:
    pieces = (python("limit", "print('4 words'); raise SystemExit(1)"), python("fine", "print('0 words')"))
    assert main(["tried", "--to", str(tmp_path)], proofs(*pieces)) == 1
    (result,) = results(tmp_path)
    assert result["state"] == "failed"
    assert [(entry["exit_code"], entry["lines"]) for entry in result["pieces"]] == [
        (1, ["4 words"]),
        (0, ["0 words"]),
    ]


def test_a_proof_longer_than_one_call_goes_on_where_it_was(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    pieces = [
        python(name, f"print('{name}', file=open({str(ran)!r}, 'a'))", minutes=30)
        for name in ("first", "second", "third")
    ]
    folder = tmp_path / "results"
    assert main(["tried", "--to", str(folder), "--minutes", "20"], proofs(*pieces)) == 3
    assert ran.read_text() == "first\n"
    assert results(folder)[0]["state"] == "unfinished"
    assert main(["tried", "--to", str(folder), "--minutes", "70"], proofs(*pieces)) == 0
    assert ran.read_text() == "first\nsecond\nthird\n"
    (result,) = results(folder)
    assert (result["state"], len(result["pieces"])) == ("passed", 3)
    # a finished one is begun anew, beside it
    assert main(["tried", "--to", str(folder), "--minutes", "20"], proofs(*pieces)) == 3
    assert [each["state"] for each in results(folder)] == ["unfinished", "passed"]


def test_a_failure_of_an_earlier_call_is_not_forgotten(tmp_path: Path) -> None:
    pieces = (python("bad", "raise SystemExit(1)", 30), python("good", "print(1)", 30))
    assert main(["tried", "--to", str(tmp_path), "--minutes", "20"], proofs(*pieces)) == 3
    assert main(["tried", "--to", str(tmp_path), "--minutes", "20"], proofs(*pieces)) == 1


def test_what_other_code_began_is_not_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = (python("first", "print(1)", 30), python("second", "print(2)", 30))
    assert main(["tried", "--to", str(tmp_path), "--minutes", "20"], proofs(*pieces)) == 3
    monkeypatch.setattr(runner, "source", lambda: "another")
    assert main(["tried", "--to", str(tmp_path), "--minutes", "70"], proofs(*pieces)) == 0
    assert {each["source"]: len(each["pieces"]) for each in results(tmp_path)}["another"] == 2


def test_a_piece_that_does_not_end_is_ended_with_its_children_and_has_failed(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    sleeper = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    )
    code = f"{sleeper}; open({str(pid)!r}, 'w').write(str(p.pid)); print('begun', flush=True); p.wait()"
    begun = time.monotonic()
    entry = runner.run_piece(Piece("long", ("python", "-c", code), minutes=5 / 60), {})
    assert time.monotonic() - begun < 60
    assert entry["exit_code"] == -signal.SIGKILL
    assert entry["lines"] == ["begun"]
    assert entry["ended"].startswith("after")
    gone = time.monotonic() + 30
    while Path(f"/proc/{pid.read_text()}/cmdline").is_file() and time.monotonic() < gone:
        if not Path(f"/proc/{pid.read_text()}/cmdline").read_bytes():
            break  # dead, and only not yet collected by its new parent
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{pid.read_text()}").exists()


def test_ended_from_outside_it_ends_its_piece_and_keeps_the_ones_before(tmp_path: Path) -> None:
    pid, folder = tmp_path / "pid", tmp_path / "results"
    wait = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    pieces = f"Piece('a', ('python', '-c', '1')), Piece('b', ('python', '-c', {wait!r}))"
    scratch = f"import proof; proof.SCRATCH = proof.Path({str(tmp_path / 'scratch')!r})"
    code = f"{scratch}; from proof import *; sys.exit(program({{'tried': Proof('', ({pieces}))}}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    command = [sys.executable, "-c", code, "tried", "--to", str(folder)]
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while not (pid.is_file() and pid.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    running.terminate()
    _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said == b"Broken off; the same call begins this piece again.\n"
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    (result,) = results(folder)
    assert (result["state"], [entry["piece"] for entry in result["pieces"]]) == ("unfinished", ["a"])


@pytest.mark.parametrize("name", PROOFS)
def test_every_command_exists_and_knows_its_options(name: str) -> None:
    pieces = PROOFS[name].pieces
    assert len({piece.name for piece in pieces}) == len(pieces)
    for piece in pieces:
        assert piece.minutes <= runner.MOST_MINUTES
        assert piece.words[0] in runner.PROGRAMS
        options = [word for word in piece.words if word.startswith("--")]
        if piece.words[:2] == ("voice-interviewer", "demo"):
            command = cli.get_command(click.Context(cli), "demo")
            assert command is not None
            assert set(options) <= {option for parameter in command.params for option in parameter.opts}
        elif piece.words[0] == "python":
            text = (ROOT / piece.words[1]).read_text(encoding="utf-8")
            named = {f'"{option}"' for option in options}
            loop = 'f"--{name}"' in text
            assert all(each in text or (loop and each.replace("--", "") in text) for each in named)
        else:
            context = click.Context(cli)
            group = cli.get_command(context, piece.words[1])
            assert isinstance(group, click.Group)
            command = group.get_command(context, piece.words[2])
            assert command is not None
            known = {option for parameter in command.params for option in parameter.opts}
            assert set(options) <= known
