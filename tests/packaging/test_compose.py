"""docker-compose.yml: what can be checked without starting its images."""

import ast
import os
import re
import shutil
import subprocess

import pytest
import yaml

from .repository import ROOT, manifests

FILE = ROOT / "docker-compose.yml"
SECRETS = {
    "PASSWORD": "DB_PASSWORD",
    "POSTGRES_PASSWORD": "DB_PASSWORD",
    "ADMIN_PASSWORD": "ADMIN_PASSWORD",
}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(FILE.read_text())


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def variables(text=None):
    """Return the names of the variables that the file reads."""
    return set(re.findall(r"\$\{(\w+)", FILE.read_text() if text is None else text))


def test_services(services):
    assert set(services) == {"db", "setup", "odoo"}


def test_official_images_with_a_version(services):
    assert services["db"]["image"] == "postgres:17"
    assert {services["setup"]["image"], services["odoo"]["image"]} == {"odoo:19.0"}


def test_health(services):
    """Each service that stays is watched; the one that ends is waited for."""
    for name, service in services.items():
        check = service["healthcheck"]
        if service["restart"] == "no":
            assert check == {"disable": True}
            assert services["odoo"]["depends_on"][name] == {
                "condition": "service_completed_successfully"
            }
        else:
            assert check["test"][0] == "CMD"
            assert {"interval", "timeout", "retries", "start_period"} <= set(check)
    for name in ("setup", "odoo"):
        assert services[name]["depends_on"]["db"] == {"condition": "service_healthy"}


def test_health_address_exists_in_odoo():
    import odoo.addons.web.controllers.home as home

    assert hasattr(home.Home, "health")
    assert "/web/health" in FILE.read_text()


def test_no_literal_secret(services):
    """Each password comes from the environment, and nothing starts without it."""
    seen = set()
    for service in services.values():
        for name, value in service["environment"].items():
            if "PASS" in name:
                seen.add(name)
                assert value.startswith("${" + SECRETS[name] + ":?"), name
    assert seen == set(SECRETS)
    # The script of `setup` names Odoo's own default, in order to replace it.
    text = re.sub(r"<<'END'.*?\n *END\n", "", FILE.read_text(), flags=re.S)
    assert not re.search(r"passw(or)?d\s*[:=]\s*[\"']?\w", text, re.I)


def test_secrets_are_empty_in_the_example():
    lines = (ROOT / ".env.example").read_text().splitlines()
    settings = dict(
        line.lstrip("#").split("=", 1)
        for line in lines
        if re.match(r"#?[A-Z_]+=", line)
    )
    assert set(settings) == variables()
    for name in set(SECRETS.values()):
        assert settings[name] == ""
    assert all(f"{name}=" in lines for name in set(SECRETS.values())), "not commented"
    for name, value in settings.items():
        if name not in SECRETS.values():
            assert f"${{{name}:-{value}}}" in FILE.read_text(), f"default of {name}"
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert "/.env" in ignored


def test_volumes(compose, services):
    declared = set(compose["volumes"])
    named, bound = set(), {}
    for service in services.values():
        for volume in service["volumes"]:
            source, target, *mode = volume.split(":")
            if source.startswith("."):
                bound[source] = (target, mode)
            else:
                named.add(source)
    assert named == declared
    assert bound == {
        "./addons": ("/mnt/extra-addons", ["ro"]),
        "./odoo.conf": ("/etc/odoo/odoo.conf", ["ro"]),
    }
    assert all((ROOT / source).exists() for source in bound)
    assert services["odoo"]["environment"]["ODOO_ADDONS_PATH"] == "/mnt/extra-addons"


def test_ports_are_of_this_machine_unless_asked(services):
    assert "ports" not in services["db"]
    targets = set()
    for port in services["odoo"]["ports"]:
        assert port.startswith("${ODOO_BIND:-127.0.0.1}:")
        targets.add(port.rsplit(":", 1)[1])
    assert targets == {"8069", "8072"}


def test_production_settings(services):
    environment = services["odoo"]["environment"]
    assert environment["ODOO_WORKERS"] == "${ODOO_WORKERS:-0}"
    assert environment["ODOO_PROXY_MODE"] == "${ODOO_PROXY_MODE:-False}"
    assert environment["ODOO_HTTP_INTERFACE"] == "0.0.0.0"
    assert "# PGHOST_REPLICA:" in FILE.read_text()
    assert "location /websocket" in FILE.read_text()


def test_environment_names_are_options_of_odoo(services):
    from odoo.tools import config

    known = {option.env_name for option in config.options_index.values()}
    for name in services["odoo"]["environment"]:
        if name.startswith(("ODOO_", "PG")):
            assert name in known, name
    assert {"PGHOST_REPLICA", "PGPORT_REPLICA"} <= known


def test_setup_installs_the_app_and_can_be_repeated(services):
    shell, options, script = services["setup"]["command"]
    assert (shell, options) == ("bash", "-euc")
    assert "mto_suite" in manifests()
    assert "--init=mto_suite --stop-after-init" in script
    assert "--update" not in script
    assert "$" not in script, "compose would replace it"
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    [python] = re.findall(r"<<'END'\n(.*?)\nEND\n", script, re.S)
    ast.parse(python)
    assert 'os.environ["ADMIN_PASSWORD"]' in python


def compose_command():
    """Return how to run compose on this machine, or None."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            done = subprocess.run([*command, "version"], capture_output=True)
            if done.returncode == 0:
                return command
    return None


@pytest.mark.skipif(compose_command() is None, reason="no docker compose here")
class TestByCompose:
    def config(self, tmp_path, **secrets):
        clean = {k: v for k, v in os.environ.items() if k not in variables()}
        empty = tmp_path / "env"
        empty.write_text("")
        return subprocess.run(
            [*compose_command(), "--env-file", str(empty), "-f", str(FILE), "config"],
            capture_output=True,
            text=True,
            env={**clean, **secrets},
        )

    def test_accepted(self, tmp_path):
        done = self.config(tmp_path, DB_PASSWORD="one", ADMIN_PASSWORD="two")
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize("missing", sorted(set(SECRETS.values())))
    def test_refused_without_a_password(self, tmp_path, missing):
        secrets = {"DB_PASSWORD": "one", "ADMIN_PASSWORD": "two"} | {missing: ""}
        done = self.config(tmp_path, **secrets)
        assert done.returncode != 0
        assert missing in done.stderr
