from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RolloutPolicy(models.Model):
    """A question of policy that has to be decided before anything is configured."""

    _name = "rollout.policy"
    _description = "Policy Question"
    _inherit = ["rollout.numbered", "mail.activity.mixin"]
    _order = "programme_id, id"

    _protected = frozenset({"number"})
    _tracked = ("name", "is_mandatory", "owner_id", "decision_id")

    name = fields.Char(string="Question", required=True)
    programme_id = fields.Many2one(
        comodel_name="rollout.programme",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_programme_id(),
    )
    domain_id = fields.Many2one(
        comodel_name="rollout.domain", string="Process Domain", ondelete="restrict"
    )
    is_mandatory = fields.Boolean(
        string="Before Design Sign-off",
        default=True,
        help="The design is not signed while it is open.",
    )
    options = fields.Text(help="What could be done.")
    owner_id = fields.Many2one(
        comodel_name="res.users", ondelete="restrict", domain=[("share", "=", False)]
    )
    due_date = fields.Date(string="Due")
    decision_id = fields.Many2one(
        comodel_name="rollout.decision",
        ondelete="restrict",
        domain="[('programme_id', '=', programme_id), ('kind', '=', 'policy')]",
        help="Of the steering committee.",
    )
    is_decided = fields.Boolean(
        string="Decided", compute="_compute_is_decided", search="_search_is_decided"
    )

    @api.depends("decision_id.state")
    def _compute_is_decided(self):
        for policy in self:
            policy.is_decided = policy.sudo().decision_id.state == "decided"

    def _search_is_decided(self, operator, value):
        if operator != "in":
            return NotImplemented
        decided = fields.Domain("decision_id.state", "=", "decided")
        return decided if True in value else ~decided

    @api.constrains("decision_id", "programme_id")
    def _check_decision(self):
        for policy in self:
            decision = policy.decision_id
            if decision and (
                decision.kind != "policy"
                or decision.programme_id != policy.programme_id
            ):
                raise ValidationError(
                    self.env._("Choose a decision on policy of the same programme.")
                )

    def action_decision(self):
        """The decision on this question: the one there is, or a new one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "rollout.decision",
            "view_mode": "form",
            "res_id": self.decision_id.id,
            "context": {
                "default_programme_id": self.programme_id.id,
                "default_kind": "policy",
                "default_name": self.name,
                "default_policy_ids": self.ids,
            },
        }
