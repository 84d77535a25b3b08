"""The fixtures every other test leans on do what they promise."""

import os
import socket
from pathlib import Path

import pytest


def test_a_test_cannot_reach_the_network() -> None:
    for family, address in ((socket.AF_INET, ("192.0.2.1", 80)), (socket.AF_INET6, ("2001:db8::1", 80))):
        with socket.socket(family) as sock, pytest.raises(BaseException, match="tried to reach"):
            sock.connect(address)
    with pytest.raises(BaseException, match="tried to look up"):
        socket.create_connection(("example.org", 80), timeout=1)


def test_loopback_and_unix_sockets_stay_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port), timeout=5) as client:
            assert client.getpeername()[1] == port
    with socket.socket(socket.AF_UNIX) as unix_server, socket.socket(socket.AF_UNIX) as client:
        unix_server.bind(str(tmp_path / "s"))
        unix_server.listen()
        client.connect(str(tmp_path / "s"))


def test_every_test_has_a_home_of_its_own(tmp_path: Path) -> None:
    home = Path(os.environ["VOICE_INTERVIEWER_HOME"])
    assert home.parent == tmp_path
    assert not home.exists()
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_the_files_that_are_begun_first_exist(pytestconfig: pytest.Config) -> None:
    (names,) = (each.LONGEST for each in pytestconfig.pluginmanager.get_plugins() if hasattr(each, "LONGEST"))
    there = {path.stem for path in Path(__file__).parent.rglob("test_*.py")}
    assert set(names) <= there
    assert len(names) == len(set(names))
