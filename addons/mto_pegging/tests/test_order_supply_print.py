from datetime import datetime

from lxml import html

from odoo.exceptions import AccessError

from .common import PeggingCommon

REPORT = "mto_pegging.order_supply_print"


class TestOrderSupplyPrint(PeggingCommon):
    def _print(self, orders, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.env.user)
        content, _kind = reports._render_qweb_html(REPORT, orders.ids)
        return html.fromstring(content)

    def _read(self, page):
        """Rows of the printed table: list of texts."""
        return [
            [" ".join(cell.text_content().split()) for cell in row.iter("td")]
            for row in page.iter("tr")
            if row.find("td") is not None
        ]

    def test_what_is_on_paper(self):
        order = self._create_order(
            (self.bike, 2), commitment_date=datetime(2030, 3, 12, 10)
        )
        page = self._print(order)
        self.assertIn(f"Supply of {order.name}", page.text_content())
        rows = self._read(page)
        self.assertEqual(
            [row[:2] for row in rows],
            [
                ["Bike", "2 Units"],
                ["Bike", "2 Units"],
                ["Bike", "2 Units"],
                ["Wheel", "4 Units"],
                ["Bolt", "16 of 18 Units"],
                ["Bolt", "2 of 18 Units"],
            ],
        )
        self.assertIn("03/12/2030", rows[0])

    def test_a_sheet_for_each_order(self):
        orders = self._create_order((self.bike, 1)) | self._create_order(
            (self.wheel, 0.5)
        )
        titles = [title.text_content() for title in self._print(orders).iter("h3")]
        self.assertEqual(titles, [f"Supply of {order.name}" for order in orders])

    def test_quotation_says_what_to_do(self):
        page = self._print(self._create_order((self.bike, 1), confirm=False))
        self.assertIn("Confirm the quotation", page.text_content())

    def test_salesperson_prints_own_orders_only(self):
        order = self._create_order((self.bike, 1))
        user = self._create_user("sales")
        with self.assertRaises(AccessError):
            self._print(order, user)
        order.user_id = user
        order.invalidate_recordset()
        self.assertEqual(len(self._read(self._print(order, user))), 6)
