from odoo import fields, models
from odoo.tools import SQL


class MtoOpenOrder(models.Model):
    """ "Orders in production": a row per confirmed order line that is not delivered.

    The facts are read from the order itself, what waits for what from
    ``mto.order.progress``.
    """

    _name = "mto.open.order"
    _description = "Order in Production"
    _auto = False
    _order = "promise_date, id"
    _depends = {
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
            "price_subtotal",
            "product_id",
            "product_uom_qty",
            "qty_delivered",
        ],
        "mto.order.progress": [
            "can_start",
            "expected_date",
            "has_supply",
            "is_held",
            "is_missing",
            "overdue_on",
            "owner_id",
            "picking_id",
            "produced",
            "production_id",
            "promise_date",
            "purchase_id",
            "ready",
            "received",
            "sale_line_id",
            "waits_date",
            "waits_product_id",
        ],
    }

    sale_line_id = fields.Many2one("sale.order.line", readonly=True)
    order_id = fields.Many2one("mto.customer.order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    quantity = fields.Float(
        "To Deliver", digits="Product Unit", readonly=True, aggregator="sum"
    )
    promise_date = fields.Datetime("Promised", readonly=True)
    expected_date = fields.Datetime(
        "Projected",
        readonly=True,
        help="When the goods can leave, if everything else keeps to its plan.",
    )
    days_late = fields.Integer(readonly=True, aggregator="max")
    status = fields.Selection(
        [
            ("decision", "Decide"),
            ("held", "Starts later"),
            ("pending", "Being read"),
            ("late", "Late"),
            ("risk", "At risk"),
            ("ready", "Ready to deliver"),
            ("plan", "On time"),
        ],
        readonly=True,
        help="Being read: what serves the order is being followed, a minute after a "
        "change. “Refresh” does not wait.",
    )
    is_late = fields.Boolean(readonly=True)
    is_at_risk = fields.Boolean(
        readonly=True,
        help="In time so far, but something that serves the order was not started, "
        "ordered or received on the planned day.",
    )
    needs_decision = fields.Boolean(readonly=True)
    can_start = fields.Boolean("Can Start Today", readonly=True)
    waits_product_id = fields.Many2one("product.product", "Waits for", readonly=True)
    waits_document = fields.Char("Document", readonly=True)
    waits_date = fields.Datetime("Arrives", readonly=True)
    production_id = fields.Many2one("mrp.production", readonly=True)
    purchase_id = fields.Many2one("purchase.order", readonly=True)
    picking_id = fields.Many2one("stock.picking", readonly=True)
    owner_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="Responsible for what is waited for, else the salesperson.",
    )
    received = fields.Float(readonly=True, aggregator="avg")
    produced = fields.Float(readonly=True, aggregator="avg")
    ready = fields.Float(readonly=True, aggregator="avg")
    delivered = fields.Float(readonly=True, aggregator="avg")
    progress = fields.Float(readonly=True, aggregator="avg")
    currency_id = fields.Many2one("res.currency", readonly=True)
    value = fields.Monetary(
        readonly=True,
        aggregator="sum",
        groups="sales_team.group_sale_salesman",
        help="What is still to deliver, untaxed, at the price of the order.",
    )

    @property
    def _table_query(self):
        return self._get_select()

    def _get_projected_date(self):
        """The date a row is projected to be delivered: a hook for better answers.

        Over ``line`` (sale.order.line) and ``progress`` (mto.order.progress).
        """
        return SQL("GREATEST(progress.expected_date, now() AT TIME ZONE 'UTC')")

    def _get_promise_date(self):
        """The date a row was promised for: a hook for dates of the line itself.

        Over ``line`` (sale.order.line), ``sale`` (sale.order) and ``progress``.
        """
        return SQL(
            """COALESCE(
                sale.commitment_date, progress.promise_date,
                sale.date_order + line.customer_lead * interval '1 day'
            )"""
        )

    def _get_select(self):
        return SQL(
            """
            SELECT facts.*,
                needs_supply OR is_missing AS needs_decision,
                days_late > 0 AS is_late,
                days_late <= 0 AND is_overdue AS is_at_risk,
                CASE WHEN is_pending THEN 'pending'
                     WHEN is_held THEN 'held'
                     WHEN needs_supply OR is_missing THEN 'decision'
                     WHEN days_late > 0 THEN 'late'
                     WHEN ready >= 1 THEN 'ready'
                     WHEN is_overdue THEN 'risk'
                     ELSE 'plan' END AS status,
                25 * (received + produced + ready + delivered) AS progress
            FROM (
                SELECT rows.*,
                    COALESCE(expected_date, now() AT TIME ZONE 'UTC')::date
                        - promise_date::date AS days_late
                FROM (%(rows)s) AS rows
            ) AS facts""",
            rows=self._get_rows(),
        )

    def _get_rows(self):
        return SQL(
            """
            SELECT line.id, line.id AS sale_line_id, line.order_id,
                sale.partner_id, sale.user_id, sale.company_id, line.product_id,
                line.product_uom_id AS uom_id, line.currency_id,
                line.product_uom_qty - line.qty_delivered AS quantity,
                line.price_subtotal * (1 - line.qty_delivered / line.product_uom_qty)
                    AS value,
                %s AS promise_date,
                CASE WHEN progress.expected_date IS NOT NULL THEN %s END
                    AS expected_date,
                COALESCE(progress.is_missing, FALSE) AS is_missing,
                COALESCE(progress.overdue_on < now() AT TIME ZONE 'UTC', FALSE)
                    AS is_overdue,
                COALESCE(progress.is_held, FALSE) AS is_held,
                progress.id IS NULL AS is_pending,
                COALESCE(NOT (progress.has_supply OR progress.is_held), FALSE)
                    AS needs_supply,
                COALESCE(progress.can_start, FALSE) AS can_start,
                progress.waits_product_id, progress.waits_date,
                progress.production_id, progress.purchase_id, progress.picking_id,
                COALESCE(production.name, purchase.name, picking.name)
                    AS waits_document,
                COALESCE(progress.owner_id, sale.user_id) AS owner_id,
                COALESCE(progress.received, 0) AS received,
                COALESCE(progress.produced, 0) AS produced,
                COALESCE(progress.ready, 0) AS ready,
                line.qty_delivered / line.product_uom_qty AS delivered
            FROM sale_order_line line
            JOIN sale_order sale ON sale.id = line.order_id
            JOIN product_product product ON product.id = line.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            LEFT JOIN mto_order_progress progress ON progress.sale_line_id = line.id
            LEFT JOIN mrp_production production
                ON production.id = progress.production_id
            LEFT JOIN purchase_order purchase ON purchase.id = progress.purchase_id
            LEFT JOIN stock_picking picking ON picking.id = progress.picking_id
            WHERE sale.state = 'sale' AND line.display_type IS NULL
                AND template.type = 'consu'
                AND line.product_uom_qty > COALESCE(line.qty_delivered, 0)""",
            self._get_promise_date(),
            self._get_projected_date(),
        )

    def action_refresh(self):
        """Follow what changed a moment ago."""
        return self.env["mto.demand.change"].action_refresh()

    def action_open_supply(self):
        """ "Supply of this order", of the order of the row."""
        self.ensure_one()
        return self.order_id.action_open_supply()

    def action_open_document(self):
        """The document that is waited for."""
        self.ensure_one()
        document = self.production_id or self.purchase_id or self.picking_id
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }
