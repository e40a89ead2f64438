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

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _count_confirmed(self, lines):
        order = self._order(*((self._build(f"{lines}{n}", 2), 1) for n in range(lines)))
        return self._count(order.action_confirm)

    def test_queries_per_order(self):
        """Each further line of 3 orders costs a few statements, core's way 660."""
        self._count_confirmed(1)
        few, many = self._count_confirmed(2), self._count_confirmed(6)
        self.assertLess((many - few) / 4, 3 * 6)
        self.assertLess(many, 18 * 22)

    def _count_raised(self, width):
        below = [(self._build(f"{width}r{n}", 1), 1) for n in range(width)]
        order = self._order((self._assembly(f"R{width}", below), 1))
        order.action_confirm()
        # Notes of changes are written by order, as in core.
        quiet = order.with_context(tracking_disable=True).order_line
        return self._count(lambda: quiet.write({"product_uom_qty": 3}))

    def test_queries_per_raised_order(self):
        """Each further assembly costs what locks its parts, core's way 200."""
        self._count_raised(1)
        few, many = self._count_raised(2), self._count_raised(8)
        self.assertLess((many - few) / 6, 4)
