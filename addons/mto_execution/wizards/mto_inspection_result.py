from odoo import api, fields, models


class MtoInspectionResult(models.TransientModel):
    """What was seen or measured."""

    _name = "mto.inspection.result"
    _description = "Result of an Inspection"

    inspection_id = fields.Many2one("mto.inspection", required=True, readonly=True)
    test = fields.Selection(related="inspection_id.test")
    state = fields.Selection(related="inspection_id.state")
    instruction = fields.Text(related="inspection_id.instruction")
    limits = fields.Char(compute="_compute_limits")
    unit = fields.Char(related="inspection_id.unit")
    value = fields.Float("Measured", digits=(16, 4))
    note = fields.Char()

    @api.depends("inspection_id")
    @api.depends_context("lang")
    def _compute_limits(self):
        for wizard in self:
            wizard.limits = self.env._(
                "from %(minimum)s to %(maximum)s",
                minimum=f"{wizard.inspection_id.minimum:g}",
                maximum=f"{wizard.inspection_id.maximum:g}",
            )

    def action_pass(self):
        """It is good."""
        self.inspection_id.action_pass(self.note)
        return self._reload()

    def action_fail(self):
        """It is not good."""
        self.inspection_id.action_fail(self.note)
        return self._reload()

    def action_measure(self):
        """Enter what was measured."""
        self.inspection_id.action_measure(self.value, self.note)
        return self._reload()

    def action_accept(self):
        """Use it as it is."""
        self.inspection_id.action_accept(self.note)
        return self._reload()

    def _reload(self):
        return {"type": "ir.actions.client", "tag": "soft_reload"}
