from odoo import api, fields, models


class MtoDemoCard(models.Model):
    """A card of the "Try it" page: one role, and what to look at in it."""

    _name = "mto.demo.card"
    _description = "Try it Card"
    _order = "sequence, id"
    _rec_name = "role"

    role = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    icon = fields.Char(
        default="fa-user-o",
        required=True,
        help="Name of a Font Awesome icon, such as fa-truck.",
    )
    text = fields.Char(
        required=True,
        translate=True,
        help="What this role cares about, in one sentence.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        ondelete="cascade",
        help="The user to log in as.",
    )
    link_ids = fields.One2many(
        comodel_name="mto.demo.card.link", inverse_name="card_id"
    )

    @api.model
    @api.readonly
    def get_cards(self):
        """The cards of the "Try it" page, in their order.

        :return list: one dict per card: {id, model, role, icon, text, person, login,
            is_mine, links}; is_mine tells whether the caller is the person of the card;
            links is a list of {id, model, name, text, is_available}, is_available
            telling whether the caller may open it
        Access: internal users.
        """
        return [
            {
                "id": card.id,
                "model": card._name,
                "role": card.role,
                "icon": card.icon,
                "text": card.text,
                "person": card.user_id.name,
                "login": card.user_id.login,
                "is_mine": card.user_id == self.env.user,
                "links": card.link_ids._get_link_rows(),
            }
            for card in self.search([])
        ]
