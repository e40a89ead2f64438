"""The browser for tours and web unit tests: found, or installed where we may."""

import os
import shutil
import subprocess

from . import files, paths
from .console import say, step

NAMES = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")

# Odoo waits 10 seconds for the browser. Its first start on a busy machine reads some
# hundred megabytes from disk and takes longer; every later one comes up at once.
PATIENCE = 60


def find():
    """Return the path of a browser that Odoo's tests can drive, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def be_patient():
    """Let Odoo's tests wait for a browser that starts slowly, instead of skipping."""
    from odoo.tests import common

    common.CHECK_BROWSER_ITERATIONS = int(PATIENCE / common.CHECK_BROWSER_SLEEP)
    common.BROWSER_WAIT = PATIENCE


def ensure():
    """Install Chromium where we may (as root, with apt), else say what is lost."""
    if find():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        with files.locked(paths.HOME / "browser.lock", "install Chromium"):
            if not find():
                _install()
    if not find():
        say(
            "  No Chromium: browser tests will be skipped and named "
            "(as root: apt install chromium)."
        )


def _install():
    log = paths.LOGS / "chromium.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step("Chromium"), log.open("w") as output:
        for command in (
            ["update"],
            ["install", "--yes", "--no-install-recommends", "chromium"],
        ):
            subprocess.run(
                ["apt-get", "--quiet", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=quiet,
            )
