from odoo import api, fields, models
from odoo.exceptions import UserError


class MrpProduction(models.Model):
    """On hold: nothing starts or finishes until somebody resumes it."""

    _inherit = "mrp.production"

    is_on_hold = fields.Boolean(
        "On Hold", readonly=True, copy=False, index="btree_not_null"
    )
    hold_ids = fields.One2many(
        "mto.production.hold", "production_id", "Holds", readonly=True
    )
    hold_count = fields.Integer(compute="_compute_hold_count")

    @api.depends("hold_ids")
    def _compute_hold_count(self):
        counts = dict(
            self.env["mto.production.hold"]._read_group(
                [("production_id", "in", self.ids)], ["production_id"], ["__count"]
            )
        )
        for production in self:
            production.hold_count = counts.get(production._origin, 0)

    def action_hold(self, reason, owner=None):
        """Put the orders on hold: they neither start nor finish until resumed.

        Running work orders are paused. Orders that are on hold stay as they are. Needs
        write access.

        :param str reason: why, in words
        :param owner: id of the user who clears it; the responsible of the order, or the
            caller, without it
        :return: True
        :raises odoo.exceptions.UserError: without a reason, or for an order that is a
            draft, done or cancelled
        """
        self._check_workshop_access()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the order is put on hold."))
        self._lock_orders()
        wrong = self.filtered(
            lambda p: p.state not in ("confirmed", "progress", "to_close")
        )
        if wrong:
            raise UserError(
                self.env._(
                    "Only orders that are confirmed or started can be put on hold: %s.",
                    wrong._name_list(),
                )
            )
        fresh = self.filtered(lambda p: not p.is_on_hold)
        # Checked above; the trail of holds is written by methods only.
        fresh.sudo()._record_hold(reason, owner)
        fresh.workorder_ids.end_all()
        return True

    def _record_hold(self, reason, owner):
        self.env["mto.production.hold"].create(
            [
                {
                    "production_id": production.id,
                    "reason": reason,
                    "owner_id": owner or production.user_id.id or self.env.uid,
                    "held_by_id": self.env.uid,
                }
                for production in self
            ]
        )
        self.write({"is_on_hold": True})
        for production in self:
            production.message_post(body=production._get_hold_words())

    def action_resume(self):
        """End the hold of the orders. Needs write access.

        :return: True; orders that are not on hold stay as they are
        """
        self._check_workshop_access()
        self._lock_orders()
        held = self.filtered("is_on_hold").sudo()
        holds = held.hold_ids.filtered(lambda h: not h.until)
        holds.write({"until": fields.Datetime.now(), "resumed_by_id": self.env.uid})
        # The next hold is inserted before updates are written.
        holds.flush_recordset()
        held.write({"is_on_hold": False})
        for production in held:
            production.message_post(body=self.env._("Resumed."))
        return True

    def action_open_hold(self):
        """Ask for the reason and the owner of a hold."""
        return self.env["mto.production.ask"]._open(
            self, "hold", self.env._("Put on Hold")
        )

    def action_view_holds(self):
        """The holds of the order, the last first."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Holds"),
            "res_model": "mto.production.hold",
            "views": [(False, "list")],
            "domain": [("production_id", "=", self.id)],
        }

    def _get_hold_words(self):
        """ "On hold since 3 March: no drawing (Maria)." Empty without a hold."""
        self.ensure_one()
        if not self.is_on_hold:
            return ""
        hold = self.hold_ids.filtered(lambda h: not h.until)[:1]
        words = self.env["mto.launch"]._get_words(self.browse())
        return self.env._(
            "On hold since %(date)s: %(reason)s (%(owner)s).",
            date=words.day(hold.since),
            reason=hold.reason,
            owner=hold.owner_id.name,
        )

    def _check_not_on_hold(self):
        held = self.filtered("is_on_hold")
        if held:
            raise UserError(
                "\n".join(f"{p.name}: {p.sudo()._get_hold_words()}" for p in held)
                + "\n"
                + self.env._("Resume it first.")
            )

    def _action_cancel(self):
        res = super()._action_cancel()
        held = self.filtered("is_on_hold")
        if held:
            # Whoever may cancel an order ends its hold with that.
            held.sudo().action_resume()
        return res
