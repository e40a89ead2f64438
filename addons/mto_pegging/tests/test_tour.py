import io
from datetime import timedelta
from unittest.mock import patch

import openpyxl

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.mto_cascade.report.supply_tree import MtoSupplyTree

from .common import PeggingCommon
from .test_serve_first import GROUP, ServeFirstCommon


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

    def test_problems_and_spreadsheet(self):
        """Only what is late; then all of it in a spreadsheet."""
        new_test_user(
            self.env, login="mto_pegging_tour", groups="sales_team.group_sale_manager"
        )
        bell = self._create_part("Bell", "make_to_stock")
        self._add_stock(bell, 5)
        order = self._create_order(
            (self.bike, 2),
            (bell, 1),
            commitment_date=self.env.cr.now() + timedelta(days=90),
        )
        order.picking_ids.action_assign()
        line = self.env["purchase.order.line"].search(
            [("product_id", "=", self.bolt.id)]
        )
        line.date_planned = self.env.cr.now() + timedelta(days=200)
        files, make = [], MtoSupplyTree._get_xlsx

        def keep(tree, res_ids):
            files.append(make(tree, res_ids))
            return files[-1]

        with patch.object(MtoSupplyTree, "_get_xlsx", keep):
            self.start_tour(
                f"/odoo/sales/{order.id}",
                "mto_pegging_problems",
                login="mto_pegging_tour",
            )
        [content] = files
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        names = [row[0].value for row in sheet.iter_rows(min_row=2)]
        self.assertEqual(names[0], "Bike")
        self.assertIn("Bell", names)


@tagged("post_install", "-at_install")
class TestListTours(HttpCase, PeggingCommon):
    """The three lists people live in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Other orders of the database are not what the tours look at.
        cls.env["purchase.order"].search([("state", "=", "draft")]).button_cancel()
        cls.user = new_test_user(
            cls.env,
            login="mto_pegging_lists",
            groups="sales_team.group_sale_salesman,purchase.group_purchase_user,"
            "mrp.group_mrp_user,stock.group_stock_user",
        )
        cls.order = cls._create_order((cls.bike, 2), user_id=cls.user.id)

    def _start(self, action, tour):
        self._refresh()
        self.start_tour(f"/odoo/{action}", tour, login=self.user.login)

    def test_orders_in_production(self):
        self._start("orders-in-production", "mto_pegging_open_orders")

    def test_to_order(self):
        self._start("to-order", "mto_pegging_to_order")
        states = self.order.stock_reference_ids.purchase_ids.mapped("state")
        self.assertEqual(states, ["purchase"])

    def test_columns_of_documents(self):
        self._start("manufacturing", "mto_pegging_columns")


@tagged("post_install", "-at_install")
class TestServeFirstTour(HttpCase, ServeFirstCommon):
    def test_serve_first(self):
        """Supply of the order -> what others have -> effects -> apply."""
        new_test_user(
            self.env,
            login="mto_serve_first",
            groups="sales_team.group_sale_manager,mrp.group_mrp_manager,"
            f"stock.group_stock_user,{GROUP}",
        )
        holder, line = self._order_bolts(1)
        holder.partner_id = self.env["res.partner"].create({"name": "Other Customer"})
        rush = self._create_order((self.wheel, 1))
        self._make_late(line)
        self.start_tour(
            f"/odoo/sales/{rush.id}", "mto_serve_first", login="mto_serve_first"
        )
        override = self.overrides.search([("order_id", "=", rush.id)])
        self.assertEqual(override.reason, "The hospital waits")
        self.assertEqual(self._get_supply_of(rush, self.bolt), {line.order_id.name: 4})
