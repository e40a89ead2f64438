from dataclasses import replace

from odoo import fields, models

from odoo.addons.mto_pegging.engine import get_chain
from odoo.addons.mto_pegging.models.mto_pegging import LINE, MOVE, PRODUCTION, SOLD

from ..engine import (
    ARRIVAL,
    BUY,
    DELIVERY,
    MANUFACTURE,
    SUBCONTRACT,
    TRANSFER,
    PathStep,
)


class MtoOrderProgress(models.Model):
    """What confirmed lines wait for, step by step, as the path of a quotation."""

    _inherit = "mto.order.progress"

    def _get_paths(self, lines, outlook):
        """Return {line: ``engine.PathStep``s, from what comes first to the customer}.

        Of what is still to be done, with the documents that do it; of an order that was
        started, the rest of its work. Needs sudo: all documents are read.

        :param outlook: of ``_project(lines)``
        """
        return {line: self._get_path(line, outlook) for line in lines}

    def _get_path(self, line, outlook):
        steps, last = [], fields.Datetime.now()
        for key in reversed(get_chain((SOLD, line.id), outlook.expected)[1:]):
            for step in self._make_steps(key, outlook, last):
                if step.document and steps and steps[-1].document == step.document:
                    # A purchase and its receipt are one step.
                    step = replace(step, start=steps.pop().start)
                steps.append(step)
                last = max(step.end, last)
        return steps

    def _make_steps(self, key, outlook, last):
        """The steps of a node that end when it is projected to; none if it is done."""
        record, plan = outlook.records[key], outlook.plans.get(key)
        projection = outlook.expected[key]
        if not plan or not projection.date:
            return
        end = projection.date
        if projection.missing == key and record._name == MOVE:
            yield self._make_missing_step(record, min(last, end), end)
            last = end
        facts = self._get_step_facts(record)
        if facts:
            start = min(last, end)
            if record._name == PRODUCTION:
                start = end - (plan.end - plan.start)
            supply, document, quantity = facts
            yield PathStep(record.product_id.id, supply, start, end, quantity, document)

    def _make_missing_step(self, move, start, end):
        """What nobody ordered: as long as its vendor or bill of materials takes."""
        product = move.product_id.with_company(move.company_id)
        supply = BUY if product._prepare_sellers(False) else MANUFACTURE
        return PathStep(product.id, supply, start, end, move.product_qty)

    def _get_step_facts(self, record):
        """(supply, document, quantity in the product's unit), None for no step."""
        if record._name == PRODUCTION:
            is_outside = record.bom_id.type == "subcontract"
            supply = SUBCONTRACT if is_outside else MANUFACTURE
            return supply, (record._name, record.id), record.product_uom_qty
        if record._name == LINE:
            return BUY, _name(record.order_id), record.product_uom_qty
        if record._name != MOVE or not record.picking_id:
            return None
        if record.purchase_line_id:
            order = record.purchase_line_id.order_id
            return ARRIVAL, _name(order), record.product_qty
        to_customer = record.location_dest_id.usage == "customer"
        supply = DELIVERY if to_customer else TRANSFER
        return supply, _name(record.picking_id), record.product_qty


def _name(document):
    return document._name, document.id
