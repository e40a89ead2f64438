"""A real browser before a real server, for rows about what a screen costs."""

import contextlib
import itertools
import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from stack import browser as browsers
from stack.processes import start, stop

HOST = "127.0.0.1"
PATIENCE = 120
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--no-first-run",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)


class Page:
    """One page of the browser."""

    def __init__(self, socket):
        self._socket = socket
        self._numbers = itertools.count(1)

    def open(self, url, ready):
        """Open an address and wait until the expression ``ready`` is true there."""
        self.send("Page.navigate", url=url)
        deadline = time.monotonic() + PATIENCE
        while not self.run(f"Boolean({ready})"):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{url}: not ready in {PATIENCE} s: {ready}")
            time.sleep(0.2)

    def resize(self, width, height):
        """Make the window so big, in pixels."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def run(self, script):
        """Return what an expression is worth in the page; promises are waited for."""
        answer = self.send(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def send(self, method, **values):
        """Send a command of the developer tools and return its answer."""
        number = next(self._numbers)
        self._socket.send(
            json.dumps({"id": number, "method": method, "params": values})
        )
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]


@contextlib.contextmanager
def opened(env):
    """Serve the database of ``env`` and open a page as its user.

    What the page reads has to be committed. Gives the `Page` and the server's address.
    """
    with _served() as url, _started() as page:
        page.send(
            "Network.setCookie",
            name="session_id",
            value=_log_in(env),
            url=url,
            path="/",
        )
        yield page, url


@contextlib.contextmanager
def _served():
    """Answer to browsers from this process."""
    from odoo.http import root
    from odoo.service.server import ThreadedWSGIServerReloadable

    server = ThreadedWSGIServerReloadable(HOST, 0, root)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _log_in(env):
    """Return the id of a new session of the user of ``env``."""
    from odoo.http import get_default_session, root
    from odoo.service.security import compute_session_token

    session = root.session_store.new()
    session.update(get_default_session(), db=env.cr.dbname, _trace_disable=True)
    session.uid, session.login = env.uid, env.user.login
    session.session_token = compute_session_token(session, env)
    session.context = dict(env["res.users"].context_get())
    root.session_store.save(session)
    return session.sid


@contextlib.contextmanager
def _started():
    """Start a browser, and end it with all that it left."""
    import websocket

    program = browsers.find()
    if not program:
        raise RuntimeError("There is no browser: install chromium.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = start(
            [program, *OPTIONS, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            socket = websocket.create_connection(
                _find_page(Path(folder)), timeout=PATIENCE
            )
            yield Page(socket)
            socket.close()
        finally:
            stop(process)


def _find_page(folder):
    """Return the address of the page's developer tools, once the browser is there."""
    from stack.session import direct_opener

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, IndexError, StopIteration):
            port = (folder / "DevToolsActivePort").read_text().split()[0]
            with direct_opener().open(f"http://{HOST}:{port}/json/list") as answer:
                pages = json.load(answer)
            return next(
                page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page"
            )
        time.sleep(0.1)
    raise TimeoutError("The browser did not start.")
