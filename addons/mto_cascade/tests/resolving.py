"""Compares what the resolver says with what a confirmation does."""

from .test_topologies import TopologyCase


class ResolverCase(TopologyCase):
    """Follows steps from an order line down, and reads the documents of an order."""

    def setUp(self):
        super().setUp()
        self.resolver = self.env["mto.supply.resolver"].sudo()

    def resolve(self, need, memory=None):
        memory = memory or self.resolver._new_memory()
        return self.resolver._resolve([need], memory)[need]

    def follow(self, order, by_policy=True):
        """What the resolver says: (moves, productions, purchases), as sets.

        :param by_policy: all demands are ordered; otherwise core's answer decides
        """
        memory = self.resolver._new_memory()
        found = set(), set(), set()
        needs = [line._prepare_supply_need() for line in order.order_line]
        while needs:
            steps = self.resolver._resolve(needs, memory)
            goes_on = [
                step for step in steps.values() if self._collect(step, found, by_policy)
            ]
            below = self.resolver._get_components(goes_on, memory)
            needs = [
                step.replenishment for step in goes_on if step.supply == "transfer"
            ]
            for components in below.values():
                needs += [component.need for component in components]
        return found

    def _collect(self, step, found, by_policy):
        """Add what a step leads to; return whether it is ordered."""
        moves, productions, purchases = found
        product = step.need.product_id
        moves.update((product, move.rule_id, move.source_id) for move in step.moves)
        if step.moves and not (
            step.procure_method != "make_to_stock" or (by_policy and step.is_demand)
        ):
            return False
        self.assertFalse(step.problem)
        if step.supply == "manufacture":
            productions.add((product, step.bom_id))
        if step.supply in ("buy", "subcontract"):
            line = self.env["product.supplierinfo"].browse(step.vendor_line_id)
            purchases.add((product, line.partner_id.id))
        return True

    def get_documents(self, order):
        """What was made for the order: (moves, productions, purchases), as sets."""
        references = order.stock_reference_ids
        moves = self.env["stock.move"].search(
            [("reference_ids", "in", references.ids), ("state", "!=", "cancel")]
        )
        productions = self.env["mrp.production"].search(
            [("reference_ids", "in", references.ids)]
        )
        purchases = self.env["purchase.order"].search(
            [("reference_ids", "in", references.ids)]
        )
        return (
            {
                (move.product_id.id, move.rule_id.id, move.location_id.id)
                for move in moves
                if move._is_pulled() or move.raw_material_production_id
            },
            {(p.product_id.id, p.bom_id.id) for p in productions},
            {(line.product_id.id, line.partner_id.id) for line in purchases.order_line},
        )

    def assert_resolved(self, *lines, by_policy=True, **vals):
        """The steps of a quotation are what its confirmation makes."""
        order = self._create_order(*lines, confirm=False, **vals)
        expected = self.follow(order, by_policy)
        order.action_confirm()
        self.assertEqual(self.get_documents(order), expected)
        return expected
