from odoo.tests import tagged

from .common import PromiseCommon

# What is added to tables that are big on a live database.
COLUMNS = {
    "sale.order": {"promise_weeks"},
    "sale.order.line": {
        "early_promise_approved_date",
        "early_promise_approver_id",
        "early_promise_reason",
        "planned_date",
        "promise_reason_id",
        "promise_weeks",
        "promised_date",
        "wanted_date",
    },
    "mrp.production": {"is_date_by_hand"},
    "stock.picking": {"is_date_by_hand"},
}


@tagged("post_install", "-at_install")
class TestPromiseScale(PromiseCommon):
    """Sets, not records."""

    def test_installing_computes_nothing(self):
        """Columns are empty: 2,000 open orders keep their dates, in no time."""
        for model, names in COLUMNS.items():
            for name in names:
                field = self.env[model]._fields[name]
                self.assertTrue(field.store, name)
                self.assertFalse(field.compute or field.default or field.required, name)

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_delays_of_many_lines_cost_as_one(self):
        orders = self.env["sale.order"]
        for _number in range(6):
            orders |= self._create_order((self.bike, 1), (self.wheel, 1))
        self._refresh()
        lines = self.env["sale.order.line"].browse(orders.order_line.ids)
        lines[0]._get_delays()
        one = self._count(lambda: lines[:1]._get_delays())
        many = self._count(lambda: lines._get_delays())
        self.assertEqual(len(lines._get_delays()), len(lines))
        self.assertLessEqual(many, one + 3)

    def test_issues_of_many_orders_cost_as_one(self):
        orders = self.env["sale.order"]
        for _number in range(6):
            orders |= self._create_order(
                (self.bike, 1), commitment_date=self._in_days(-20)
            )
        self._refresh()
        detector = self.env["operation.exception.detector.late.promise"]
        progress = self.env["mto.order.progress"]

        def find(records):
            rows = progress._find_late(self.company, records)
            self.assertEqual(len(detector._get_causes(rows)), len(records))

        find(orders)
        one = self._count(lambda: find(orders[:1]))
        many = self._count(lambda: find(orders))
        self.assertLessEqual(many, one + 3)

    def test_confirming_without_promises_asks_nothing(self):
        """Not switched on, the confirmation costs what it cost."""
        order = self._create_order((self.bike, 1), confirm=False)
        asked = []
        Line = type(self.env["sale.order.line"])
        self.patch(Line, "_get_promises", lambda lines, *a: asked.append(lines) or {})
        order.action_confirm()
        self.assertFalse(asked)
