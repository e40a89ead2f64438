"""What `scripts/lint` does: the checks, and the tools some of them need.

command.py   the command: which checks run, one line and the time of each
tools.py     pinned tools in environments of their own, made on first use
outside.py   checks by those tools: ruff, pylint-odoo, prettier, eslint
inside.py    checks of our own, with the standard library only
"""
