from odoo.tests import HttpCase, new_test_user, tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestTour(HttpCase, ChangeCommon):
    """Who sells changes an order, sees what it does, and finds it again."""

    def test_change(self):
        user = new_test_user(
            self.env, login="mto_change_tour", groups="sales_team.group_sale_salesman"
        )
        order = self._create_order((self.bike, 5), user_id=user.id)
        self.start_tour(f"/odoo/sales/{order.id}", "mto_change_order", login=user.login)
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertEqual(self._get_made(self.wheel), 4)

    def test_decision(self):
        """Who plans production settles what a change left open, with one button."""
        order = self._create_order((self.bike, 5))
        production = self._get_productions(self.bike)
        self._start(production)
        order.order_line.product_uom_qty = 2
        issue = self._get_issues("change_decision")
        issue.owner_id = self._create_user("planner")
        self.start_tour(
            f"/odoo/operation.exception/{issue.id}",
            "mto_change_decision",
            login="planner_user",
        )
        self.assertEqual(production.product_qty, 2)
        self.assertEqual(issue.state, "closed")

    def test_cancel(self):
        """The screen shows what cancelling does before it is saved."""
        user = new_test_user(
            self.env, login="mto_change_cancel", groups="sales_team.group_sale_salesman"
        )
        order = self._create_order((self.bike, 5), user_id=user.id)
        self.start_tour(
            f"/odoo/sales/{order.id}",
            "mto_change_cancelled",
            login=user.login,
            timeout=180,
        )
        self.assertEqual(order.state, "cancel")
        self.assertFalse(self._get_made(self.wheel))
