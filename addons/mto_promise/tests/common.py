from datetime import timedelta

from odoo.addons.mto_pegging.tests.common import PeggingCommon


class PromiseCommon(PeggingCommon):
    """Orders with dates, and what happens to their supply."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = cls.env.cr.now().replace(microsecond=0)

    @classmethod
    def _in_days(cls, days):
        return cls.now + timedelta(days=days)

    def _get_purchase_line(self, product):
        return self.env["purchase.order.line"].search(
            [("product_id", "=", product.id)], order="id desc", limit=1
        )

    def _get_delivery(self, line):
        """The moves to the customer; core also links what is produced for the line."""
        return line.move_ids.filtered(lambda m: m.location_dest_id.usage == "customer")

    def _get_row(self, line):
        """The row of "Orders in production" of an order line."""
        rows = self.env["mto.open.order"]
        rows.invalidate_model()
        return rows.browse(line.id)
