from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.mto_date_move import DateMove


class MtoDateMoveWizard(models.TransientModel):
    """Proposes dates that can be kept for the documents of an order."""

    _name = "mto.date.move.wizard"
    _description = "Move Dates"

    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    line_ids = fields.One2many(
        "mto.date.move.wizard.line",
        "wizard_id",
        "Dates",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("order_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [Command.clear()] + [
                Command.create(self._prepare_line(move)) for move in wizard._get_moves()
            ]

    def _get_moves(self):
        # Documents of all departments are looked at; moving them needs their rights.
        lines = self.order_id.sudo().order_line.filtered(
            lambda line: line._is_open_for_delivery()
        )
        if not lines:
            return []
        outlook = lines.env["mto.order.progress"]._project(lines)
        return lines.env["mto.date.move"]._get_moves(outlook)

    def _prepare_line(self, move):
        document = move.document
        return {
            "is_chosen": not move.reason,
            "document": f"{document._name},{document.id}",
            "name": document.display_name,
            "planned_date": move.planned,
            "proposed_date": move.proposed,
            "reason": move.reason,
        }

    def action_apply(self):
        """Move what is ticked, with the rights of the user."""
        self.ensure_one()
        chosen = self.line_ids.filtered("is_chosen")
        if not chosen:
            raise UserError(self.env._("Tick the dates that should move."))
        self.env["mto.date.move"]._apply([row._to_move() for row in chosen])
        return {"type": "ir.actions.act_window_close"}


class MtoDateMoveWizardLine(models.TransientModel):
    _name = "mto.date.move.wizard.line"
    _description = "Date to Move"

    wizard_id = fields.Many2one(
        "mto.date.move.wizard", required=True, ondelete="cascade"
    )
    is_chosen = fields.Boolean("Move")
    document = fields.Char("Model and ID", readonly=True)
    name = fields.Char("Document", readonly=True)
    planned_date = fields.Datetime("Planned Start", readonly=True)
    proposed_date = fields.Datetime("New Start", required=True)
    reason = fields.Char("Stays Because", readonly=True)

    def _to_move(self):
        self.ensure_one()
        model, _comma, res_id = self.document.partition(",")
        if model not in ("mrp.production", "stock.picking"):
            raise AccessError(self.env._("Only planned documents can be moved."))
        record = self.env[model].browse(int(res_id))
        return DateMove(record, self.planned_date, self.proposed_date)
