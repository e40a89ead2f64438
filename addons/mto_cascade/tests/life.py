"""Live an order to its end: other modules' tests import ``LifeCase``."""

from .common import SupplyCommon

OPEN = ("draft", "waiting", "confirmed", "partially_available", "assigned")


class LifeCase(SupplyCommon):
    """Buys, makes, moves and ships whatever is ready, as people would."""

    def _finish(self, order):
        """Do everything an order waits for, until nothing is left that can be done."""
        while any([self._buy(order), self._produce(order), self._move_goods(order)]):
            pass

    def _buy(self, order):
        purchases = self._get_purchases(order).filtered(lambda p: p.state == "draft")
        purchases.button_confirm()
        return bool(purchases)

    def _produce(self, order):
        """Produce the orders whose components are all there."""
        ready = self._get_all_productions(order).filtered(
            lambda production: (
                production.state in ("confirmed", "progress")
                and production.reservation_state == "assigned"
                and not self._is_subcontracted(production)
            )
        )
        for production in ready:
            production.qty_producing = production.product_qty
            production._set_qty_producing()
            production.button_mark_done()
            self.assertEqual(production.state, "done")
        return bool(ready)

    def _is_subcontracted(self, production):
        """Made by somebody else: done when its goods are received."""
        return bool("subcontractor_id" in production and production.subcontractor_id)

    def _move_goods(self, order):
        """Validate the transfers that are ready in full: receipts, picks, shipments."""
        ready = self._get_open_moves(order).picking_id.filtered(
            lambda picking: all(
                move.state == "assigned" and self._can_move(move)
                for move in picking.move_ids
                if move.state in OPEN
            )
        )
        for picking in ready:
            picking.button_validate()
            self.assertEqual(picking.state, "done")
        return bool(ready)

    def _can_move(self, move):
        """Whether reserved goods are really there: override where core cannot know."""
        return True

    def _get_purchases(self, order):
        return order.stock_reference_ids.purchase_ids

    def _get_all_productions(self, order):
        """Manufacturing orders of all levels, not cancelled."""
        return order.stock_reference_ids.production_ids.filtered(
            lambda production: production.state != "cancel"
        ).sorted("id")

    def _get_moves(self, order):
        return self.env["stock.move"].search(
            [
                ("reference_ids", "in", order.stock_reference_ids.ids),
                ("state", "!=", "cancel"),
            ],
            order="id",
        )

    def _get_open_moves(self, order):
        return self._get_moves(order).filtered(lambda move: move.state in OPEN)

    def assert_finished(self, order):
        """Everything ordered is delivered, and no document is left open."""
        self.assertFalse(self._get_open_moves(order).mapped("display_name"))
        self.assertEqual(
            order.order_line.mapped("qty_delivered"),
            order.order_line.mapped("product_uom_qty"),
        )
        productions = self._get_all_productions(order)
        self.assertEqual(set(productions.mapped("state")) - {"done"}, set())

    def assert_serves(self, records, line, level):
        """``records`` (moves or manufacturing orders) say whom they serve."""
        self.assertTrue(records)
        for record in records:
            self.assertEqual(record.demand_line_id, line, record.display_name)
            self.assertEqual(record.demand_level, level, record.display_name)
            self.assertEqual(record.demand_user_id, line.create_uid)

    def assert_supplied_by(self, demands, supply):
        """Each demand is linked to its supply, through however many transfers.

        :param supply: finished moves, receipts or purchase lines
        """
        self.assertTrue(demands and supply)
        for demand in demands:
            if supply._name == "purchase.order.line":
                origins = self._get_origins(demand).created_purchase_line_ids
            else:
                origins = self._get_origins(demand)
            self.assertTrue(supply & origins, demand.display_name)

    def _get_origins(self, moves):
        """The moves themselves and all that bring their goods, one level deep."""
        found = moves
        while moves:
            moves = moves.move_orig_ids - found
            found |= moves
        return found
