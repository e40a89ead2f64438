from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of delivery promises."""

    _inherit = "res.config.settings"

    promise_default = fields.Selection(
        selection="_selection_promise_default",
        string="Default Promise",
        compute="_compute_promise_choices",
        inverse="_inverse_promise_choices",
    )
    promise_early = fields.Selection(
        selection="_selection_promise_early",
        string="Promising Too Early",
        compute="_compute_promise_choices",
        inverse="_inverse_promise_choices",
    )
    promise_plan_earliest = fields.Boolean(
        related="company_id.promise_plan_earliest", readonly=False
    )
    promise_work_center_load = fields.Boolean(
        related="company_id.promise_work_center_load", readonly=False
    )
    promise_move_dates = fields.Boolean(
        related="company_id.promise_move_dates", readonly=False
    )
    promise_portal_only = fields.Boolean(
        related="company_id.promise_portal_only", readonly=False
    )
    promise_open_issues = fields.Boolean(
        related="company_id.promise_open_issues", readonly=False
    )

    @api.model
    def _selection_promise_default(self):
        """Each choice with one sentence that says what will happen."""
        return [
            (
                "wish",
                self.env._(
                    "As in Odoo. The date the customer wants, else today plus the lead "
                    "time typed on the product."
                ),
            ),
            (
                "earliest",
                self.env._(
                    "The earliest date. A line that nobody promised a date for gets "
                    "the first day that all its parts allow when it is confirmed, or "
                    "the wanted day where that is later."
                ),
            ),
        ]

    @api.model
    def _selection_promise_early(self):
        return [
            (
                "warn",
                self.env._(
                    "Warn. The quotation tells the earliest date and its cause; "
                    "confirming notes it on the order."
                ),
            ),
            (
                "reason",
                self.env._(
                    "Ask for a reason. Without one the order is not confirmed and a "
                    "promise not moved; the reason is noted."
                ),
            ),
            (
                "approve",
                self.env._(
                    "Ask for approval. Somebody of the group Approve Early Dates, "
                    "never the salesperson of the order, has to approve it first."
                ),
            ),
        ]

    @api.depends("company_id")
    def _compute_promise_choices(self):
        for settings in self:
            settings.promise_default = settings.company_id.promise_default or "wish"
            settings.promise_early = settings.company_id.promise_early or "warn"

    def _inverse_promise_choices(self):
        for settings in self:
            company = settings.company_id
            company.promise_default = settings.promise_default
            company.promise_early = settings.promise_early

    def _get_recommended_settings(self):
        sentences = dict(self._selection_promise_default())
        return [
            *super()._get_recommended_settings(),
            {
                "title": self.env._("Default promise"),
                "today": sentences["wish"],
                "then": sentences["earliest"],
                "values": {"promise_default": "earliest"},
            },
            {
                "title": self.env._("Open issues for late orders"),
                "today": self.env._(
                    "Orders that will be late are counted, nobody is told."
                ),
                "then": self.env._(
                    "An order that is projected two working days late is an open issue "
                    "of its salesperson, what delays it one of the buyer or planner."
                ),
                "values": {"promise_open_issues": True},
            },
        ]
