from datetime import timedelta

from odoo import fields

from .common import FlowCase


class TestSlowVendor(FlowCase):
    """ "When can I have it?": a cargo bike, and the vendor of its motor who slips."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.promise_open_issues = True
        cls.bike = cls.env.ref("mto_demo.product_cargo_bike")
        cls.motor = cls.env.ref("mto_demo.product_motor")
        cls.slow_vendor = cls.env.ref("mto_demo.vendor_motor")
        cls.buyer = cls.env.ref("mto_demo.user_purchasing")
        cls.seller = cls.env.ref("mto_demo.user_sales")

    def ask(self, order):
        """What the screen of the salesperson tells of the only line."""
        sales = self.as_("sales")["sale.order"]
        line = order.order_line
        promised = fields.Datetime.to_string(line.promised_date)
        lines = [{"key": "line", "id": line.id, "promised_date": promised}]
        return sales.read_typed_promise({"id": order.id}, lines)["answers"]["line"]

    def wait_a_minute(self):
        """The queue that a change wakes up runs at once, not in an hour."""
        cron = self.env.ref("mto_pegging.ir_cron_refresh")
        self.env.flush_all()
        self.env.cr.flush()
        soon = fields.Datetime.now() + timedelta(minutes=1)
        self.assertTrue(
            self.env["ir.cron.trigger"].search(
                [("cron_id", "=", cron.id), ("call_at", "<=", soon)]
            )
        )
        while self.env["mto.demand.change"].sudo()._follow(200):
            pass
        self.env.invalidate_all()

    def issues(self, code, *documents):
        return self.env["operation.exception"].search(
            [
                ("type_id.code", "=", code),
                ("state", "!=", "closed"),
                ("res_model", "in", [document._name for document in documents]),
                ("res_id", "in", [document.id for document in documents]),
            ]
        )

    def test_from_the_true_date_to_the_open_issue(self):
        """Quoted with its true date, confirmed, slipped, told, promised anew."""
        order = self.quote((self.bike, 1, 4200), commitment_date=self.in_days(20))
        answer = self.ask(order)
        self.assertEqual(answer["state"], "late")
        for word in (self.motor.name, self.slow_vendor.name):
            self.assertIn(word, answer["message"])
        # It comes in working hours: after a night or a weekend, if 45 days end in one.
        self.assertRegex(answer["message"], r"needs 4[5-7] days")
        earliest = fields.Datetime.to_datetime(answer["earliest"])
        self.assertGreater(earliest, self.in_days(45))

        # "Use this date", and the customer agrees.
        by_sales = order.with_env(self.as_("sales"))
        by_sales.order_line.promised_date = earliest
        # Amber: there is no day to spare.
        self.assertEqual(self.ask(order)["state"], "tight")
        self.confirm(order)
        purchase = self.purchases_of(order).filtered(
            lambda p: p.partner_id == self.slow_vendor
        )
        purchase.user_id = self.buyer
        self.buy(purchase)
        self.wait_a_minute()
        self.assertEqual(by_sales.outlook_days_late, 0)
        self.assertFalse(self.issues("late_promise", order))

        # The vendor writes: two weeks later.
        line = purchase.order_line.with_env(self.as_("purchasing"))
        line.date_planned += timedelta(days=14)
        self.wait_a_minute()
        self.assertTrue(7 <= by_sales.outlook_days_late <= 14)
        self.assertEqual(by_sales.outlook_promised_date, earliest)
        self.assertIn(self.slow_vendor.name, by_sales.outlook_message)
        late = self.issues("late_promise", order)
        self.assertEqual(late.owner_id, self.seller)
        self.assertIn(self.slow_vendor.name, late.description)
        delayed = self.issues("delayed_supply", purchase)
        self.assertEqual(delayed.owner_id, self.buyer)
        self.assertEqual(delayed.impact_ids.res_id, order.id)

        # Who may not see purchases is told the cause and the way all the same.
        told = by_sales.get_promise()[0]["lines"][0]
        self.assertEqual(told["limiting_component"], self.motor.name)
        path = [(step["product"], step["supply"]) for step in told["critical_path"]]
        self.assertEqual(path[0], (self.motor.name, "arrival"))
        self.assertEqual(path[-1], (self.bike.name, "delivery"))

        # Promised anew: the issues are over, the history stays.
        dialog = self.open_dialog("sales", by_sales.action_renew_promises()).save()
        dialog.note = "The motor comes later"
        dialog.action_apply()
        self.wait_a_minute()
        self.assertFalse(self.issues("late_promise", order))
        self.assertFalse(self.issues("delayed_supply", purchase))
        self.assertEqual(by_sales.outlook_days_late, 0)
        changes = self.env["mto.promise.change"].search(
            [("order_id", "=", order.id)], order="id"
        )
        self.assertEqual(changes.mapped("kind"), ["first", "change"])
        self.assertEqual(changes[0].date_after, earliest)
        self.assertEqual(changes[1].note, "The motor comes later")
