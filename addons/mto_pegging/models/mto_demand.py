from odoo import api, fields, models

from ..engine import split_exactly
from .mto_pegging import _to_text


class MtoDemand(models.AbstractModel):
    """A supply that can tell for whom it is: mixin of documents."""

    _name = "mto.demand"
    _description = "For Whom"

    @api.readonly
    def get_demand(self):
        """For whom each record is: customers, orders and how much.

        Through all levels up to the lines of sales orders, computed from links and
        reservations. Needs read access to the records only; orders of other companies
        than the user's are left out.

        :return: one dictionary per record, in the order of ``self``:

            - ``id``, ``model``, ``name``
            - ``demand``: one dictionary per order line and product that is served, by
              promise date: ``order``, ``order_id``, ``line_id``, ``customer``,
              ``promise_date`` (UTC), ``sold_product``, ``product_id``, ``product``,
              ``quantity`` (of what this record supplies, rounded to the product's
              unit so that nothing is lost or counted twice), ``uom``,
              ``available_date`` (when it arrives or is finished, UTC) and ``slack``
              (calendar days from there to the promise, negative when it comes after
              it; False where a date is not known)
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a record may not be read
        """
        self.check_access("read")
        # Checked above; buyers and the shop floor may not read sales orders, and are
        # told no more of them than for whom they work.
        demands = self.sudo()._get_demand()
        return [
            {
                "id": record.id,
                "model": record._name,
                "name": record.display_name,
                "demand": demands[record],
            }
            for record in self
        ]

    def _get_demand(self):
        """Return {record: list of what it serves}, as superuser."""
        keys = {record: record._get_pegged_keys() for record in self}
        moves, lines = self._get_pegged_records()
        pegging = self.env["mto.pegging"]
        wanted = [key for group in keys.values() for key in group]
        found, _graph = pegging._get_demand(wanted, moves, lines)
        companies = self.env.companies
        nodes = pegging._prepare_nodes(wanted)
        ends = {key: node["date_end"] for key, node in nodes.items()}
        result = {}
        for record, group in keys.items():
            entries = []
            for model, res_id in group:
                product = self.env[model].browse(res_id).product_id
                shares = split_exactly(found[model, res_id], product.uom_id.rounding)
                entries += [
                    self._prepare_demand(line, product, quantity, ends[model, res_id])
                    for line, quantity in shares.items()
                    if quantity and line.company_id in companies
                ]
            result[record] = sorted(
                entries, key=lambda e: (e["promise_date"] or "9", e["line_id"])
            )
        return result

    def _prepare_demand(self, line, product, quantity, end):
        promise = line._get_promise_date()
        slack = bool(promise and end) and (promise.date() - _to_date(end)).days
        return {
            "order": line.order_id.name,
            "order_id": line.order_id.id,
            "line_id": line.id,
            "customer": line.order_id.partner_id.display_name,
            "promise_date": _to_text(promise),
            "sold_product": line.product_id.display_name,
            "product_id": product.id,
            "product": product.display_name,
            "quantity": quantity,
            "uom": product.uom_id.name,
            "available_date": end,
            "slack": slack,
        }

    def _get_pegged_keys(self):
        """Keys of the nodes that the record stands for."""
        self.ensure_one()
        return [(self._name, self.id)]

    def _get_pegged_records(self):
        """The moves and purchase lines that links start from."""
        raise NotImplementedError


def _to_date(text):
    return fields.Datetime.to_datetime(text).date()
