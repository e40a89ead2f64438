"""Odoo 19 itself: the user's, an importable one, the Debian package, or a clone."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from . import files, paths
from .console import Problem, say, step
from .processes import run

SERIES = "19.0"
REPOSITORY = "https://github.com/odoo/odoo.git"
PACKAGE = "odoo-19"
# Its fonts and JavaScript libraries are links into these packages.
COMPANIONS = [
    "fonts-font-awesome",
    "fonts-glyphicons-halflings",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-montserrat",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
# An optional file that Debian leaves out; without it the web client logs an error.
LEFT_OUT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"

_CHOICE = paths.HOME / "odoo.json"
_LINK_NAME = "odoo-source.pth"


@dataclass
class Source:
    """An Odoo 19: `path` is where `odoo` is imported from, `build` names its state."""

    path: str
    build: str
    kind: str


def is_current(wanted=None):
    """Tell whether an Odoo is connected, and it is the wanted one."""
    chosen = current()
    if chosen is None or not _link().is_file():
        return False
    return wanted is None or Path(wanted).resolve() == Path(chosen.path)


def current():
    """Return the Odoo in use as a `Source`, or None before the set-up."""
    stored = files.read_json(_CHOICE)
    if not stored or not _is_odoo(Path(stored["path"])):
        return None
    return Source(**stored)


def connect(source):
    """Make the environment import this Odoo from now on."""
    files.write(_link(), source.path + "\n")
    files.write(_CHOICE, _as_json(source))
    say(f"  Odoo {source.build} ({source.kind})")


def _as_json(source):
    return json.dumps(asdict(source), indent=1) + "\n"


def _link():
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return paths.VENV / "lib" / version / "site-packages" / _LINK_NAME


def find(wanted=None):
    """Return the first Odoo 19 there is: the user's, an importable, a fetched one."""
    if wanted:
        return _given(Path(wanted).resolve())
    return current() or _importable() or _fetched() or _fetch()


# -- what is already there ----------------------------------------------------


def _given(path):
    if not _is_odoo(path):
        raise Problem(
            f"--odoo {path}: there is no Odoo there; give the folder that contains "
            "odoo-bin, or the one that contains the Python package 'odoo'."
        )
    series = _series(path)
    if series != SERIES:
        raise Problem(
            f"--odoo {path}: this is Odoo {series}; the suite needs {SERIES}."
        )
    return Source(str(path), build_of(path), "given")


def _importable():
    code = "import odoo.release; print(odoo.release.__file__)"
    for python in dict.fromkeys([sys.executable, shutil.which("python3") or ""]):
        if not python:
            continue
        result = subprocess.run(
            [python, "-c", code], capture_output=True, text=True, cwd="/"
        )
        if result.returncode == 0:
            path = Path(result.stdout.strip()).parents[1]
            if _series(path) == SERIES:
                return Source(str(path), build_of(path), "importable")
    return None


def _fetched():
    for path, kind in (
        (_debian_root(), "Debian package"),
        (paths.ODOO / "clone", "clone"),
    ):
        if _is_odoo(path):
            return Source(str(path), build_of(path), kind)
    return None


def _is_odoo(path):
    return (path / "odoo" / "release.py").is_file()


def _series(path):
    text = (path / "odoo" / "release.py").read_text()
    found = re.search(r"version_info = \((\d+), (\d+),", text)
    return ".".join(found.groups()) if found else "of an unknown version"


def build_of(path):
    """Return a name for the state of this Odoo, the same on every machine.

    The package version for a Debian package, the commit for a git checkout, else
    a content hash of the modules' Python files.
    """
    version = path / "debian-version.txt"
    if version.is_file():
        return version.read_text().strip()
    if (path / ".git").exists():
        result = subprocess.run(
            ["git", "-C", str(path), "rev-parse", "--short=12", "HEAD"],
            capture_output=True,
            text=True,
        )
        if result.returncode == 0:
            return "git-" + result.stdout.strip()
    installed = _installed_package_version(path)
    if installed:
        return installed
    return "content-" + files.digest(
        sorted((path / "odoo" / "addons").glob("*/models/*.py"))
    )


def _installed_package_version(path):
    """Return the version of the Debian package that owns this folder, if one does."""
    if not shutil.which("dpkg-query"):
        return None
    owner = subprocess.run(
        ["dpkg-query", "-S", str(path / "odoo" / "release.py")],
        capture_output=True,
        text=True,
    )
    if owner.returncode:
        return None
    package = owner.stdout.split(":")[0]
    query = ["dpkg-query", "-W", "-f", "${Version}", package]
    return subprocess.run(query, capture_output=True, text=True).stdout.strip() or None


# -- what has to be fetched ---------------------------------------------------


def _fetch():
    if _is_debian():
        try:
            return _fetch_debian()
        except Problem as problem:
            if not shutil.which("git"):
                raise
            say(f"  {problem} Trying a clone of the official repository.")
    if shutil.which("git"):
        return _fetch_clone()
    raise Problem(
        "No source for Odoo 19: give one with --odoo PATH, or install git so that "
        "the official repository can be cloned."
    )


