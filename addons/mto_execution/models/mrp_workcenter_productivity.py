from odoo import api, models

# What closing freezes of the times of the order. Posting labour writes other fields.
FROZEN = {"workorder_id", "workcenter_id", "date_start", "date_end", "duration"}


class MrpWorkcenterProductivity(models.Model):
    _inherit = "mrp.workcenter.productivity"

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals.get("workorder_id") for vals in vals_list} - {None, False}
        self.env["mrp.workorder"].browse(ids)._refuse_when_closed()
        return super().create(vals_list)

    def write(self, vals):
        if FROZEN & vals.keys():
            self.workorder_id._refuse_when_closed()
        return super().write(vals)

    def unlink(self):
        self.workorder_id._refuse_when_closed()
        return super().unlink()
