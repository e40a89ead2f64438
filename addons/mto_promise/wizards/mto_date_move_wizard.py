from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.mto_date_move import DateMove

# More order lines are not looked at while somebody waits.
MOST_LINES = 500


class MtoDateMoveWizard(models.TransientModel):
    """Proposes dates that can be kept for the documents of orders."""

    _name = "mto.date.move.wizard"
    _description = "Move Dates"

    line_ids = fields.One2many("mto.date.move.wizard.line", "wizard_id", "Dates")

    @api.model
    def _propose(self, lines):
        """Open the dates of all that serves order lines and cannot begin as planned.

        Nothing moves before it is applied.

        :param lines: ``sale.order.line``s; callers have checked that the user may
            know of them
        :return: window action
        :raises odoo.exceptions.AccessError: without rights on manufacturing orders
        :raises odoo.exceptions.UserError: for very many lines
        """
        self.check_access("create")
        if len(lines) > MOST_LINES:
            raise UserError(
                self.env._(
                    "These are %(count)s order lines. Choose at most %(most)s at "
                    "a time.",
                    count=len(lines),
                    most=MOST_LINES,
                )
            )
        moves = self._get_moves(lines)
        wizard = self.create({"line_ids": self._prepare_lines(moves)})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move Dates"),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _get_moves(self, lines):
        # Documents of all departments are looked at; moving them needs their rights.
        lines = lines.sudo().filtered(lambda line: line._is_open_for_delivery())
        if not lines:
            return []
        outlook = lines.env["mto.order.progress"]._project(lines)
        return lines.env["mto.date.move"]._get_moves(outlook)

    def _prepare_lines(self, moves):
        return [Command.create(self._prepare_line(move)) for move in moves]

    def _prepare_line(self, move):
        document = move.document
        reason = move.reason or self._get_missing_right(document)
        # Whoever sees a document may see for whom it is.
        served = self.env["sale.order.line"].sudo().browse(move.line_ids).order_id
        return {
            "is_chosen": not reason,
            "document": f"{document._name},{document.id}",
            "name": document.display_name,
            "served": ", ".join(sorted(served.mapped("name"))),
            "planned_date": move.planned,
            "proposed_date": move.proposed,
            "reason": reason,
        }

    def _get_missing_right(self, document):
        """Why the user cannot move it, False if they can."""
        if document.with_env(self.env).has_access("write"):
            return False
        return self.env._("You have no right to change it.")

    def action_apply(self):
        """Move what is ticked, with the rights of the user.

        :return: client action that tells how many dates moved
        :raises odoo.exceptions.UserError: if nothing is ticked, or something ticked
            does not move by itself
        :raises odoo.exceptions.AccessError: if the user may not change a document
        """
        self.ensure_one()
        chosen = self.line_ids.filtered("is_chosen")
        if not chosen:
            raise UserError(self.env._("Tick the dates that should move."))
        self.env["mto.date.move"]._apply([row._to_move() for row in chosen])
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Moved: %s", ", ".join(chosen.mapped("name"))),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class MtoDateMoveWizardLine(models.TransientModel):
    _name = "mto.date.move.wizard.line"
    _description = "Date to Move"

    wizard_id = fields.Many2one(
        "mto.date.move.wizard", required=True, ondelete="cascade"
    )
    is_chosen = fields.Boolean("Move")
    document = fields.Char("Model and ID", readonly=True)
    name = fields.Char("Document", readonly=True)
    served = fields.Char(
        "For", readonly=True, help="The orders of customers that wait for it."
    )
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
