from odoo import models
from odoo.exceptions import AccessError, UserError

from odoo.addons.mto_cascade.marks import MARK
from odoo.addons.mto_pegging.models.mto_pegging import PRODUCTION

from .mto_change_issue import DATE, LOST, STRUCTURE, SURPLUS
from .stock_move import NETTING


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
        if key.startswith((DATE, STRUCTURE)):
            actions += self._get_stay_actions(key)
        if self._may_change_vendor():
            actions.append(
                {
                    "code": "change_other_vendor",
                    "label": self.env._("Other vendor"),
                    "method": "_action_change_other_vendor",
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

    def _get_stay_actions(self, key):
        """What is started or ordered stays, or takes what was changed."""
        stay = {
            "code": "change_stay",
            "label": self.env._("Leave it as it is"),
            "method": "_action_change_stay",
        }
        if not key.startswith(STRUCTURE):
            return [stay]
        return [
            {**stay, "label": self.env._("Finish as begun")},
            {
                "code": "change_structure",
                "label": self.env._("Take the new structure"),
                "method": "_action_change_structure",
            },
        ]

    def _may_change_vendor(self):
        """Whether the issue is about goods that another vendor could bring."""
        if self.res_model != "purchase.order" or not self.active_document:
            return False
        if not self.env.user.has_group("purchase.group_purchase_user"):
            return False
        purchase = self.env["purchase.order"].browse(self.res_id)
        return purchase.has_access("write") and bool(purchase._get_replaceable_lines())

    def _action_change_stay(self):
        self._check_changeable()
        self._clear_exceptions([self.key], reason=self.env._("It stays as it is."))

    def _action_change_structure(self):
        """Started work takes the new structure, by who plans production."""
        self._check_changeable()
        self.env["sale.order"]._check_may_change_started()
        self._browse_change_document().with_context(
            **{NETTING: MARK}
        ).action_update_bom()

    def _action_change_other_vendor(self):
        self._check_changeable()
        return self.env["purchase.order"].browse(self.res_id).action_other_vendor()

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
            before = production.product_qty
            # After the check above: what is below follows by rule.
            self.env["mto.change.application"].sudo()._make_less(
                production.sudo(), surplus
            )
            if production.product_qty == before and production.state != "cancel":
                raise UserError(
                    self.env._(
                        "All of %s is in work: lower the quantity there first.",
                        production.display_name,
                    )
                )
        self._clear_exceptions([self.key], reason=self.env._("Less is made."))

    def _action_change_order_again(self):
        """Order what the document waits for, by the rules of its demands."""
        self._check_changeable()
        # After the check: whoever answers for the shortage may order what is missing.
        resupply = self.env["mto.change.resupply"].sudo()
        demands = self.env["mto.change.issue"]._get_demands(
            self._browse_change_document().sudo()
        )
        resupply._order_again(resupply._find_missing(demands))
        self._clear_exceptions([self.key], reason=self.env._("It is ordered again."))

    def _action_change_from_stock(self):
        """Take what is missing from stock, as soon as it lies there."""
        self._check_changeable()
        demands = self.env["mto.change.issue"]._get_demands(
            self._browse_change_document().sudo()
        )
        missing = self.env["mto.change.resupply"].sudo()._find_missing(demands)
        moves = demands.browse().concat(*missing)
        moves.filtered(lambda m: m.procure_method == "make_to_order").write(
            {"procure_method": "make_to_stock"}
        )
        moves._recompute_state()
        moves._action_assign()
        self._clear_exceptions([self.key], reason=self.env._("It is taken from stock."))

    def _browse_change_document(self):
        prefixes = (SURPLUS, LOST, DATE, STRUCTURE)
        prefix = next(one for one in prefixes if self.key.startswith(one))
        model, _comma, res_id = self.key.removeprefix(prefix).partition(",")
        return self.env[model].browse(int(res_id)).exists()
