"""`--offline`: from here on this process reaches no other machine."""

import ipaddress
import sys
from typing import Any

from voice_interviewer.errors import UsageProblem

_NAMED = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_ADDRESSED = ("socket.connect", "socket.sendto", "socket.sendmsg")


def refuse_network() -> None:
    """Refuse every connection and name look-up that leaves this machine, for the rest of the process.

    An audit hook sees all that goes through Python's sockets; loopback and local (unix) sockets stay open.
    Compiled code may open sockets of its own unseen, so a download is not even begun when offline.
    """
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _NAMED:
        host = arguments[0]
    elif event == "socket.getnameinfo":
        host = arguments[0][0]
    elif event in _ADDRESSED:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a unix socket has a path
    else:
        return
    if host is not None and not is_loopback(host):
        raise UsageProblem("offline", f"{host} was not reached: --offline is set.", "Leave --offline away.")


def is_loopback(host: str | bytes) -> bool:
    """Whether that name or address is this machine, as far as can be told without looking it up."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name.split("%")[0]).is_loopback
    except ValueError:
        return False
