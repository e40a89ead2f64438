"""Rows, their two sides, and soak jobs; found in all files of this package."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

import benchmarks

# Odoo alone, with our modules, and with mto_batch_confirm only.
TEMPLATES = ("stock", "suite", "batch")
FIGURES = ("queries", "cpu", "seconds", "memory")

_ROWS = []
_SOAKS = []


@dataclass(frozen=True, init=False)
class Side:
    """One side of a comparison: a function called on a clone of a template.

    It is called in another process, so it is a function of a module, with strings and
    numbers as arguments.
    """

    template: str
    function: Callable
    arguments: tuple

    def __init__(self, template, function, *arguments):
        if template not in TEMPLATES:
            raise ValueError(f"{template} is not one of {', '.join(TEMPLATES)}")
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "function", function)
        object.__setattr__(self, "arguments", arguments)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    size: str
    about: str
    sides: Callable  # size -> (ours, against)
    limit: float | None = None  # of the ratio
    most: float | None = None  # of our own figure
    of: str = "queries"
    same: bool = False  # the facts of both sides must be equal
    default: bool = True  # measured without being named

    @property
    def key(self):
        return f"{self.name}/{_squeezed(self.size)}"


@dataclass(frozen=True)
class Soak:
    """A job that plays random lives; on the template with our modules."""

    name: str
    about: str
    function: Callable


def row(*sizes, limit=None, most=None, of="queries", same=False, default=True):
    """Register a function that takes a size and returns (ours, against)."""
    if of not in FIGURES:
        raise ValueError(f"{of} is not one of {', '.join(FIGURES)}")

    def register(function):
        for size in sizes:
            _ROWS.append(
                Row(
                    name=function.__name__,
                    size=size,
                    about=_first_line(function),
                    sides=function,
                    limit=limit,
                    most=most,
                    of=of,
                    same=same,
                    default=default,
                )
            )
        return function

    return register


def soak(function):
    """Register a function that plays one life: it takes a bench and a seed."""
    _SOAKS.append(Soak(function.__name__, _first_line(function), function))
    return function


def rows():
    """Return all registered rows."""
    _load()
    return list(_ROWS)


def soaks():
    """Return all registered soak jobs."""
    _load()
    return list(_SOAKS)


def chosen(names):
    """Return the rows of these names, or those measured without being named.

    :param names: names of rows, with all their sizes, or name/size
    :raise LookupError: for a name that no row has
    """
    if not names:
        return [entry for entry in rows() if entry.default]
    wanted = [_squeezed(name) for name in names]
    found = [entry for entry in rows() if {entry.name, entry.key} & set(wanted)]
    known = {name for entry in found for name in (entry.name, entry.key)}
    for name in wanted:
        if name not in known:
            raise LookupError(name)
    return found


def address(function):
    """Return the name by which `resolve` finds a function in another process."""
    return f"{function.__module__}:{function.__qualname__}"


def resolve(name):
    """Return the function that `address` named."""
    module, _colon, qualname = name.partition(":")
    return getattr(importlib.import_module(module), qualname)


def _load():
    for module in pkgutil.iter_modules(benchmarks.__path__):
        importlib.import_module(f"benchmarks.{module.name}")


def _first_line(function):
    return (inspect.getdoc(function) or "").partition("\n")[0]


def _squeezed(text):
    return text.replace(" ", "")
