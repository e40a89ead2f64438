from odoo import api, fields, models
from odoo.tools import ormcache


class ResCompany(models.Model):
    _inherit = "res.company"

    exception_fallback_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Answers for the Rest",
        domain=[("share", "=", False)],
        help="Owns open issues that no line of the owner ladder finds an owner for. "
        "Empty: a director, and last an administrator.",
    )
    exception_own_activities = fields.Boolean(
        string="Activities Get an Owner",
        help="Activities that Odoo raises on documents for nobody go to the person the "
        "owner ladder finds.",
    )
    exception_digest = fields.Boolean(
        string="Daily Mail",
        help="One mail a day to each owner: new, due and overdue issues.",
    )

    @api.model
    @ormcache()
    def _get_exception_activity_companies(self):
        """Return the ids of the companies whose activities get an owner.

        Cached: core raises activities all day, and asks for nothing where it is off.
        """
        # Which companies there are is no matter of the user who raises an activity.
        companies = self.sudo().with_context(active_test=False)
        return frozenset(
            companies.search([("exception_own_activities", "=", True)]).ids
        )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        if any(companies.mapped("exception_own_activities")):
            self.env.registry.clear_cache()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "exception_own_activities" in vals:
            self.env.registry.clear_cache()
        return result
