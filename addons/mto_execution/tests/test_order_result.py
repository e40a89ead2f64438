from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError

from .common import ExecutionCommon


class TestOrderResult(ExecutionCommon):
    """What an order line was to cost, costs, and brings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._add_stock(cls.brake, 100)
        cls.bike.categ_id = cls.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average"}
        )
        cls.bike.write({"invoice_policy": "delivery", "supply_policy": "make_to_order"})
        cls.bike.taxes_id = False
        cls.director = cls._create_user("sales_manager")
        cls.director.group_ids += cls.env.ref("mto_cascade.group_supply_cost")

    def _sell(self, quantity=10, price=200, product=None):
        order = self._create_order(
            (product or self.bike, quantity, {"price_unit": price})
        )
        self.env["mto.planned.cost"].sudo()._keep_pending()
        return order.order_line

    def _get(self, line, date=False):
        return line.with_user(self.director).get_order_result(date)[0]

    def _amounts(self, line, date=False):
        result = self._get(line, date)
        names = (
            "planned_cost",
            "actual_cost",
            "wip_cost",
            "committed_cost",
            "invoiced",
        )
        return tuple(result[name] for name in names)

    def _deliver(self, line):
        picking = line.order_id.picking_ids.filtered(lambda p: p.state != "done")
        picking.action_assign()
        picking.button_validate()
        return picking

    def test_from_plan_to_margin(self):
        """10 bicycles: parts of 90 and half an hour at 60 each, sold for 200."""
        line = self._sell()
        self.assertEqual(self._amounts(line), (1200, 0, 0, 0, 0))
        self.assertTrue(self._get(line)["planned_on"])
        self.assertEqual(self._get(line)["planned_margin"], 800)
        production = self._get_productions(self.bike)
        production.action_start()
        production.workorder_ids.duration = 120
        self.assertEqual(self._amounts(line), (1200, 0, 120, 0, 0))
        self._produce(production)
        self.assertEqual(self._amounts(line), (1200, 900 + 120, 0, 0, 0))
        self.assertEqual(self._get(line)["actual_margin"], 0, "nothing is invoiced")
        self._deliver(line)
        line.order_id._create_invoices().action_post()
        result = self._get(line)
        self.assertEqual((result["invoiced"], result["actual_margin"]), (2000, 980))

    def test_plan_stays_when_prices_change(self):
        line = self._sell()
        self.frame.standard_price = 1000
        self.assertEqual(self._get(line)["planned_cost"], 1200)
        self.env["mto.planned.cost"].sudo().search([]).unlink()
        result = self._get(line)
        self.assertEqual((result["planned_cost"], result["planned_on"]), (10700, False))

    def test_committed(self):
        """What is ordered for it counts until it is received."""
        self.brake.supply_policy = "make_to_order"
        line = self._sell(5)
        purchase = self.env["purchase.order.line"].search(
            [("product_id", "=", self.brake.id)]
        )
        self.assertEqual(self._get(line)["committed_cost"], 0, "only requested")
        purchase.order_id.button_confirm()
        self.assertEqual(self._get(line)["committed_cost"], 50)
        receipt = purchase.order_id.picking_ids
        receipt.move_ids.quantity = 2
        receipt.move_ids.picked = True
        receipt.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self._get(line)["committed_cost"], 30)

    def test_from_stock(self):
        lamp = self._create_part("Lamp", on_hand=10, standard_price=7)
        line = self._sell(4, 20, lamp)
        self.assertEqual(self._amounts(line)[:2], (28, 0))
        self._deliver(line)
        self.assertEqual(self._amounts(line)[:2], (28, 28))

    def test_part_of_an_order(self):
        """4 of 10 are made: their cost is actual, the rest is open."""
        line = self._sell()
        production = self._get_productions(self.bike)
        self._produce(production, 4, backorder=True)
        result = self._get(line)
        self.assertEqual((result["actual_cost"], result["actual_quantity"]), (480, 4))

    def test_months_end(self):
        line = self._sell()
        production = self._get_productions(self.bike)
        self._produce(production)
        self._deliver(line)
        line.order_id._create_invoices().action_post()
        today = fields.Date.context_today(line)
        self.assertEqual(self._amounts(line, str(today)), (1200, 1200, 0, 0, 2000))
        before = str(today - timedelta(days=1))
        self.assertEqual(self._amounts(line, before), (1200, 0, 0, 0, 0))

    def test_for_its_group(self):
        line = self._sell()
        seller = self._create_user("sales")
        seller.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        with self.assertRaisesRegex(AccessError, "See Costs of Supply"):
            line.with_user(seller).get_order_result()
        plan = self.env["mto.planned.cost"].search([("sale_line_id", "=", line.id)])
        with self.assertRaises(AccessError):
            plan.with_user(self._create_user("planner")).read(["cost"])

    def test_screen(self):
        lines = self._sell() | self._sell(2)
        Ask = self.env["mto.order.result.ask"].with_user(self.director)
        action = Ask.create({"date": fields.Date.context_today(lines)}).action_show()
        found = self.env[action["res_model"]].search(action["domain"])
        mine = found.filtered(lambda row: row.sale_line_id in lines)
        self.assertEqual(sum(mine.mapped("planned_cost")), 1440)
        self.assertEqual(sum(mine.mapped("planned_margin")), 2400 - 1440)
        action = lines.order_id.with_user(self.director).action_view_order_result()
        self.assertEqual(
            self.env[action["res_model"]].search_count(action["domain"]), 2
        )
        with self.assertRaises(AccessError):
            Ask.with_user(self._create_user("planner")).create({})

    def test_queries_do_not_grow(self):
        few = self._create_order((self.bike, 1)).order_line
        many = self._create_order(*[(self.bike, 1)] * 6).order_line
        counts = []
        for some in (few, many):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            some.sudo().get_order_result()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_line_added_later_has_its_own_plan(self):
        line = self._sell()
        later = self.env["sale.order.line"].create(
            {"order_id": line.order_id.id, "product_id": self.bike.id}
        )
        self.env["mto.planned.cost"].sudo()._keep_pending()
        self.assertEqual(self._get(later)["planned_cost"], 120)
        self.assertTrue(self._get(later)["planned_on"])
