"""The checks of scripts/lint that are our own: each finds what it is there for."""

import pytest

from linting import command, inside, outside, sources, tools


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A small repository with one module that every check accepts."""
    module = tmp_path / "addons" / "mto_small"
    (module / "views").mkdir(parents=True)
    (module / "views" / "small_views.xml").write_text("<odoo />\n")
    write_manifest(tmp_path)
    monkeypatch.setattr(inside.paths, "ROOT", tmp_path)
    monkeypatch.setattr(inside.paths, "ADDONS", tmp_path / "addons")
    sources.all_names.cache_clear()
    yield tmp_path
    sources.all_names.cache_clear()


def write_manifest(root, **changes):
    manifest = {
        "name": "Small",
        "license": "LGPL-3",
        "depends": ["sale_mrp"],
        "data": ["views/small_views.xml"],
        **changes,
    }
    (root / "addons/mto_small/__manifest__.py").write_text(repr(manifest))


def test_good_repository(repository):
    for name, check in inside.CHECKS.items():
        assert check(False) == [], name


def test_unknown_dependency(repository):
    write_manifest(repository, depends=["sale_mrp", "report_xlsx"])
    [problem] = inside.licences(False)
    assert "report_xlsx" in problem


def test_other_licence(repository):
    write_manifest(repository, license="AGPL-3")
    [problem] = inside.licences(False)
    assert "mto_small" in problem


def test_data_file_left_out(repository):
    write_manifest(repository, data=[])
    [problem] = inside.manifest_data(False)
    assert "views/small_views.xml" in problem


def test_data_file_that_is_not_there(repository):
    write_manifest(repository, data=["views/small_views.xml", "views/other.xml"])
    [problem] = inside.manifest_data(False)
    assert "views/other.xml" in problem


@pytest.mark.parametrize(
    "text",
    [
        "/".join(("", "root", "project")),
        "/".join(("", "home", "someone")),
        ".".join(("pypi", "org")),
        "https://" + ".".join(("registry", "npmjs", "org")) + "/x",
    ],
)
def test_private_name(repository, text):
    (repository / "notes.md").write_text(f"first line\nsee {text} for more\n")
    [problem] = inside.private_names(False)
    assert problem.startswith("notes.md:2:")


@pytest.mark.parametrize(
    "text", ["/mnt/extra-addons", "./root/x", "~/work/x", "https://odoo.com/home/x"]
)
def test_public_name(repository, text):
    (repository / "notes.md").write_text(f"see {text} for more\n")
    assert inside.private_names(False) == []


def skip(_fix):
    raise tools.Skipped("no such tool here")


def fail(_fix):
    raise tools.Problem("The tools could not be installed: do this.")


@pytest.mark.parametrize(
    "check, status, words",
    [
        (lambda fix: [], 0, ["ok", "1 ok"]),
        (
            lambda fix: ["file.py:1: wrong"],
            1,
            ["failed", "file.py:1: wrong", "1 failed"],
        ),
        (skip, 0, ["skipped: no such tool here", "1 skipped"]),
        (fail, 2, ["could not be installed: do this"]),
    ],
)
def test_command(monkeypatch, capsys, check, status, words):
    monkeypatch.setattr(command, "CHECKS", {"some-check": check})
    assert command.main([]) == status
    output = "".join(capsys.readouterr())
    assert [word for word in words if word not in output] == []


def test_skipped_without_node(monkeypatch):
    monkeypatch.setattr(tools.shutil, "which", lambda name: None)
    for check in (outside.prettier, outside.eslint):
        with pytest.raises(tools.Skipped, match=r"no Node\.js"):
            check(False)


def test_skipped_with_an_old_node(monkeypatch):
    monkeypatch.setattr(tools.shutil, "which", lambda name: name)
    monkeypatch.setattr(tools, "run", lambda command: (0, ["v16.20.1"]))
    with pytest.raises(tools.Skipped, match="older than 18.18"):
        outside.eslint(False)
