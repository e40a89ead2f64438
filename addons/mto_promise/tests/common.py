from datetime import timedelta

from odoo import Command

from odoo.addons.mto_pegging.tests.common import PeggingCommon


def work_at_all_hours(company):
    """Let a company know no nights and weekends: its days are the same whenever."""
    company.resource_calendar_id = company.env["resource.calendar"].create(
        {
            "name": "At all hours",
            "tz": "UTC",
            "company_id": company.id,
            "attendance_ids": [
                Command.create(
                    {
                        "name": str(day),
                        "dayofweek": str(day),
                        "hour_from": 0,
                        "hour_to": 24,
                    }
                )
                for day in range(7)
            ],
        }
    )


class PromiseCommon(PeggingCommon):
    """Orders with dates, and what happens to their supply."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Promises count in whole minutes.
        cls.now = cls.env.cr.now().replace(second=0, microsecond=0)
        work_at_all_hours(cls.company)

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
