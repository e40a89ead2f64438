from odoo import api, fields, models
from odoo.exceptions import UserError


class MtoDemoCardLink(models.Model):
    """A link of a card: it opens a record, or an action."""

    _name = "mto.demo.card.link"
    _description = "Try it Link"
    _order = "sequence, id"

    card_id = fields.Many2one(
        comodel_name="mto.demo.card", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    text = fields.Char(translate=True, help="What to look at after following it.")
    record_ref = fields.Reference(
        selection="_selection_record_ref",
        string="Record",
        help="The record to open. Without one the action is opened.",
    )
    action_id = fields.Many2one(
        comodel_name="ir.actions.act_window", ondelete="cascade"
    )
    client_action_id = fields.Many2one(
        comodel_name="ir.actions.client",
        ondelete="cascade",
        help="A page of its own. Its model says who may open it.",
    )

    _target_required = models.Constraint(
        """CHECK (record_ref IS NOT NULL OR action_id IS NOT NULL
            OR client_action_id IS NOT NULL)""",
        "A link needs a record or an action to open.",
    )

    @api.model
    def _selection_record_ref(self):
        # The names of models are readable by administrators only.
        models_ = self.env["ir.model"].sudo().search([("transient", "=", False)])
        return [(model.model, model.name) for model in models_]

    def action_open(self):
        """Open what the link stands for.

        :return dict: an action for the web client
        :raise UserError: when the caller may not open it, or it does not exist any more
        """
        self.ensure_one()
        if not self._is_available():
            raise UserError(
                self.env._(
                    "“%(link)s” is for %(person)s. Log in as “%(login)s” to open it.",
                    link=self.name,
                    person=self.card_id.user_id.name,
                    login=self.card_id.user_id.login,
                )
            )
        if not self.record_ref:
            # Who may open it was asked above; actions are read by administrators only.
            action = self.action_id or self.sudo().client_action_id
            return action._get_action_dict()
        return {
            "type": "ir.actions.act_window",
            "name": self.record_ref.display_name,
            "res_model": self.record_ref._name,
            "res_id": self.record_ref.id,
            "views": [(False, "form")],
        }

    def _get_link_rows(self):
        return [
            {
                "id": link.id,
                "model": link._name,
                "name": link.name,
                "text": link.text or False,
                "is_available": link._is_available(),
            }
            for link in self
        ]

    def _is_available(self):
        """Whether the current user may open the link's record or action."""
        record = self.record_ref
        if record:
            return bool(record.exists()) and record.has_access("read")
        page = self.client_action_id.sudo()
        if page:
            return self.env[page.res_model].has_access("read")
        action = self.action_id.sudo()
        groups = action.group_ids
        allowed = not groups or bool(groups & self.env.user.all_group_ids)
        return allowed and self.env[action.res_model].has_access("read")
