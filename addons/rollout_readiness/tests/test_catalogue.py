"""Each check has its three tests: it holds, it finds whom, and it does not apply."""

import ast
from collections import defaultdict
from pathlib import Path

from odoo.modules import Manifest
from odoo.tests import BaseCase, TransactionCase, tagged

from ..checks import base
from ..checks.base import get_check_classes

# What is asked of each check: assertions of `ReadinessCommon`.
HOLDS, FINDS = "assertHolds", "assertFinds"
ABSENT, EMPTY = "assertAbsent", "assertEmpty"


def find_assertions(source):
    """Return {code: names of the assertions that name it}, as they stand in a file."""
    found = defaultdict(set)
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            found[first.value].add(node.func.attr)
    return found


def find_missing(check_class, assertions):
    """Return which of the three tests a check lacks.

    What always has something to look at shows that nothing is not passed.
    """
    needed = {HOLDS: {HOLDS}, FINDS: {FINDS}, ABSENT: {ABSENT}}
    if check_class.expects_data:
        needed[ABSENT] = {ABSENT, EMPTY}
    return {name for name, any_of in needed.items() if not any_of & assertions}


class TestFindAssertions(BaseCase):
    SOURCE = """
def test_m99(self):
    self.assertHolds("M99")
    self.assertFinds("M99", bad)
"""

    def test_missing(self):
        class Plain:
            expects_data = False

        class Always:
            expects_data = True

        found = find_assertions(self.SOURCE)
        self.assertEqual(find_missing(Plain, found["M99"]), {ABSENT})
        self.assertEqual(find_missing(Plain, found["M98"]), {HOLDS, FINDS, ABSENT})
        nothing = find_assertions(self.SOURCE + '    self.assertEmpty("M99")\n')
        self.assertEqual(find_missing(Plain, nothing["M99"]), {ABSENT})
        self.assertFalse(find_missing(Always, nothing["M99"]))


@tagged("post_install", "-at_install")
class TestCatalogue(TransactionCase):
    def test_each_check_has_its_three_tests(self):
        """A check of any module that is installed, whoever wrote it."""
        installed = self.env.registry._init_modules
        missing = {}
        for code, check_class in get_check_classes(installed).items():
            modules = {each.get_module() for each in base._CLASSES[code]} & installed
            assertions = set().union(
                *(self._get_assertions(module)[code] for module in modules)
            )
            lacks = find_missing(check_class, assertions)
            if lacks:
                missing[code] = sorted(lacks)
        self.assertFalse(missing, "checks without these tests")
        self.assertGreater(len(get_check_classes(installed)), 70)

    def _get_assertions(self, module):
        found = defaultdict(set)
        tests = Path(Manifest.for_addon(module).path, "tests")
        for path in tests.glob("test_*.py"):
            for code, names in find_assertions(path.read_text()).items():
                found[code] |= names
        return found
