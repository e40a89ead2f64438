from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.mto_cascade.access import check_sees_supply

from ..engine.history import get_changes
from .mto_pegging import LINE, MOVE, PRODUCTION, SOLD, STOCK

# Component and receipt moves follow their documents and would tell everything twice.
TOLD = (SOLD, PRODUCTION, LINE, STOCK)
NO_CAUSE = {"changed_by": False, "changed_on": False, "reason": False}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.readonly
    def get_supply_changes(self):
        """What became different in the supply of each order since its confirmation.

        Compares with what was kept a moment after the confirmation. For employees with
        read access to the orders; tells no cost and no price.

        :return: one dictionary per order, in the order of ``self``:

            - ``id``, ``model``, ``name``
            - ``since``: when the state was kept that is compared with (UTC), False
              for none: nothing can be told
            - ``changes``: ``node`` ('mrp.production,12'), ``model``, ``res_id`` (False
              if it was deleted), ``name``, ``product``, ``change`` ('added',
              'removed', 'quantity' or 'date'), ``quantity_before`` and
              ``quantity_after`` (the part for this order, in the product's unit
              ``uom``; False where there is none), ``date_before`` and ``date_after``
              (planned end, UTC), ``message`` (in the language of the caller)
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if an order may not be read
        """
        self.check_access("read")
        check_sees_supply(self.env)
        # Checked above; told as in `get_pegging`.
        orders = self.sudo()
        history = orders.env["mto.supply.snapshot"]._get_history(orders)
        now = orders.filtered(lambda order: order.id in history)._get_supply_rows()
        return [order._prepare_supply_changes(history, now) for order in orders]

    def _prepare_supply_changes(self, history, now):
        since, first, _last = history.get(self.id, (False, {}, {}))
        changes = get_changes(first, now[self]) if since else []
        known = self._get_known(change.key for change in changes)
        causes = self._get_change_causes(since) if changes else {}
        return {
            "id": self.id,
            "model": self._name,
            "name": self.name,
            "since": fields.Datetime.to_string(since) or False,
            "changes": [
                self._prepare_supply_change(change, known)
                | causes.get(change.key, NO_CAUSE)
                for change in changes
            ],
        }

    def _get_change_causes(self, since):
        """{node id: ``changed_by``, ``changed_on``, ``reason``} of what is known.

        A hook: this module knows what became different, not who wanted it.

        :param datetime since: when the state was kept that is compared with
        """
        self.ensure_one()
        return {}

    def _get_known(self, keys):
        """Those of the node ids whose record is still there."""
        ids_by_model = defaultdict(list)
        for key in keys:
            model, _comma, res_id = key.partition(",")
            ids_by_model[model].append(int(res_id))
        return {
            f"{model},{res_id}"
            for model, ids in ids_by_model.items()
            for res_id in self.env[model].browse(ids).exists().ids
        }

    def _prepare_supply_change(self, change, known):
        model, _comma, res_id = change.key.partition(",")
        before, after = change.before or {}, change.after or {}
        row = after or before
        return {
            "node": change.key,
            "model": model,
            "res_id": int(res_id) if change.key in known else False,
            "name": row["name"],
            "product": row["product"],
            "change": change.kind,
            "quantity_before": before.get("quantity", False),
            "quantity_after": after.get("quantity", False),
            "uom": row["uom"],
            "date_before": before.get("date", False),
            "date_after": after.get("date", False),
            "message": self.env["mto.order.changes"]._describe(change),
        }

    def _get_supply_rows(self, found=None):
        """{order: {node id: row}} of what serves each order now, as superuser.

        A row: ``name``, ``product``, ``quantity`` (the part for this order), ``uom``,
        ``date`` (planned end, UTC; False for none).
        """
        peggings = self._get_pegging(found=found)
        deliveries = self._get_delivery_moves(peggings)
        return {
            order: {
                node["id"]: {
                    "name": node["name"],
                    "product": node["product"],
                    "quantity": node["quantity"],
                    "uom": node["uom"],
                    "date": node["date_end"] or node["date_needed"],
                }
                for node in pegging["nodes"]
                if node["model"] in TOLD or node["id"] in deliveries
            }
            for order, pegging in zip(self, peggings, strict=True)
        }

    def _get_delivery_moves(self, peggings):
        """Node ids of the moves to customers: what is told besides documents."""
        moves = self.env[MOVE].browse(
            node["res_id"]
            for pegging in peggings
            for node in pegging["nodes"]
            if node["model"] == MOVE
        )
        return {f"{MOVE},{move.id}" for move in moves if move.sale_line_id}
