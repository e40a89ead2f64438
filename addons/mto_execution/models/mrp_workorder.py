from odoo import api, fields, models
from odoo.exceptions import UserError

from .mto_inspection import WAITING

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

    inspection_ids = fields.One2many("mto.inspection", "workorder_id", "Inspections")
    inspection_open_count = fields.Integer(
        "To Inspect", compute="_compute_inspection_open_count", compute_sudo=True
    )
    alert_message = fields.Char(related="production_id.alert_message")
    downtime_message = fields.Char(related="workcenter_id.downtime_message")
    equipment_names = fields.Char("Equipment", compute="_compute_equipment_names")
    dispatch_priority = fields.Selection(
        related="production_id.priority",
        string="Priority",
        store=True,
        help="Of the order: what is urgent stands first on the dispatch list.",
    )
    is_on_hold = fields.Boolean(
        related="production_id.is_on_hold",
        store=True,
        help="Of the order: what is on hold stands last on the dispatch list.",
    )

    @api.depends("workcenter_id.equipment_ids.name")
    def _compute_equipment_names(self):
        for workorder in self:
            names = workorder.workcenter_id.equipment_ids.mapped("name")
            workorder.equipment_names = ", ".join(names)

    @api.depends("production_id.inspection_ids.state")
    def _compute_inspection_open_count(self):
        for workorder in self:
            workorder.inspection_open_count = len(workorder._get_waiting_inspections())

    def _get_waiting_inspections(self):
        """What is to be inspected in this step, then what is made; not other steps'."""
        self.ensure_one()
        waiting = self.production_id.inspection_ids.filtered(
            lambda i: i.state in WAITING
            and i.workorder_id in (self, i.workorder_id[:0])
        )
        return waiting.sorted(lambda i: (not i.workorder_id, i.id))

    def action_inspect(self):
        """Ask for the result of what is to be inspected next in this step."""
        waiting = self._get_waiting_inspections()
        if not waiting:
            return self.action_view_inspections()
        return waiting[0].action_open_result()

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

    def _is_delayed(self, planned, now):
        """Whether it takes longer than planned, or should have ended by ``now``.

        :param planned: line of the plan that is kept
        """
        self.ensure_one()
        if self.state in ("done", "cancel"):
            return False
        tolerance = 1 + self.company_id.tolerance_time / 100
        if planned.quantity and self.duration > planned.quantity * tolerance:
            return True
        return bool(planned.date_finished) and planned.date_finished < now

    @api.model
    def action_scan(self, barcode):
        """Open what a code of the traveller names: a step, or the next of an order.

        Needs read access to work orders.

        :param str barcode: of a step, or the name of a manufacturing order
        :return: an action that opens the work order; a notification that says so where
            the code is unknown or nothing is left to do
        """
        self.check_access("read")
        barcode = (barcode or "").strip()
        workorder = self.search([("barcode", "=", barcode)], limit=1)
        if not workorder:
            order = self.search([("production_id.name", "=", barcode)])
            rest = order.filtered(lambda w: w.state not in ("done", "cancel"))
            workorder = (rest or order)[:1]
        if not workorder:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "warning",
                    "message": self.env._("No step has the code %s.", barcode),
                },
            }
        return {
            "type": "ir.actions.act_window",
            "name": workorder.display_name,
            "res_model": self._name,
            "res_id": workorder.id,
            "views": [
                (
                    self.env.ref("mrp.mrp_production_workorder_form_view_inherit").id,
                    "form",
                )
            ],
        }

    def button_start(self, raise_on_invalid_state=False):
        productions = self.production_id
        productions._check_not_on_hold()
        self._refuse_before_its_turn()
        if question := productions._ask_before_start():
            return question
        productions._freeze_plans()
        return super().button_start(raise_on_invalid_state=raise_on_invalid_state)

    def _refuse_before_its_turn(self):
        """Raise for steps that wait for another step, where the order is blocked.

        Core tells that a step waits, and starts it all the same.
        """
        for workorder in self:
            production = workorder.production_id
            before = workorder.blocked_by_workorder_ids.filtered(
                lambda w: w.state not in ("done", "cancel") and not w.qty_produced
            )
            if not before or production.launch_override_on:
                continue
            if production._get_launch_policy() == "block":
                raise UserError(
                    self.env._(
                        "%(step)s waits for %(before)s. Finish that first.",
                        step=workorder.name,
                        before=", ".join(before.mapped("name")),
                    )
                )

    def button_finish(self):
        open_orders = self.filtered(lambda w: w.state not in ("done", "cancel"))
        open_orders.production_id._check_not_on_hold()
        # Whoever finishes the step need not read all inspections.
        inspections = open_orders.sudo().inspection_ids
        self.env["mto.inspection"]._refuse_waiting(inspections)
        return super().button_finish()

    def _get_points(self, points):
        """Inspection points of these steps: (point, order, step)."""
        for workorder in self:
            production = workorder.production_id
            for point in points:
                if point._applies_to(
                    production.product_id, production.company_id, workorder
                ):
                    yield point, production, workorder

    def action_view_inspections(self):
        """What has to be looked at in this step."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Inspections"),
            "res_model": "mto.inspection",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("production_id", "=", self.production_id.id),
                ("workorder_id", "in", [self.id, False]),
            ],
        }

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
