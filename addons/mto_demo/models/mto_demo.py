from datetime import datetime, time

from odoo import api, fields, models

from ..engine import working_days

# Noon in UTC is the same calendar day everywhere the company has people.
NOON = time(12)


class MtoDemo(models.AbstractModel):
    """What the data files of the bicycle company call: dates, books and stages.

    The private methods are run once, by the superuser, while the module is installed.
    """

    _name = "mto.demo"
    _description = "Make to Order Demonstration"

    # Dates

    @api.model
    @api.readonly
    def working_day(self, count):
        """The `count`-th working day (Monday to Friday) after today, at noon.

        :param int count: working days from today, negative for the past
        :return str: a datetime in UTC in Odoo's format
        Access: everyone; reads nothing.
        """
        today = fields.Date.context_today(self)
        return self._at_noon(working_days.add_working_days(today, count))

    @api.model
    @api.readonly
    def month_end(self):
        """What "the end of the month" means: the first one 25 working days away.

        :return str: noon of the last working day of that month, a datetime in UTC in
            Odoo's format
        Access: everyone; reads nothing.
        """
        today = fields.Date.context_today(self)
        return self._at_noon(working_days.promised_month_end(today))

    def _at_noon(self, day):
        return fields.Datetime.to_string(datetime.combine(day, NOON))

    # Company and plants

    @api.model
    def _set_up_books(self):
        """A chart of accounts, euros and a stock valued at once at average cost."""
        company = self.env.ref("base.main_company")
        if not company.chart_template:
            self.env["account.chart.template"].try_loading("generic_coa", company)
        if not company.root_id._existing_accounting():
            euro = self.env.ref("base.EUR")
            euro.active = True
            company.currency_id = euro
            # Price lists were made in the currency that the database started with.
            pricelists = self.env["product.pricelist"].search(
                [("company_id", "in", [False, company.id])]
            )
            pricelists.currency_id = euro
        company.write({"inventory_valuation": "real_time", "cost_method": "average"})

    @api.model
    def _set_transit_days(self, warehouse_id, days):
        """Goods that resupply the warehouse travel for `days` days."""
        rules = self.env["stock.warehouse"].browse(warehouse_id)
        rules = rules.resupply_route_ids.rule_ids
        rules.filtered(lambda r: r.location_dest_id.usage == "transit").delay = days

    @api.model
    def _renew_document_prefixes(self, warehouse_id):
        """All documents of the warehouse carry its code; on a change of the code core
        renews the prefixes of transfers only."""
        warehouse = self.env["stock.warehouse"].browse(warehouse_id)
        for field, values in warehouse._get_sequence_values().items():
            warehouse[field].sequence_id.write({"prefix": values["prefix"]})

    # Stages of an order

    @api.model
    def _confirm_order(self, order_id, order_date):
        """Confirm the order as its salesperson did at `order_date`."""
        order = self.env["sale.order"].browse(order_id)
        order.action_confirm()
        order.date_order = order_date

    @api.model
    def _confirm_order_by_preset(self, order_id, preset, order_date):
        """Confirm the order as if the company had chosen another preset."""
        company = self.env["sale.order"].browse(order_id).company_id
        chosen = company.supply_preset
        company.supply_preset = preset
        self._confirm_order(order_id, order_date)
        company.supply_preset = chosen

    @api.model
    def _cancel_order(self, order_id):
        """The customer cancels, and the planner cancels what was planned for it."""
        order = self.env["sale.order"].browse(order_id)
        productions = self._get_productions(order)
        order._action_cancel()
        productions.filtered(lambda p: p.state != "cancel").action_cancel()

    @api.model
    def _start_production(self, order_id):
        """Sub-assemblies are made; the first work order of the product has begun."""
        order = self.env["sale.order"].browse(order_id)
        product = self._produce_sub_assemblies(order)
        product.workorder_ids[:1].button_start()

    @api.model
    def _deliver_and_invoice(self, order_id, quantity):
        """Make, ship and invoice `quantity` of the order; the rest follows later."""
        order = self.env["sale.order"].browse(order_id)
        self._produce(self._produce_sub_assemblies(order), quantity)
        picking = order.picking_ids.filtered(lambda p: p.state == "assigned")
        picking.move_ids.quantity = quantity
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True)._action_done()
        order._create_invoices().action_post()

    @api.model
    def _order_purchases(self, order_id, vendor_id=False):
        """Purchasing orders what the order needs, from one vendor or from all."""
        purchases = self._get_purchase_lines(self.env["sale.order"].browse(order_id))
        purchases = purchases.order_id.filtered(lambda p: p.state == "draft")
        if vendor_id:
            purchases = purchases.filtered(lambda p: p.partner_id.id == vendor_id)
        purchases.button_confirm()

    def _produce_sub_assemblies(self, order):
        """Make everything below the sold product, deepest first; return the rest."""
        levels = self._get_supply(order)["levels"]
        for productions in reversed(levels[1:]):
            for production in productions:
                self._produce(production, production.product_qty)
        return levels[0]

    def _produce(self, production, quantity):
        """Make `quantity` of the order, and leave what remains to a backorder."""
        unit = production.product_uom_id
        partial = unit.compare(quantity, production.product_qty) < 0
        production.qty_producing = quantity
        production._set_qty_producing()
        production.with_context(
            skip_backorder=True, mo_ids_to_backorder=production.ids if partial else []
        ).button_mark_done()
