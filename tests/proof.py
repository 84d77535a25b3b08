"""The third lane: what takes too long for every change, run by name, its figures kept in docs/proof/.

    make proof              lists the proofs      (python tests/proof.py)
    make proof NAME         runs one              (python tests/proof.py NAME [--minutes 40] [--to FOLDER])

A proof is one or more pieces; each is a command that ends with 0 when it kept its limits, and none may take
longer than 40 minutes. One call runs as many pieces as fit into --minutes. The result file is written after
every piece; where pieces are left, the same call goes on with them, as long as the code is the same. A piece
that was broken off is run again from its start. The result is DATE-NAME.json: date, source, machine, and
for each piece its command, seconds, exit code, load averages and figures (or lines, where it prints no JSON).

Exit code 0: every piece is done and kept its limits; 1: one did not; 2: there is no such proof, or this
machine lacks what it needs; 3: pieces are left, call it again.
"""

import argparse
import contextlib
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any

from command_line import COMMAND

from voice_interviewer.settings.places import models_dir

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "proof"
SCRATCH = ROOT / ".proof"
"""What one piece makes for the next one, a corpus for instance; a folder for each proof, not in git."""
MOST_MINUTES = 40
SPEECH, MODELS = "VOICE_INTERVIEWER_SPEECH", "VOICE_INTERVIEWER_MODELS"
OWN_FOLDER = "SCRATCH"
FAILED, IMPOSSIBLE, UNFINISHED = 1, 2, 3
PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "python": (sys.executable,),
    "voice-interviewer": (sys.executable, "-c", COMMAND),
}
"""A command's first word -> what is run, of this checkout and this environment."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One command. words: the first is of PROGRAMS; `$NAME` stands for a folder, an environment variable or
    SCRATCH. minutes: after so many it is ended, which fails it; at most 40."""

    name: str
    words: tuple[str, ...]
    minutes: int = 10


@dataclass(frozen=True, slots=True)
class Proof:
    """about: what it shows, one line. pieces: in the order in which they run."""

    about: str
    pieces: tuple[Piece, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """The environment variables its commands name, each a folder."""
        words = " ".join(word for piece in self.pieces for word in piece.words)
        return tuple(name for name in (SPEECH,) if f"${name}" in words)


def script(name: str, file: str, *rest: str, minutes: int = 10) -> Piece:
    return Piece(name, ("python", f"tests/benchmarks/{file}", *rest), minutes)


def bench(name: str, *rest: str, minutes: int = 10) -> Piece:
    return Piece(name, ("voice-interviewer", "bench", *rest), minutes)


_CORPUS = f"${OWN_FOLDER}"
_DROPPED = ("--drop-fillers", "0.5", "--drop-final", "0.1", "--patience", "1", "--json")
PROOFS: Mapping[str, Proof] = {
    "start": Proof("how soon it starts, and what the audio thread costs", (bench("all", "start", "--json"),)),
    "demo": Proof(
        "a whole interview as `make demo` holds it, in Kokoro's voice",
        tuple(
            Piece(persona, ("voice-interviewer", "demo", "--persona", persona))
            for persona in ("we-speaker", "vague", "strong-hesitant")
        ),
    ),
    "speech": Proof(
        "words wrong, cost and waits of the recogniser on recordings",
        (
            bench("tiny.en", "speech", f"${SPEECH}", "--engines", "whisper:tiny.en", "--json", minutes=15),
            bench("base", "speech", f"${SPEECH}", "--engines", "whisper:base", "--json", minutes=30),
        ),
    ),
    "latency": Proof(
        "how fast the turn changes hands, at the card, at true speed",
        (bench("heart", "latency", "--voice", "heart", "--minutes", "3", "--json"),),
    ),
    "turns": Proof(
        "how often the turn would be stolen, on 120 unseen answers",
        (
            script("corpus", "make_turns.py", _CORPUS, "--part", "unseen", "--limit", "120", minutes=20),
            bench("words", "turns", _CORPUS, "--semantic", "words", *_DROPPED, minutes=20),
            bench("reader", "turns", _CORPUS, *_DROPPED, minutes=30),
        ),
    ),
    "captions": Proof(
        "whether captions keep up and no frame is lost",
        (script("tiny.en", "live_captions.py", "--seconds", "90", "--json"),),
    ),
    "no-words": Proof(
        "that nothing is heard where nobody speaks",
        (script("noises", "no_words.py", "--minutes", "10", "--recordings", f"${SPEECH}", minutes=20),),
    ),
    "candidates": Proof(
        "what the virtual candidates sound like, how well they are understood",
        (script("tiny.en", "candidate_speech.py", "--whisper", f"${MODELS}/whisper-tiny.en", minutes=40),),
    ),
    "voice-lines": Proof(
        "whether the interviewer is understood",
        tuple(
            script(name, "voice_lines.py", "--set", name, "--json", minutes=minutes)
            for name, minutes in (("signs", 10), ("banks", 40), ("stock", 40))
        ),
    ),
    "voice-pace": Proof(
        "whether the voices keep the pace asked for",
        (script("all", "voice_pace.py", "--check", "--json", minutes=20),),
    ),
    "interviews": Proof(
        "500 simulated interviews, none breaks a rule, each held twice",
        (script("words", "simulate_interviews.py", "--cases", "500", minutes=40),),
    ),
    "scoring": Proof(
        "how well answers are told apart by the levels",
        (
            script("words", "scoring.py"),
            script("reader", "scoring.py", "--semantic", "auto", minutes=20),
        ),
    ),
    "echo": Proof(
        "that our own voice in the microphone is not taken for the candidate's",
        (
            script("still", "echo_minutes.py", "--minutes", "3", minutes=20),
            script("interrupted", "echo_minutes.py", "--minutes", "3", "--interrupt", minutes=20),
        ),
    ),
    "review": Proof(
        "how long the review of an hour takes",
        (script("hour", "long_session.py", _CORPUS, "--minutes", "60"),),
    ),
    "soak": Proof(
        "that memory and queues do not grow in an hour, nor sound is lost on busy cores",
        (
            script("hour", "soak.py", "--minutes", "60", "--busy-minutes", "0", "--json", minutes=40),
            script("busy", "soak.py", "--minutes", "0", "--busy-minutes", "3", "--json"),
        ),
    ),
}


def places(name: str) -> dict[str, str]:
    """What the `$NAME`s stand for on this machine."""
    found = {each: os.environ[each] for each in (SPEECH,) if os.environ.get(each)}
    return {**found, MODELS: str(models_dir()), OWN_FOLDER: str(SCRATCH / name)}


def machine() -> dict[str, Any]:
    """What figures depend on; nothing that names the machine or its user."""
    processor = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                processor = line.split(":", 1)[1].strip()
                break
    memory: dict[str, float] = {}
    with contextlib.suppress(AttributeError, ValueError, OSError):
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        memory = {"memory_gb": round(pages / 2**30, 1)}
    system = f"{platform.system()} {platform.release()}"
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        **memory,
        "system": system,
        "python": platform.python_version(),
    }


