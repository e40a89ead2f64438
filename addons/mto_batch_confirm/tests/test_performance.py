"""Statements of a confirmation: they follow the levels, not the orders."""

from odoo.tests import tagged

from .common import BatchCommon


@tagged("post_install", "-at_install")
class TestPerformance(BatchCommon):
    def _build(self, name, depth):
        components = [(self._part(f"{name}p", vendor=len(name) % 2), 1)]
        if depth > 1:
            components += [
                (self._build(f"{name}{side}", depth - 1), 1) for side in "ab"
            ]
        return self._assembly(name, components, operations=2)

    def _count(self, lines):
        order = self._order(*((self._build(f"{lines}{n}", 3), 1) for n in range(lines)))
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        order.action_confirm()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_queries_per_order(self):
        """Each further line of 7 orders costs a few statements, core's way 1,500."""
        self._count(1)
        few, many = self._count(2), self._count(6)
        self.assertLess((many - few) / 4, 7 * 6)
        self.assertLess(many, 42 * 14)
