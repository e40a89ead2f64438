from odoo import api, fields, models

from .rollout_template import RISKS

KINDS = [
    ("risk", "Risk"),
    ("assumption", "Assumption"),
    ("issue", "Issue"),
    ("dependency", "Dependency"),
]
SCALE = [("1", "Low"), ("2", "Medium"), ("3", "High")]


class RolloutRaid(models.Model):
    """Risks, assumptions, issues and dependencies of a programme."""

    _name = "rollout.raid"
    _description = "RAID Entry"
    _inherit = ["rollout.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "rating desc, due_date, id"

    _tracked = ("name", "owner_id", "due_date", "probability", "severity", "state")

    name = fields.Char(required=True)
    programme_id = fields.Many2one(
        comodel_name="rollout.programme", required=True, ondelete="restrict", index=True
    )
    site_id = fields.Many2one(
        comodel_name="rollout.site",
        ondelete="restrict",
        domain="[('programme_id', '=', programme_id)]",
    )
    company_id = fields.Many2one(related="site_id.company_id", store=True)
    gate_id = fields.Many2one(comodel_name="rollout.gate", ondelete="restrict")
    kind = fields.Selection(selection=KINDS, required=True, default="risk")
    category = fields.Selection(selection=RISKS)
    cause = fields.Text()
    impact = fields.Text()
    mitigation = fields.Text()
    item_ids = fields.Many2many(
        comodel_name="rollout.gate.item",
        string="Mitigated By",
        domain="[('programme_id', '=', programme_id)]",
        help="Gate items that take the risk away when they are met.",
    )
    mitigated = fields.Float(
        string="Mitigated (%)",
        compute="_compute_mitigated",
        help="Share of these items that are met; 0 without any.",
    )
    probability = fields.Selection(selection=SCALE, required=True, default="2")
    severity = fields.Selection(selection=SCALE, required=True, default="2")
    rating = fields.Integer(
        compute="_compute_rating",
        store=True,
        aggregator="avg",
        help="Probability times severity, from 1 to 9.",
    )
    owner_id = fields.Many2one(
        comodel_name="res.users", ondelete="restrict", domain=[("share", "=", False)]
    )
    due_date = fields.Date(string="Due")
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("mitigating", "In Hand"),
            ("accepted", "Accepted"),
            ("closed", "Closed"),
        ],
        default="open",
        required=True,
        tracking=True,
        group_expand=True,
    )

    @api.depends("probability", "severity")
    def _compute_rating(self):
        for raid in self:
            raid.rating = int(raid.probability or 0) * int(raid.severity or 0)

    @api.depends("item_ids.state")
    def _compute_mitigated(self):
        for raid in self:
            items = raid.sudo().item_ids
            met = items.filtered(lambda item: item._is_met())
            raid.mitigated = 100 * len(met) / len(items) if items else 0

    def _get_usual_risks(self):
        """Return the five risks that rollouts usually fail on."""
        return [
            {
                "name": self.env._("Inconsistent master data"),
                "category": "data",
                "cause": self.env._("Items, BoMs, vendors and routings without owner."),
                "impact": self.env._(
                    "Planning errors, late purchases, lines that stop."
                ),
                "mitigation": self.env._(
                    "Data owners, cleansing cycles, migration rehearsals."
                ),
            },
            {
                "name": self.env._("Over-customisation"),
                "category": "customization",
                "cause": self.env._("Old exceptions are rebuilt in Odoo."),
                "impact": self.env._("Higher cost, slower rollout, hard upgrades."),
                "mitigation": self.env._(
                    "The design authority approves each one; standard first."
                ),
            },
            {
                "name": self.env._("Weak user adoption"),
                "category": "adoption",
                "cause": self.env._("Late training, plants little involved."),
                "impact": self.env._(
                    "Workarounds, unbooked transactions, wrong reports."
                ),
                "mitigation": self.env._(
                    "Training by role, super-users, readiness checked by site."
                ),
            },
            {
                "name": self.env._("Cutover failure"),
                "category": "cutover",
                "cause": self.env._("Not enough time, reconciliation not finished."),
                "impact": self.env._("Wrong stock, unclear orders, late deliveries."),
                "mitigation": self.env._(
                    "Mock cutovers, clear fallback criteria, a command centre."
                ),
            },
            {
                "name": self.env._("Slow hosting or broken interfaces"),
                "category": "technology",
                "cause": self.env._("Volumes underestimated, weak interface design."),
                "impact": self.env._("People wait; connected systems disagree."),
                "mitigation": self.env._(
                    "Performance tests, interfaces watched, sizing reviewed."
                ),
            },
        ]

    @api.model
    def _create_usual_risks(self, programme):
        """Enter the usual risks of a programme that starts, owned by its manager.

        They are linked with the items that take them away.
        """
        items = programme.gate_ids.item_ids.grouped(
            lambda item: item.template_item_id.risk
        )
        return self.sudo().create(
            [
                {
                    "programme_id": programme.id,
                    "state": "open",
                    "owner_id": programme.manager_id.id,
                    "severity": "3",
                    "item_ids": items.get(vals["category"], programme.browse()).ids,
                    **vals,
                }
                for vals in self._get_usual_risks()
            ]
        )

    @api.model
    def _create_drift_risk(self, gate):
        """Enter that a signed gate has changed, once while it is not closed."""
        known = self.sudo().search_count(
            [
                ("gate_id", "=", gate.id),
                ("category", "=", "drift"),
                ("state", "!=", "closed"),
            ]
        )
        if known:
            return self
        return self.sudo().create(
            {
                "programme_id": gate.programme_id.id,
                "state": "open",
                "site_id": gate.site_id.id,
                "gate_id": gate.id,
                "category": "drift",
                "severity": "3",
                "owner_id": gate.programme_id.manager_id.id,
                "name": self.env._(
                    "%(gate)s has changed since it was signed", gate=gate.display_name
                ),
            }
        )
