from odoo import api, fields, models
from odoo.exceptions import UserError

IMPACTS = ("scope", "data", "test", "training", "cutover", "cost")


class RolloutChange(models.Model):
    """A change of the design after its sign-off: what it touches, who agreed."""

    _name = "rollout.change"
    _description = "Change Request"
    _inherit = ["rollout.numbered", "rollout.decided"]
    _order = "id desc"

    _protected = frozenset({"number", "state", "requester_id", "approver_id"})
    _tracked = (
        "name",
        "area",
        "reason",
        "owner_id",
        "valid_until",
        *(f"impact_{impact}" for impact in IMPACTS),
    )

    name = fields.Char(string="What Changes", required=True)
    programme_id = fields.Many2one(
        comodel_name="rollout.programme",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_programme_id(),
    )
    site_ids = fields.Many2many(
        comodel_name="rollout.site", domain="[('programme_id', '=', programme_id)]"
    )
    area = fields.Selection(
        selection=[
            ("bom", "Bills of Materials"),
            ("supply", "Warehouses, Routes and Rules"),
            ("accounts", "Accounts of Categories"),
            ("purchase", "Purchasing"),
            ("customization", "Customisation"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    reason = fields.Text(required=True)
    impact_scope = fields.Text(string="Scope")
    impact_data = fields.Text(string="Data")
    impact_test = fields.Text(string="Test")
    impact_training = fields.Text(string="Training")
    impact_cutover = fields.Text(string="Cutover")
    impact_cost = fields.Text(string="Cost")
    customization_id = fields.Many2one(
        comodel_name="rollout.customization",
        ondelete="restrict",
        domain="[('programme_id', '=', programme_id)]",
    )
    requester_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        copy=False,
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Carried Out By",
        ondelete="restrict",
        domain=[("share", "=", False)],
        help="Only they change the design under this request.",
    )
    valid_until = fields.Date(copy=False, help="Until when it may be carried out.")
    state = fields.Selection(
        selection=[
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("done", "Done"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )

    def action_approve(self):
        """Approve as the design authority: after its impact is assessed."""
        self.check_access("read")
        for change in self:
            change._check_state()
            change._check_assessed()
            change._check_authority(
                "design_authority", change.requester_id | change.owner_id
            )
            change._decide("approved", area=change.area, reason=change.reason)
        return True

    def action_reject(self):
        """Say no, as the design authority."""
        self.check_access("read")
        for change in self:
            change._check_state()
            change._check_authority("design_authority", change.requester_id)
            change._decide("rejected", area=change.area, reason=change.reason)
        return True

    def action_done(self):
        """It is carried out: no further change under it."""
        self.check_access("read")
        self._check_duty("contributor", "manager", "design_authority")
        for change in self:
            if change.state != "approved":
                raise UserError(self.env._("Only an approved change is carried out."))
            change._go("done")
        return True

    def _check_assessed(self):
        missing = [
            self._fields[f"impact_{impact}"]._description_string(self.env)
            for impact in IMPACTS
            if not self[f"impact_{impact}"]
        ]
        if missing:
            raise UserError(
                self.env._(
                    "Say what it means for: %(missing)s. Write 'none' where it means "
                    "nothing.",
                    missing=", ".join(missing),
                )
            )
        if not self.owner_id or not self.valid_until:
            raise UserError(self.env._("Say who carries it out, and until when."))

    @api.model
    def _find_in_force(self, programme, area):
        """Return the approved request under which the user may change an area, or none.

        Its owner is the user who acts, whatever rights the code runs with.
        """
        return self.search(
            [
                ("programme_id", "=", programme.id),
                ("area", "=", area),
                ("state", "=", "approved"),
                ("owner_id", "=", self.env.uid),
                ("valid_until", ">=", fields.Date.context_today(self)),
            ],
            order="id",
            limit=1,
        )
