from odoo.tests import HttpCase, new_test_user, tagged

from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestTour(HttpCase, ChangeCommon):
    """Who sells changes an order, and sees what it does; who plans decides."""

    def _start_tour(self, tour, groups):
        user = new_test_user(self.env, login="mto_change_tour", groups=groups)
        order = self._create_order((self.bike, 5), user_id=user.id)
        if tour == "mto_change_decision":
            self._start(self._get_productions(self.bike))
        self.start_tour(f"/odoo/sales/{order.id}", tour, login=user.login)
        return order

    def test_change(self):
        order = self._start_tour("mto_change_order", "sales_team.group_sale_salesman")
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertEqual(self._get_made(self.wheel), 4)

    def test_decision(self):
        self._start_tour(
            "mto_change_decision",
            "sales_team.group_sale_salesman,mrp.group_mrp_manager",
        )
        self.assertEqual(self._get_made(self.bike), 2)
        self.assertEqual(self._get_made(self.wheel), 4)
