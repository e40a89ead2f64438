from odoo import fields, models
from odoo.exceptions import UserError


class RolloutDeviation(models.Model):
    """Where a site does it differently: approved, until when, and counted."""

    _name = "rollout.deviation"
    _description = "Local Deviation"
    _inherit = ["rollout.decided"]
    _order = "site_id, id"

    _protected = frozenset({"state", "approver_id"})
    _fixed = frozenset({"site_id"})
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

    def action_approve(self):
        """Approve as the design authority, within the limit or with a decision."""
        self.check_access("read")
        for deviation in self:
            deviation._check_state()
            deviation._check_authority("design_authority")
            deviation._check_limit()
            deviation._decide("approved", reason=deviation.reason)
        return True

    def _check_limit(self):
        site = self.site_id.sudo()
        limit = site.programme_id.deviation_limit
        if self.is_localisation or self._is_decided(self.decision_id):
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
        self.check_access("read")
        self._check_duty("design_authority", "manager")
        self._go("ended")
        return True
