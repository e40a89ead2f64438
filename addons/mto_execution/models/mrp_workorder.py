from odoo import api, fields, models

# What closing freezes on work orders.
FROZEN = {
    "name",
    "state",
    "production_id",
    "workcenter_id",
    "operation_id",
    "duration",
    "duration_expected",
    "duration_unit",
    "date_start",
    "date_finished",
    "qty_produced",
    "qty_reported_from_previous_wo",
    "costs_hour",
    "time_ids",
}
STARTED = ("progress", "done")


class MrpWorkorder(models.Model):
    """A work order starts when its order may, and says so in the same sentence."""

    _inherit = "mrp.workorder"

    launch_message = fields.Char(related="production_id.launch_message")
    launch_state = fields.Selection(related="production_id.launch_state")
    execution_status = fields.Selection(
        related="production_id.execution_status", string="Order Status"
    )

    dispatch_priority = fields.Selection(
        related="production_id.priority",
        string="Priority",
        store=True,
        help="Of the order: what is urgent stands first on the dispatch list.",
    )

    def action_dispatch_quantity(self):
        """Ask how many were made."""
        self.ensure_one()
        wizard = self.env["mto.workorder.quantity"].create(
            {
                "workorder_id": self.id,
                "quantity": self.qty_producing or self.qty_remaining,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Quantity"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def button_start(self, raise_on_invalid_state=False):
        productions = self.production_id
        productions._check_not_on_hold()
        if question := productions._ask_before_start():
            return question
        productions._freeze_plans()
        return super().button_start(raise_on_invalid_state=raise_on_invalid_state)

    def button_finish(self):
        open_orders = self.filtered(lambda w: w.state not in ("done", "cancel"))
        open_orders.production_id._check_not_on_hold()
        return super().button_finish()

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals.get("production_id") for vals in vals_list} - {None, False}
        self.env["mrp.production"].sudo().browse(ids)._refuse_when_closed()
        return super().create(vals_list)

    def write(self, vals):
        if FROZEN & vals.keys():
            self._refuse_when_closed()
        if vals.get("state") in STARTED:
            fresh = self.filtered(lambda w: w.state not in STARTED)
            waiting = fresh.production_id.filtered(
                lambda p: p.state in ("draft", "confirmed")
            )
            waiting._check_may_start()
            if vals["state"] == "progress":
                waiting._refuse_shortage()
        return super().write(vals)

    def unlink(self):
        self._refuse_when_closed()
        return super().unlink()

    def _refuse_when_closed(self):
        self.production_id.sudo()._refuse_when_closed()
