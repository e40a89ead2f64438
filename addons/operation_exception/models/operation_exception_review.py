from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.review import Issue, summarise
from .operation_exception_raising import ORDER_MODEL

# What stays as it was when the review was closed.
FROZEN = {"kind", "company_id", "team_id", "date_from", "date_to", "snapshot", "state"}


class OperationExceptionReview(models.Model):
    _name = "operation.exception.review"
    _description = "Review of Open Issues"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name", store=True)
    kind = fields.Selection(
        selection=[("daily", "Daily"), ("weekly", "Weekly")],
        default="weekly",
        required=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    team_id = fields.Many2one(
        comodel_name="operation.exception.team",
        check_company=True,
        help="Empty: all teams.",
    )
    date_to = fields.Date(
        string="Until", default=fields.Date.context_today, required=True
    )
    date_from = fields.Date(
        string="From",
        compute="_compute_date_from",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    state = fields.Selection(
        selection=[("open", "Open"), ("closed", "Closed")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    snapshot = fields.Json(
        readonly=True, copy=False, help="The figures as they were when it was closed."
    )
    summary = fields.Html(compute="_compute_summary", sanitize=False)
    note = fields.Html(string="Minutes")
    attendee_ids = fields.Many2many(
        comodel_name="res.users",
        string="Attendees",
        domain=[("share", "=", False)],
    )
    decision_ids = fields.One2many(
        comodel_name="operation.exception.decision",
        inverse_name="review_id",
        string="Decisions",
    )
    carried_ids = fields.Many2many(
        comodel_name="operation.exception.decision",
        string="Still to Do",
        compute="_compute_carried_ids",
        help="Decisions of earlier reviews that are not done.",
    )

    _dates = models.Constraint(
        "CHECK(date_from <= date_to)", "A review ends after it has begun."
    )

    @api.depends("kind", "team_id", "date_to")
    def _compute_name(self):
        for review in self:
            kinds = dict(review._fields["kind"]._description_selection(self.env))
            parts = [
                kinds.get(review.kind),
                fields.Date.to_string(review.date_to),
                review.team_id.name,
            ]
            review.name = " ".join(part for part in parts if part)

    @api.depends("kind", "date_to")
    def _compute_date_from(self):
        for review in self:
            days = 6 if review.kind == "weekly" else 0
            review.date_from = review.date_to and review.date_to - timedelta(days)

    @api.depends("date_from", "date_to", "team_id", "company_id", "snapshot")
    def _compute_summary(self):
        for review in self:
            if not review.date_from or not review.date_to:
                review.summary = False
                continue
            review.summary = self.env["ir.qweb"]._render(
                "operation_exception.review_summary",
                {"data": review._get_data(), "currency": review.currency_id},
            )

    @api.depends("company_id", "date_from")
    def _compute_carried_ids(self):
        for review in self:
            review.carried_ids = self.env["operation.exception.decision"].search(
                [
                    ("is_done", "=", False),
                    ("review_id.company_id", "=", review.company_id.id),
                    ("review_id.date_to", "<", review.date_to),
                    ("review_id", "!=", review._origin.id),
                ]
            )

    def write(self, vals):
        if not self.env.su and FROZEN & vals.keys():
            if {"state", "snapshot"} & vals.keys():
                raise AccessError(
                    self.env._("A review is closed with its button only.")
                )
            if "closed" in self.mapped("state"):
                raise AccessError(
                    self.env._("This review is closed: its figures stay as they are.")
                )
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                vals.pop("snapshot", None)
                vals.pop("state", None)
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if "closed" in self.mapped("state"):
            raise UserError(
                self.env._("A closed review stays: it is what was decided upon.")
            )

    # Figures

    def _get_data(self):
        """Return what the screen, the XLSX and the API show; frozen when closed."""
        self.ensure_one()
        if self.state == "closed" and self.snapshot:
            return self.snapshot
        start, end = self._get_period()
        issues = [self._to_engine(issue) for issue in self._get_issues(start, end)]
        return summarise(issues, start, end, self._count_orders(start, end))

    @api.readonly
    def get_review(self):
        """Return the figures of each review.

        :returns: a list with a dictionary per review, in order: `id`, `model`, `name`,
            `state` ('open', 'closed'), `date_from`, `date_to`, `currency`, `totals`
            (`came`, `closed`, `open`, `overdue`, `money`, `oldest_days`, `rate` per 100
            orders or False, `orders`, `hours_to_solve`), `by_team`, `by_type`,
            `by_cause` (lists of counts with a `name`), `came`, `closed`, `overdue`
            (lists of issues)
        """
        self.check_access("read")
        return [
            {
                "id": review.id,
                "model": review._name,
                "name": review.name,
                "state": review.state,
                "date_from": fields.Date.to_string(review.date_from),
                "date_to": fields.Date.to_string(review.date_to),
                "currency": review.currency_id.name,
                **review._get_data(),
            }
            for review in self
        ]

    def _get_period(self):
        """Return the moments (UTC) of the first midnight and of the one after it all.

        Days are those of the time zone of whoever looks.
        """
        self.ensure_one()
        bounds = []
        for day in (self.date_from, self.date_to + timedelta(1)):
            local = datetime.combine(day, time.min)
            moment = self.env.tz.localize(local).astimezone(timezone.utc)
            bounds.append(moment.replace(tzinfo=None))
        return bounds

    def _get_issues(self, start, end):
        """Return the issues that lived in the period, with the rights of the reader."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("raised_on", "<", end),
            "|",
            ("solved_on", "=", False),
            ("solved_on", ">=", start),
        ]
        if self.team_id:
            domain.append(("team_id", "=", self.team_id.id))
        return self.env["operation.exception"].search(domain)

    def _to_engine(self, issue):
        # The owner's name comes with the issue.
        return Issue(
            id=issue.id,
            name=issue.name or "",
            type=issue.type_id.name,
            team=issue.team_id.name or self.env._("No team"),
            cause=issue.cause_id.name or self.env._("Not said"),
            owner=issue.sudo().owner_id.name,
            raised=issue.raised_on,
            due=issue.due_date,
            ended=issue.solved_on or None,
            days=issue.impact_days,
            money=issue.impact_money,
        )

    def _count_orders(self, start, end):
        """Return how many orders customers confirmed in a period; None if unknown."""
        if ORDER_MODEL not in self.env:
            return None
        # A number tells nothing about an order.
        return (
            self.env[ORDER_MODEL]
            .sudo()
            .search_count(
                [
                    ("state", "=", "sale"),
                    ("company_id", "=", self.company_id.id),
                    ("date_order", ">=", start),
                    ("date_order", "<", end),
                ]
            )
        )

    # Buttons

    def action_close(self):
        """Freeze the figures; each decision becomes an activity of its owner."""
        self.check_access("write")
        for review in self.filtered(lambda review: review.state == "open"):
            # The state is written by this button only.
            review.sudo().write({"snapshot": review._get_data(), "state": "closed"})
            review.decision_ids.sudo()._schedule()
        return True

    def action_export(self):
        """Take the figures along as XLSX."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/operation_exception/review/{self.id}/xlsx",
            "target": "download",
        }
