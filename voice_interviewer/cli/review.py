"""`review`: every interview in the browser, served by this machine to itself; or one as a file."""

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voice_interviewer.app.reviews import write_review
from voice_interviewer.cli.review_services import make_services
from voice_interviewer.settings.config import load_config, sessions_dir
from voice_interviewer.settings.offline import refuse_network
from voice_interviewer.store.library import find_session
from voice_interviewer.web.app import make_app
from voice_interviewer.web.server import HOST, fresh_token, open_socket, serve

if TYPE_CHECKING:
    from voice_interviewer.settings.config import Config


@click.command()
@click.argument("session", required=False)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Where to serve it; else any free one."
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@click.option("--file", "as_file", is_flag=True, help="Write one file that plays and reads, and open that.")
@click.option("--offline", is_flag=True, help="Refuse every connection to another machine.")
def review(session: str | None, port: int, no_browser: bool, as_file: bool, offline: bool) -> None:
    """Hear, see and improve what was said. SESSION is an id, the beginning of one, or "last".

    Without SESSION it opens at the list of all of them. Only this machine can reach it, and only with the
    address that is printed. Ctrl-C ends it.
    """
    config = load_config({"offline": offline or None})
    if config.network.offline:
        refuse_network()
    if as_file:
        return _file(sessions_dir() / find_session(sessions_dir(), session or "last").id, config, no_browser)
    path = f"/session/{find_session(sessions_dir(), session).id}" if session else "/"
    return _serve(config, path, port, no_browser)


def _serve(config: "Config", path: str, port: int, no_browser: bool) -> None:
    from voice_interviewer.web.desk import Desk

    listening, token = open_socket(port), fresh_token()
    found = int(listening.getsockname()[1])
    desk = Desk(make_services(config))
    if port and found != port:
        click.echo(f"Port {port} is taken; using {found}.", err=True)
    address = f"http://{HOST}:{found}{path}?token={token}"
    click.echo(f"Review  {address}")
    click.echo("Only this machine can open it. Ctrl-C ends it.")
    sys.stdout.flush()
    if not no_browser:
        show(address)
    serve(make_app(desk, token, found), listening, desk.jobs)
    if desk.judging:  # compiled code in a thread would make a normal end an abort; what is noted is whole
        sys.stdout.flush()
        os._exit(0)


def _file(folder: Path, config: "Config", no_browser: bool) -> None:
    page = write_review(folder, config).html
    click.echo(f"Review  {page}")
    if not no_browser:
        show(page.as_uri())


def show(address: str) -> bool:
    """Open the address in a browser with a window of its own; whether there was one. A browser for terminals
    would take this terminal, and a machine without a screen has nothing to show."""
    import webbrowser

    if sys.platform.startswith("linux"):
        screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("BROWSER")
        if not screen and "microsoft" not in os.uname().release.lower():
            return False
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    if type(browser) is webbrowser.GenericBrowser and not os.environ.get("BROWSER"):
        return False
    # some browsers answer only when their window is closed
    threading.Thread(target=browser.open, args=(address,), daemon=True).start()
    return True
