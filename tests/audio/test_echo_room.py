"""Our own voice in the microphone, and a voice over ours, through real PortAudio."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from echo_scenes import write_clip
from sound_server import VirtualSoundServer

pytestmark = [pytest.mark.sound_server, pytest.mark.slow]

ROOM = Path(__file__).parents[1] / "echo_room.py"
GAIN_DB = -20.0
STOPS_WITHIN_MS = 60


def held(server: VirtualSoundServer, *options: str) -> dict[str, Any]:
    server.echo_into_microphone(GAIN_DB)
    server.start_room_noise()
    command = [sys.executable, str(ROOM), *options]
    done = subprocess.run(command, env=server.env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_in_half_duplex_our_own_voice_is_never_taken_for_the_candidate(
    sound_server: VirtualSoundServer,
) -> None:
    result = held(sound_server, "--seconds", "12")
    assert result["lines"] >= 2
    assert -45 < result["echo_dbfs"] < -25, "the echo was there"
    assert (result["false_resumed"], result["false_segments"]) == (0, 0)


def test_with_a_canceller_a_voice_over_ours_stops_us_and_our_own_does_not(
    sound_server: VirtualSoundServer, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.wav", 4.0)
    result = held(
        sound_server,
        "--duplex",
        "canceller",
        "--seconds",
        "22",
        "--interrupt",
        str(clip),
        "--over-ms",
        "1200",
    )
    assert (result["false_resumed"], result["false_segments"], result["missed"]) == (0, 0, 0)
    assert result["noticed_ms"]
    assert max(result["noticed_ms"]) < 2500
    assert max(result["silent_ms"]) <= STOPS_WITHIN_MS
