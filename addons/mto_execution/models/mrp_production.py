from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

CLOSED = ("done", "cancel")

# Facts that only methods write: they check first who asks.
KEPT_BY_METHODS = {
    "released_on",
    "released_by_id",
    "is_on_hold",
    "launch_override_on",
    "launch_override_by_id",
    "launch_override_reason",
    "closed_on",
    "closed_by_id",
    "cancel_reason",
    "execution_status",
}

# What closing freezes, on the order itself. Names, priority and lots are no such facts.
FROZEN = {
    "product_id",
    "product_qty",
    "product_uom_id",
    "bom_id",
    "qty_producing",
    "state",
    "date_start",
    "date_finished",
    "date_deadline",
    "extra_cost",
    "location_src_id",
    "location_dest_id",
    "picking_type_id",
    "company_id",
    "move_raw_ids",
    "move_finished_ids",
    "move_byproduct_ids",
    "all_move_raw_ids",
    "all_move_ids",
    "workorder_ids",
    "scrap_ids",
}


class MrpProduction(models.Model):
    """One status for all roles, beside core's states."""

    _inherit = "mrp.production"

    execution_status = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("planned", "Planned"),
            ("released", "Released"),
            ("started", "Started"),
            ("hold", "On Hold"),
            ("done", "Done"),
            ("closed", "Closed"),
            ("cancel", "Cancelled"),
        ],
        string="Status",
        group_expand=True,
        compute="_compute_execution_status",
        store=True,
        index=True,
        copy=False,
        help="Where the order stands, in one word for all roles.",
    )
    released_on = fields.Datetime("Released on", readonly=True, copy=False)
    released_by_id = fields.Many2one(
        "res.users", "Released by", readonly=True, copy=False
    )
    closed_on = fields.Datetime("Closed on", readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", "Closed by", readonly=True, copy=False)
    cancel_reason = fields.Char("Cancelled because", readonly=True, copy=False)

    @api.depends("state", "released_on", "is_on_hold", "closed_on")
    def _compute_execution_status(self):
        for production in self:
            production.execution_status = production._get_execution_status()

    def _get_execution_status(self):
        self.ensure_one()
        if self.state in ("draft", "cancel"):
            return self.state
        if self.state == "done":
            return "closed" if self.closed_on else "done"
        if self.is_on_hold:
            return "hold"
        if self.state in ("progress", "to_close"):
            return "started"
        return "released" if self.released_on else "planned"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_kept_by_methods(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_kept_by_methods(vals)
        if FROZEN & vals.keys():
            self._refuse_when_closed()
        self._before_start(vals)
        return super().write(vals)

    def unlink(self):
        self._refuse_when_closed()
        return super().unlink()

    def _check_kept_by_methods(self, vals):
        names = KEPT_BY_METHODS & vals.keys()
        if names and not self.env.su:
            raise UserError(
                self.env._(
                    "%(fields)s cannot be written. Use the actions of the order: "
                    "release, hold, close, reopen.",
                    fields=", ".join(sorted(names)),
                )
            )

    def _check_workshop_access(self):
        """Raise unless the user works in manufacturing and may write the orders.

        Core lets sales write manufacturing orders, since a confirmation makes them;
        what is released, held and closed is decided in the workshop.
        """
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("mrp.group_mrp_user"):
            raise AccessError(
                self.env._(
                    "Only users of Manufacturing may do this. Ask the workshop, or "
                    "leave a note on the order."
                )
            )

    def _refuse_when_closed(self):
        """Raise for orders that are closed: what happened stays as it was recorded."""
        closed = self.filtered("closed_on")
        if closed:
            raise UserError(
                self.env._(
                    "%(orders)s is closed: quantities, components, dates, times and "
                    "costs stay as they were recorded. Reopen it first, with a reason.",
                    orders=", ".join(closed.mapped("name")),
                )
            )

    def _lock_orders(self):
        """Wait for whoever works on the orders, then read them again."""
        self.flush_recordset()
        self.env.cr.execute(
            "SELECT id FROM mrp_production WHERE id IN %s ORDER BY id FOR UPDATE",
            [tuple(self.ids)],
        )
        self.invalidate_recordset()

    def _name_list(self):
        return ", ".join(self.mapped("name"))

    # Cancelling

    def action_cancel_order(self, reason):
        """Cancel the orders and record why, and what was reserved or consumed.

        What was reserved goes back to free stock; what was consumed stays consumed and
        is named. Needs write access.

        :param str reason: why, in words
        :return: True
        :raises odoo.exceptions.UserError: without a reason, or for a done order
        """
        self._check_workshop_access()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the order is cancelled."))
        notes = {production: production._get_cancel_words() for production in self}
        res = self.action_cancel()
        for production, note in notes.items():
            production.sudo().cancel_reason = reason
            production.message_post(
                body=self.env._("Cancelled: %s", reason) + (f" {note}" if note else "")
            )
        return res

    def _get_cancel_words(self):
        """What is given back and what stays consumed, in words."""
        words = self.env["mto.launch"]._get_words(self)
        moves = self.move_raw_ids
        done = moves.filtered(lambda m: m.state == "done")
        reserved = moves.filtered(lambda m: m.state not in CLOSED and m.quantity)
        parts = []
        for title, group in (
            (self.env._("Back to free stock: %s."), reserved),
            (self.env._("Consumed already: %s."), done),
        ):
            goods = [
                words.goods(
                    move.product_uom._compute_quantity(
                        move.quantity, move.product_id.uom_id
                    ),
                    move.product_id,
                )
                for move in group
            ]
            if goods:
                parts.append(title % ", ".join(goods))
        return " ".join(parts)
