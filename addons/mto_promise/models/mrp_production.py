from odoo import fields, models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    is_date_by_hand = fields.Boolean(
        "Date Set by Hand",
        copy=False,
        readonly=True,
        help="Somebody chose the start: it does not move by itself.",
    )

    def write(self, vals):
        # Whoever moves a date for a reason of the suite says so; all others are people.
        if "date_start" in vals and "is_date_by_hand" not in vals:
            vals = {**vals, "is_date_by_hand": True}
        return super().write(vals)

    def _get_progress(self):
        """How much of the work is done, 0 to 1: by pieces or by time, what is more."""
        self.ensure_one()
        pieces = self.qty_produced / self.product_qty if self.product_qty else 0.0
        works = self.workorder_ids
        expected = sum(works.mapped("duration_expected"))
        done = sum(min(w.duration, w.duration_expected) for w in works)
        return min(max(pieces, done / expected if expected else 0.0), 1.0)

    def _get_immovable_reason(self):
        """Why the order does not move by itself, False if it may."""
        self.ensure_one()
        if self.state not in ("draft", "confirmed"):
            return self.env._("It is started.")
        if self.is_planned or self.is_date_by_hand:
            return self.env._("Its date was set by hand.")
        return False

    def _move_start(self, date):
        """Start then; the date stays one that may move again."""
        self.ensure_one()
        self.write({"date_start": date, "is_date_by_hand": False})