def source() -> str:
    """The commit, with a digest of what differs from it outside docs/; without git, the version."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        commit, changed = git("rev-parse", "--short=12", "HEAD"), git("diff", "HEAD", "--", ".", ":!docs")
    except (OSError, subprocess.CalledProcessError):
        from voice_interviewer import __version__

        return __version__
    return f"{commit}+{hashlib.sha256(changed.encode()).hexdigest()[:8]}" if changed else commit


def load_averages() -> list[float]:
    """Over 1, 5 and 15 minutes; empty where the system keeps none."""
    return [round(each, 2) for each in os.getloadavg()] if hasattr(os, "getloadavg") else []


def ended_group(process: subprocess.Popen[str]) -> None:
    """Ends a piece with all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """A signal that would end us waits for the end of this block: half a start cannot be ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda number, frame: came.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for number in came:
        signal.raise_signal(number)


def run_piece(piece: Piece, where: Mapping[str, str]) -> dict[str, Any]:
    """Runs it in the checkout, shows what it prints as it comes, and returns its entry of the result."""
    command = " ".join(piece.words)
    words = [Template(word).safe_substitute(where) for word in piece.words[1:]]
    before, begun = load_averages(), datetime.now(UTC)
    print(f"== {piece.name}: {command}\n   load average {before}", flush=True)
    path = os.pathsep.join(filter(None, (str(ROOT), str(ROOT / "audio"), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
    environment |= {name: where[name] for name in (MODELS,) if name in where}
    if OWN_FOLDER in where:  # a whole interview is kept beside the proof, not among the person's own
        environment["VOICE_INTERVIEWER_HOME"] = f"{where[OWN_FOLDER]}-home"
    start = time.monotonic()
    late, lines = threading.Event(), []
    process: subprocess.Popen[str] | None = None
    timer: threading.Timer | None = None
    try:
        with held_back():
            process = subprocess.Popen(
                [*PROGRAMS[piece.words[0]], *words],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        started = process
        timer = threading.Timer(piece.minutes * 60, lambda: (late.set(), ended_group(started)))
        timer.daemon = True
        timer.start()
        assert process.stdout is not None
        with process.stdout as shown:
            for line in shown:
                print(line, end="", flush=True)
                lines.append(line.rstrip("\n"))
        code = process.wait()
    finally:
        if timer is not None:
            timer.cancel()
        if process is not None:
            ended_group(process)
            process.wait()
    entry: dict[str, Any] = {
        "piece": piece.name,
        "command": command,
        "begun": begun.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - start, 2),
        "exit_code": code,
        "load_before": before,
        "load_after": load_averages(),
    }
    if late.is_set():
        entry["ended"] = f"after {piece.minutes} minutes"
    print(f"   load average {entry['load_after']}, {entry['seconds']:.0f} s, exit code {code}", flush=True)
    return entry | figures("\n".join(lines), where)


def figures(printed: str, where: Mapping[str, str]) -> dict[str, Any]:
    """What a piece printed: {"figures": the JSON} or {"lines": [...]}; the folders of this machine are given
    by their names."""
    for name, folder in where.items():
        printed = printed.replace(folder, f"${name}")
    try:
        return {"figures": json.loads(printed)}
    except ValueError:
        return {"lines": printed.splitlines()}


def write(path: Path, result: Mapping[str, Any]) -> None:
    """Whole or not at all: a run that is broken off leaves the result before it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    fresh.replace(path)


