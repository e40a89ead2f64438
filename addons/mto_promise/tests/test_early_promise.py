from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PromiseCommon


@tagged("post_install", "-at_install")
class TestEarlyPromise(PromiseCommon):
    """Promising earlier than can be kept: told, explained or approved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 32 days: 3 of bolts are little; a slow part decides.
        cls.slow = cls._create_part("Motor", "make_to_order", delay=30)
        cls.cargo = cls._create_product("Cargo bike", "make_to_order")
        cls._create_bom(cls.cargo, [(cls.slow, 1)], produce_delay=2)
        cls.seller = cls._create_user("sales")
        cls.approver = cls._create_user("sales_manager")
        cls.approver.group_ids += cls.env.ref("mto_promise.group_promise_approver")

    def _quote(self, days=None, user=None, **vals):
        order = self._create_order(
            (self.cargo, 1, vals), user=user or self.seller, confirm=False
        )
        order.sudo().user_id = self.seller
        if days is not None:
            order.order_line.promised_date = self._in_days(days)
        return order

    def _get_issues(self, order):
        return self.env["operation.exception"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )

    def _get_texts(self, order):
        order.invalidate_recordset(["message_ids"])
        return "".join(order.sudo().message_ids.mapped("body"))

    # Unconfigured

    def test_unconfigured_confirms_as_core(self):
        order = self._quote()
        order.action_confirm()
        line = order.order_line
        self.assertFalse(line.promised_date or line.planned_date)
        delivery = self._get_delivery(line.sudo())
        self.assertEqual(delivery.date_deadline, line._expected_date())
        self.assertFalse(self._get_issues(order))

    def test_too_early_is_told(self):
        order = self._quote(5)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        text = self._get_texts(order)
        self.assertIn("Cargo bike", text)
        self.assertIn("Motor", text)
        self.assertIn(order.order_line._format_day(self._in_days(5)), text)

    def test_kept_promise_says_nothing(self):
        order = self._quote(60)
        before = len(order.sudo().message_ids)
        order.action_confirm()
        texts = order.sudo().message_ids[: len(order.sudo().message_ids) - before]
        self.assertNotIn("earliest date", "".join(texts.mapped("body")))

    # A reason

    def test_reason_is_asked_for_by_each_way(self):
        self.company.promise_early = "reason"
        order = self._quote(5)
        with self.assertRaisesRegex(UserError, "give a reason"):
            order.action_confirm()
        with self.assertRaisesRegex(UserError, "Cargo bike"):
            order.with_user(self.seller).action_confirm()
        order.order_line.early_promise_reason = "Exhibition"
        order.action_confirm()
        self.assertIn("Exhibition", self._get_texts(order))
        # Afterwards: write and create, as an import and the API do.
        self._refresh()
        line = order.order_line
        with self.assertRaisesRegex(UserError, "give a reason"):
            line.promised_date = self._in_days(4)
        self.env.invalidate_all(flush=False)
        self.assertEqual(line.promised_date, self._in_days(5))
        line.write(
            {"promised_date": self._in_days(4), "early_promise_reason": "Trade fair"}
        )
        self.assertIn("Trade fair", self._get_texts(order))
        line.promised_date = self._in_days(50)

    def test_import_and_mass_edit_are_no_way_around(self):
        """What a list writes at once and what a file brings is checked as a whole."""
        self.company.promise_early = "reason"
        orders = self._quote(60) | self._quote(60)
        orders.action_confirm()
        self._refresh()
        lines = orders.order_line
        with self.assertRaisesRegex(UserError, "give a reason"):
            lines.write({"promised_date": self._in_days(5)})
        # As the end of a refused request: nothing that was written is left.
        self.env.clear()
        rows = [
            [str(line.id), fields.Datetime.to_string(self._in_days(days))]
            for line, days in zip(lines, (70, 5), strict=True)
        ]
        Line = self.env["sale.order.line"].with_user(self.seller)
        result = Line.load([".id", "promised_date"], rows)
        self.assertFalse(result["ids"])
        self.assertIn("give a reason", result["messages"][0]["message"])
        self.env.clear()
        self.assertEqual(set(lines.mapped("promised_date")), {self._in_days(60)})
        result = Line.load(
            [".id", "promised_date", "early_promise_reason"],
            [[*row, "Trade fair"] for row in rows],
        )
        self.assertEqual(result["ids"], lines.ids)
        self.assertEqual(lines[1].promised_date, self._in_days(5))
        self.assertIn("Trade fair", self._get_texts(orders[1]))

    def test_date_that_can_be_kept_needs_no_reason(self):
        self.company.promise_early = "reason"
        order = self._quote(60)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_wish_of_the_customer_is_a_promise_without_another(self):
        self.company.promise_early = "reason"
        order = self._quote()
        order.commitment_date = self._in_days(3)
        with self.assertRaises(UserError):
            order.action_confirm()

    # Approval

    def test_somebody_else_approves(self):
        self.company.promise_early = "approve"
        order = self._quote(5)
        line = order.order_line
        line.early_promise_reason = "Exhibition"
        with self.assertRaisesRegex(UserError, "may approve"):
            order.action_confirm()
        with self.assertRaises(AccessError):
            line.action_approve_early_promise()
        with self.assertRaises(AccessError):
            line.write({"early_promise_approved_date": self._in_days(1)})
        with self.assertRaises(AccessError):
            order.order_line.create(
                {
                    "order_id": order.id,
                    "product_id": self.cargo.id,
                    "early_promise_approver_id": self.approver.id,
                }
            )
        order.with_user(self.approver).action_approve_early_promises()
        self.assertEqual(line.early_promise_approver_id, self.approver)
        self.assertIn(self.approver.name, self._get_texts(order))
        # An earlier date than the approved one needs another approval.
        line.promised_date = self._in_days(4)
        with self.assertRaises(UserError):
            order.action_confirm()
        line.promised_date = self._in_days(6)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_nobody_approves_an_order_of_their_own(self):
        self.company.promise_early = "approve"
        order = self._quote(5)
        order.user_id = self.approver
        with self.assertRaises(AccessError):
            order.order_line.with_user(self.approver).action_approve_early_promise()

    def test_approver_may_promise_anew(self):
        self.company.promise_early = "approve"
        order = self._quote(60)
        order.action_confirm()
        self._refresh()
        line = order.order_line
        with self.assertRaises(UserError):
            line.promised_date = self._in_days(5)
        line.with_user(self.approver).promised_date = self._in_days(5)
        self.assertEqual(line.promised_date, self._in_days(5))

    def test_added_line_is_checked(self):
        self.company.promise_early = "reason"
        order = self._quote(60)
        order.action_confirm()
        with self.assertRaises(UserError):
            order.write(
                {
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.cargo.id,
                                "promised_date": self._in_days(2),
                            }
                        )
                    ]
                }
            )

    # Customers

    def test_signature_is_never_refused(self):
        self.company.promise_early = "approve"
        order = self._quote(5)
        order.signed_on = self.now
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        issue = self._get_issues(order)
        self.assertEqual(issue.type_id.code, "late_promise")
        self.assertEqual(issue.owner_id, self.seller)
        for word in ("Motor", order.order_line._format_day(self._in_days(5))):
            self.assertIn(word, issue.description)
        # What the customer reads is the old promise: nobody moved it.
        self.assertEqual(order.order_line.promised_date, self._in_days(5))
        notes = order.sudo().message_ids.filtered(lambda m: "Motor" in (m.body or ""))
        self.assertTrue(all(note.is_internal for note in notes) and notes)

    def _pay(self, order):
        """The customer pays online: the provider's answer confirms the order."""
        provider = self.env["payment.provider"].search([], limit=1)
        method = self.env["payment.method"].with_context(active_test=False)
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.copy({"name": "Test", "state": "test"}).id,
                "payment_method_id": method.search([], limit=1).id,
                "reference": f"pay-{order.name}",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": order.ids,
                "state": "done",
            }
        )

    def test_payment_is_never_refused(self):
        for early in ("reason", "approve"):
            self.company.promise_early = early
            order = self._quote(5)
            order.sudo().write({"state": "sent", "require_payment": True})
            self._pay(order.sudo())._check_amount_and_confirm_order()
            self.assertEqual(order.state, "sale")
            issue = self._get_issues(order)
            self.assertEqual(
                (issue.type_id.code, issue.owner_id), ("late_promise", self.seller)
            )
            self.assertEqual(order.order_line.promised_date, self._in_days(5))

    def test_signature_on_what_can_be_kept_opens_nothing(self):
        order = self._quote(60)
        order.signed_on = self.now
        order.action_confirm()
        self.assertFalse(self._get_issues(order))

    # What is promised when nobody promised

    def test_weeks_become_a_date(self):
        order = self._quote()
        order.promise_weeks = 6
        order.action_confirm()
        self.assertAlmostEqual(
            order.order_line.promised_date,
            self._in_days(42),
            delta=timedelta(minutes=9),
        )

    def test_earliest_date_by_default(self):
        self.company.promise_default = "earliest"
        order = self._quote()
        feasible = order.order_line._get_promises()[order.order_line].feasible
        order.action_confirm()
        line = order.order_line
        self.assertAlmostEqual(line.promised_date, feasible, delta=timedelta(days=1))
        self.assertGreaterEqual(line.promised_date, self._in_days(31))
        self.assertEqual(
            self._get_delivery(line.sudo()).date_deadline, line.promised_date
        )
        wished = self._quote()
        wished.commitment_date = self._in_days(80)
        wished.action_confirm()
        self.assertEqual(wished.order_line.promised_date, self._in_days(80))
        self.assertEqual(wished.commitment_date, self._in_days(80))

    # No document born in the past

    def test_nothing_begins_in_the_past(self):
        """4.4: core dates the purchase 32 days back and says nothing."""
        order = self._quote()
        order.commitment_date = self.now
        stock = order.copy({"commitment_date": self.now})
        stock.action_confirm()
        bought = self._get_purchase_line(self.slow).order_id
        self.assertLess(bought.date_order, self._in_days(-25))
        made = self._get_productions(self.cargo)[-1]
        self.assertLess(made.date_start, self._in_days(-1))

        self.company.promise_plan_earliest = True
        order.action_confirm()
        line = order.order_line
        made = self._get_productions(self.cargo)[-1]
        purchase = self._get_purchase_line(self.slow)
        self.assertGreaterEqual(line.planned_date, self._in_days(31))
        self.assertGreaterEqual(made.date_start, self._in_days(29))
        self.assertGreaterEqual(
            purchase.order_id.date_order + timedelta(days=30), self._in_days(29)
        )
        delivery = self._get_delivery(line.sudo())
        self.assertEqual(delivery.date_deadline, self.now)
        self.assertGreaterEqual(delivery.date, self._in_days(31))
        self.assertEqual(made.date_deadline, self.now)
        self.assertIn("cannot be kept", order.planned_message)
        self.assertIn("cannot be kept", self._get_texts(order))

    def test_what_can_be_kept_is_planned_for_its_promise(self):
        self.company.promise_plan_earliest = True
        order = self._quote(60)
        order.action_confirm()
        self.assertFalse(order.order_line.planned_date)
        self.assertFalse(order.planned_message)
        delivery = self._get_delivery(order.order_line.sudo())
        self.assertEqual(delivery.date, self._in_days(60))

    def test_line_added_later_is_planned_too(self):
        self.company.promise_plan_earliest = True
        order = self._quote(60)
        order.action_confirm()
        order.write(
            {
                "order_line": [
                    Command.create(
                        {"product_id": self.cargo.id, "promised_date": self.now}
                    )
                ]
            }
        )
        self.assertGreaterEqual(order.order_line[1].planned_date, self._in_days(31))

    def test_started_later_is_planned_from_its_start(self):
        self.company.promise_plan_earliest = True
        order = self._quote()
        order.write(
            {
                "commitment_date": self.now,
                "start_later": True,
                "start_later_reason": "Deposit",
                "start_owner_id": self.seller.id,
            }
        )
        order.action_confirm()
        self.assertFalse(order.order_line.planned_date)
        order.action_start()
        self.assertGreaterEqual(order.order_line.planned_date, self._in_days(31))
