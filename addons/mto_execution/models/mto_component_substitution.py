from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .mto_production_plan import COST_GROUP

APPROVE_GROUP = "mto_execution.group_substitute"


class MtoComponentSubstitution(models.Model):
    """What took the place of a component, who approved that, and what it cost."""

    _name = "mto.component.substitution"
    _description = "Substitution of a Component"
    _order = "id desc"
    _rec_name = "product_id"

    production_id = fields.Many2one(
        "mrp.production",
        "Manufacturing Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="production_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    planned_product_id = fields.Many2one(
        "product.product",
        "Component",
        readonly=True,
        help="Empty for what was added and replaces nothing.",
    )
    product_id = fields.Many2one(
        "product.product", "Substitute", required=True, readonly=True
    )
    planned_quantity = fields.Float("In Place of", digits="Product Unit", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    planned_cost = fields.Monetary(readonly=True, groups=COST_GROUP)
    cost = fields.Monetary(readonly=True, groups=COST_GROUP)
    is_listed = fields.Boolean("Approved Substitute", readonly=True)
    reason = fields.Char(readonly=True)
    state = fields.Selection(
        selection=[
            ("requested", "To Approve"),
            ("approved", "Approved"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    requested_by_id = fields.Many2one("res.users", "Requested by", readonly=True)
    requested_on = fields.Datetime(
        readonly=True, default=lambda self: fields.Datetime.now()
    )
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)
    decided_on = fields.Datetime(readonly=True)

    def _may_approve(self):
        return self.env.user.has_group(APPROVE_GROUP)

    def action_approve(self):
        """Approve what was requested: the component is replaced at once.

        Needs the group *Approve Substitutes*.

        :return: True
        :raises odoo.exceptions.AccessError: without the group
        :raises odoo.exceptions.UserError: for what is decided, or an order that is done
        """
        self._check_decide()
        for substitution in self:
            # Checked above; the trail is written by methods only.
            substitution.sudo()._decide("approved", self.env.uid)
            substitution.production_id._replace_component(
                substitution.planned_product_id,
                substitution.product_id,
                substitution.planned_quantity,
                substitution.quantity,
            )
        return True

    def action_refuse(self):
        """Refuse what was requested. Needs the group *Approve Substitutes*."""
        self._check_decide()
        # Checked above; the trail is written by methods only.
        self.sudo()._decide("refused", self.env.uid)
        return True

    def _check_decide(self):
        self.check_access("read")
        if not self._may_approve():
            raise AccessError(
                self.env._(
                    'Only people of the group "Approve Substitutes" decide about this.'
                )
            )
        if decided := self.filtered(lambda s: s.state != "requested"):
            raise UserError(
                self.env._("%s is decided already.", decided[0].product_id.name)
            )

    def _decide(self, state, user_id):
        self.write(
            {
                "state": state,
                "decided_by_id": user_id,
                "decided_on": fields.Datetime.now(),
            }
        )
        keys = [substitution._get_issue_key() for substitution in self]
        self.env["operation.exception"]._clear_exceptions(
            keys, self.env._("Somebody decided about the substitute.")
        )
        words = {
            "approved": self.env._("approved"),
            "refused": self.env._("refused"),
        }
        for substitution in self:
            substitution.production_id.message_post(
                body=self.env._(
                    "%(what)s (%(state)s)",
                    what=substitution._get_words(),
                    state=words[state],
                )
            )

    def _get_issue_key(self):
        return f"substitution-{self.id}"

    def _get_words(self):
        """ "6 × Brake kit B in place of 6 × Brake kit: vendor is late"."""
        words = self.env["mto.launch"]._get_words(self.production_id.browse())
        goods = words.goods(self.quantity, self.product_id)
        if not self.planned_product_id:
            text = self.env._("%s added", goods)
        else:
            text = self.env._(
                "%(goods)s in place of %(planned)s",
                goods=goods,
                planned=words.goods(self.planned_quantity, self.planned_product_id),
            )
        return f"{text}: {self.reason}" if self.reason else text

    def _ask_approval(self):
        """An open issue for each: somebody has to decide."""
        self.env["operation.exception"]._raise_exceptions(
            [
                {
                    "key": substitution._get_issue_key(),
                    "type_code": "production_deviation",
                    "record": substitution.production_id,
                    "note": substitution._get_words(),
                }
                for substitution in self
            ]
        )
