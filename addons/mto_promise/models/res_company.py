from odoo import fields, models

# Detectors of this module, by name.
DETECTORS = (
    "operation.exception.detector.late.promise",
    "operation.exception.detector.delayed.supply",
)
DEFAULTS = [("wish", "The Wanted Date"), ("earliest", "The Earliest Date")]
EARLY = [("warn", "Warn"), ("reason", "Ask for a Reason"), ("approve", "Approve")]


class ResCompany(models.Model):
    _inherit = "res.company"

    promise_default = fields.Selection(
        DEFAULTS,
        "Default Promise",
        default="wish",
        required=True,
        help="What is promised when an order is confirmed and nobody promised a date.\n"
        "The Wanted Date: as Odoo, the date of the order or the lead time of the "
        "product.\n"
        "The Earliest Date: the first day the whole structure can keep, or the wanted "
        "date where that is later.",
    )
    promise_early = fields.Selection(
        EARLY,
        "Promising Too Early",
        default="warn",
        required=True,
        help="What happens to a date that is earlier than the earliest date.\n"
        "Warn: it is told and noted.\n"
        "Ask for a Reason: it is refused without a reason.\n"
        "Approve: it is refused until somebody else than the salesperson approves it.",
    )
    promise_plan_earliest = fields.Boolean(
        "Plan for the Earliest Date",
        help="What is ordered for a promise that is too early is planned for the "
        "earliest date; the promise stays the deadline. Nothing is planned to have "
        "started in the past.",
    )
    promise_work_center_load = fields.Boolean(
        "Count the Load of Work Centers",
        help="The earliest date plans operations after the work orders that are "
        "planned on their work center. Off: each work center counts as free in its "
        "working hours.",
    )
    promise_move_dates = fields.Boolean(
        "Move Dates by Itself",
        help="Manufacturing orders that are not started and transfers follow what they "
        "wait for, unless somebody set their date by hand. Off: the new dates are "
        "proposed.",
    )
    promise_portal_only = fields.Boolean(
        "Customers See Promised Dates Only",
        help="The portal and the delivery slip tell customers the promised date of a "
        "delivery until it has left, and no date of manufacturing orders. Off: as "
        "Odoo, the planned dates, which move with the factory.",
    )
    promise_open_issues = fields.Boolean(
        "Open Issues for Late Orders",
        compute="_compute_promise_open_issues",
        inverse="_inverse_promise_open_issues",
        help="An order that is projected two working days late is an open issue of its "
        "salesperson, what delays it one of whoever is responsible. Off: they are only "
        "counted.",
    )

    def _search_promise_detectors(self):
        # The switch says what they do; nobody who sets it need see detectors.
        Setting = self.env["operation.exception.setting"].sudo()
        Setting._complete()
        return Setting.search(
            [("detector", "in", DETECTORS), ("company_id", "in", self.ids)]
        )

    def _compute_promise_open_issues(self):
        Setting = self.env["operation.exception.setting"].sudo()
        groups = Setting._read_group(
            [
                ("detector", "in", DETECTORS),
                ("company_id", "in", self.ids),
                ("mode", "=", "open"),
            ],
            ["company_id"],
            ["__count"],
        )
        counts = dict(groups)
        for company in self:
            company.promise_open_issues = counts.get(company, 0) == len(DETECTORS)

    def _inverse_promise_open_issues(self):
        for company in self:
            settings = company._search_promise_detectors()
            if company.promise_open_issues:
                settings.mode = "open"
            else:
                settings.filtered(lambda s: s.mode == "open").mode = "observe"
