from odoo import api, models
from odoo.exceptions import UserError

# What closing freezes on the goods of the order.
FROZEN = {
    "product_id",
    "product_uom_id",
    "quantity",
    "picked",
    "state",
    "date",
    "location_id",
    "location_dest_id",
    "move_id",
}


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals.get("move_id") for vals in vals_list} - {None, False}
        moves = self.env["stock.move"].browse(ids)
        moves._refuse_when_closed()
        moves._refuse_locked_period({"quantity": True})
        return super().create(vals_list)

    def write(self, vals):
        if FROZEN & vals.keys():
            self._refuse_when_closed()
            if vals.get("date"):
                self._refuse_locked_date(vals["date"])
            if vals.get("move_id"):
                self.env["stock.move"].browse(vals["move_id"])._refuse_when_closed()
        return super().write(vals)

    def unlink(self):
        self._refuse_when_closed()
        return super().unlink()

    def _refuse_when_closed(self):
        moves = self.filtered(lambda line: line.state in ("done", "cancel")).move_id
        moves._refuse_when_closed()
        # A line that changes corrects its move, on the day of the move.
        moves._refuse_locked_period({"quantity": True})

    def _refuse_locked_date(self, date):
        done = self.filtered(lambda line: line.state == "done").move_id
        done._refuse_locked_period({"date": date})

    def _action_done(self):
        self._refuse_held_lots()
        return super()._action_done()

    def _refuse_held_lots(self):
        """Raise for lots that an inspection holds: not used, not delivered."""
        lines = self.filtered(
            lambda line: line.lot_id
            and line.quantity
            and line.location_dest_id.usage in ("production", "customer")
        )
        held = lines.lot_id and lines.lot_id._get_held()
        if held:
            raise UserError(
                self.env._(
                    "An inspection holds %s: it is open or failed. Inspect first, or "
                    "have it accepted as it is.",
                    ", ".join(
                        f"{lot.product_id.display_name} {lot.name}" for lot in held
                    ),
                )
            )
