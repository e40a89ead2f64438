from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import duties

KINDS = [
    ("scope", "Scope"),
    ("policy", "Policy"),
    ("investment", "Investment"),
    ("override", "Exception to the Method"),
    ("standard", "Standard"),
    ("definition", "Definition"),
    ("customization", "Customisation"),
    ("deviation", "Deviation"),
]


class RolloutDecision(models.Model):
    """The decision log: one place for what was decided, by whose mandate."""

    _name = "rollout.decision"
    _description = "Decision"
    _inherit = ["rollout.numbered"]
    _order = "id desc"

    _protected = frozenset(
        {"number", "state", "decided_on", "decided_by_id", "superseded_by_id"}
    )
    _tracked = ("name", "kind", "text", "site_ids", "domain_ids")

    name = fields.Char(string="Subject", required=True)
    programme_id = fields.Many2one(
        comodel_name="rollout.programme", required=True, ondelete="restrict", index=True
    )
    kind = fields.Selection(selection=KINDS, required=True, default="scope")
    body = fields.Selection(
        selection=[
            ("steering", "Steering Committee"),
            ("design_authority", "Design Authority"),
        ],
        string="Mandate",
        compute="_compute_body",
    )
    options = fields.Text(help="What could be done.")
    text = fields.Text(string="Decision", required=True)
    site_ids = fields.Many2many(
        comodel_name="rollout.site", domain="[('programme_id', '=', programme_id)]"
    )
    domain_ids = fields.Many2many(
        comodel_name="rollout.domain", string="Process Domains"
    )
    policy_ids = fields.One2many(
        comodel_name="rollout.policy",
        inverse_name="decision_id",
        string="Answers",
        domain="[('programme_id', '=', programme_id)]",
    )
    state = fields.Selection(
        selection=[
            ("proposed", "Proposed"),
            ("decided", "Decided"),
            ("superseded", "Superseded"),
        ],
        default="proposed",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    decided_on = fields.Datetime(readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict", copy=False
    )
    supersedes_id = fields.Many2one(
        comodel_name="rollout.decision",
        string="Replaces",
        ondelete="restrict",
        domain="[('programme_id', '=', programme_id), ('state', '=', 'decided')]",
    )
    superseded_by_id = fields.Many2one(
        comodel_name="rollout.decision",
        string="Replaced By",
        readonly=True,
        ondelete="restrict",
        copy=False,
    )

    @api.depends("kind")
    def _compute_body(self):
        for decision in self:
            decision.body = duties.MANDATES.get(decision.kind)

    def write(self, vals):
        if not self.env.su and self.filtered(
            lambda decision: decision.state != "proposed"
        ):
            raise UserError(
                self.env._("What is decided stays: make a decision that replaces it.")
            )
        return super().write(vals)

    def action_decide(self):
        """Decide, as a member of the body with this mandate; not what one proposed."""
        self.check_access("read")
        for decision in self:
            decision._check_mandate()
            decision.sudo().write(
                {
                    "state": "decided",
                    "decided_on": fields.Datetime.now(),
                    "decided_by_id": self.env.uid,
                }
            )
            decision._log("decided", {"kind": decision.kind, "text": decision.text})
            before = decision.supersedes_id
            if before:
                before.sudo().write(
                    {"state": "superseded", "superseded_by_id": decision.id}
                )
                before._log("superseded", {"by": decision.display_name})
        return True

    def _check_mandate(self):
        if self.state != "proposed":
            raise UserError(self.env._("This is decided already."))
        self._check_authority(self.body)
