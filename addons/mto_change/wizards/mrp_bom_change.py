from odoo import Command, api, fields, models

FOLLOW = "follow"


class MrpBomChange(models.TransientModel):
    """What a changed structure does to open orders: shown, then done."""

    _name = "mrp.bom.change"
    _description = "Change of a Structure"

    bom_id = fields.Many2one("mrp.bom", required=True, readonly=True)
    reason = fields.Char(help="Why; it is kept in the chatter.")
    fingerprint = fields.Char(readonly=True)
    tree = fields.Json(readonly=True)
    summary = fields.Char(readonly=True)
    order_ids = fields.One2many("mrp.bom.change.order", "change_id", "Decisions")

    @api.model
    def _open(self, bom):
        """Action that shows what the structure means for open orders."""
        change = self.create({"bom_id": bom.id})
        change._preview()
        return change._get_action()

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Orders of %s", self.bom_id.display_name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _preview(self):
        answer = self.bom_id.preview_change()[0]
        rows = [
            row for row in answer["documents"] if row["action"] in ("update", "decide")
        ]
        self.write(
            {
                "fingerprint": answer["fingerprint"] if rows else False,
                "summary": answer["summary"],
                "tree": self.env["mto.change.tree"]._make_tree(answer),
                "order_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "node": row["node"],
                                "name": row["name"],
                                "reason": row["reason"],
                                "is_open": row["action"] == "decide",
                            }
                        )
                        for row in rows
                        if row["model"] == "mrp.production"
                    ),
                ],
            }
        )

    def action_apply(self):
        """Change the orders as the screen shows it."""
        self.ensure_one()
        self.bom_id.apply_change(
            self.fingerprint or "",
            self.reason,
            [
                {"node": order.node, "action": order.choice}
                for order in self.order_ids
                if order.choice != FOLLOW
            ],
        )
        return {"type": "ir.actions.act_window_close"}

    def action_refresh(self):
        """Look at the consequences again: something else may have changed."""
        self.ensure_one()
        self._preview()
        return self._get_action()


class MrpBomChangeOrder(models.TransientModel):
    _name = "mrp.bom.change.order"
    _description = "Decision about an Order with an Older Structure"

    change_id = fields.Many2one("mrp.bom.change", required=True, ondelete="cascade")
    node = fields.Char(readonly=True)
    name = fields.Char("Manufacturing Order", readonly=True)
    reason = fields.Char("Why", readonly=True)
    is_open = fields.Boolean(readonly=True)
    choice = fields.Selection(
        [
            (FOLLOW, "As shown above"),
            ("update", "Take the new structure"),
            ("keep_surplus", "Finish as begun"),
        ],
        "Decision",
        default=FOLLOW,
        required=True,
    )
