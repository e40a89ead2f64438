from odoo.tests import HttpCase, new_test_user, tagged

from .common import PeggingCommon


@tagged("post_install", "-at_install")
class TestTour(HttpCase, PeggingCommon):
    def test_order_is_followed(self):
        """Quotation -> what will be created -> supply -> purchase -> for whom."""
        new_test_user(
            self.env,
            login="mto_pegging_tour",
            groups="sales_team.group_sale_manager,purchase.group_purchase_user,"
            "mrp.group_mrp_user,stock.group_stock_user",
        )
        order = self._create_order((self.bike, 2), confirm=False)
        self.start_tour(
            f"/odoo/sales/{order.id}", "mto_pegging_order", login="mto_pegging_tour"
        )
        self.assertEqual(order.state, "sale")
