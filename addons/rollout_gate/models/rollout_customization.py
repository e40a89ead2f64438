from odoo import fields, models
from odoo.exceptions import UserError

SCORES = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")]
NEEDED = (
    "requirement_id",
    "justification",
    "benefit",
    "business_owner_id",
    "technical_owner_id",
    "test_plan",
    "migration_effort",
    "test_complexity",
    "upgrade_risk",
)


class RolloutCustomization(models.Model):
    """What is built beyond the standard: why, by whom, at what risk, and how many."""

    _name = "rollout.customization"
    _description = "Customisation"
    _inherit = ["rollout.numbered", "rollout.decided"]
    _order = "programme_id, id"

    _protected = frozenset({"number", "state", "approver_id"})
    _tracked = ("name", "kind", *NEEDED, "module", "decision_id")

    name = fields.Char(required=True)
    programme_id = fields.Many2one(
        comodel_name="rollout.programme",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_programme_id(),
    )
    requirement_id = fields.Many2one(
        comodel_name="rollout.requirement",
        ondelete="restrict",
        index=True,
        domain="[('programme_id', '=', programme_id)]",
        help="It was assessed against the standard, and is a gap of the software.",
    )
    kind = fields.Selection(
        selection=[
            ("quality", "Quality Hold"),
            ("portal", "Vendor Portal"),
            ("barcode", "Barcode Workflow"),
            ("machine", "Machine Integration"),
            ("approval", "Approval Routing"),
            ("report", "Report"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    justification = fields.Selection(
        selection=[
            ("value", "Business Value"),
            ("regulatory", "Regulation"),
            ("traceability", "Traceability"),
            ("control", "Operational Control"),
        ],
    )
    benefit = fields.Char(help="What is better, and how it is measured.")
    business_owner_id = fields.Many2one(
        comodel_name="res.users", ondelete="restrict", domain=[("share", "=", False)]
    )
    technical_owner_id = fields.Many2one(
        comodel_name="res.users", ondelete="restrict", domain=[("share", "=", False)]
    )
    test_plan = fields.Text()
    module = fields.Char(help="Technical name of the module that holds it.")
    migration_effort = fields.Selection(selection=SCORES)
    test_complexity = fields.Selection(selection=SCORES)
    upgrade_risk = fields.Selection(selection=SCORES)
    decision_id = fields.Many2one(
        comodel_name="rollout.decision",
        ondelete="restrict",
        domain="[('programme_id', '=', programme_id), ('state', '=', 'decided')]",
        help="Of the steering committee; needed beyond the limit of the programme.",
    )
    state = fields.Selection(
        selection=[
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("built", "Built"),
            ("rejected", "Rejected"),
            ("retired", "Retired"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )

    def action_approve(self):
        """Approve as the design authority: a gap of the software, within the limit."""
        self.check_access("read")
        for each in self:
            each._check_state()
            each._check_complete()
            each._check_gap()
            each._check_authority("design_authority")
            each._check_limit()
            each._decide("approved")
        return True

    def action_reject(self):
        """Say no, as the design authority: the standard is used."""
        self.check_access("read")
        for each in self:
            each._check_state()
            each._check_authority("design_authority")
            each._decide("rejected")
        return True

    def action_built(self):
        """It is built and tested as planned."""
        self.check_access("read")
        self._check_duty("contributor", "manager")
        for each in self:
            each._check_state("approved")
            each._go("built")
        return True

    def action_retire(self):
        """It is not used any more, and does not count."""
        self.check_access("read")
        self._check_duty("design_authority", "manager")
        for each in self:
            each._go("retired")
        return True

    def _check_complete(self):
        missing = [
            self._fields[name]._description_string(self.env)
            for name in NEEDED
            if not self[name]
        ]
        if missing:
            raise UserError(
                self.env._("Enter these first: %(names)s", names=", ".join(missing))
            )

    def _check_gap(self):
        requirement = self.requirement_id
        if (
            requirement.verdict not in ("partial", "gap")
            or requirement.gap_class != "software"
        ):
            raise UserError(
                self.env._(
                    "%(requirement)s is not a gap of the software: a policy, cleaner "
                    "data or another approval solves it.",
                    requirement=requirement.display_name,
                )
            )

    def _check_limit(self):
        if self._is_decided(self.decision_id):
            return
        limit = self.programme_id.customization_limit
        count = self.sudo().search_count(
            [
                ("programme_id", "=", self.programme_id.id),
                ("state", "in", ("approved", "built")),
            ]
        )
        if count >= limit:
            raise UserError(
                self.env._(
                    "The programme has its %(limit)s customisations already. One more "
                    "needs a decision of the steering committee.",
                    limit=limit,
                )
            )
