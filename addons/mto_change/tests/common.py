from odoo.addons.mto_pegging.tests.common import PeggingCommon


class ChangeCommon(PeggingCommon):
    """A company whose changes reach the factory: 2 wheels of 4 bolts, and 1 bolt."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.order_change_rules = True

    def _preview(self, order, *changes):
        return order.preview_change(list(changes))[0]

    def _apply(self, order, *changes, **options):
        preview = self._preview(order, *changes)
        return order.apply_change(list(changes), preview["fingerprint"], **options)[0]

    def _tell(self, answer):
        """{(model, product): (before, after, action)}"""
        return {
            (row["model"], row["product"]): (
                row["quantity_before"],
                row["quantity_after"],
                row["action"],
            )
            for row in answer["documents"]
        }

    def _start(self, production):
        production.action_start()
        self.assertEqual(production.state, "progress")

    def _get_issues(self, code):
        return self.env["operation.exception"].search(
            [("type_id.code", "=", code), ("state", "=", "open")]
        )

    def _get_made(self, product):
        return sum(self._get_productions(product).mapped("product_uom_qty"))

    def _get_row(self, answer, record):
        """The row of a document in a preview, False without."""
        node = f"{record._name},{record.id}"
        rows = [row for row in answer["documents"] if row["node"] == node]
        return rows[0] if rows else False

    def _get_lines(self, product):
        """Purchase lines of the product that are not cancelled."""
        return self.env["purchase.order.line"].search(
            [("product_id", "=", product.id), ("state", "!=", "cancel")], order="id"
        )

    def _buy(self, product):
        """Confirm the requests for the product; returns their lines."""
        lines = self._get_lines(product)
        lines.order_id.button_confirm()
        return lines

    def _move(self, picking, quantity=None, backorder=True):
        """Validate a transfer, or a part of it; returns the backorder."""
        moves = picking.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        picking.action_assign()
        for move in moves:
            move.quantity = move.product_uom_qty if quantity is None else quantity
        moves.picked = True
        picking.with_context(cancel_backorder=not backorder)._action_done()
        return picking.backorder_ids

    def _create_return(self, picking, quantity):
        """The transfer that brings goods of a done one back, before it is moved."""
        wizard = self.env["stock.return.picking"].with_context(
            active_id=picking.id, active_model=picking._name
        )
        returns = wizard.create({"picking_id": picking.id})
        returns.product_return_moves.quantity = quantity
        return picking.browse(returns.action_create_returns()["res_id"])

    def _receive(self, product, quantity=None):
        """Receive what was bought, all of it or a part."""
        for line in self._get_lines(product):
            for picking in line.move_ids.picking_id:
                if picking.state not in ("done", "cancel"):
                    self._move(picking, quantity)

    def _produce(self, production, quantity=None, backorder=True):
        """Make the order, or a part; returns the order for the rest."""
        production.action_assign()
        quantity = production.product_qty if quantity is None else quantity
        production.qty_producing = quantity
        production._set_qty_producing()
        rest = production.ids if backorder and quantity < production.product_qty else []
        siblings = production.production_group_id.production_ids
        production.with_context(
            skip_consumption=True, skip_backorder=True, mo_ids_to_backorder=rest
        ).button_mark_done()
        self.assertEqual(production.state, "done")
        return production.production_group_id.production_ids - siblings

    def _get_deliveries(self, order):
        """Moves to the customer that are not cancelled."""
        return order.order_line.move_ids.filtered(
            lambda m: m.state != "cancel"
            and not m.production_id
            and m.location_dest_id.usage == "customer"
        )

    def assertServed(self, *products):
        """No make-to-order demand for the products is without supply."""
        for product in products:
            demands = self._get_demands(product)
            self.assertFalse(self.env["mto.supply.network"]._find_stranded(demands))
