"""What the packaging tests look at: the repository's files and its modules."""

import functools

from linting import inside, sources

# As constants: test_lint.py lets the checks look at another repository.
ROOT, ADDONS = inside.paths.ROOT, inside.paths.ADDONS


@functools.cache
def manifests():
    """Return {module: manifest} of the modules in this repository."""
    return inside.manifests()


@functools.cache
def module_files(module):
    """Return the names of a module's source files, relative to the module."""
    prefix = f"addons/{module}/"
    return [
        name.removeprefix(prefix)
        for name in sources.all_names()
        if name.startswith(prefix)
    ]
