from odoo import models

from ..engine.progress import (
    CONFIRMED,
    DELIVERED,
    MAKING,
    READY,
    STEPS,
    LineFacts,
    get_step,
)
from ..models.mto_pegging import PRODUCTION, SOLD

STARTED = ("progress", "to_close", "done")


class MtoPortalProgress(models.AbstractModel):
    """How far each line of an order is, as its customer is told."""

    _name = "mto.portal.progress"
    _description = "Progress of an order, as its customer sees it"

    def _get_progress(self, orders):
        """Progress of the goods of confirmed orders, for their customers.

        Callers check that the reader may see the orders. Nothing of the factory is
        told: no document, no component, no date but the one that is promised.

        :param orders: ``sale.order``; those that are not confirmed have no progress
        :return: one dictionary per line of goods: ``line`` (sale.order.line),
            ``step`` (of ``engine.progress.STEPS``), ``steps`` (all of them: ``label``,
            ``is_reached``, ``is_current``), ``delivered`` (in the unit of the line),
            ``date`` (promised, UTC; False once all is delivered)
        :rtype: list[dict]
        """
        # The steps follow documents that no customer and few salespeople may read.
        lines = orders.sudo().filtered(lambda o: o.state == "sale").order_line
        lines = lines.filtered(
            lambda line: line.product_id.type == "consu" and line.product_uom_qty > 0
        )
        started = self._get_started(lines)
        return [self._prepare_line(line, line in started) for line in lines]

    def _prepare_line(self, line, is_started):
        step = get_step(
            LineFacts(
                line.product_uom_qty,
                line.qty_delivered,
                self._is_reserved(line),
                is_started,
            )
        )
        return {
            "line": line,
            "step": step,
            "steps": self._prepare_steps(step),
            "delivered": line.qty_delivered,
            "date": step != DELIVERED and line._get_promise_date(),
        }

    def _prepare_steps(self, current):
        labels = {
            CONFIRMED: self.env._("Confirmed"),
            MAKING: self.env._("In production"),
            READY: self.env._("Ready"),
            DELIVERED: self.env._("Delivered"),
        }
        reached = STEPS.index(current)
        return [
            {
                "label": labels[step],
                "is_reached": index <= reached,
                "is_current": index == reached,
            }
            for index, step in enumerate(STEPS)
        ]

    def _is_reserved(self, line):
        """Whether all that is still to be delivered is reserved at the last place."""
        pegging = self.env["mto.pegging"]
        moves = line.move_ids.filtered(
            lambda m: m.state not in ("done", "cancel") and pegging._is_last_step(m)
        )
        return bool(moves) and all(move.state == "assigned" for move in moves)

    def _get_started(self, lines):
        """The lines for which a manufacturing order of any level has begun."""
        _graph, shares = self.env["mto.pegging"]._get_supply(lines)
        keys = [key for key in shares.order if key[0] == PRODUCTION]
        records = self.env["mto.pegging"]._browse(keys)
        started_ids = {
            root_id
            for key in keys
            if records[key].state in STARTED
            for model, root_id in shares.quantities[key]
            if model == SOLD
        }
        return lines.browse(started_ids)
