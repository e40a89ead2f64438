from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class MtoPurchaseProposal(models.Model):
    """ "To order": what buyers have to order, and by when at the latest.

    A row per line of a request for quotation, read from the line itself.
    """

    _name = "mto.purchase.proposal"
    _inherit = ["mto.demand.columns"]
    _description = "To Order"
    _auto = False
    _order = "order_by, id"
    _demand_column = "purchase_line_id"
    _demand_key = "purchase_line_id"
    _depends = {
        "purchase.order": ["state"],
        "purchase.order.line": [
            "date_planned",
            "orderpoint_id",
            "price_subtotal",
            "product_id",
            "product_qty",
            "product_uom_id",
        ],
        "stock.move": ["created_purchase_line_ids", "date", "state"],
        "mto.purchase.need": ["minimum_qty", "vendor_days"],
    }

    purchase_line_id = fields.Many2one("purchase.order.line", readonly=True)
    purchase_id = fields.Many2one("purchase.order", "Request", readonly=True)
    partner_id = fields.Many2one("res.partner", "Vendor", readonly=True)
    user_id = fields.Many2one("res.users", "Buyer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", "Part", readonly=True)
    uom_id = fields.Many2one("uom.uom", "Unit", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True, aggregator=None)
    minimum_qty = fields.Float(
        "Minimum",
        digits="Product Unit",
        readonly=True,
        aggregator=None,
        help="The least the vendor sells, in the unit of the line.",
    )
    order_by = fields.Date(
        readonly=True,
        help="The last safe day: needed less the vendor's lead time and the days to "
        "purchase of the company, in calendar days.",
    )
    days_left = fields.Integer(readonly=True, aggregator="min")
    needed_on = fields.Date(readonly=True)
    vendor_days = fields.Integer("Lead Time (days)", readonly=True, aggregator=None)
    source = fields.Selection(
        [
            ("orders", "Orders"),
            ("reordering", "Reordering rule"),
            ("manual", "By hand"),
        ],
        "Asked for by",
        readonly=True,
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    price_subtotal = fields.Monetary("Amount", readonly=True, aggregator="sum")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT rows.*, order_by - CURRENT_DATE AS days_left FROM (
                SELECT line.id, line.id AS purchase_line_id,
                    line.order_id AS purchase_id, purchase.partner_id,
                    purchase.user_id, purchase.company_id, line.product_id,
                    line.product_uom_id AS uom_id, line.product_qty AS quantity,
                    purchase.currency_id, line.price_subtotal,
                    terms.minimum_qty, terms.vendor_days,
                    COALESCE(asked.date, line.date_planned)::date AS needed_on,
                    CASE WHEN terms.id IS NULL THEN purchase.date_order::date
                         ELSE COALESCE(asked.date, line.date_planned)::date
                             - terms.vendor_days
                             - CEIL(COALESCE(company.days_to_purchase, 0))::integer
                         END AS order_by,
                    CASE WHEN asked.date IS NOT NULL THEN 'orders'
                         WHEN line.orderpoint_id IS NOT NULL THEN 'reordering'
                         ELSE 'manual' END AS source
                FROM purchase_order_line line
                JOIN purchase_order purchase ON purchase.id = line.order_id
                JOIN res_company company ON company.id = purchase.company_id
                LEFT JOIN mto_purchase_need terms ON terms.purchase_line_id = line.id
                LEFT JOIN LATERAL (
                    SELECT min(move.date) AS date
                    FROM stock_move_created_purchase_line_rel rel
                    JOIN stock_move move ON move.id = rel.move_id
                    WHERE rel.created_purchase_line_id = line.id
                        AND move.state NOT IN ('done', 'cancel')
                ) asked ON TRUE
                WHERE purchase.state IN ('draft', 'sent')
                    AND line.display_type IS NULL
            ) AS rows"""
        )

    def action_refresh(self):
        """Follow what changed a moment ago."""
        return self.env["mto.demand.change"].action_refresh()

    def action_open_request(self):
        """The request for quotation of the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "purchase.order",
            "res_id": self.purchase_id.id,
            "views": [(False, "form")],
        }

    def action_order(self):
        """Confirm the requests behind these rows, after a look at what that orders."""
        lines = self.search([("id", "in", self.ids)]).purchase_line_id
        if not lines:
            raise UserError(
                self.env._(
                    "These requests were confirmed or cancelled meanwhile. Refresh the "
                    "list."
                )
            )
        wizard = self.env["mto.purchase.confirm"].create(
            {"line_ids": [fields.Command.set(lines.ids)]}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Order"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }
