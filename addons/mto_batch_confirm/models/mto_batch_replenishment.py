from odoo import SUPERUSER_ID, api, models

from ..cascade import MustGoInTurn


class MtoBatchReplenishment(models.AbstractModel):
    """Reordering rules of the components of a confirmation.

    Core looks at them whenever an order is confirmed: whether they order, and how much,
    depends on the orders that were confirmed before. Here that is done for one order
    after the other when all of them are, each time without what comes later.
    """

    _name = "mto.batch.replenishment"
    _description = "Reordering Rules of a Confirmation"

    @api.model
    def _replay(self, cascade):
        """Let the rules order that core's walk would have let order, in its order.

        :raise MustGoInTurn: where an order would depend on more than the forecast
        """
        triggers = cascade.take_triggers()
        moves = self.env["stock.move"].with_user(SUPERUSER_ID).sudo()
        moves = moves.browse(id_ for _rank, ids in triggers for id_ in ids).exists()
        moves = moves.filtered(lambda m: m.product_id.id in cascade.replenished)
        if not moves:
            return
        if cascade.replenished & cascade.asked or self._has_by_products(moves):
            # What comes in between may make up for what goes out.
            raise MustGoInTurn
        rules = self._find_rules(moves.product_id)
        short = self._filter_short(rules)
        if not short:
            # Nor was it at any time before: what goes out only grows.
            return
        if cascade.grown & set(short.product_id.ids):
            # A demand that stood before counts with what it was then.
            raise MustGoInTurn
        self._check_bought(cascade, short)
        concerned = moves.filtered(lambda m: m.product_id in short.product_id)
        cascade.pending = set(concerned.ids)
        for _rank, ids in triggers:
            found = concerned.filtered(lambda m, ids=ids: m.id in ids)
            if found:
                cascade.pending -= set(found.ids)
                self._forget(rules)
                found.with_context(ignore_mo_ids=[])._trigger_scheduler()
        self._forget(rules)

    def _has_by_products(self, moves):
        return bool(
            self.env["mrp.bom.byproduct"]
            .sudo()
            .search_count([("product_id", "in", moves.product_id.ids)], limit=1)
        )

    def _find_rules(self, products):
        rules = self.env["stock.warehouse.orderpoint"].with_user(SUPERUSER_ID).sudo()
        return rules.search(
            [("product_id", "in", products.ids), ("trigger", "=", "auto")]
        )

    def _filter_short(self, rules):
        """Rules that order something, now that all demands are there."""
        self._forget(rules)
        return rules.filtered(
            lambda rule: (
                rule.product_uom.compare(rule.qty_forecast, rule.product_min_qty) < 0
            )
        )

    def _check_bought(self, cascade, rules):
        """What is made asks for more; a vendor's request is shared with others."""
        for rule in rules:
            if (
                rule._get_default_rule().action != "buy"
                or set(rule.product_id.seller_ids.partner_id.ids) & cascade.vendors
            ):
                raise MustGoInTurn

    def _forget(self, rules):
        """Let the forecast be computed anew, with what is pending now."""
        products = rules.product_id
        products.invalidate_recordset(["qty_available", "virtual_available"])
        rules.invalidate_recordset(["qty_on_hand", "qty_forecast", "qty_to_order"])
        self.env.add_to_compute(rules._fields["qty_to_order_computed"], rules)
