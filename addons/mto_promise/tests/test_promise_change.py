from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mto_cascade.tests.common import ROLE_GROUPS

from .common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseChange(PromiseCommon):
    """What was promised, and when that changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls._create_product("Frame", on_hand=100)
        cls.seller = cls._create_user("sales")
        cls.reason = cls.env.ref("operation_exception.reason_vendor", False) or (
            cls.env["operation.exception.reason"].search(
                [("kind", "=", "cause")], limit=1
            )
        )

    def _get_changes(self, order):
        return self.env["mto.promise.change"].search(
            [("order_id", "=", order.id)], order="id"
        )

    def _deliver(self, order):
        order.picking_ids.action_assign()
        for picking in order.picking_ids:
            picking.move_ids.picked = True
            picking.button_validate()

    def test_first_promise_is_kept_by_the_queue(self):
        order = self._create_order(
            (self.frame, 1), commitment_date=self._in_days(10), user=self.seller
        )
        self._refresh()
        first = self._get_changes(order)
        self.assertEqual((first.kind, first.date_after), ("first", self._in_days(10)))
        self.assertEqual((first.user_id, first.date), (self.seller, order.date_order))
        self._refresh()
        self.assertEqual(self._get_changes(order), first)

    def test_change_before_the_queue_keeps_the_first(self):
        order = self._create_order((self.frame, 1), commitment_date=self._in_days(10))
        order.order_line.with_user(self.seller.id).sudo(False)
        order.order_line.write(
            {"promised_date": self._in_days(14), "promise_reason_id": self.reason.id}
        )
        first, change = self._get_changes(order)
        self.assertEqual(first.date_after, self._in_days(10))
        self.assertEqual(
            (change.date_before, change.date_after),
            (self._in_days(10), self._in_days(14)),
        )
        self.assertEqual(change.reason_id, self.reason)
        self.assertEqual(change.user_id, self.env.user)
        self.assertIn(self.reason.name, order.message_ids[0].body)

    def test_date_of_the_order_changes_lines_without_their_own(self):
        order = self._create_order(
            (self.frame, 1),
            (self.bike, 1, {"promised_date": self._in_days(20)}),
            commitment_date=self._in_days(10),
        )
        order.commitment_date = self._in_days(12)
        changes = self._get_changes(order).filtered(lambda c: c.kind == "change")
        self.assertEqual(changes.product_id, self.frame)

    def test_same_date_again_is_no_change(self):
        order = self._create_order((self.frame, 1), commitment_date=self._in_days(10))
        order.order_line.promised_date = self._in_days(10)
        self.assertFalse(self._get_changes(order))

    def test_dialog_promises_anew(self):
        order = self._create_order(
            (self.frame, 1), (self.wheel, 2), commitment_date=self._in_days(10)
        )
        self._refresh()
        action = order.action_renew_promises()
        wizard = self.env[action["res_model"]].create(
            {"order_id": order.id, "reason_id": self.reason.id, "note": "Asked twice"}
        )
        self.assertEqual(wizard.line_ids.sale_line_id, order.order_line)
        with self.assertRaises(UserError):
            wizard.action_apply()
        wizard.line_ids[1].date = self._in_days(17)
        wizard.action_apply()
        self.assertEqual(order.order_line[1].promised_date, self._in_days(17))
        self.assertFalse(order.order_line[0].promised_date)
        change = self._get_changes(order).filtered(lambda c: c.kind == "change")
        self.assertEqual((change.reason_id, change.note), (self.reason, "Asked twice"))

    def test_nothing_to_promise_anew(self):
        order = self._create_order((self.frame, 1))
        self._deliver(order)
        with self.assertRaises(UserError):
            order.action_renew_promises()

    def test_reliability_compares_promises_with_deliveries(self):
        late = self._create_order((self.frame, 1), commitment_date=self._in_days(-5))
        late.order_line.promised_date = self._in_days(-2)
        kept = self._create_order((self.frame, 1), commitment_date=self._in_days(5))
        waits = self._create_order((self.frame, 1), commitment_date=self._in_days(5))
        overdue = self._create_order((self.frame, 1), commitment_date=self._in_days(-3))
        self._deliver(late | kept)
        rows = {
            order: self.env["mto.promise.reliability"].search(
                [("order_id", "=", order.id)]
            )
            for order in late | kept | waits | overdue
        }
        self.assertEqual(rows[late].state, "delivered")
        self.assertEqual((rows[late].days_late, rows[late].days_late_first), (2, 5))
        self.assertEqual((rows[late].on_time, rows[late].change_count), (0, 1))
        self.assertEqual((rows[kept].on_time, rows[kept].days_late), (100, -5))
        self.assertEqual((rows[waits].state, rows[overdue].state), ("open", "overdue"))
        groups = self.env["mto.promise.reliability"]._read_group(
            [("order_id", "in", (late | kept | waits).ids)],
            ["partner_id"],
            ["on_time:avg"],
        )
        self.assertEqual(groups, [(self.customer, 50)])

    def test_telling_the_customer_sends_nothing_by_itself(self):
        order = self._create_order((self.frame, 1), commitment_date=self._in_days(10))
        order.order_line.promised_date = self._in_days(14)
        before = self.env["mail.mail"].search_count([])
        action = order.action_tell_customer()
        composer = (
            self.env[action["res_model"]].with_context(**action["context"]).create({})
        )
        line = order.order_line
        self.assertIn("Frame", composer.body)
        day = line.env["ir.qweb.field.datetime"].value_to_html(
            line.promised_date, {"date_only": True}
        )
        self.assertIn(day, composer.body)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    # Roles

    def test_history_is_written_by_nobody(self):
        order = self._create_order(
            (self.frame, 1), commitment_date=self._in_days(10), user=self.seller
        )
        line = order.order_line.with_user(self.seller)
        line.promised_date = self._in_days(11)
        change = self._get_changes(order)[-1].with_user(self.seller)
        self.assertEqual(change.user_id, self.seller)
        with self.assertRaises(AccessError):
            change.date_after = self._in_days(1)
        with self.assertRaises(AccessError):
            change.unlink()
        with self.assertRaises(AccessError):
            change.create(
                {
                    "sale_line_id": line.id,
                    "kind": "change",
                    "date_after": self._in_days(1),
                }
            )

    def test_each_sees_what_the_orders_show(self):
        order = self._create_order(
            (self.frame, 1), commitment_date=self._in_days(10), user=self.seller
        )
        order.user_id = self.seller
        self._refresh()
        colleague = self.env["res.users"].create(
            {
                "name": "Colleague",
                "login": "colleague",
                "group_ids": [
                    (4, self.env.ref("sales_team.group_sale_salesman").id),
                ],
            }
        )
        for model in ("mto.promise.change", "mto.promise.reliability"):
            found = {
                user.login: self.env[model]
                .with_user(user)
                .search_count([("order_id", "=", order.id)])
                for user in (
                    self.seller,
                    colleague,
                    self._create_user("sales_manager")
                    if model == "mto.promise.change"
                    else self.env["res.users"].search(
                        [("login", "=", "sales_manager_user")]
                    ),
                )
            }
            self.assertEqual(
                found, {"sales_user": 1, "colleague": 0, "sales_manager_user": 1}
            )
            for role in ("warehouse", "purchasing", "employee"):
                user = self.env["res.users"].search([("login", "=", f"{role}_user")])
                user = user or self._create_user(role)
                self.assertIn(role, ROLE_GROUPS)
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
