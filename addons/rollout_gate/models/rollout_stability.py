from odoo import api, fields, models

from ..engine import stability

MEASURES = [
    ("procurement", "Procurement under control"),
    ("stock_accuracy", "Stock accuracy"),
    ("reconciliation", "Stock and accounts reconciled"),
]
assert [code for code, _name in MEASURES] == list(stability.MEASURES)


class RolloutStability(models.Model):
    """How a site ran in a period: the next wave waits until it is stable."""

    _name = "rollout.stability"
    _description = "Stability of a Site"
    _inherit = ["rollout.mixin"]
    _order = "site_id, period_end desc, measure"

    _tracked = ("measure", "period_end", "value", "target")

    site_id = fields.Many2one(
        comodel_name="rollout.site", required=True, ondelete="restrict", index=True
    )
    programme_id = fields.Many2one(related="site_id.programme_id", store=True)
    company_id = fields.Many2one(related="site_id.company_id", store=True)
    measure = fields.Selection(selection=MEASURES, required=True)
    period_end = fields.Date(required=True, default=fields.Date.context_today)
    value = fields.Float(string="Percent", required=True, aggregator="avg")
    target = fields.Float(default=98, required=True, aggregator=None)
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
