from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .rollout_app import APPLICATIONS


class RolloutRequirement(models.Model):
    """What the business needs, and whether standard Odoo does it."""

    _name = "rollout.requirement"
    _description = "Requirement"
    _inherit = ["rollout.numbered"]
    _order = "programme_id, priority, id"

    _protected = frozenset({"number"})
    _tracked = ("name", "application", "verdict", "gap_class", "solution", "owner_id")

    name = fields.Char(string="Requirement", required=True)
    programme_id = fields.Many2one(
        comodel_name="rollout.programme",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_programme_id(),
    )
    site_ids = fields.Many2many(
        comodel_name="rollout.site",
        domain="[('programme_id', '=', programme_id)]",
        help="Whose need it is; empty: of all.",
    )
    domain_id = fields.Many2one(
        comodel_name="rollout.domain", string="Process Domain", ondelete="restrict"
    )
    application = fields.Selection(
        selection=APPLICATIONS, help="The standard application that was looked at."
    )
    priority = fields.Selection(
        selection=[("1", "Must"), ("2", "Should"), ("3", "Could")],
        required=True,
        default="2",
    )
    description = fields.Text()
    verdict = fields.Selection(
        selection=[
            ("open", "Not Assessed"),
            ("fit", "Fit"),
            ("partial", "Partly"),
            ("gap", "Gap"),
        ],
        required=True,
        default="open",
        tracking=True,
        group_expand=True,
    )
    gap_class = fields.Selection(
        selection=[
            ("software", "Software"),
            ("policy", "Policy"),
            ("data", "Data Discipline"),
            ("approval", "Approval Design"),
        ],
        string="Kind of Gap",
        help="Only a gap of the software may become a customisation.",
    )
    solution = fields.Text(help="How it is met, in the standard or otherwise.")
    owner_id = fields.Many2one(
        comodel_name="res.users", ondelete="restrict", domain=[("share", "=", False)]
    )
    customization_ids = fields.One2many(
        comodel_name="rollout.customization", inverse_name="requirement_id"
    )

    @api.constrains("verdict", "gap_class", "application")
    def _check_verdict(self):
        for each in self:
            if each.verdict != "open" and not each.application:
                raise ValidationError(
                    self.env._("Say which application was looked at first.")
                )
            if each.verdict in ("partial", "gap") and not each.gap_class:
                raise ValidationError(
                    self.env._(
                        "Say what kind of gap it is: many are of policy, data or "
                        "approval, not of software."
                    )
                )
