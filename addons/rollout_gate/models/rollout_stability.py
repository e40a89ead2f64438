from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..engine import life, stability

MEASURES = [
    ("procurement", "Procurement under control"),
    ("stock_accuracy", "Stock accuracy"),
    ("reconciliation", "Stock and accounts reconciled"),
]
TARGET = 98
assert [code for code, _name in MEASURES] == list(stability.MEASURES)


class RolloutStability(models.Model):
    """How a site ran in a period: the next wave waits until it is stable."""

    _name = "rollout.stability"
    _description = "Stability of a Site"
    _inherit = ["rollout.mixin"]
    _order = "site_id, period_end desc, measure"

    _fixed = frozenset({"site_id"})
    _tracked = ("measure", "period_end", "value", "target")

    site_id = fields.Many2one(
        comodel_name="rollout.site", required=True, ondelete="restrict", index=True
    )
    programme_id = fields.Many2one(related="site_id.programme_id", store=True)
    company_id = fields.Many2one(related="site_id.company_id", store=True)
    measure = fields.Selection(selection=MEASURES, required=True)
    period_end = fields.Date(required=True, default=fields.Date.context_today)
    value = fields.Float(string="Percent", required=True, aggregator="avg")
    target = fields.Float(default=TARGET, required=True, aggregator=None)
    is_held = fields.Boolean(string="Held", compute="_compute_is_held")

    _period_unique = models.Constraint(
        "UNIQUE(site_id, measure, period_end)",
        "This measure has a value for this period already.",
    )
    _value_percent = models.Constraint(
        "CHECK(value BETWEEN 0 AND 100 AND target BETWEEN 0 AND 100)",
        "Values are percentages, from 0 to 100.",
    )

    @api.depends("value", "target")
    def _compute_is_held(self):
        for period in self:
            period.is_held = period.value >= period.target

    @api.model_create_multi
    def create(self, vals_list):
        periods = super().create(vals_list)
        periods._prepare_next_wave()
        return periods

    def write(self, vals):
        result = super().write(vals)
        self._prepare_next_wave()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_with_preparers(self):
        self._prepare_next_wave()

    def _prepare_next_wave(self):
        """Who says how a site ran has prepared the entry of the wave after it."""
        if self.env.su:
            return
        if self.filtered(lambda period: period.target < TARGET):
            self._check_target()
        for site in self.site_id:
            entries = site.sudo().programme_id.gate_ids.filtered(
                lambda gate, site=site: (
                    gate.is_entry
                    and not life.is_signed(gate.state)
                    and site in gate.wave_id._get_before().site_ids
                )
            )
            entries.with_env(self.env)._add_preparers(self.env.user)

    def _check_target(self):
        if "manager" not in self._get_duties():
            raise AccessError(
                self.env._(
                    "Only the programme manager sets a target below %(target)s.",
                    target=TARGET,
                )
            )
