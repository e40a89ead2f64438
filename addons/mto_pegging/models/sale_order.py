from odoo import api, models

from odoo.addons.mto_cascade.access import check_sees_supply

from .mto_pegging import SOLD

# What tells whom a document serves, and by when.
COLUMNS = {"commitment_date", "date_order", "partner_id", "started_on", "state"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _write_multi(self, vals_list):
        self.env["mto.demand.change"]._mark_changed(self, vals_list, COLUMNS)
        return super()._write_multi(vals_list)

    @api.readonly
    def get_pegging(self, soft=False):
        """What supplies each order, at every level, with quantities.

        Computed from links and reservations, on request also from dates. For
        employees with read access to the orders: a salesperson sees documents,
        quantities and dates that serve the order, no cost and no price.

        :param bool soft: also tell what is expected to cover demands on stock: free
            goods, then open supply without demand, in the order in which Odoo reserves
            (priority, date). Their pegs are not ``hard`` and are no promise: another
            demand may take the goods.
        :return: one dictionary per order, in the order of ``self``:

            - ``id``, ``model``, ``name``
            - ``nodes``: everything that serves the order, each after what it serves:
              ``id`` ('stock.move,12'), ``model``, ``res_id``, ``name``,
              ``product_id``, ``product``, ``level`` (0 for what is sold, 1 for its
              components...), ``quantity`` (the part that serves this order) and
              ``total`` (of the whole document) in the product's unit ``uom``,
              ``state`` (of its model), ``date_start``, ``date_end``, ``date_needed``
              (UTC). Models: 'sale.order.line', 'stock.move', 'mrp.production',
              'purchase.order.line', and 'product.product' for goods in stock.
            - ``pegs``: ``demand`` and ``supply`` (ids of nodes), ``quantity`` (of the
              supply, for this order), ``hard`` (a link or a reservation)
            - ``unsupplied``: ids of demands that nothing, or not enough, supplies
            - ``surplus``: ``supply``, ``quantity`` that no demand is linked to, of
              the documents that serve the order
            - ``loops``: links that were made by hand in a circle and are left out:
              ``demand``, ``supply``
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if an order may not be read
        """
        self.check_access("read")
        check_sees_supply(self.env)
        # Checked above. What serves the order is told to whoever may read the order;
        # the nodes carry neither cost nor price.
        return self.sudo()._get_pegging(soft)

    def _get_portal_progress(self):
        """How far each line of the orders is; see ``mto.portal.progress``."""
        return self.env["mto.portal.progress"]._get_progress(self)

    def _get_pegging(self, soft=False, found=None):
        """Same as ``get_pegging``, as superuser; the orders are computed together.

        :param found: graph and shares around all of the orders, where they are known
        """
        pegging = self.env["mto.pegging"]
        graph, shares = found or pegging._get_supply(self.order_line, soft)
        nodes = pegging._prepare_nodes(shares.order)
        surplus = graph.get_surplus()
        return [order._prepare_pegging(graph, shares, nodes, surplus) for order in self]

    def _prepare_pegging(self, graph, shares, nodes, surplus):
        self.ensure_one()
        roots = {(SOLD, line.id) for line in self.order_line}
        quantities = {
            key: sum(
                part for root, part in shares.quantities[key].items() if root in roots
            )
            for key in shares.order
            if roots & shares.quantities[key].keys()
        }
        return {
            "id": self.id,
            "model": self._name,
            "name": self.name,
            "nodes": [
                {
                    **nodes[key],
                    "level": shares.levels[key],
                    "quantity": _clean(quantity),
                    "total": _clean(graph.totals.get(key, quantity)),
                }
                for key, quantity in quantities.items()
            ],
            "pegs": [
                {
                    **_prepare_link(peg, nodes),
                    "quantity": _clean(_sum_parts(passed, roots)),
                    "hard": peg.hard,
                }
                for peg, passed in shares.pegs
                if roots & passed.keys()
            ],
            "unsupplied": [
                nodes[key]["id"] for key in quantities if key in graph.unsupplied
            ],
            "surplus": [
                {"supply": nodes[key]["id"], "quantity": _clean(surplus[key])}
                for key in quantities
                if key in surplus
            ],
            "loops": [
                _prepare_link(peg, nodes)
                for peg in shares.loops
                if peg.demand in quantities
            ],
        }


def _sum_parts(parts, roots):
    return sum(quantity for root, quantity in parts.items() if root in roots)


def _prepare_link(peg, nodes):
    return {"demand": nodes[peg.demand]["id"], "supply": nodes[peg.supply]["id"]}


def _clean(quantity):
    """Without the noise of floating point; units of measure are far coarser."""
    return round(quantity, 6)
