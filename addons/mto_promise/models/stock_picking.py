from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    is_date_by_hand = fields.Boolean(
        "Date Set by Hand",
        copy=False,
        readonly=True,
        help="Somebody chose the date: it does not move by itself.",
    )

    def _set_scheduled_date(self):
        """Core calls it for a date that somebody entered, here or by the API.

        And for the default of a new transfer, which has no moves yet.
        """
        res = super()._set_scheduled_date()
        open_ones = self.filtered(lambda p: p.state not in ("done", "cancel"))
        open_ones.filtered("move_ids").is_date_by_hand = True
        return res

    def _get_promised_date(self):
        """What customers are told in place of the planned date, False for that.

        The company's choice; of transfers to customers that have not left.
        """
        self.ensure_one()
        is_told = (
            self.picking_type_code == "outgoing"
            and self.state != "done"
            # Customers read no companies.
            and self.company_id.sudo().promise_portal_only
        )
        return is_told and self.date_deadline

    def _get_immovable_reason(self):
        """Why the transfer does not move by itself, False if it may."""
        self.ensure_one()
        if self.state in ("done", "cancel"):
            return self.env._("It is done.")
        if self.is_date_by_hand:
            return self.env._("Its date was set by hand.")
        if self.picking_type_code == "incoming":
            return self.env._("The vendor says when it comes.")
        return False

    def _move_start(self, date):
        """Leave then; the date stays one that may move again."""
        self.ensure_one()
        moves = self.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        moves.write({"date": date})
