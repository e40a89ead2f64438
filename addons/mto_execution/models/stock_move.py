from odoo import api, fields, models

# What closing freezes on moves of the order. Valuation writes other fields.
FROZEN = {
    "product_id",
    "product_uom",
    "product_uom_qty",
    "quantity",
    "picked",
    "state",
    "date",
    "location_id",
    "location_dest_id",
    "raw_material_production_id",
    "production_id",
    "cost_share",
    "move_line_ids",
    "lot_ids",
}


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_moves_of_closed(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if FROZEN & vals.keys():
            self._refuse_when_closed()
            self._refuse_moves_of_closed([vals])
            self._refuse_locked_period(vals)
        return super().write(vals)

    def unlink(self):
        self._refuse_when_closed()
        return super().unlink()

    def _refuse_when_closed(self):
        """Raise for moves of a closed manufacturing order, which are all done."""
        moves = self.filtered(lambda m: m.state in ("done", "cancel"))
        productions = moves.raw_material_production_id | moves.production_id
        # Whoever writes the move need not have rights on the order.
        productions.sudo()._refuse_when_closed()

    def _refuse_locked_period(self, vals):
        """Raise for consumption and output on a day that accounting has locked.

        What is corrected counts on its own day, what is dated on the new one too.
        """
        is_correction = bool({"date", "quantity"} & vals.keys())
        becomes_done = vals.get("state") == "done"
        done = self.filtered(
            lambda m: (m.raw_material_production_id or m.production_id)
            and (is_correction and m.state == "done" or becomes_done)
        )
        for company, moves in done.grouped("company_id").items():
            moments = {m.date for m in moves if m.state == "done"}
            if "date" in vals:
                moments.add(fields.Datetime.to_datetime(vals["date"]))
            orders = moves.raw_material_production_id | moves.production_id
            company._refuse_locked_days(moments, orders[:1].sudo().name)

    @api.model
    def _refuse_moves_of_closed(self, vals_list):
        """Raise where a move would come to a closed order."""
        ids = {
            vals.get(name)
            for vals in vals_list
            for name in ("raw_material_production_id", "production_id")
        }
        ids -= {None, False}
        if ids:
            self.env["mrp.production"].sudo().browse(ids)._refuse_when_closed()

    # Substitutes

    def action_open_replace(self):
        """Ask what takes the place of this component."""
        self.ensure_one()
        self.raw_material_production_id.check_access("write")
        wizard = self.env["mto.component.replace"].create(
            {
                "move_id": self.id,
                "planned_quantity": self._get_quantity_to_replace(),
                # Whoever works on the order need not see bills of materials.
                "product_id": self.sudo().bom_line_id.substitute_ids[:1].product_id.id,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Replace %s", self.product_id.display_name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _get_quantity_to_replace(self):
        """What is missing of it, else all of it, in the product's unit."""
        production = self.raw_material_production_id.sudo()
        check = self.env["mto.launch"].sudo()._get_checks(production).get(production.id)
        for part in check.missing if check else ():
            if part.component.key == (self._name, self.id):
                return part.missing
        return self._to_product_uom(self.product_uom_qty)

    def _take_off(self, quantity):
        """Ask for so much less, in the product's unit; nothing left is cancelled."""
        self.ensure_one()
        if quantity <= 0:
            return
        uom = self.product_id.uom_id
        rest = self._to_product_uom(self.product_uom_qty) - quantity
        self._do_unreserve()
        if uom.is_zero(rest):
            self._action_cancel()
            return
        self.product_uom_qty = uom._compute_quantity(rest, self.product_uom)
        self._action_assign()
