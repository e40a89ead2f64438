"""Each module is as the house builds: manifest, arrows, names, licence, readme."""

import ast
import re
import struct
from pathlib import Path

import pytest

from linting import inside

from .repository import ADDONS, ROOT, manifests, module_files

MODULES = sorted(manifests())

# In this order; those in REQUIRED always.
KEYS = [
    "name",
    "summary",
    "version",
    "development_status",
    "category",
    "author",
    "license",
    "depends",
    "external_dependencies",
    "data",
    "demo",
    "assets",
    "application",
    "auto_install",
    "pre_init_hook",
    "post_init_hook",
    "uninstall_hook",
]
REQUIRED = KEYS[:8]

# Which of our modules a module may depend on; Odoo's own are free. A new module gets
# its line here, where it stands in the architecture.
ARROWS = {
    "mto_cascade": set(),
    "mto_cascade_subcontracting": {"mto_cascade"},
    "mto_cascade_dropshipping": {"mto_cascade"},
    "mto_batch_confirm": set(),
    "mto_pegging": {"mto_cascade"},
    "operation_exception": set(),
    "mto_promise": {"mto_pegging", "operation_exception"},
    "mto_change": {"mto_pegging", "operation_exception"},
    "mto_change_promise": {"mto_change", "mto_promise"},
    "mto_execution": {"mto_pegging", "operation_exception"},
    "mto_execution_promise": {"mto_execution", "mto_promise"},
    "rollout_gate": set(),
    "rollout_gate_sale": {"rollout_gate"},
    "rollout_gate_purchase": {"rollout_gate"},
    "rollout_gate_stock": {"rollout_gate"},
    "rollout_gate_mrp": {"rollout_gate"},
    "rollout_gate_account": {"rollout_gate"},
    "rollout_readiness": {"rollout_gate", "rollout_gate_stock"},
    "rollout_readiness_mto": {"rollout_readiness", "mto_promise"},
}
# What the app installs, once it is there.
ORDER_TO_PRODUCTION = {
    "mto_cascade",
    "mto_batch_confirm",
    "mto_pegging",
    "mto_promise",
    "mto_change",
    "mto_execution",
}
# It installs the base that the later ones of them raise issues with.
ARROWS["mto_suite"] = ORDER_TO_PRODUCTION | {"operation_exception"}
ARROWS["mto_demo"] = set(ARROWS)
GLUE = {
    "mto_cascade_subcontracting",
    "mto_cascade_dropshipping",
    "mto_change_promise",
    "mto_execution_promise",
    "rollout_gate_sale",
    "rollout_gate_purchase",
    "rollout_gate_stock",
    "rollout_gate_mrp",
    "rollout_gate_account",
    "rollout_readiness_mto",
}
APPS = {"mto_suite", "rollout_gate"}

# Well-known names of Odoo Enterprise: ours must not collide with them.
ENTERPRISE_MODULES = {
    "account_accountant",
    "account_reports",
    "approvals",
    "documents",
    "helpdesk",
    "industry_fsm",
    "knowledge",
    "mrp_account_enterprise",
    "mrp_mps",
    "mrp_plm",
    "mrp_workorder",
    "planning",
    "quality",
    "quality_control",
    "quality_mrp",
    "quality_mrp_workorder",
    "sale_planning",
    "sale_subscription",
    "sign",
    "stock_barcode",
    "stock_barcode_mrp",
    "stock_enterprise",
    "web_enterprise",
    "web_gantt",
    "web_grid",
    "web_studio",
}
ENTERPRISE_MODELS = re.compile(
    r"(quality\.|mrp\.eco|mrp\.production\.schedule|mrp\.product\.forecast|mrp\.report$"
    r"|planning\.|approval\.|documents\.|helpdesk\.|knowledge\.|sign\.|studio\.)"
)
ENTERPRISE_FIELDS = re.compile(
    r"(eco_ids?|eco_count|quality_\w+|mps_\w+|planning_(slot|role)_\w+|plm_\w+)$"
)


def python_files(module, folder=""):
    """Return the paths of a module's Python files."""
    return [
        ADDONS / module / name
        for name in module_files(module)
        if name.endswith(".py") and name.startswith(folder)
    ]


def test_there_are_modules():
    assert {"mto_cascade", "mto_suite", "mto_demo"} <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
