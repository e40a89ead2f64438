from odoo import models
from odoo.exceptions import AccessError

from odoo.addons.mto_pegging.models.mto_pegging import PRODUCTION

from .mto_change_issue import LOST, SURPLUS


class OperationException(models.Model):
    _inherit = "operation.exception"

    def _get_actions(self):
        """Two or three buttons that settle what a change left open."""
        actions = super()._get_actions()
        key = self.key or ""
        if self.state in ("solved", "closed"):
            return actions
        if key.startswith(SURPLUS):
            actions.append(
                {
                    "code": "change_keep",
                    "label": self.env._("Keep in stock"),
                    "method": "_action_change_keep",
                }
            )
            if key.startswith(f"{SURPLUS}{PRODUCTION},"):
                actions.append(
                    {
                        "code": "change_less",
                        "label": self.env._("Make less"),
                        "method": "_action_change_less",
                    }
                )
        if key.startswith(LOST):
            actions += [
                {
                    "code": "change_order_again",
                    "label": self.env._("Order again"),
                    "method": "_action_change_order_again",
                },
                {
                    "code": "change_from_stock",
                    "label": self.env._("Take from stock"),
                    "method": "_action_change_from_stock",
                },
            ]
        return actions

    def _action_change_keep(self):
        self._check_changeable()
        self._clear_exceptions(
            [self.key], reason=self.env._("What is too much stays in stock.")
        )

    def _action_change_less(self):
        """Make less of started work, by who plans production."""
        self._check_changeable()
        if not self.env.user.has_group("mrp.group_mrp_manager"):
            raise AccessError(
                self.env._(
                    "Only a manufacturing administrator may change started work."
                )
            )
        production = self._browse_change_document()
        surplus = self.env["mto.change.issue"]._get_surplus(production)
        if surplus:
            # After the check above: what is below follows by rule.
            self.env["mto.change.application"].sudo()._make_less(
                production.sudo(), surplus
            )
        self._clear_exceptions([self.key], reason=self.env._("Less is made."))

    def _action_change_order_again(self):
        self._check_changeable()
        move = self._browse_change_document()
        resupply = self.env["mto.change.resupply"].sudo()
        resupply._order_again(resupply._find_missing(move.sudo()))
        self._clear_exceptions([self.key], reason=self.env._("It is ordered again."))

    def _action_change_from_stock(self):
        self._check_changeable()
        move = self._browse_change_document().sudo()
        if move.procure_method == "make_to_order":
            move.procure_method = "make_to_stock"
        move._action_assign()
        self._clear_exceptions([self.key], reason=self.env._("It is taken from stock."))

    def _browse_change_document(self):
        prefix = LOST if self.key.startswith(LOST) else SURPLUS
        model, _comma, res_id = self.key.removeprefix(prefix).partition(",")
        return self.env[model].browse(int(res_id)).exists()
