from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine import duties, life


class RolloutWaiver(models.Model):
    """An item may be missing for a while: why, with what risk, until when, by whom."""

    _name = "rollout.waiver"
    _description = "Waiver"
    _inherit = ["rollout.mixin"]
    _order = "valid_until, id"
    _rec_name = "item_id"

    _protected = frozenset(
        {"state", "requester_id", "approver_id", "approved_on", "expiry_told"}
    )
    _fixed = frozenset({"item_id"})
    _tracked = ("reason", "risk", "compensation", "valid_until")

    item_id = fields.Many2one(
        comodel_name="rollout.gate.item", required=True, ondelete="restrict", index=True
    )
    gate_id = fields.Many2one(related="item_id.gate_id", store=True, index=True)
    programme_id = fields.Many2one(
        related="item_id.programme_id", store=True, index=True
    )
    company_id = fields.Many2one(related="item_id.company_id", store=True)
    severity = fields.Selection(related="item_id.severity")
    reason = fields.Char(required=True)
    risk = fields.Char(required=True, help="What can happen meanwhile.")
    compensation = fields.Char(string="Meanwhile", help="What is done instead.")
    valid_until = fields.Date(required=True)
    state = fields.Selection(
        selection=[
            ("requested", "Requested"),
            ("active", "Approved"),
            ("revoked", "Revoked"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
    )
    requester_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        copy=False,
    )
    approver_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict", copy=False
    )
    approved_on = fields.Datetime(readonly=True, copy=False)
    expiry_told = fields.Boolean(readonly=True, copy=False)
    is_active = fields.Boolean(string="Counts", compute="_compute_is_active")

    @api.depends("state", "valid_until")
    def _compute_is_active(self):
        active = self._filter_active()
        for waiver in self:
            waiver.is_active = waiver in active

    def _filter_active(self):
        """Return the waivers that count today: approved, not revoked, not expired."""
        today = fields.Date.today()
        return self.filtered(
            lambda waiver: (
                waiver.state == "active"
                and waiver.valid_until
                and waiver.valid_until >= today
            )
        )

    @api.constrains("item_id", "valid_until")
    def _check_length(self):
        for waiver in self:
            days = duties.WAIVER_DAYS.get(waiver.item_id.severity)
            if not days:
                raise ValidationError(
                    self.env._("A blocker cannot be waived: it has to be met.")
                )
            last = fields.Date.today() + timedelta(days)
            if waiver.state == "requested" and waiver.valid_until > last:
                raise ValidationError(
                    self.env._(
                        "A waiver of this item ends on %(date)s at the latest.",
                        date=last,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        waivers = super().create(vals_list)
        if not self.env.su:
            waivers._check_duty("contributor", "manager")
            waivers.gate_id._add_preparers(self.env.user)
        return waivers

    def write(self, vals):
        if not self.env.su and self.filtered(
            lambda waiver: waiver.state != "requested"
        ):
            raise UserError(
                self.env._("An approved waiver stays as it is: revoke it, ask anew.")
            )
        if not self.env.su and self.filtered(
            lambda waiver: waiver.requester_id != self.env.user
        ):
            raise AccessError(self.env._("Only who asked for a waiver changes it."))
        return super().write(vals)

    def action_approve(self):
        """Agree that the item may be missing: steering, or design authority.

        Never who asked, nor who owns or did the item; never for a blocker.
        """
        self.check_access("read")
        user = self.env.user
        for waiver in self:
            waiver._check_requested()
            item = waiver.item_id
            involved = item.owner_id | item.done_by_id | item.verified_by_id
            person = duties.Person(user.id, self._get_duties(), self.env.su)
            reason = duties.refuse_waiver(
                person, item.severity, waiver.requester_id.id, set(involved.ids)
            )
            if reason:
                raise AccessError(self._get_refusal_text(reason))
            # States are written by methods only.
            waiver.sudo().write(
                {
                    "state": "active",
                    "approver_id": user.id,
                    "approved_on": fields.Datetime.now(),
                }
            )
            waiver._log(
                "waived", {"until": str(waiver.valid_until), "reason": waiver.reason}
            )
        return True

    def _check_requested(self):
        today = fields.Date.today()
        if self.state != "requested" or self.valid_until < today:
            raise UserError(self.env._("This waiver is decided or expired already."))
        if self.gate_id.state not in ("locked", "open"):
            raise UserError(
                self.env._("The gate is in review or decided: nothing changes now.")
            )

    def _get_refusal_text(self, reason):
        return {
            "superuser": self.env._("The system approves nothing."),
            "blocker": self.env._("A blocker cannot be waived: it has to be met."),
            "own": self.env._("Nobody approves a waiver they asked for."),
            "involved": self.env._("Nobody waives an item they own, did or verified."),
            "no_duty": self.env._(
                "A critical item is waived by the steering committee, others by the "
                "design authority too."
            ),
        }[reason]

    def action_revoke(self):
        """The waiver ends now; a signed gate that rested on it opens again."""
        self.check_access("read")
        self._check_duty("steering", "design_authority", "manager")
        for waiver in self.filtered(lambda waiver: waiver.state != "revoked"):
            waiver.sudo().state = "revoked"
            waiver._log("waiver_revoked")
            waiver.sudo()._end()
        return True

    def _end(self):
        """A gate that was signed on this waiver opens again."""
        self.ensure_one()
        gate = self.gate_id
        is_missing = self.item_id.state not in life.DONE and not self.item_id.is_waived
        if is_missing and life.is_signed(gate.state):
            gate._reopen(self.env._("Waiver ended: %(item)s", item=self.item_id.name))
            gate._remind_owners()

    @api.model
    def _cron_expire(self):
        """Open gates again that were signed on waivers that have expired."""
        expired = self.search(
            [
                ("state", "=", "active"),
                ("valid_until", "<", fields.Date.today()),
                ("expiry_told", "=", False),
            ]
        )
        for number, waiver in enumerate(expired, start=1):
            waiver.expiry_told = True
            waiver._log("waiver_expired", {"until": str(waiver.valid_until)})
            waiver.item_id.invalidate_recordset(["is_waived"])
            waiver._end()
            self.env["ir.cron"]._commit_progress(1, remaining=len(expired) - number)