def _fetch_clone():
    target, part = paths.ODOO / "clone", paths.ODOO / "clone.part"
    with step("Odoo 19 (clone of the official 19.0 branch)"):
        shutil.rmtree(part, ignore_errors=True)
        part.parent.mkdir(parents=True, exist_ok=True)
        command = ["git", "clone", "--quiet", "--depth=1", "--branch", SERIES]
        result = run(
            [*command, REPOSITORY, str(part)],
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
            capture_output=True,
            text=True,
        )
        if result.returncode:
            shutil.rmtree(part, ignore_errors=True)
            raise Problem(
                "Odoo 19 could not be fetched: connect this machine to the network, "
                "or give a checkout with --odoo PATH."
            )
        part.rename(target)
    return Source(str(target), build_of(target), "clone")


def _is_debian():
    release = Path("/etc/os-release")
    found = release.is_file() and re.search(r"^ID=debian$", release.read_text(), re.M)
    return bool(found and shutil.which("apt-get") and shutil.which("dpkg"))


def _debian_root():
    return paths.ODOO / "debian" / "usr" / "lib" / "python3" / "dist-packages"


def _fetch_debian():
    with step("Odoo 19 (signed Debian package, 130 MB)") as progress:
        packages = debian_download([PACKAGE, *COMPANIONS], progress)
        target, part = paths.ODOO / "debian", paths.ODOO / "debian.part"
        files.fresh_folder(part)
        for package in packages:
            progress.progress(f"unpacking {package.name}")
            run(["dpkg", "-x", str(package), str(part)], check=True)
        root = part / _debian_root().relative_to(target)
        left_out = root / LEFT_OUT
        if not left_out.exists():
            left_out.parent.mkdir(parents=True, exist_ok=True)
            left_out.write_text("")
        version = subprocess.run(
            ["dpkg-deb", "-f", str(packages[0]), "Version"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        (root / "debian-version.txt").write_text(version)
        shutil.rmtree(target, ignore_errors=True)
        part.rename(target)
        for package in packages:
            package.unlink()
    return Source(str(_debian_root()), build_of(_debian_root()), "Debian package")


def debian_pip_wheel():
    """Return pip's own wheel from Debian, for a Python without ensurepip."""
    if not _is_debian() and not shutil.which("apt-get"):
        raise Problem(
            "This Python has no ensurepip: install Python's venv package "
            "(for example: apt install python3-venv) and run this again."
        )
    suite = None if not _is_debian() else "sid"
    try:
        package = debian_download(["python3-pip-whl"], suite=suite)[0]
    except Problem as problem:
        raise Problem(
            f"{problem} Or install Python's venv package: apt install python3-venv."
        ) from problem
    folder = files.fresh_folder(paths.DOWNLOADS / "pip")
    run(["dpkg", "-x", str(package), str(folder)], check=True)
    return next(folder.glob("usr/share/python-wheels/pip-*.whl"))


def debian_download(names, progress=None, suite="sid"):
    """Download packages with apt's signature check, touching nothing of the machine.

    :param names: package names
    :param suite: the Debian suite, or None for the machine's own sources
    :return: their files, in the order of `names`
    """
    # A folder for each: apt locks it, and two downloads may run at the same time.
    folder = paths.DOWNLOADS / f"apt-{names[0]}"
    apt = [*_apt(folder, suite), "-o", "Acquire::Retries=2"]
    for sub in ("lists/partial", "cache/archives/partial", "files"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    if progress:
        progress.progress("reading the package lists")
    _apt_run([*apt, "update"], folder)
    _apt_run([*apt, "download", *names], folder)
    return [_downloaded(folder / "files", name) for name in names]


def _apt(folder, suite):
    """Return apt-get with its own lists and cache, and one source for the suite."""
    options = {
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
    }
    if suite:
        site = _mirror()
        keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
        signed = f"[signed-by={keyring}] " if keyring.is_file() else ""
        folder.mkdir(parents=True, exist_ok=True)
        files.write(folder / "sources.list", f"deb {signed}{site} {suite} main\n")
        options["Dir::Etc::sourcelist"] = folder / "sources.list"
        options["Dir::Etc::sourceparts"] = "-"
    pairs = [("-o", f"{key}={value}") for key, value in options.items()]
    return ["apt-get", "--quiet", *(word for pair in pairs for word in pair)]


def _mirror():
    """Return the Debian mirror that this machine's own apt uses."""
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE)"],
        capture_output=True,
        text=True,
    )
    sites = [line for line in listing.stdout.split() if "security" not in line]
    if not sites:
        raise Problem("No Debian mirror is set up for apt on this machine.")
    return sites[0]


def _apt_run(command, folder):
    result = run(command, cwd=folder / "files", capture_output=True, text=True)
    output = result.stdout + result.stderr
    files.write(paths.LOGS / "apt.log", output)
    # apt-get update ends well although nothing could be read: see what it said.
    if result.returncode or "Failed to fetch" in output:
        raise Problem(_apt_line(output))


def _apt_line(output):
    if "No space left" in output or "not have enough free space" in output:
        return files.DISK_FULL
    if "Unable to locate package" in output:
        return "The Debian archive does not offer the package."
    return (
        "The Debian archive cannot be reached: connect this machine to the network "
        "and run again; it carries on."
    )


def _downloaded(folder, name):
    """Return the newest file of a package; apt names them NAME_VERSION_ARCH.deb."""
    found = sorted(folder.glob(f"{name}_*.deb"), key=lambda path: path.stat().st_mtime)
    return found[-1]
