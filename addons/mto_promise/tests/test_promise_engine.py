import doctest

from odoo.tests.common import BaseCase, tagged

from ..engine import answer, goods, structure, workdays


@tagged("post_install", "-at_install")
class TestPromiseExamples(BaseCase):
    """The golden cases in the docstrings of the engine."""

    def test_examples(self):
        for module in (answer, goods, structure, workdays):
            result = doctest.testmod(module)
            self.assertFalse(result.failed, module.__name__)
            self.assertTrue(result.attempted, module.__name__)
