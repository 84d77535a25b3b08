"""Makes tests/golden/we-speaker anew: the record of a demo, heard by the real Whisper tiny.en.

    python tests/benchmarks/make_golden.py [FOLDER]

To be run after a change that leads to other decisions on purpose. FOLDER: where to put it instead.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from voice_interviewer.places import models_dir

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "we-speaker"
FILES = ("events.jsonl", "session.json")
DEMO = "import sys; from voice_interviewer.cli.main import main; sys.argv[1:] = ['demo']; main()"


def main() -> None:
    target = Path(sys.argv[1]) if sys.argv[1:] else GOLDEN
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="golden-") as home:
        places = {"VOICE_INTERVIEWER_MODELS": str(models_dir()), "VOICE_INTERVIEWER_HOME": home}
        subprocess.run([sys.executable, "-c", DEMO], env={**os.environ, **places}, check=True)
        (session,) = Path(home, "sessions").iterdir()
        for name in FILES:
            shutil.copyfile(session / name, target / name)
    print(target)


if __name__ == "__main__":
    main()
