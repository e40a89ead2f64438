from odoo import api, fields, models
from odoo.exceptions import AccessError


class RolloutMember(models.Model):
    """Who sits for which function: only they sign for it."""

    _name = "rollout.member"
    _description = "Seat"
    _inherit = ["rollout.mixin"]
    _order = "programme_id, function_id, id"

    _tracked = ("function_id", "user_id", "site_id", "date_from", "date_to")

    programme_id = fields.Many2one(
        comodel_name="rollout.programme", required=True, ondelete="restrict", index=True
    )
    function_id = fields.Many2one(
        comodel_name="rollout.function", required=True, ondelete="restrict"
    )
    mandate = fields.Char(related="function_id.mandate")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        ondelete="restrict",
        index=True,
        domain=[("share", "=", False)],
    )
    site_id = fields.Many2one(
        comodel_name="rollout.site",
        ondelete="restrict",
        domain="[('programme_id', '=', programme_id)]",
        help="Only for this site. Empty: for all sites.",
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(string="To")

    _dates_ordered = models.Constraint(
        "CHECK(date_from <= date_to)", "A seat ends after it begins."
    )

    @api.depends("function_id", "user_id")
    def _compute_display_name(self):
        for member in self:
            # Names of colleagues on a list of seats.
            name = member.user_id.sudo().name
            member.display_name = f"{member.function_id.name}: {name}"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members._check_not_own()
        return members

    def write(self, vals):
        self._check_not_own()
        result = super().write(vals)
        self._check_not_own()
        return result

    def _check_not_own(self):
        """Nobody gives a seat to themselves, or makes it last longer."""
        if not self.env.su and self.env.user in self.user_id:
            raise AccessError(
                self.env._(
                    "Nobody gives a seat to themselves: ask another programme manager."
                )
            )

    def _filter_seated(self, day, site=None):
        """Return the seats that count on a day, for a site if it is about one."""
        return self.filtered(
            lambda seat: (
                seat.date_from <= day
                and (not seat.date_to or seat.date_to >= day)
                and (not site or not seat.site_id or seat.site_id == site)
            )
        )