class TestModule:
    def test_manifest_keys(self, module):
        keys = list(manifests()[module])
        assert set(REQUIRED) <= set(keys)
        assert set(keys) <= set(KEYS)
        assert keys == sorted(keys, key=KEYS.index)

    def test_manifest_values(self, module):
        manifest = manifests()[module]
        assert all(value for value in manifest.values()), "an empty key says nothing"
        assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", manifest["version"])
        assert manifest["development_status"] == "Beta"
        assert manifest["category"].startswith("Supply Chain/")
        assert manifest["author"] == "Make to Order Suite contributors"
        assert manifest["license"] == "LGPL-3"
        assert "\n" not in manifest["summary"]
        assert len(manifest["depends"]) == len(set(manifest["depends"]))

    def test_arrows(self, module):
        assert module in ARROWS, "give the module its place in ARROWS"
        ours = set(manifests()[module]["depends"]) & set(ARROWS)
        assert ours <= ARROWS[module]

    def test_apps_and_glue(self, module):
        manifest = manifests()[module]
        assert bool(manifest.get("application")) == (module in APPS)
        assert bool(manifest.get("auto_install")) == (module in GLUE)

    def test_icon(self, module):
        content = (ADDONS / module / "static/description/icon.png").read_bytes()
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        width, height = struct.unpack(">II", content[16:24])
        assert width == height >= 70

    @pytest.mark.parametrize(
        "fragment", ["DESCRIPTION.md", "CONFIGURE.md", "USAGE.md", "DEVELOP.md"]
    )
    def test_readme(self, module, fragment):
        assert len((ADDONS / module / "readme" / fragment).read_text()) > 40

    def test_file_names(self, module):
        # Odoo runs a migration only by a name like "post-migrate.py".
        stage = r"(migrations/19\.0\.[0-9.]+/(pre|post|end)-)?"
        for name in module_files(module):
            if not name.startswith(("readme/", "i18n/")):
                assert re.fullmatch(stage + r"[a-z0-9_./]+", name), name

    def test_no_enterprise_name(self, module):
        assert module not in ENTERPRISE_MODULES
        for path in python_files(module):
            models, fields = declared(path)
            assert not [name for name in models if ENTERPRISE_MODELS.match(name)], path
            assert not [name for name in fields if ENTERPRISE_FIELDS.match(name)], path

    def test_engine_is_plain_python(self, module):
        for path in python_files(module, "engine/"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    names = [node.module or ""]
                else:
                    continue
                assert not [name for name in names if name.split(".")[0] == "odoo"], (
                    path
                )


def declared(path):
    """Return the names of the models and of the fields that a source file declares."""
    models, fields = set(), set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Assign) or not isinstance(
            node.targets[0], ast.Name
        ):
            continue
        name, value = node.targets[0].id, node.value
        if name in ("_name", "_inherit") and isinstance(value, ast.Constant):
            models.add(value.value)
        elif (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Attribute)
            and isinstance(value.func.value, ast.Name)
            and value.func.value.id == "fields"
        ):
            fields.add(name)
    return models, fields


def test_enterprise_names_are_recognised(tmp_path):
    """The guard sees what it is there for."""
    source = tmp_path / "model.py"
    source.write_text(
        'class A(models.Model):\n    _name = "quality.check"\n'
        "    eco_id = fields.Many2one()\n    plain = 1\n"
    )
    models, fields = declared(source)
    assert models == {"quality.check"} and fields == {"eco_id"}
    assert ENTERPRISE_MODELS.match("quality.check")
    assert ENTERPRISE_FIELDS.match("eco_id")
    assert not ENTERPRISE_FIELDS.match("supply_policy")


def test_app_installs_the_order_to_production_modules():
    depends = set(manifests()["mto_suite"]["depends"])
    assert depends >= ORDER_TO_PRODUCTION & set(MODULES)


def test_nothing_depends_on_the_demonstration():
    assert not [name for name in MODULES if "mto_demo" in manifests()[name]["depends"]]


def test_licence_texts():
    lesser = (ROOT / "LICENSE").read_text().split()
    general = (ROOT / "COPYING").read_text().split()
    assert "GNU LESSER GENERAL PUBLIC LICENSE Version 3" in " ".join(lesser)
    assert "GNU GENERAL PUBLIC LICENSE Version 3" in " ".join(general)
    assert len(lesser) > 1000 and len(general) > 5000, "the full text"


def odoo_manifest(name):
    import odoo.addons

    for folder in odoo.addons.__path__:
        path = Path(folder) / name / "__manifest__.py"
        if path.is_file():
            return ast.literal_eval(path.read_text(encoding="utf-8"))
    raise AssertionError(f"Odoo Community has no module {name}")


def test_everything_below_is_lgpl():
    """The modules that ours may depend on, and what those depend on, down to base."""
    todo, seen = set(inside.OUTSIDE), set()
    for manifest in manifests().values():
        todo |= set(manifest["depends"]) - set(MODULES)
    while todo:
        name = todo.pop()
        seen.add(name)
        manifest = odoo_manifest(name)
        assert manifest.get("license", "LGPL-3") == "LGPL-3", name
        todo |= set(manifest.get("depends", ["base"])) - seen
    assert {"base", "stock", "mrp", "sale"} <= seen