def begin(name: str, folder: Path) -> tuple[Path, dict[str, Any]]:
    """The result to go on with: the unfinished one of the same code, or a new one of today."""
    made_of = source()
    for path in sorted(folder.glob(f"*-{name}*.json"), reverse=True):
        found = json.loads(path.read_text(encoding="utf-8"))
        if (found["proof"], found["state"], found["source"]) == (name, "unfinished", made_of):
            return path, found
    today = datetime.now(UTC).date().isoformat()
    path, number = folder / f"{today}-{name}.json", 1
    while path.exists():
        number += 1
        path = folder / f"{today}-{name}-{number}.json"
    return path, {
        "proof": name,
        "date": today,
        "source": made_of,
        "machine": machine(),
        "state": "unfinished",
        "pieces": [],
    }


def state(proof: Proof, done: Sequence[Mapping[str, Any]]) -> str:
    if len(done) < len(proof.pieces):
        return "unfinished"
    return "passed" if all(entry["exit_code"] == 0 for entry in done) else "failed"


def run(name: str, proof: Proof, minutes: float, folder: Path) -> int:
    """Runs the pieces that are left and fit into `minutes`, at least one; returns the exit code."""
    path, result = begin(name, folder)
    where = places(name)
    Path(where[OWN_FOLDER]).parent.mkdir(parents=True, exist_ok=True)
    done = [entry["piece"] for entry in result["pieces"]]
    left = [piece for piece in proof.pieces if piece.name not in done]
    if done:
        print(f"{path.name} has {', '.join(done)}; going on with {left[0].name}")
    begun = time.monotonic()
    for number, piece in enumerate(left):
        if number and (time.monotonic() - begun) / 60 + piece.minutes > minutes:
            print(
                f"{name}: {len(left) - number} of {len(proof.pieces)} pieces are left, next is {piece.name}, "
                f"which may take {piece.minutes} minutes. Go on with:  make proof {name}"
            )
            return UNFINISHED
        result["pieces"].append(run_piece(piece, where))
        result["state"] = state(proof, result["pieces"])
        write(path, result)
    missed = [entry["piece"] for entry in result["pieces"] if entry["exit_code"] != 0]
    print(f"{name} {result['state']}{': ' + ', '.join(missed) if missed else ''}; figures in {path}")
    return FAILED if missed else 0


def listing(proofs: Mapping[str, Proof]) -> str:
    lines = ["make proof NAME runs one of:"]
    for name, proof in proofs.items():
        most = sum(piece.minutes for piece in proof.pieces)
        pieces = f"{len(proof.pieces)} piece{'s' * (len(proof.pieces) > 1)}, at most {most} min"
        lines.append(f"  {name:<12} {proof.about} ({pieces})")
    return "\n".join(lines)


def unknown(name: str, proofs: Mapping[str, Proof]) -> str | None:
    """That there is no such proof, one line."""
    return None if name in proofs else f"There is no proof {name!r}; there are {', '.join(proofs)}."


def lacking(name: str, proofs: Mapping[str, Proof]) -> str | None:
    """What this proof needs and this machine lacks, one line."""
    for variable in proofs[name].needs:
        if not Path(os.environ.get(variable) or "/nonexistent").is_dir():
            return f"The proof {name} needs {variable}, a folder, in the environment."
    return None


def main(arguments: Sequence[str] | None = None, proofs: Mapping[str, Proof] = PROOFS) -> int:
    parser = argparse.ArgumentParser(prog="proof", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", nargs="?")
    parser.add_argument(
        "--minutes", type=float, default=MOST_MINUTES, help="no piece begins that may end later"
    )
    parser.add_argument("--to", type=Path, default=RESULTS, help="the folder of the results")
    parser.add_argument("--pieces", action="store_true", help="only list the pieces of the proof")
    given = parser.parse_args(arguments)
    if given.name is None:
        print(listing(proofs))
        return 0
    wrong = unknown(given.name, proofs) or (None if given.pieces else lacking(given.name, proofs))
    if wrong:
        print(wrong, file=sys.stderr)
        return IMPOSSIBLE
    if given.pieces:
        for piece in proofs[given.name].pieces:
            print(f"{piece.name}, at most {piece.minutes} min: {' '.join(piece.words)}")
        return 0
    return run(given.name, proofs[given.name], given.minutes, given.to)


def program(proofs: Mapping[str, Proof] = PROOFS) -> int:
    """`main` as its own process: ended from outside (Ctrl-C, `timeout`), it ends its piece too; 130."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return main(proofs=proofs)
    except KeyboardInterrupt:
        print("Broken off; the same call begins this piece again.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(program())
