"""`--offline` in a child process of its own: an audit hook cannot be taken out again."""

import json
import subprocess
import sys

import pytest

CHILD = """
import json, socket, sys, threading
from voice_interviewer.errors import UsageProblem
from voice_interviewer.settings.offline import refuse_network

refuse_network()

def outcome(work):
    try:
        work()
    except UsageProblem as problem:
        return problem.code
    except OSError as error:
        return type(error).__name__
    return "done"

def tcp(host, family=socket.AF_INET):
    with socket.socket(family) as client:
        client.settimeout(1)
        client.connect((host, 9))

def udp(send):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        send(client)

def loopback():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(("localhost", server.getsockname()[1]), timeout=5) as client:
            accepted, _ = server.accept()
            with accepted:
                client.sendall(b"heard")
                assert accepted.recv(5) == b"heard"

def unix():
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("/nonexistent/socket")

def in_a_thread():
    raised = []
    def work():
        try:
            tcp("192.0.2.1")
        except UsageProblem as problem:
            raised.append(problem)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    raise raised[0]

def by_library():
    import urllib.request
    urllib.request.urlopen("http://example.org/", timeout=2)

tries = {
    "tcp": lambda: tcp("192.0.2.1"),
    "tcp ipv6": lambda: tcp("2001:db8::1", socket.AF_INET6),
    "any thread": in_a_thread,
    "udp sendto": lambda: udp(lambda client: client.sendto(b"x", ("192.0.2.1", 9))),
    "udp sendmsg": lambda: udp(lambda client: client.sendmsg([b"x"], [], 0, ("192.0.2.1", 9))),
    "getaddrinfo": lambda: socket.getaddrinfo("example.org", 443),
    "gethostbyname": lambda: socket.gethostbyname("example.org"),
    "gethostbyaddr": lambda: socket.gethostbyaddr("192.0.2.1"),
    "getnameinfo": lambda: socket.getnameinfo(("192.0.2.1", 80), 0),
    "http library": by_library,
    "loopback": loopback,
    "localhost by name": lambda: socket.getaddrinfo("localhost", 80),
    "unix": unix,
}
print(json.dumps({name: outcome(work) for name, work in tries.items()}))
"""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, check=True, timeout=60
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "way",
    [
        "tcp",
        "tcp ipv6",
        "any thread",
        "udp sendto",
        "udp sendmsg",
        "getaddrinfo",
        "gethostbyname",
        "gethostbyaddr",
        "getnameinfo",
        "http library",
    ],
)
def test_every_way_out_is_refused(outcomes: dict[str, str], way: str) -> None:
    assert outcomes[way] == "offline"


def test_this_machine_itself_stays_reachable(outcomes: dict[str, str]) -> None:
    assert (outcomes["loopback"], outcomes["localhost by name"]) == ("done", "done")
    assert outcomes["unix"] == "FileNotFoundError"  # not refused: there is only no such socket
