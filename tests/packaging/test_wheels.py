"""Each module installs by pip: a wheel with all its files and its requirements."""

import email
import shutil
import subprocess
import sys
import zipfile

import pytest

from .repository import ADDONS, manifests, module_files

MODULES = sorted(manifests())


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """Build every module from a copy of its sources; return {module: open wheel}."""
    folder = tmp_path_factory.mktemp("wheels")
    for module in MODULES:
        for name in module_files(module):
            target = folder / "sources" / module / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ADDONS / module / name, target)
    options = ["--no-build-isolation", "--no-deps", "--no-index", "--quiet"]
    sources = [str(folder / "sources" / module) for module in MODULES]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, "-w", str(folder), *sources],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = {}
    for path in folder.glob("*.whl"):
        found[path.name.split("-")[0].removeprefix("odoo_addon_")] = path
    assert sorted(found) == MODULES
    return {module: zipfile.ZipFile(path) for module, path in found.items()}


@pytest.mark.parametrize("module", MODULES)
def test_files(wheels, module):
    prefix = f"odoo/addons/{module}/"
    packed = {
        name.removeprefix(prefix)
        for name in wheels[module].namelist()
        if name.startswith(prefix) and not name.endswith("/")
    }
    assert packed == set(module_files(module)) - {"pyproject.toml"}
    manifest = manifests()[module]
    assert set(manifest.get("data", [])) | set(manifest.get("demo", [])) <= packed
    assert "static/description/icon.png" in packed


@pytest.mark.parametrize("module", MODULES)
def test_metadata(wheels, module):
    wheel = wheels[module]
    [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    metadata = email.message_from_bytes(wheel.read(name))
    manifest = manifests()[module]
    assert metadata["Name"].replace("-", "_") == f"odoo_addon_{module}"
    assert metadata["Version"].startswith(manifest["version"])
    assert "LGPL-3" in (metadata["License"] or metadata["License-Expression"])
    required = {
        requirement.split("==")[0].replace("-", "_")
        for requirement in metadata.get_all("Requires-Dist")
    }
    ours = {f"odoo_addon_{name}" for name in manifest["depends"] if name in MODULES}
    assert ours <= required
    assert any(name == "odoo" for name in required)
    assert not [name for name in required - ours if name.startswith("odoo_addon_")], (
        "modules of Odoo itself come with Odoo"
    )
