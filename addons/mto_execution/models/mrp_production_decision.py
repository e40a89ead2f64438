from odoo import api, fields, models

from .mrp_production import CLOSED


class MrpProduction(models.Model):
    """One click each: start the part, order, move, tell sales. The result is shown."""

    _inherit = "mrp.production"

    launch_start_label = fields.Char(compute="_compute_launch_labels")
    launch_order_label = fields.Char(compute="_compute_launch_labels")
    launch_move_label = fields.Char(compute="_compute_launch_labels")
    launch_tell_label = fields.Char(compute="_compute_launch_labels")

    @api.depends("launch_message", "launch_state", "launchable_quantity")
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_launch_labels(self):
        productions = self._origin.sudo()
        words = productions.env["mto.launch"]._get_words(productions.browse())
        for production in self:
            is_short = production.launch_state in ("part", "short")
            production.launch_start_label = (
                production._get_start_label(words) if is_short else False
            )
            production.launch_order_label = (
                production._get_order_label(words) if is_short else False
            )
            production.launch_move_label = (
                production._get_move_label(words) if is_short else False
            )
            production.launch_tell_label = (
                self.env._("Tell Sales")
                if is_short and production._get_customer_orders()
                else False
            )

    def _get_start_label(self, words):
        may_start = self.launch_state == "part" and self.state in (
            "draft",
            "confirmed",
        )
        if not may_start:
            return False
        uom = self.product_id.uom_id
        return self.env._("Start %s", words.quantity(self.launchable_quantity, uom))

    def _get_order_label(self, words):
        if not self.launch_missing_quantity:
            if not self.env["mto.launch.decision"]._may_buy():
                return self.env._("Ask for What Is Missing")
            return self.env._("Order What Is Missing")
        quantity = f"{self.launch_missing_quantity:.6f}".rstrip("0").rstrip(".")
        if not self.env["mto.launch.decision"]._may_buy():
            return self.env._("Ask for %s", quantity)
        return self.env._("Order %s", quantity)

    def _get_move_label(self, words):
        if not self.launch_date or self.state not in ("draft", "confirmed"):
            return False
        if self.date_start and self.launch_date <= self.date_start:
            return False
        # What is overdue comes today at the earliest.
        date = max(self.launch_date, fields.Datetime.now())
        return self.env._("Move to %s", words.day(date))

    def action_launch_start(self):
        """Show what starting the part that can start would do."""
        return self._open_decision("start", self.env._("Start What Can Start"))

    def action_launch_order(self):
        """Show what ordering what is missing would do."""
        return self._open_decision("order", self.env._("Order What Is Missing"))

    def action_launch_move(self):
        """Show what moving the order to the arrival of its components would do."""
        return self._open_decision("move", self.env._("Move to the Arrival"))

    def action_launch_tell(self):
        """Show who in sales would be told."""
        return self._open_decision("tell", self.env._("Tell Sales"))

    def _open_decision(self, kind, title):
        self.ensure_one()
        wizard = self.env["mto.launch.decision"].create(
            {"production_id": self.id, "kind": kind}
        )
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_view_competition(self):
        """Who competes for the components that are missing, or for all of them."""
        self.ensure_one()
        checks = self.env["mto.launch"].sudo()._get_checks(self.sudo())
        check = checks.get(self.id)
        missing = [part.component.product for part in check.missing] if check else []
        moves = self.move_raw_ids.filtered(lambda m: m.state not in CLOSED)
        products = self.env["product.product"].browse(missing) or moves.product_id
        return self.env["mto.component.queue"]._open(products, self.company_id)
