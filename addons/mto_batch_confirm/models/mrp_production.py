from odoo import models

from ..cascade import current


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _post_run_manufacture(self, post_production_values):
        cascade = current(self.env)
        if cascade and cascade.creating is not None:
            for number, (production, procurement) in enumerate(
                zip(self, post_production_values, strict=True)
            ):
                rank = cascade.creating[id(procurement.values)]
                cascade.add_order(production, (*rank, number))
        return super()._post_run_manufacture(post_production_values)

    # -- the lines of new orders, all at once

    def _filter_without(self, field):
        """Orders in creation that have no lines of this field yet, and will get some.

        Core makes the lines of each order on its own, while it computes the field.
        """
        cascade = current(self.env)
        if not cascade or cascade.creating is None:
            return self.browse()
        made = cascade.made.setdefault(field, set())
        found = self.filtered(
            lambda production: (
                isinstance(production.id, int)
                and production.id not in made
                and production.state == "draft"
                and production.bom_id
                and production.product_id
                and production.product_qty > 0
            )
        )
        made.update(found.ids)
        return found

    def _compute_move_raw_ids(self):
        new = self._filter_without("move_raw_ids")
        if rest := self - new:
            super(MrpProduction, rest)._compute_move_raw_ids()
        if new:
            self.env["stock.move"].create(new._get_moves_raw_values())

    def _compute_move_finished_ids(self):
        new = self._filter_without("move_finished_ids")
        if rest := self - new:
            super(MrpProduction, rest)._compute_move_finished_ids()
        if new:
            # The work orders decide when an order is finished.
            new.workorder_ids  # noqa: B018
            values = []
            for production in new:
                values += production._get_moves_finished_values()
            self.env["stock.move"].create(values)

    def _compute_workorder_ids(self):
        new = self._filter_without("workorder_ids")
        if rest := self - new:
            super(MrpProduction, rest)._compute_workorder_ids()
        if new:
            values = []
            for production in new:
                values += production._prepare_workorders()
            self.env["mrp.workorder"].create(values)

    def _prepare_workorders(self):
        """Return the values of the work orders of a new order.

        As core's `_compute_workorder_ids`, which has no method for them.
        """
        self.ensure_one()
        bom = self.bom_id
        never = self.never_product_template_attribute_value_ids
        quantity = self.product_uom_id._compute_quantity(
            self.product_qty, bom.product_uom_id
        )
        exploded, _lines = bom.explode(
            self.product_id,
            quantity / bom.product_qty,
            picking_type=bom.picking_type_id,
            never_attribute_values=never,
        )
        values = []
        for part, data in exploded:
            parent = data["parent_line"]
            if parent and parent.bom_id.operation_ids == part.operation_ids:
                continue
            product = parent.product_id if parent else data["product"]
            values += [
                {
                    "name": operation.name,
                    "production_id": self.id,
                    "workcenter_id": operation.workcenter_id.id,
                    "product_uom_id": self.product_uom_id.id,
                    "operation_id": operation.id,
                    "state": "ready",
                }
                for operation in part.operation_ids
                if not operation._skip_operation_line(product, never)
            ]
        return values
