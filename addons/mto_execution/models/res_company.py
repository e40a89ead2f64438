from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


class ResCompany(models.Model):
    _inherit = "res.company"

    launch_policy = fields.Selection(
        selection=[("inform", "Inform"), ("warn", "Warn"), ("block", "Block")],
        string="When Components Are Missing",
        default="inform",
        required=True,
        help="What happens when an order starts or finishes without its components.",
    )
    release_required = fields.Boolean(
        "Release Before Start", help="An order starts only after it was released."
    )
    bom_approval_required = fields.Boolean(
        "Approved Bills of Materials",
        help="An order is released only when its components and steps are approved, "
        "and were not changed afterwards.",
    )
    substitute_approval_required = fields.Boolean(
        "Approved Substitutes",
        help="A component that neither the plan nor the list of substitutes knows "
        "needs an approval before the order is done.",
    )
    auto_release = fields.Boolean(
        "Release by Itself",
        help="Orders that are complete and lack nothing are released by themselves.",
    )
    auto_close = fields.Boolean(
        "Close by Itself",
        help="Orders that are done as planned, within tolerance, are closed by "
        "themselves.",
    )
    deviation_reason_required = fields.Boolean(
        "Reasons for Deviations",
        help="Closing asks for a reason where a deviation is above tolerance.",
    )
    tolerance_quantity = fields.Float("Tolerance of Quantities (%)", default=5.0)
    tolerance_time = fields.Float("Tolerance of Time (%)", default=15.0)

    _tolerances_positive = models.Constraint(
        "CHECK (tolerance_quantity >= 0 AND tolerance_time >= 0)",
        "A tolerance cannot be negative.",
    )

    def _refuse_locked_days(self, moments, what):
        """Raise where accounting has locked a day: what happened there stays.

        :param moments: UTC, of goods that are consumed or made
        :param str what: the order, for the words
        """
        self.ensure_one()
        if not self.sudo()._has_lock_date():
            return
        days = {
            fields.Datetime.context_timestamp(self, moment).date()
            for moment in moments
            if moment
        }
        for day in sorted(days):
            # The lock and its exceptions are the accountants' to see; obeyed by all.
            locks = self.sudo()._get_lock_date_violations(
                day, fiscalyear=True, sale=False, purchase=False, tax=False, hard=True
            )
            if locks:
                raise UserError(
                    self.env._(
                        "%(what)s: accounting is locked until %(lock)s, nothing can be "
                        "consumed, made or corrected on %(day)s. Date it later, or ask "
                        "the accountant for an exception.",
                        what=what,
                        lock=format_date(self.env, max(locks)[0]),
                        day=format_date(self.env, day),
                    )
                )

    def _has_lock_date(self):
        """Whether the company, or one above it, has locked anything."""
        return any(
            company.fiscalyear_lock_date or company.hard_lock_date
            for company in self.parent_ids
        )
