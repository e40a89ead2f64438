from odoo import api, fields, models
from odoo.tools import SQL

from .operation_exception import STATES
from .operation_exception_raising import ORDER_MODEL
from .operation_exception_type import SEVERITIES


class OperationExceptionReport(models.Model):
    """Issues to count: how many for 100 orders, how long until they are solved."""

    _name = "operation.exception.report"
    _description = "Analysis of Open Issues"
    _auto = False
    _order = "raised_on desc"
    _rec_name = "exception_id"

    exception_id = fields.Many2one(
        comodel_name="operation.exception", string="Open Issue", readonly=True
    )
    raised_on = fields.Datetime(readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    type_id = fields.Many2one(comodel_name="operation.exception.type", readonly=True)
    team_id = fields.Many2one(comodel_name="operation.exception.team", readonly=True)
    cause_id = fields.Many2one(
        comodel_name="operation.exception.reason", string="Root Cause", readonly=True
    )
    owner_id = fields.Many2one(comodel_name="res.users", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    severity = fields.Selection(selection=SEVERITIES, readonly=True)
    state = fields.Selection(selection=STATES, readonly=True)
    impact_days = fields.Float(string="Days Late", aggregator="avg", readonly=True)
    impact_money = fields.Monetary(string="Money at Stake", readonly=True)
    hours_to_solve = fields.Float(aggregator="avg", readonly=True)
    rate = fields.Float(
        string="Rate per 100 Orders",
        readonly=True,
        help="Issues of a month for 100 orders that customers confirmed in it. Adds up "
        "within a month.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT issue.id, issue.id AS exception_id, issue.raised_on,
                   issue.company_id, issue.type_id, issue.team_id, issue.cause_id,
                   issue.owner_id, issue.partner_id, issue.severity, issue.state,
                   issue.impact_days, issue.impact_money,
                   CASE WHEN issue.solved_on IS NOT NULL
                        THEN issue.hours_to_solve END AS hours_to_solve,
                   100.0 / orders.orders AS rate
              FROM operation_exception issue
              LEFT JOIN (%s) orders
                ON orders.company_id = issue.company_id
               AND orders.month = date_trunc('month', issue.raised_on)
            """,
            self._get_orders_query(),
        )

    @api.model
    def _get_orders_query(self):
        """Return the query of (month, company_id, orders): confirmed orders."""
        if ORDER_MODEL not in self.env:
            return SQL("SELECT NULL::timestamp AS month, 0 AS company_id, 1 AS orders")
        self.env[ORDER_MODEL].flush_model(["date_order", "company_id", "state"])
        return SQL(
            """
            SELECT date_trunc('month', date_order) AS month, company_id,
                   count(*) AS orders
              FROM sale_order WHERE state = 'sale' GROUP BY 1, 2
            """
        )
