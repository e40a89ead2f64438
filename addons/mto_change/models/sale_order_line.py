from odoo import models

from odoo.addons.mto_cascade.marks import MARK, is_marked
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED

from .mto_change_application import APPLYING
from .mto_change_request import Request
from .stock_move import NETTING

# Dates of a line, where mto_promise keeps them.
LINE_DATES = {"wanted_date", "promised_date"}


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        """What supplies a line follows its quantity and date, if the company likes."""
        dated = self._get_dated(vals)
        before = dated._read_dates()
        raised = self._read_raised(vals)
        plan, saved = self._read_lowered(vals)
        lines = self.with_context(**{APPLYING: MARK}) if plan else self
        res = super(SaleOrderLine, lines).write(vals)
        if plan:
            self.env["mto.change.application"]._apply(plan)
            self._keep_saved_change(saved)
        dated._follow_dates(before)
        self._keep_saved_change(raised)
        return res

    def _read_raised(self, vals):
        """{order: rows} of confirmed lines that a plain write raises."""
        if "product_uom_qty" not in vals or is_marked(self.env, APPLYING):
            return {}
        if is_marked(self.env, NETTING):
            # Part of a change that was shown, which keeps it.
            return {}
        preview = self.env["mto.change.preview"].sudo()
        target = vals["product_uom_qty"]
        raised = self.filtered(
            lambda line: line._follows_change_rules()
            and line.product_uom_id.compare(target, line.product_uom_qty) > 0
        )
        return {
            order: list(
                preview._get_line_rows(
                    Request(order, raised=dict.fromkeys(lines, target))
                ).values()
            )
            for order, lines in raised.grouped("order_id").items()
        }

    def _get_dated(self, vals):
        """Confirmed lines that the rules follow, and that get another date."""
        if LINE_DATES.isdisjoint(vals) or is_marked(self.env, APPLYING):
            return self.browse()
        return self.filtered(lambda line: line._follows_change_rules())

    def _read_dates(self):
        """What ``_follow_dates`` needs to know of the time before."""
        if not self:
            return None
        # Documents of other departments: only what serves the lines is read.
        plan = self.env["mto.change"].sudo()._plan_lines({}, others=self)
        nodes = self.env["mto.change.dates"].sudo()._make_nodes(plan)
        return plan, nodes, {line: line._get_promise_date() for line in self}

    def _follow_dates(self, before):
        """Move what supplies the lines, by rule, for who may change the lines."""
        if not before:
            return
        self.check_access("write")
        plan, nodes, promised = before
        promises = {line: (promised[line], line._get_promise_date()) for line in self}
        dates = self.env["mto.change.dates"].sudo()
        saved = self._read_saved_dates(promises, plan, nodes)
        dates._apply(dates._plan_lines(promises, plan, nodes=nodes))
        self._keep_saved_change(saved)

    def _read_saved_dates(self, promises, plan, nodes):
        """{order: rows of what a plain write of dates moves}, before it is moved."""
        dates = self.env["mto.change.dates"].sudo()
        saved = {}
        for order, lines in self.grouped("order_id").items():
            rows = {}
            own = {line: promises[line] for line in lines}
            dates._get_rows(dates._plan_lines(own, plan, nodes=nodes), rows)
            if rows:
                saved[order] = list(rows.values())
        return saved

    def _read_lowered(self, vals):
        """(plan of what supplies lowered lines, what is told of it), empty without."""
        targets = self._get_lowered(vals)
        if not targets:
            return None, {}
        # Documents of other departments: only what serves the lines is changed, by
        # rule, for whoever may change the lines, which is checked here.
        self.check_access("write")
        plan = self.env["mto.change"].sudo()._plan_lines(targets)
        return plan, self._read_saved_change(targets, plan)

    def _read_saved_change(self, targets, plan):
        """{order: rows of what a plain write changes}, told before it is written."""
        preview = self.env["mto.change.preview"].sudo()
        orders = self.env["sale.order"].union(*(line.order_id for line in targets))
        rows = preview._get_less_rows(plan) | preview._get_kept_rows(plan)
        by_order = {}
        for order in orders:
            lines = {line: q for line, q in targets.items() if line.order_id == order}
            asked = preview._get_line_rows(Request(order, lowered=lines))
            by_order[order] = [*asked.values(), *rows.values()]
        return by_order

    def _keep_saved_change(self, saved):
        for order, documents in saved.items():
            self.env["mto.order.change"]._keep(order, documents, "saved")

    def _get_lowered(self, vals):
        """{line: new quantity} of confirmed lines that the rules follow."""
        if "product_uom_qty" not in vals or is_marked(self.env, APPLYING):
            return {}
        target = vals["product_uom_qty"]
        return {
            line: target
            for line in self
            if line._follows_change_rules()
            and line.product_uom_id.compare(target, line.product_uom_qty) < 0
        }

    def _follows_change_rules(self):
        self.ensure_one()
        return (
            self.state == "sale"
            and not self.display_type
            and self.company_id.sudo().order_change_rules
            and not self._is_held()
        )

    def _action_launch_stock_rule(self, **kwargs):
        """What is left over of an order serves it first when it needs more again."""
        if any(
            line.company_id.sudo().order_change_rules
            and line.order_id.sudo().stock_reference_ids
            for line in self
        ):
            self = self.with_context(**{NETTING: MARK})
            for line in self.sudo():
                line._deliver_picked()
        res = super()._action_launch_stock_rule(**kwargs)
        if is_marked(self.env, NETTING) and not is_marked(self.env, APPLYING):
            self._follow_new_supply()
        return res

    def _deliver_picked(self):
        """What was picked for the line, and was not delivered then, is delivered first.

        It lies on the way to the customer: from the shelves it would come twice.
        """
        if self.state != "sale" or self.order_id.locked:
            return
        delivered = self.product_uom_id._compute_quantity(
            self._get_qty_procurement(), self.product_id.uom_id, round=False
        )
        missing = self._get_quantity_in_product_unit() - delivered
        moves = self.move_ids.filtered(
            lambda m: m.product_id == self.product_id
            and m.location_final_id.usage == "customer"
        )
        for move in moves._get_picked():
            missing -= move._take_on(missing)

    def _follow_new_supply(self):
        """Order again what was lost before; close issues of what is needed again."""
        # What is made for the line bears its name as well, and demands nothing.
        demands = self.sudo().move_ids.filtered(
            lambda m: m.state not in CLOSED and m._leaves_stock()
        )
        resupply = self.env["mto.change.resupply"]
        lost = self.env["mto.change.issue"]._get_lost(demands)
        resupply._order_again(resupply._find_missing(lost))
        self.env["mto.change.issue"]._settle(self.sudo().order_id.stock_reference_ids)

    def _get_outgoing_incoming_moves(self, strict=True):
        """What is made for the line is not brought back by the customer.

        Core takes finished moves for returns once the delivery is cancelled, and goods
        that were picked for delivered, also when their delivery is cancelled.
        """
        outgoing, incoming = super()._get_outgoing_incoming_moves(strict=strict)
        if self.company_id.sudo().order_change_rules:
            incoming = incoming.filtered(lambda m: not m.production_id)
            if not strict:
                outgoing |= self._get_hidden_deliveries()
                picked = outgoing._get_picked()
                outgoing = (outgoing - picked) | picked._get_last_steps()
                if picked:
                    # The last steps tell already what goes back inside the house.
                    incoming = incoming.filtered(lambda m: m.location_id._is_outgoing())
        return outgoing, incoming

    def _get_hidden_deliveries(self):
        """Deliveries that core does not count where something was made for the line.

        It counts those of the rule that came first in each warehouse, which is none
        where a finished move came first.
        """
        moves = self.move_ids.filtered(
            lambda m: m.product_id == self.product_id and m.state != "cancel"
        )
        if not moves.production_id:
            return moves.browse()
        deliveries = moves.filtered(
            lambda m: not m.production_id
            and not m.origin_returned_move_id
            and (m.location_final_id or m.location_dest_id)._is_outgoing()
        ).sorted("id")
        first = {}
        for move in deliveries:
            first.setdefault(move.warehouse_id, move.rule_id)
        return deliveries.filtered(lambda m: m.rule_id == first[m.warehouse_id])

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        """Five of a dozen are 5/12 of it: core rounds, and delivers 11.96 pieces."""
        quantity = super()._get_qty_procurement(previous_product_uom_qty)
        product = self.product_id
        if (
            not self.company_id.sudo().order_change_rules
            or self.product_uom_id == product.uom_id
            or self.move_ids.bom_line_id
            or not self.move_ids
        ):
            return quantity
        outgoing, incoming = self._get_outgoing_incoming_moves(strict=False)
        exact = sum(move._get_demanded_quantity() for move in outgoing) - sum(
            move._get_demanded_quantity() for move in incoming
        )
        exact = product.uom_id._compute_quantity(
            exact, self.product_uom_id, round=False
        )
        # Core rounds for each move; by more than that, another module knows better.
        rounded = (len(outgoing) + len(incoming)) * self.product_uom_id.rounding
        is_rounded = self.product_uom_id.compare(abs(exact - quantity), rounded) <= 0
        return exact if is_rounded else quantity
