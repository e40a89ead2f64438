from odoo import Command, api, fields, models
from odoo.tools import SQL

from odoo.addons.mto_cascade.marks import EXACT_QUANTITY, MARK

from .mto_pegging import MOVE, SOLD

# What pegs are computed from. Links are written apart from columns.
COLUMNS = {
    "state",
    "date",
    "quantity",
    "product_id",
    "product_qty",
    "location_id",
    "picking_id",
    "production_id",
    "raw_material_production_id",
    "sale_line_id",
    "purchase_line_id",
}
LINKS = {"move_orig_ids", "move_dest_ids", "created_purchase_line_ids"}


class StockMove(models.Model):
    _inherit = "stock.move"

    peg_override_ids = fields.Many2many(
        "mto.peg.override",
        "mto_peg_override_demand_rel",
        copy=False,
        help="What was decided about who is served first with these goods.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        self.env["mto.demand.change"]._mark(MOVE, moves.ids)
        return moves

    def write(self, vals):
        res = super().write(vals)
        if LINKS & vals.keys():
            self.env["mto.demand.change"]._mark(MOVE, self.ids)
        return res

    def _write_multi(self, vals_list):
        # Where the ORM writes columns, computed ones too: no other place sees them all.
        self.env["mto.demand.change"]._mark_changed(self, vals_list, COLUMNS)
        return super()._write_multi(vals_list)

    def unlink(self):
        self._mark_served_lines()
        return super().unlink()

    def _mark_served_lines(self):
        """What the moves connected is cut: their orders are looked at again."""
        if not self.ids:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT row.sale_line_id FROM mto_demand_line row
                     JOIN stock_move move
                       ON row.move_id = move.id
                       OR row.production_id IN (
                           move.production_id, move.raw_material_production_id)
                    WHERE move.id IN %s""",
                tuple(self.ids),
            )
        )
        self.env["mto.demand.change"]._mark(SOLD, [line_id for (line_id,) in rows])

    # Served first

    def _action_assign(self, force_qty=False):
        if not force_qty:
            self.env["mto.peg.override"]._reserve(self.product_id)
        return super()._action_assign(force_qty=force_qty)

    def _reserve_given(self, quantity, override):
        """Reserve up to ``quantity`` (in the product's unit) of what was given.

        Of a demand with linked supply, what has arrived of it for nobody else; of
        another one, what is free in stock.

        :return: the quantity that was reserved, in the product's unit
        """
        self.ensure_one()
        if self.picked or self._should_bypass_reservation():
            return 0.0
        quantity = min(quantity, self._get_unreserved_quantity())
        before = self._get_reserved_quantity()
        if self.move_orig_ids and (override.supply_move_id or override.supply_line_id):
            self._reserve_arrived_goods(quantity)
        else:
            self._reserve_from_stock(quantity)
        self._recompute_state()
        return self._get_reserved_quantity() - before

    def _reserve_arrived_goods(self, quantity):
        """Reserve what linked supply has brought and no sibling took, lot by lot."""
        arrived = self._get_available_move_lines(set(), set())
        held = {}
        for line in self.move_line_ids:
            key = (line.location_id, line.lot_id, line.package_id, line.owner_id)
            held[key] = held.get(key, 0.0) + line.quantity_product_uom
        for goods, brought in arrived.items():
            part = min(quantity, brought - held.get(goods, 0.0))
            if self.product_id.uom_id.compare(part, 0) > 0:
                quantity -= self._reserve_goods(part, goods)

    def _reserve_goods(self, quantity, goods):
        """Reserve ``quantity`` of exactly these goods.

        :param goods: (location, lot, package, owner)
        :return: the quantity that was reserved, in the product's unit
        """
        self.ensure_one()
        location, lot, package, owner = goods
        taken = self.with_context(**{EXACT_QUANTITY: MARK})._update_reserved_quantity(
            quantity, location, lot, package, owner
        )
        self._mark_reserved_lines()
        return taken

    def _prepare_carried_values(self):
        """What is split off is served first as well."""
        vals = super()._prepare_carried_values()
        # Whoever splits a transfer need not see what was decided.
        if overrides := self.sudo().peg_override_ids:
            vals["peg_override_ids"] = [Command.set(overrides.ids)]
        return vals
