from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class RolloutDeviation(models.Model):
    """Where a site does it differently: approved, until when, and counted."""

    _name = "rollout.deviation"
    _description = "Local Deviation"
    _inherit = ["rollout.mixin", "mail.thread"]
    _order = "site_id, id"

    _protected = frozenset({"state", "approver_id"})
    _tracked = ("name", "standard_id", "reason", "valid_until", "is_localisation")

    name = fields.Char(string="What Is Different", required=True)
    site_id = fields.Many2one(
        comodel_name="rollout.site", required=True, ondelete="restrict", index=True
    )
    programme_id = fields.Many2one(related="site_id.programme_id", store=True)
    company_id = fields.Many2one(related="site_id.company_id", store=True)
    standard_id = fields.Many2one(
        comodel_name="rollout.standard",
        ondelete="restrict",
        index=True,
        domain="[('programme_id', '=', programme_id), ('state', '=', 'approved')]",
        help="The standard that the site deviates from.",
    )
    reason = fields.Char(required=True)
    valid_until = fields.Date()
    is_localisation = fields.Boolean(
        string="Localisation",
        help="Taxes, chart of accounts, law: allowed by country, and not counted.",
    )
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
            ("ended", "Ended"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
    )
    approver_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict", copy=False
    )

    def _filter_counted(self):
        """Return what counts against the limit today."""
        today = fields.Date.today()
        return self.filtered(
            lambda deviation: (
                deviation.state == "approved"
                and not deviation.is_localisation
                and (not deviation.valid_until or deviation.valid_until >= today)
            )
        )

    def write(self, vals):
        if not self.env.su and self.filtered(
            lambda deviation: deviation.state == "approved"
        ):
            raise UserError(
                self.env._("An approved deviation stays: end it, ask anew.")
            )
        return super().write(vals)

    def action_approve(self):
        """Approve as the design authority, within the limit or with a decision."""
        self.check_access("read")
        self._check_duty("design_authority")
        for deviation in self:
            if self.env.su or deviation.create_uid == self.env.user:
                raise AccessError(
                    self.env._("Nobody approves a deviation they asked for.")
                )
            deviation._check_limit()
            deviation.sudo().write({"state": "approved", "approver_id": self.env.uid})
            deviation._log("approved", {"reason": deviation.reason})
        return True

    def _check_limit(self):
        site = self.site_id.sudo()
        limit = site.programme_id.deviation_limit
        decision = self.decision_id.sudo()
        is_decided = decision.state == "decided" and decision.body == "steering"
        if self.is_localisation or is_decided:
            return
        if len(site.deviation_ids._filter_counted()) >= limit:
            raise UserError(
                self.env._(
                    "%(site)s has its %(limit)s deviations already. One more needs a "
                    "decision of the steering committee.",
                    site=site.name,
                    limit=limit,
                )
            )

    def action_end(self):
        """The site does it like the others again."""
        self._check_duty("design_authority", "manager")
        self.sudo().write({"state": "ended"})
        self._log("ended")
        return True
