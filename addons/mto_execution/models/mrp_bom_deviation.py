from odoo import models
from odoo.exceptions import UserError

from ..engine import Series
from ..engine.plan import TINY


class MrpBom(models.Model):
    """What closed orders took, beside what the bill of materials says."""

    _inherit = "mrp.bom"

    def _get_deviation_series(self, closings, decided):
        """Yield ((bill of materials, component, step) of ids, series for the engine).

        :param closings: rows of ``mto.recurring.deviation._read_history``
        :param decided: {key: moment}: orders that were planned before say nothing
        """
        self.ensure_one()
        products = {
            line["product_id"]: True
            for closing in closings
            for line in closing["lines"]
            if line["kind"] == "component"
        }
        for product in self.env["product.product"].browse(products):
            key = (self.id, product.id, False)
            yield (
                key,
                self._get_component_series(product, _after(closings, decided, key)),
            )
        for operation in self.operation_ids:
            if self.operation_ids.mapped("name").count(operation.name) > 1:
                # Closings know steps by their names.
                continue
            key = (self.id, False, operation.id)
            yield key, self._get_step_series(operation, _after(closings, decided, key))
        key = (self.id, False, False)
        yield key, self._get_day_series(_after(closings, decided, key))

    def _get_component_series(self, product, closings):
        """For one piece, scrap included. What was planned otherwise is left out."""
        current = self._get_deviation_value(product, self.operation_ids.browse())
        values, scrapped = [], []
        for closing in closings:
            output = _get_line(closing, "output")
            line = _get_line(closing, "component", product_id=product.id)
            if not (output["planned"] and output["actual"]):
                continue
            if (
                abs(line["planned"] / output["planned"] - current)
                > 0.001 * current + TINY
            ):
                continue
            values.append((line["actual"] + line["scrapped"]) / output["actual"])
            scrapped.append(line["scrapped"] / output["actual"])
        return Series("component", current, values, scrapped)

    def _get_step_series(self, operation, closings):
        """The minutes of a cycle that the step would have to have."""
        current = self._get_deviation_value(self.env["product.product"], operation)
        lines = [
            _get_line(closing, "operation", operation=operation.name)
            for closing in closings
        ]
        values = [
            current * line["actual"] / line["planned"]
            for line in lines
            if line["planned"] and line["actual"]
        ]
        return Series("step", current, values)

    def _get_day_series(self, closings):
        current = float(self.produce_delay)
        values = [
            current
            + (closing["actual_end"] - closing["planned_end"]).total_seconds() / 86400
            for closing in closings
            if closing["actual_end"] and closing["planned_end"]
        ]
        return Series("deadline", current, values)

    def _get_deviation_value(self, product, operation):
        """What it says for one piece: of a component, a step, or its days."""
        self.ensure_one()
        if operation:
            return operation.time_cycle
        if not product:
            return float(self.produce_delay)
        pieces = self._get_pieces()
        lines = self.bom_line_ids.filtered(lambda line: line.product_id == product)
        return sum(
            line.product_uom_id._compute_quantity(
                line.product_qty, product.uom_id, round=False
            )
            / pieces
            for line in lines
        )

    def _get_pieces(self):
        return self.product_uom_id._compute_quantity(
            self.product_qty, self.product_tmpl_id.uom_id, round=False
        )

    def _set_deviation_value(self, product, operation, value):
        """Write it, with the rights of the user."""
        self.ensure_one()
        if operation:
            operation.write({"time_mode": "manual", "time_cycle_manual": value})
        elif product:
            self._set_component_value(product, value)
        else:
            self.produce_delay = int(value)

    def _set_component_value(self, product, value):
        lines = self.bom_line_ids.filtered(lambda line: line.product_id == product)
        quantity = value * self._get_pieces()
        if len(lines) > 1:
            raise UserError(
                self.env._(
                    "%(product)s stands on several lines of %(bom)s: change them by "
                    "hand, and dismiss this.",
                    product=product.display_name,
                    bom=self.display_name,
                )
            )
        if lines:
            lines.product_qty = product.uom_id._compute_quantity(
                quantity, lines.product_uom_id, round=False
            )
        else:
            self.bom_line_ids.create(
                {
                    "bom_id": self.id,
                    "product_id": product.id,
                    "product_qty": quantity,
                    "product_uom_id": product.uom_id.id,
                }
            )


def _after(closings, decided, key):
    """Closings of orders that were planned after somebody decided about the key."""
    moment = decided.get(key)
    if not moment:
        return closings
    return [
        each for each in closings if each["frozen_on"] and each["frozen_on"] > moment
    ]


def _get_line(closing, kind, **wanted):
    for line in closing["lines"]:
        if line["kind"] == kind and all(line[k] == v for k, v in wanted.items()):
            return line
    return {"planned": 0.0, "actual": 0.0, "scrapped": 0.0}
