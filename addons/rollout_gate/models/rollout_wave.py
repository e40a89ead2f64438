from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import life, stability


class RolloutWave(models.Model):
    _name = "rollout.wave"
    _description = "Rollout Wave"
    _inherit = ["rollout.mixin"]
    _order = "programme_id, sequence, id"

    _tracked = ("name", "sequence", "kind", "site_ids", "date_start", "date_end")

    programme_id = fields.Many2one(
        comodel_name="rollout.programme", required=True, ondelete="restrict", index=True
    )
    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[("pilot", "Pilot"), ("standard", "Standard")],
        required=True,
        default="standard",
    )
    site_ids = fields.Many2many(
        comodel_name="rollout.site", domain="[('programme_id', '=', programme_id)]"
    )
    domain_ids = fields.Many2many(
        comodel_name="rollout.domain", string="Process Domains"
    )
    date_start = fields.Date(string="From")
    date_end = fields.Date(string="To")
    gate_ids = fields.One2many(comodel_name="rollout.gate", inverse_name="wave_id")
    is_finished = fields.Boolean(compute="_compute_is_finished")

    _dates_ordered = models.Constraint(
        "CHECK(date_start <= date_end)", "A wave ends after it begins."
    )

    @api.depends("gate_ids.state")
    def _compute_is_finished(self):
        for wave in self:
            gates = wave.gate_ids
            wave.is_finished = bool(gates) and all(
                life.is_signed(gate.state) for gate in gates
            )

    @api.model_create_multi
    def create(self, vals_list):
        waves = super().create(vals_list)
        if not self.env.su:
            waves._check_order_open()
        return waves

    def write(self, vals):
        if not self.env.su and {"sequence", "site_ids", "domain_ids"} & vals.keys():
            self._check_order_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        self._check_order_open()

    def _check_order_open(self):
        if self.programme_id.filtered(lambda programme: programme.state != "draft"):
            raise UserError(
                self.env._("The order of waves stays after the programme started.")
            )

    def _get_before(self):
        """Return the wave before this one, or none."""
        self.ensure_one()
        waves = self.programme_id.wave_ids.sorted()
        position = waves.ids.index(self.id)
        return waves[position - 1] if position else waves.browse()

    def _get_unstable(self):
        """Return {site: measures} of what was not stable long enough at its sites."""
        self.ensure_one()
        needed = self.programme_id.stable_periods
        found = {
            site: stability.get_unstable(site._get_stability(), needed)
            for site in self.site_ids
        }
        return {site: measures for site, measures in found.items() if measures}
