from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..engine.progress import LineFacts, get_step
from .common import PeggingCommon


class TestOrderProgress(PeggingCommon):
    def _get_steps(self, order):
        return [
            (entry["line"].product_id, entry["step"])
            for entry in order._get_portal_progress()
        ]

    def _receive(self):
        """Buy and receive what the orders of this test need."""
        purchases = self.env["purchase.order"].search(
            [("partner_id", "=", self.vendor.id), ("state", "=", "draft")]
        )
        purchases.button_confirm()
        purchases.picking_ids.button_validate()

    def _get_production(self, product):
        return self.env["mrp.production"].search(
            [("product_id", "=", product.id), ("state", "!=", "cancel")]
        )

    def _produce(self, product):
        production = self._get_production(product)
        production.qty_producing = production.product_qty
        production._set_qty_producing()
        production.move_raw_ids.picked = True
        production.button_mark_done()

    def test_steps_of_an_order(self):
        """Each step as the factory works; the first sub-assembly starts production."""
        order = self._create_order((self.bike, 1), (self.wheel, 1))
        bike, wheel = order.order_line
        self.assertEqual(
            self._get_steps(order),
            [(self.bike, "confirmed"), (self.wheel, "confirmed")],
        )
        self._receive()
        wheels = self._get_production(self.wheel)
        for production in wheels:
            production.qty_producing = production.product_qty
            production._set_qty_producing()
            production.move_raw_ids.picked = True
            production.button_mark_done()
        self.assertEqual(
            self._get_steps(order),
            [(self.bike, "making"), (self.wheel, "ready")],
        )
        self._produce(self.bike)
        self.assertEqual(
            self._get_steps(order), [(self.bike, "ready"), (self.wheel, "ready")]
        )
        order.picking_ids.button_validate()
        self.assertEqual(bike.qty_delivered, 1)
        self.assertEqual(
            self._get_steps(order),
            [(self.bike, "delivered"), (self.wheel, "delivered")],
        )

    def test_date_until_all_is_delivered(self):
        promised = datetime(2030, 3, 12, 10)
        self.bolt.supply_policy = "make_to_stock"
        self._add_stock(self.bolt, 5)
        order = self._create_order((self.bolt, 5), commitment_date=promised)
        (entry,) = order._get_portal_progress()
        self.assertEqual((entry["step"], entry["date"]), ("ready", promised))
        order.picking_ids.button_validate()
        (entry,) = order._get_portal_progress()
        self.assertEqual((entry["step"], entry["date"]), ("delivered", False))

    def test_quotations_and_services_have_none(self):
        service = self.env["product.product"].create(
            {"name": "Ride", "type": "service"}
        )
        quotation = self._create_order((self.bike, 1), confirm=False)
        self.assertFalse(quotation._get_portal_progress())
        self.assertFalse(self._create_order((service, 1))._get_portal_progress())

    def test_partly_delivered_is_as_far_as_the_rest(self):
        self.assertEqual(get_step(LineFacts(20, 14, False, True)), "making")
        self.assertEqual(get_step(LineFacts(20, 14, True, True)), "ready")
        self.assertEqual(get_step(LineFacts(20, 20, False, True)), "delivered")
        self.assertEqual(get_step(LineFacts(20, 0, False, False)), "confirmed")

    def test_orders_together_cost_the_same(self):
        first = self._create_order((self.bike, 1), (self.wheel, 1))
        orders = first | self._create_order((self.bike, 2), (self.wheel, 5))
        counts = []
        for records in (first, orders):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records._get_portal_progress()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])


@tagged("post_install", "-at_install")
class TestPortal(PeggingCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(
            (cls.bike, 3), commitment_date=datetime(2030, 3, 12, 10)
        )

    def _read_page(self):
        return self.url_open(self.order.get_portal_url()).text

    def test_off_until_asked(self):
        page = self._read_page()
        self.assertNotIn('id="order_progress"', page)
        self.assertIn(self.order.mrp_production_ids.name, page)

    def test_page_tells_the_promise_and_nothing_internal(self):
        self.order.company_id.portal_progress = True
        page = self._read_page()
        self.assertIn('id="order_progress"', page)
        self.assertIn("03/12/2030", page)
        self.assertIn("In production", page)
        # Those of the bike are on Odoo's own page.
        productions = self.order.stock_reference_ids.production_ids
        self.assertEqual(productions.product_id, self.bike | self.wheel)
        names = productions.mapped("name")
        for secret in ("Wheel", "Bolt", self.vendor.name, *names):
            self.assertNotIn(secret, page)

    def test_order_of_somebody_else(self):
        """The progress is asked for behind the check of the page itself."""
        stranger = new_test_user(self.env, login="stranger", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.order.with_user(stranger).check_access("read")
        self.authenticate("stranger", "stranger")
        page = self.url_open(f"/my/orders/{self.order.id}").text
        self.assertNotIn("order_progress", page)
