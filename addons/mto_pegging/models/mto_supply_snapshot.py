from collections import defaultdict

from odoo import fields, models

from ..engine.history import get_delta, replay


class MtoSupplySnapshot(models.Model):
    """What supplied an order at a moment; only what differs from the one before.

    The first of an order is what its confirmation made. ``content`` is {node id: row},
    see ``sale.order._get_supply_rows``; a row that is gone is null.
    """

    _name = "mto.supply.snapshot"
    _description = "Supply of an Order at a Moment"
    _order = "order_id, id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    content = fields.Json(required=True)

    def _get_history(self, orders):
        """{order id: (moment of the first snapshot, its state, the latest state)}

        Orders without a snapshot are left out.
        """
        by_order = defaultdict(list)
        for snapshot in self.search([("order_id", "in", orders.ids)], order="id"):
            by_order[snapshot.order_id.id].append(snapshot)
        return {
            order_id: (
                snapshots[0].create_date,
                snapshots[0].content,
                replay(snapshot.content for snapshot in snapshots),
            )
            for order_id, snapshots in by_order.items()
        }

    def _record(self, orders, found=None):
        """Keep what supplies the confirmed ones of ``orders`` now, where it changed.

        :param found: graph and shares around the orders, where they are known
        :return: the snapshots that were made; none for an order that is as it was
        """
        orders = orders.filtered(lambda order: order.state == "sale")
        history = self._get_history(orders)
        vals_list = []
        for order, rows in orders._get_supply_rows(found).items():
            _moment, _first, last = history.get(order.id, (False, {}, {}))
            if order.id not in history and not rows:
                # Nothing was made yet, as for an order that starts later.
                continue
            delta = get_delta(last, rows)
            if delta:
                vals_list.append({"order_id": order.id, "content": delta})
        return self.create(vals_list)
