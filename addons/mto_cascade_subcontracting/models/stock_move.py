from odoo import Command, models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_subcontract_demands(self):
        """The demands of orders that a subcontractor's receipt serves, oldest first.

        What the receipt brings beyond them serves nobody yet.
        """
        self.ensure_one()
        # Goods that the subcontractor ships to the customer: no demand but the receipt.
        return (self.move_dest_ids or self).filtered("demand_line_id").sorted("id")

    def _link_subcontract_parents(self):
        """Make the subcontractor's order a child of those that need its goods.

        Core knows parents of the orders it makes for a component, not of these.
        """
        self.ensure_one()
        parents = self._get_subcontract_demands().production_group_id
        for group in self._get_subcontract_production().production_group_id:
            if missing := parents - group.parent_ids - group:
                group.parent_ids = [Command.link(parent.id) for parent in missing]

    def _get_brought_quantity(self):
        """What the linked transfers bring for this demand, in its unit.

        What they bring for others is theirs.
        """
        self.ensure_one()
        origins = self.move_orig_ids.filtered(lambda move: move.state != "cancel")
        others = (origins.move_dest_ids - self).filtered(lambda m: m.state != "cancel")
        quantity = sum(origins.mapped("product_qty")) - sum(
            others.mapped("product_qty")
        )
        return self.product_id.uom_id._compute_quantity(
            max(quantity, 0.0), self.product_uom, rounding_method="HALF-UP"
        )
