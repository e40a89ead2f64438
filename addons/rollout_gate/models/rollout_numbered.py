from odoo import api, fields, models


class RolloutNumbered(models.AbstractModel):
    """Entries of a register: each has a number, given once."""

    _name = "rollout.numbered"
    _description = "Numbered Entry"
    _inherit = ["rollout.mixin", "mail.thread"]

    name = fields.Char(required=True)
    number = fields.Char(readonly=True, copy=False)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for entry in self:
            parts = [entry.number, entry.name]
            entry.display_name = " ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        # Numbers are given by the system.
        sequence = self.env["ir.sequence"].sudo()
        for entry in entries:
            entry.sudo().number = sequence.next_by_code(self._name)
        return entries
