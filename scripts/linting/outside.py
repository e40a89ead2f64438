"""Checks by pinned tools. Each takes `fix` and returns the lines of what it found."""

import re

from stack import paths

from . import sources, tools

PLAIN = re.compile(
    r"^(All done|Checking formatting|All matched files|Fixed|\[warn\] Code)"
)


def ruff(fix):
    """Mistakes, order of imports, length of lines."""
    options = ["--fix", "--quiet"] if fix else ["--output-format=concise", "--quiet"]
    return _found([tools.python_tool("ruff"), "check", *options, "."])


def ruff_format(fix):
    """Layout of Python."""
    options = ["--quiet"] if fix else ["--check"]
    return _found([tools.python_tool("ruff"), "format", *options, "."])


def pylint_odoo(_fix):
    """Mandatory checks of Odoo modules."""
    modules = sorted(path.parent for path in paths.ADDONS.glob("*/__manifest__.py"))
    if not modules:
        return []
    tool = tools.python_tool("pylint")
    return _found([tool, f"--rcfile={paths.ROOT / '.pylintrc'}", *modules])


def prettier(fix):
    """Layout of JavaScript and XML."""
    tool = tools.node_tool("prettier")
    names = sources.names(".js", ".cjs", ".xml")
    plugin = tools.NODE / "node_modules" / "@prettier" / "plugin-xml" / "src/plugin.js"
    mode = ["--write", "--log-level=warn"] if fix else ["--check"]
    # No cache: one takes what --write wrote for right, though a second look may differ.
    return _found([tool, *mode, f"--plugin={plugin}", *names]) if names else []


def eslint(fix):
    """Mistakes in JavaScript."""
    tool = tools.node_tool("eslint")
    names = sources.names(".js")
    mode = ["--fix"] if fix else []
    return _found([tool, "--max-warnings=0", *mode, *names]) if names else []


def _found(command):
    """Return what the tool printed if it failed; a silent failure is told as such."""
    status, output = tools.run(command)
    if status == 0:
        return []
    lines = [line for line in output if line.strip() and not PLAIN.match(line)]
    return lines or [f"ended with status {status} and no word"]


CHECKS = {
    "ruff": ruff,
    "ruff-format": ruff_format,
    "pylint-odoo": pylint_odoo,
    "prettier": prettier,
    "eslint": eslint,
}
