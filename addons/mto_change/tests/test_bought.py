from odoo.tests import tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestBought(ChangeCommon):
    """A confirmed purchase brings its goods, whoever needs them no more: 8 bolts."""

    def setUp(self):
        super().setUp()
        self.order = self._create_order((self.wheel, 2))
        self.production = self._get_productions(self.wheel)

    def _get_open_receipts(self):
        """The quantities that are still to come."""
        moves = self._get_lines(self.bolt).move_ids
        return moves.filtered(lambda m: m.state not in ("done", "cancel")).mapped(
            "product_uom_qty"
        )

    def test_order_is_cancelled(self):
        """Core cancels the receipt with what it was for, and not the purchase."""
        purchase = self._buy(self.bolt).order_id
        self.order.action_cancel()
        self.assertEqual(self.production.state, "cancel")
        self.assertEqual(self._get_open_receipts(), [8])
        issue = self._get_issues("change_decision")
        self.assertEqual((issue.res_model, issue.res_id), (purchase._name, purchase.id))
        self._receive(self.bolt)
        self.assertEqual(self.bolt.qty_available, 8)

    def test_production_is_cancelled(self):
        self._buy(self.bolt)
        self.production.action_cancel()
        self.assertEqual(self._get_open_receipts(), [8])

    def test_passed_to_another_order(self):
        """What is left over serves the next order, whose request is not sent."""
        self._buy(self.bolt)
        self._create_order((self.bolt, 5))
        self.assertEqual(self._get_purchased(self.bolt), 13)
        self.order.action_cancel()
        self.assertEqual(self._get_open_receipts(), [8])
        self.assertEqual(self._get_purchased(self.bolt), 8)
        self.assertServed(self.bolt)

    def test_received_in_two_steps(self):
        """What has arrived is still brought to the shelf."""
        self.order.action_cancel()
        self.warehouse.reception_steps = "two_steps"
        self.order.action_draft()
        self.order.action_confirm()
        self._buy(self.bolt)
        self._receive(self.bolt)
        row = self._get_row(
            self._preview(self.order, {"cancel": True}), self._get_lines(self.bolt)
        )
        self.assertEqual((row["action"], row["surplus"]), ("keep_surplus", 8))
        self.order.action_cancel()
        [step] = self.env["stock.move"].search(
            [
                ("product_id", "=", self.bolt.id),
                ("location_dest_id", "=", self.stock.id),
                ("state", "!=", "cancel"),
            ]
        )
        self._move(step.picking_id)
        self.assertEqual((step.state, step.quantity), ("done", 8))

    def test_switched_off(self):
        """As in Odoo."""
        self.company.order_change_rules = False
        self._buy(self.bolt)
        self.production.action_cancel()
        self.assertEqual(self._get_open_receipts(), [])
