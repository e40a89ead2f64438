"""Where everything lives: the checkout, and one git-ignored folder for the rest."""

import hashlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
ADDONS = ROOT / "addons"
CONFIG = ROOT / "odoo.conf"
REQUIREMENTS = ROOT / "requirements.txt"

# STACK_HOME moves the folder, for example to a bigger disk.
HOME = Path(os.environ.get("STACK_HOME") or ROOT / ".stack").resolve()
VENV = HOME / "venv"
ODOO = HOME / "odoo"
DOWNLOADS = HOME / "downloads"
POSTGRES = HOME / "postgres"
DATA = HOME / "data"
LOGS = HOME / "logs"


def inside_venv():
    """Tell whether this process already runs in the stack's environment."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def checkout_key():
    """Return a short name for this checkout, for folders outside of it."""
    return hashlib.sha256(str(HOME).encode()).hexdigest()[:10]
