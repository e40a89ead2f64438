from datetime import timedelta

from odoo import fields, models

RECENT_DAYS = 30


class RolloutLock(models.Model):
    _inherit = "rollout.lock"

    def _get_open_documents(self):
        waiting = [("state", "not in", ("done", "cancel"))]
        return [
            *super()._get_open_documents(),
            self._find_open("stock.picking", waiting),
        ]

    def _has_moved_goods(self):
        """Whether goods moved in the last 30 days in the warehouses of the site."""
        return super()._has_moved_goods() or bool(
            self.env["stock.move"].search_count(self._get_recent_domain(), limit=1)
        )

    def _get_recent_domain(self):
        recent = fields.Domain(
            [
                ("state", "=", "done"),
                ("date", ">=", fields.Datetime.now() - timedelta(RECENT_DAYS)),
                ("company_id", "=", self.site_id.company_id.id),
            ]
        )
        warehouses = self.site_id.warehouse_ids
        if not warehouses:
            return recent
        return recent & (
            fields.Domain("location_id.warehouse_id", "in", warehouses.ids)
            | fields.Domain("location_dest_id.warehouse_id", "in", warehouses.ids)
        )
