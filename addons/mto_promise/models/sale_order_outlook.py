from odoo import api, fields, models


class SaleOrder(models.Model):
    """How a confirmed order stands, in one row on its form."""

    _inherit = "sale.order"

    has_outlook = fields.Boolean(compute="_compute_outlook")
    outlook_promised_date = fields.Datetime(
        "Promised",
        compute="_compute_outlook",
        help="The last of the promised dates of what is still to be delivered.",
    )
    outlook_projected_date = fields.Datetime(
        "Projected",
        compute="_compute_outlook",
        help="When the last goods can leave, if everything else keeps to its plan.",
    )
    outlook_days_late = fields.Integer(
        "Days Late",
        compute="_compute_outlook",
        help="Of the line that is late by the most days.",
    )
    outlook_message = fields.Char("Because of", compute="_compute_outlook")
    outlook_document = fields.Char(compute="_compute_outlook")
    outlook_owner_id = fields.Many2one(
        "res.users",
        "Next Owner",
        compute="_compute_outlook",
        help="Responsible for what is waited for, else the salesperson.",
    )
    outlook_progress = fields.Float(
        "Progress",
        compute="_compute_outlook",
        help="How much is received, produced, ready and delivered.",
    )

    may_approve_early = fields.Boolean(compute="_compute_may_approve_early")

    @api.depends("state", "user_id", "order_line.promised_date")
    @api.depends_context("uid")
    def _compute_may_approve_early(self):
        for order in self:
            promised = order.order_line.filtered("promised_date")
            order.may_approve_early = (
                order.state in ("draft", "sent")
                and order.company_id.promise_early == "approve"
                and bool(promised)
                and promised[0]._is_promise_approver()
            )

    @api.depends(
        "state",
        "order_line.qty_delivered",
        "order_line.promised_date",
        "order_line.wanted_date",
    )
    @api.depends_context("lang", "uid")
    def _compute_outlook(self):
        confirmed = self._origin.filtered(lambda order: order.state == "sale")
        delays = confirmed.order_line._get_delays()
        progress = self._get_outlook_progress(confirmed)
        by_order = {}
        for line, delay in delays.items():
            by_order.setdefault(line.order_id, {})[line] = delay
        for order in self:
            found = by_order.get(order._origin, {})
            order.update(order._prepare_outlook(found))
            order.outlook_progress = progress.get(order._origin.id, 0.0)

    def _get_outlook_progress(self, orders):
        """Return {order id: average of its open lines}."""
        # Whoever may read the order may know how far it is.
        groups = (
            self.env["mto.open.order"]
            .sudo()
            ._read_group(
                [("order_id", "in", orders.ids)], ["order_id"], ["progress:avg"]
            )
        )
        return {order.id: percent / 100 for order, percent in groups}

    def _prepare_outlook(self, delays):
        """Values of {line: delay}: of the worst line, see ``_get_delays`` of lines."""
        worst = max(delays, key=lambda line: _get_rank(delays[line]), default=None)
        delay = delays.get(worst, {})
        document = delay.get("document")
        projected = [entry["projected_date"] for entry in delays.values()]
        return {
            "has_outlook": bool(delays),
            "outlook_promised_date": max(
                (line._get_promise_date() for line in delays), default=False
            ),
            "outlook_projected_date": bool(projected)
            and all(projected)
            and max(projected),
            "outlook_days_late": delay.get("days_late", 0),
            "outlook_message": delay.get("message", False),
            "outlook_document": bool(document) and document.display_name,
            "outlook_owner_id": delay.get("owner", False),
        }

    def action_open_outlook_document(self):
        """Open what the order waits for: the document that decides the projection.

        :return: window action
        :raises odoo.exceptions.AccessError: if the document may not be read
        """
        self.ensure_one()
        delays = self.order_line._get_delays()
        worst = max(delays, key=lambda line: _get_rank(delays[line]), default=None)
        document = delays[worst]["document"] if worst else False
        if not document:
            return False
        document = self.env[document._name].browse(document.id)
        document.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }


def _get_rank(delay):
    """The line that is late by most days, else the one that comes last."""
    projected = delay["projected_date"]
    return (delay["days_late"], str(projected or ""))
