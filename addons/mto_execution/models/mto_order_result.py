from collections import defaultdict
from datetime import datetime, time

from pytz import timezone, utc

from odoo import api, fields, models

from odoo.addons.mto_pegging.models.mto_pegging import LINE, PRODUCTION

COSTS = ("actual_cost", "wip_cost", "committed_cost")


class MtoOrderResult(models.AbstractModel):
    """Costs of what serves order lines, added up. Callers check who asks."""

    _name = "mto.order.result"
    _description = "Result of Customer Orders"

    @api.model
    def _get_results(self, lines, date=False):
        """Same as ``sale.order.line.get_order_result``, as superuser, in batch."""
        # Read together also where they come from orders that are read no more.
        lines = lines.with_prefetch()
        _graph, shares = found = self.env["mto.pegging"]._get_supply(lines)
        ledgers = {line.id: Ledger(line, date) for line in lines}
        keys = [key for key in shares.order if key[0] in (PRODUCTION, LINE)]
        # Read together, whatever the number of lines.
        documents = self.env["mto.pegging"]._browse(keys)
        for key in keys:
            self._post(key, documents[key], found, ledgers)
        planned = self._get_planned(lines)
        return [ledgers[line.id].tell(*planned[line]) for line in lines]

    def _post(self, key, document, found, ledgers):
        """Post what the document costs to the lines that it serves."""
        graph, shares = found
        total = graph.totals.get(key)
        if not total:
            return
        is_top = not shares.levels[key]
        for (_model, line_id), quantity in shares.quantities[key].items():
            ledger = ledgers.get(line_id)
            if ledger and key[0] == PRODUCTION:
                ledger.post_production(document, quantity / total, quantity, is_top)
            elif ledger:
                ledger.post_purchase(document, quantity / total, quantity, is_top)

    def _get_planned(self, lines):
        """{line: (planned cost, when that was kept)}; computed now where it was not."""
        kept = (
            self.env["mto.planned.cost"]
            .search([("sale_line_id", "in", lines.ids)])
            .grouped("sale_line_id")
        )
        rest = lines.filtered(lambda line: line not in kept)
        costs = self.env["mto.planned.cost"]._get_costs(rest.filtered("product_id"))
        planned = {line: (costs.get(line, 0.0), False) for line in rest}
        for line, row in kept.items():
            planned[line] = (row.cost, row.kept_on)
        return planned


