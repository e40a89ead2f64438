from math import ceil

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Fewer are no experience, and older ones tell of other times.
LEAST_SAMPLES = 3
HISTORY = "2 years"
# Nine of ten came within the suggested days.
HIGH = 0.9


class MtoLeadTimeSuggestion(models.TransientModel):
    """What lead times were in truth, of a vendor or a bill of materials.

    Read of the past when the list is opened; a user has the lines of the last list that
    was opened. Nothing changes until a person accepts a line.
    """

    _name = "mto.lead.time.suggestion"
    _description = "Suggested Lead Time"
    _order = "difference desc, id"
    _transient_max_hours = 12

    product_tmpl_id = fields.Many2one("product.template", "Product", readonly=True)
    categ_id = fields.Many2one(related="product_tmpl_id.categ_id", store=True)
    vendor_id = fields.Many2one("res.partner", readonly=True)
    bom_id = fields.Many2one("mrp.bom", "Bill of Materials", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    source = fields.Selection(
        [("vendor", "Purchase"), ("bom", "Manufacturing")],
        "Lead Time of",
        readonly=True,
    )
    sample_count = fields.Integer(
        "Orders",
        readonly=True,
        help="Purchase order lines received in full, or manufacturing orders done.",
    )
    current_days = fields.Integer("Days Now", readonly=True, aggregator=False)
    median_days = fields.Float(
        "Median",
        readonly=True,
        digits=(16, 1),
        aggregator=False,
        help="Half of them took at most this many days.",
    )
    high_days = fields.Float(
        "Nine of Ten within",
        readonly=True,
        digits=(16, 1),
        aggregator=False,
        help="Days within which 90 % of them were there.",
    )
    shortest_days = fields.Float(
        "Shortest", readonly=True, digits=(16, 1), aggregator=False
    )
    longest_days = fields.Float(
        "Longest", readonly=True, digits=(16, 1), aggregator=False
    )
    late_share = fields.Float(
        "Late",
        readonly=True,
        aggregator="avg",
        help="How many came after the day that was promised: of a purchase the "
        "expected arrival, of manufacturing the deadline.",
    )
    difference = fields.Integer(
        readonly=True, aggregator=False, help="Days suggested less days now."
    )
    suggested_days = fields.Integer(
        "New Lead Time",
        aggregator=False,
        help="Days within which nine of ten came. Change it before you accept it.",
    )
    is_accepted = fields.Boolean("Accepted", readonly=True)

    @api.model
    def action_open(self):
        """Compare lead times with the past, in one batch, and open the list.

        For the current company. Past purchases count that were received in full, with
        the days from their confirmation to the last receipt; manufacturing orders with
        the days from start to end.

        :return: the action of the list
        :rtype: dict
        :raises odoo.exceptions.AccessError: without access to this list
        """
        self.check_access("read")
        # Read of purchases and productions of all, told are days only.
        own = self.sudo()
        own.search([("create_uid", "=", self.env.uid)]).unlink()
        own.create([*own._get_vendor_rows(), *own._get_bom_rows()])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mto_promise.mto_lead_time_suggestion_action"
        )
        return {**action, "domain": [("create_uid", "=", self.env.uid)]}

    def action_accept(self):
        """Write the new lead times, with a note on the product or bill of materials.

        :raises odoo.exceptions.AccessError: for who may not change vendors' prices or
            bills of materials
        :raises odoo.exceptions.UserError: for a negative lead time
        """
        if any(line.suggested_days < 0 for line in self):
            raise UserError(self.env._("Enter a lead time of 0 days or more."))
        for line in self.filtered(lambda line: not line.is_accepted):
            if line.bom_id:
                line.bom_id.produce_delay = line.suggested_days
            else:
                line._get_prices().write({"delay": line.suggested_days})
            (line.bom_id or line.product_tmpl_id).message_post(body=line._get_note())
        self.is_accepted = True
        return True

    def _get_prices(self):
        """What the vendor asks for the product, whatever the quantity."""
        self.ensure_one()
        vendor = self.vendor_id.commercial_partner_id
        return self.product_tmpl_id.seller_ids.filtered(
            lambda price: price.partner_id.commercial_partner_id == vendor
            and price.company_id in (self.env["res.company"], self.company_id)
        )

    def _get_note(self):
        values = {
            "vendor": self.vendor_id.display_name,
            "days": self.env["mto.promise"]._tell_days(self.suggested_days),
            "before": self.current_days,
            "count": self.sample_count,
            "median": round(self.median_days, 1),
            "high": round(self.high_days, 1),
        }
        if self.bom_id:
            return self.env._(
                "Manufacturing lead time %(days)s in place of %(before)s: of "
                "%(count)s orders half took at most %(median)s days, nine of ten at "
                "most %(high)s.",
                **values,
            )
        return self.env._(
            "Lead time of %(vendor)s %(days)s in place of %(before)s: of "
            "%(count)s purchases half took at most %(median)s days, nine of ten at "
            "most %(high)s.",
            **values,
        )

    # What the past tells

    def _get_vendor_rows(self):
        self.env["product.supplierinfo"].flush_model()
        self.env["stock.move"].flush_model()
        self.env["purchase.order.line"].flush_model()
        self.env["purchase.order"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH sample AS (%(samples)s), price AS (%(prices)s)
                SELECT price.product_tmpl_id, price.vendor_id,
                       price.delay AS current_days, %(figures)s
                  FROM sample
                  JOIN price ON price.vendor = sample.vendor
                   AND price.product_tmpl_id = sample.product_tmpl_id
                 GROUP BY price.product_tmpl_id, price.vendor_id, price.delay
                HAVING count(*) >= %(least)s
                """,
                samples=self._get_purchase_samples(),
                prices=self._get_current_prices(),
                figures=self._get_figures(),
                least=LEAST_SAMPLES,
            )
        )
        return [self._prepare_row(row, source="vendor") for row in rows]

    def _get_purchase_samples(self):
        """Lines that came in full; what went back to the vendor was no receipt."""
        return SQL(
            """
            SELECT vendor.commercial_partner_id AS vendor, product.product_tmpl_id,
                   GREATEST(0, extract(epoch FROM
                       max(move.date) - purchase.date_approve) / 86400) AS days,
                   max(move.date)::date > line.date_planned::date AS is_late
              FROM purchase_order_line line
              JOIN purchase_order purchase ON purchase.id = line.order_id
              JOIN res_partner vendor ON vendor.id = purchase.partner_id
              JOIN product_product product ON product.id = line.product_id
              JOIN stock_move move ON move.purchase_line_id = line.id
              JOIN stock_location place ON place.id = move.location_dest_id
             WHERE purchase.company_id = %(company)s AND purchase.state = 'purchase'
               AND purchase.date_approve >
                   now() at time zone 'utc' - %(since)s::interval
               AND move.state = 'done' AND place.usage <> 'supplier'
               AND line.product_qty > 0 AND line.qty_received >= line.product_qty
             GROUP BY line.id, purchase.id, vendor.id, product.id
            """,
            company=self.env.company.id,
            since=HISTORY,
        )

    def _get_current_prices(self):
        """The lead time of each vendor: that of its first price."""
        return SQL(
            """
            SELECT DISTINCT ON (vendor.commercial_partner_id, price.product_tmpl_id)
                   vendor.commercial_partner_id AS vendor, price.product_tmpl_id,
                   price.partner_id AS vendor_id, price.delay
              FROM product_supplierinfo price
              JOIN res_partner vendor ON vendor.id = price.partner_id
             WHERE price.company_id IS NULL OR price.company_id = %s
             ORDER BY vendor.commercial_partner_id, price.product_tmpl_id,
                      price.sequence, price.min_qty, price.id
            """,
            self.env.company.id,
        )

    def _get_bom_rows(self):
        self.env["mrp.bom"].flush_model()
        self.env["mrp.production"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH sample AS (
                    SELECT bom_id, date_finished > date_deadline AS is_late,
                           GREATEST(0, extract(epoch FROM
                               date_finished - date_start) / 86400) AS days
                      FROM mrp_production
                     WHERE company_id = %(company)s AND state = 'done'
                       AND date_start > now() at time zone 'utc' - %(since)s::interval
                )
                SELECT bom.id AS bom_id, bom.product_tmpl_id,
                       bom.produce_delay AS current_days, %(figures)s
                  FROM sample JOIN mrp_bom bom ON bom.id = sample.bom_id
                 WHERE bom.active AND bom.type = 'normal'
                 GROUP BY bom.id
                HAVING count(*) >= %(least)s
                """,
                company=self.env.company.id,
                since=HISTORY,
                figures=self._get_figures(),
                least=LEAST_SAMPLES,
            )
        )
        return [self._prepare_row(row, source="bom") for row in rows]

    def _get_figures(self):
        """Percentiles are days that some order really took (nearest rank)."""
        return SQL(
            """
            count(*) AS sample_count, min(days) AS shortest_days,
            percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS median_days,
            percentile_disc(%s) WITHIN GROUP (ORDER BY days) AS high_days,
            max(days) AS longest_days,
            avg(CASE WHEN is_late THEN 1.0 ELSE 0.0 END) AS late_share
            """,
            HIGH,
        )

    def _prepare_row(self, row, **values):
        # A few hours more are no day more.
        suggested = ceil(round(float(row["high_days"]), 1))
        return {
            **{name: _to_number(value) for name, value in row.items()},
            "company_id": self.env.company.id,
            "suggested_days": suggested,
            "difference": suggested - (row["current_days"] or 0),
            **values,
        }


def _to_number(value):
    return value if isinstance(value, int) else float(value or 0)
