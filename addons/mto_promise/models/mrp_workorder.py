from odoo import models

COLUMNS = {"workcenter_id", "state", "duration_expected", "qty_produced"}


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    def _write_multi(self, vals_list):
        changed = [
            work.production_id.id
            for work, vals in zip(self, vals_list, strict=True)
            if COLUMNS & vals.keys()
        ]
        self.env["mto.demand.change"]._mark("mrp.production", changed)
        return super()._write_multi(vals_list)