class Ledger:
    """What is posted to one order line until the end of a day."""

    def __init__(self, line, date):
        self.line = line
        self.company = line.company_id
        self.date = fields.Date.to_date(date) or False
        self.until = self.date and self._get_end(self.date)
        self.costs = dict.fromkeys(COSTS, 0.0)
        self.made = defaultdict(float)

    def _get_end(self, date):
        """The end of the day where the company works, in UTC."""
        zone = timezone(self.company.resource_calendar_id.tz or "UTC")
        return (
            zone.localize(datetime.combine(date, time.max))
            .astimezone(utc)
            .replace(tzinfo=None)
        )

    def _is_past(self, moment):
        return not self.until or bool(moment) and moment <= self.until

    # Documents

    def post_production(self, production, part, quantity, is_top):
        if production.state == "cancel":
            return
        is_done = production.state == "done" and self._is_past(production.date_finished)
        cost = part * self._get_production_cost(production, is_done)
        if not is_done:
            self.costs["wip_cost"] += cost
        elif is_top:
            self.costs["actual_cost"] += cost
            self.made[production.product_id] += quantity

    def _get_production_cost(self, production, is_done):
        """Consumption and work until the day, without what by-products bear."""
        moves = production.move_raw_ids.filtered(
            lambda move: self._counts(move, is_done)
        )
        cost = sum(self._get_value(move) for move in moves)
        cost += sum(order._cal_cost(self.until) for order in production.workorder_ids)
        shares = sum(production.move_byproduct_ids.mapped("cost_share"))
        cost *= 1 - shares / 100
        if is_done:
            cost += production.extra_cost * production.product_uom_qty
        return cost

    def _counts(self, move, is_done):
        if move.state == "done":
            return is_done or self._is_past(move.date)
        # Entered as consumed, and not posted yet: it is so today.
        return move.picked and move.state != "cancel" and not self.until

    def _get_value(self, move):
        if move.state == "done" and move.value:
            return abs(move.value)
        product = move.product_id.with_company(self.company)
        return move._to_product_uom(move.quantity) * product.standard_price

    def post_purchase(self, purchased, part, quantity, is_top):
        ordered = purchased.product_uom_id._compute_quantity(
            purchased.product_qty, purchased.product_id.uom_id
        )
        if purchased.state != "purchase" or not ordered:
            return
        if not self._is_past(purchased.order_id.date_approve):
            return
        moves = purchased.move_ids.filtered(
            lambda move: move.state == "done" and self._is_past(move.date)
        )
        received, value = self._add_up(moves, lambda move: move._is_in())
        missing = max(1 - received / ordered, 0.0)
        price = purchased.currency_id._convert(
            purchased.price_subtotal,
            self.company.currency_id,
            self.company,
            (purchased.order_id.date_approve or purchased.order_id.date_order).date(),
        )
        self.costs["committed_cost"] += part * missing * price
        if is_top:
            self.costs["actual_cost"] += part * value
            self.made[purchased.product_id] += quantity * min(received / ordered, 1.0)

    def _add_up(self, moves, is_positive):
        """(Quantity in the product's unit, value), less what went the other way."""
        quantity = value = 0.0
        for move in moves:
            sign = 1 if is_positive(move) else -1
            quantity += sign * move._to_product_uom(move.quantity)
            value += sign * self._get_value(move)
        return quantity, value

    def post_stock(self):
        """What was delivered and neither made nor received for it."""
        moves = self.line.move_ids.filtered(
            lambda move: move.state == "done"
            and self._is_past(move.date)
            and (move._is_out() or move._is_in())
        )
        for product, theirs in moves.grouped("product_id").items():
            quantity, value = self._add_up(theirs, lambda move: move._is_out())
            taken = quantity - self.made[product]
            if taken > 1e-6:
                self.costs["actual_cost"] += value * taken / quantity
                self.made[product] += taken

    # Invoices

    def get_invoiced(self):
        """(Quantity in the product's unit, amount) of posted invoices."""
        quantity = amount = 0.0
        for line in self.line.invoice_lines:
            move = line.move_id
            day = move.invoice_date or move.date
            if move.state != "posted" or self.date and day > self.date:
                continue
            sign = -1 if move.move_type == "out_refund" else 1
            quantity += sign * line.product_uom_id._compute_quantity(
                line.quantity, self.line.product_id.uom_id, round=False
            )
            amount -= line.balance
        return quantity, amount

    # The answer

    def tell(self, planned, planned_on):
        self.post_stock()
        line, currency = self.line, self.company.currency_id
        sold = line.currency_id._convert(
            line.price_subtotal, currency, self.company, line.order_id.date_order.date()
        )
        quantity = self._get_actual_quantity()
        invoiced_quantity, invoiced = self.get_invoiced()
        piece = self.costs["actual_cost"] / quantity if quantity else 0.0
        return {
            "id": line.id,
            "model": line._name,
            "name": line.display_name,
            "order": line.order_id.name,
            "product": line.product_id.display_name or False,
            "currency": currency.name,
            "date": self.date and fields.Date.to_string(self.date),
            "quantity": line._get_quantity_in_product_unit(),
            "actual_quantity": quantity,
            "invoiced_quantity": invoiced_quantity,
            "uom": line.product_id.uom_id.name or False,
            "sold": currency.round(sold),
            "invoiced": currency.round(invoiced),
            "planned_cost": currency.round(planned),
            "planned_on": fields.Datetime.to_string(planned_on) or False,
            **{name: currency.round(cost) for name, cost in self.costs.items()},
            "planned_margin": currency.round(sold - planned),
            "actual_margin": currency.round(invoiced - piece * invoiced_quantity),
        }

    def _get_actual_quantity(self):
        product = self.line.product_id
        others = [quantity for part, quantity in self.made.items() if part != product]
        if others:
            # A kit: its parts are delivered, the line counts kits.
            return self.line.product_uom_id._compute_quantity(
                self.line.qty_delivered, product.uom_id, round=False
            )
        return self.made[product]
