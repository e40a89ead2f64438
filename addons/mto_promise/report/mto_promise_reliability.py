from odoo import fields, models
from odoo.tools import SQL


class MtoPromiseReliability(models.Model):
    """What was promised against what was delivered: a row per line of goods."""

    _name = "mto.promise.reliability"
    _description = "Promise Reliability"
    _auto = False
    _order = "delivered_date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "mto.promise.change": [
            "date_after",
            "kind",
            "reason_id",
            "sale_line_id",
        ],
        "sale.order": [
            "commitment_date",
            "date_order",
            "partner_id",
            "state",
            "user_id",
        ],
        "sale.order.line": [
            "customer_lead",
            "display_type",
            "order_id",
            "product_id",
            "product_uom_qty",
            "promised_date",
            "qty_delivered",
            "wanted_date",
        ],
        "stock.move": ["date", "location_dest_id", "sale_line_id", "state"],
    }

    sale_line_id = fields.Many2one("sale.order.line", "Order Line", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    date_order = fields.Datetime("Ordered", readonly=True)
    first_date = fields.Datetime("First Promise", readonly=True)
    promised_date = fields.Datetime("Current Promise", readonly=True)
    delivered_date = fields.Datetime(
        "Delivered", readonly=True, help="When the last of it left to the customer."
    )
    days_late = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Days between the current promise and the delivery; negative is early. Of "
        "what is still open and overdue, until today.",
    )
    days_late_first = fields.Integer(
        "Days after First Promise", readonly=True, aggregator="avg"
    )
    on_time = fields.Float(
        "On Time (%)",
        readonly=True,
        aggregator="avg",
        help="Delivered on the promised day or before. What is open and not overdue "
        "does not count.",
    )
    on_time_first = fields.Float(
        "On Time to First Promise (%)", readonly=True, aggregator="avg"
    )
    change_count = fields.Integer("Promised Anew", readonly=True, aggregator="sum")
    reason_id = fields.Many2one(
        "operation.exception.reason",
        "Last Reason",
        readonly=True,
        help="Why the promise was changed the last time.",
    )
    state = fields.Selection(
        [("open", "Open"), ("overdue", "Overdue"), ("delivered", "Delivered")],
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT dates.*,
                CASE WHEN state <> 'open' THEN ended - promised_date::date END
                    AS days_late,
                CASE WHEN state <> 'open' THEN ended - first_date::date END
                    AS days_late_first,
                CASE WHEN state <> 'open' AND ended <= promised_date::date THEN 100.0
                     WHEN state <> 'open' THEN 0.0 END AS on_time,
                CASE WHEN state <> 'open' AND ended <= first_date::date THEN 100.0
                     WHEN state <> 'open' THEN 0.0 END AS on_time_first
            FROM (
                SELECT facts.*,
                    COALESCE(delivered_date, now() AT TIME ZONE 'UTC')::date AS ended,
                    CASE WHEN delivered_date IS NOT NULL THEN 'delivered'
                         WHEN promised_date::date
                              < (now() AT TIME ZONE 'UTC')::date THEN 'overdue'
                         ELSE 'open' END AS state
                FROM (%s) AS facts
            ) AS dates""",
            self._get_facts(),
        )

    def _get_facts(self):
        return SQL(
            """
            SELECT line.id, line.id AS sale_line_id, line.order_id, sale.partner_id,
                sale.user_id, sale.company_id, line.product_id, sale.date_order,
                COALESCE(first.date_after, %(promise)s) AS first_date,
                %(promise)s AS promised_date,
                CASE WHEN line.qty_delivered >= line.product_uom_qty THEN left_on END
                    AS delivered_date,
                COALESCE(changes.count, 0) AS change_count,
                last.reason_id
            FROM sale_order_line line
            JOIN sale_order sale ON sale.id = line.order_id
            JOIN product_product product ON product.id = line.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN LATERAL (
                SELECT max(move.date) AS left_on FROM stock_move move
                JOIN stock_location place ON place.id = move.location_dest_id
                WHERE move.sale_line_id = line.id AND move.state = 'done'
                    AND place.usage = 'customer'
            ) AS delivery ON TRUE
            LEFT JOIN LATERAL (
                SELECT date_after FROM mto_promise_change
                WHERE sale_line_id = line.id AND kind = 'first' LIMIT 1
            ) AS first ON TRUE
            LEFT JOIN LATERAL (
                SELECT count(*) FROM mto_promise_change
                WHERE sale_line_id = line.id AND kind = 'change'
            ) AS changes ON TRUE
            LEFT JOIN LATERAL (
                SELECT reason_id FROM mto_promise_change
                WHERE sale_line_id = line.id AND kind = 'change'
                ORDER BY id DESC LIMIT 1
            ) AS last ON TRUE
            WHERE sale.state = 'sale' AND line.display_type IS NULL
                AND template.type = 'consu' AND line.product_uom_qty > 0""",
            promise=SQL(
                """COALESCE(
                    line.promised_date, line.wanted_date, sale.commitment_date,
                    sale.date_order
                        + COALESCE(line.customer_lead, 0) * interval '1 day'
                )"""
            ),
        )
