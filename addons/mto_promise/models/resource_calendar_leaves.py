from odoo import api, models


class ResourceCalendarLeaves(models.Model):
    """A work center that is away moves the dates of customers."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._mark_workcenters()
        return leaves

    def write(self, vals):
        self._mark_workcenters()
        res = super().write(vals)
        self._mark_workcenters()
        return res

    def unlink(self):
        self._mark_workcenters()
        return super().unlink()

    def _mark_workcenters(self):
        """Core keeps planned work as leaves as well: that is no absence."""
        away = self.filtered(
            lambda leave: leave.time_type == "leave" and leave.resource_id
        )
        if away:
            # Whoever enters a leave need not see work centers.
            self.env["mrp.workcenter"].sudo().search(
                [("resource_id", "in", away.resource_id.ids)]
            )._mark_waiting()
