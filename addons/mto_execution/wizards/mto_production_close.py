from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class MtoProductionClose(models.TransientModel):
    """Reasons for deviations above tolerance, then the orders are closed."""

    _name = "mto.production.close"
    _description = "Close with Reasons"

    production_ids = fields.Many2many("mrp.production", string="Orders")
    line_ids = fields.One2many("mto.production.close.line", "wizard_id")
    is_single = fields.Boolean(compute="_compute_is_single")

    @api.depends("production_ids")
    def _compute_is_single(self):
        for wizard in self:
            wizard.is_single = len(wizard.production_ids) == 1

    @api.model
    def _open(self, productions, unexplained):
        """Ask for the deviations of ``unexplained``; close all ``productions``."""
        # Plan and fact go with the order, which the caller may read.
        lines = [
            Command.create(self._prepare_line(production, number, deviation))
            for production in unexplained.sudo()
            for number, deviation in enumerate(production._get_deviations())
        ]
        wizard = self.create(
            {"production_ids": [Command.set(productions.ids)], "line_ids": lines}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Close: Why Was It Different?"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _prepare_line(self, production, number, deviation):
        subject = production._prepare_closing_subject(deviation.key)
        product = self.env["product.product"].browse(subject.get("product_id"))
        return {
            "production_id": production.id,
            "number": number,
            "subject": product.display_name or subject.get("operation"),
            "unit": product.uom_id.name or self.env._("Minutes"),
            "planned": deviation.planned,
            "actual": deviation.actual,
            "percent": deviation.percent,
        }

    def action_close(self):
        """Close the orders; each deviation needs a reason."""
        self.ensure_one()
        if not all(line.reason_id for line in self.line_ids):
            raise UserError(self.env._("Choose a reason for each deviation."))
        productions = self.production_ids
        productions.check_access("write")
        productions._lock_orders()
        fresh = productions.filtered(lambda p: p.state == "done" and not p.closed_on)
        fresh._close_orders(self._get_reasons())
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _get_reasons(self):
        """{(order id, key): (reason id, note)}; the deviations as they are now."""
        reasons = {}
        for production, lines in self.line_ids.grouped("production_id").items():
            deviations = production.sudo()._get_deviations()
            for line in lines:
                if line.number >= len(deviations):
                    raise UserError(
                        self.env._(
                            "Something changed meanwhile. Close the order again."
                        )
                    )
                key = deviations[line.number].key
                reasons[production.id, key] = (line.reason_id.id, line.note)
        return reasons


class MtoProductionCloseLine(models.TransientModel):
    """One deviation above tolerance."""

    _name = "mto.production.close.line"
    _description = "Deviation to Explain"
    _rec_name = "subject"

    wizard_id = fields.Many2one(
        "mto.production.close", required=True, ondelete="cascade"
    )
    production_id = fields.Many2one("mrp.production", "Order", readonly=True)
    number = fields.Integer(readonly=True)
    subject = fields.Char("What", readonly=True)
    unit = fields.Char(readonly=True)
    planned = fields.Float(
        digits="Product Unit", readonly=True, help="For the quantity that was produced."
    )
    actual = fields.Float(digits="Product Unit", readonly=True)
    percent = fields.Float("Deviation (%)", digits=(16, 1), readonly=True)
    reason_id = fields.Many2one(
        "operation.exception.reason", domain="[('kind', '=', 'cause')]"
    )
    note = fields.Char()
