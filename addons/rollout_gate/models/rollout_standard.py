from odoo import fields, models
from odoo.exceptions import UserError


class RolloutStandard(models.Model):
    """How every site does it: one place for process, data and definitions."""

    _name = "rollout.standard"
    _description = "Standard"
    _inherit = ["rollout.numbered", "rollout.decided"]
    _order = "programme_id, domain_id, id"

    _undecided = "draft"
    _protected = frozenset({"number", "state", "approver_id"})
    _tracked = ("name", "kind", "text", "variation", "justification", "owner_id")

    name = fields.Char(required=True)
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
    kind = fields.Selection(
        selection=[
            ("process", "Process"),
            ("data", "Master Data"),
            ("definition", "Definition"),
            ("report", "Report or Figure"),
            ("integration", "Interface"),
        ],
        required=True,
        default="process",
    )
    text = fields.Text(string="Standard", required=True)
    variation = fields.Selection(
        selection=[
            ("undecided", "To Decide"),
            ("mandatory", "The Same Everywhere"),
            ("justified", "May Differ, with a Reason"),
        ],
        required=True,
        default="undecided",
    )
    justification = fields.Text(help="Why it may differ.")
    owner_id = fields.Many2one(
        comodel_name="res.users", ondelete="restrict", domain=[("share", "=", False)]
    )
    deviation_ids = fields.One2many(
        comodel_name="rollout.deviation", inverse_name="standard_id"
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("approved", "Approved"),
            ("retired", "Retired"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    def action_approve(self):
        """Approve as the design authority; not what one wrote."""
        self.check_access("read")
        for standard in self:
            standard._check_state()
            if standard.variation == "undecided":
                raise UserError(self.env._("Decide whether sites may differ."))
            if standard.variation == "justified" and not standard.justification:
                raise UserError(self.env._("Say why sites may differ."))
            standard._check_authority("design_authority")
            standard._decide("approved", text=standard.text)
        return True

    def action_retire(self):
        """It does not hold any more."""
        self.check_access("read")
        self._check_duty("design_authority")
        self._go("retired")
        return True
