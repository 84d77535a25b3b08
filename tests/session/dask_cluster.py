"""Run as a program: a Dask cluster of two workers, `analyze` over it twice, one worker killed at work."""

import os
import signal
import sys
import threading
from pathlib import Path


def main(folder: Path) -> None:
    os.environ["VOICE_INTERVIEWER_HOME"] = str(folder / "home")
    from click.testing import CliRunner
    from distributed import LocalCluster

    from voice_interviewer.cli.analyze import analyze

    files = [str(path) for path in sorted(folder.glob("*.wav"))]
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        address = cluster.scheduler_address
        sessions = folder / "home" / "sessions"
        over = threading.Event()
        watch = threading.Thread(target=kill_one_at_work, args=(cluster, sessions, over), daemon=True)
        watch.start()
        for _ in range(2):
            command = [*files, "--dask", address, "--whisper-model", "tiny.en", "--level", "mid"]
            result = CliRunner().invoke(analyze, command, catch_exceptions=False)
            print(result.output)
            over.set()
            assert result.exit_code == 0, result.output
        watch.join()


def kill_one_at_work(cluster: object, sessions: Path, over: threading.Event) -> None:
    """As soon as something is half made, the worker that makes it is killed like a machine that fails."""
    while not over.wait(0.02):
        if list(sessions.glob(".analyzing-*/*/events.jsonl")):
            worker = next(iter(cluster.workers.values()))  # type: ignore[attr-defined]
            os.kill(worker.process.process.pid, signal.SIGKILL)
            print("killed one worker")
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
