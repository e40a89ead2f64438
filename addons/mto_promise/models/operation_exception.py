from odoo import models

CODE = "late_promise"


class OperationException(models.Model):
    _inherit = "operation.exception"

    def _get_actions(self):
        """What the salesperson can do about a promise that cannot be kept."""
        actions = super()._get_actions()
        if (
            self.type_id.code != CODE
            or self.res_model != "sale.order"
            or not self.active_document
        ):
            return actions
        return [
            *actions,
            {
                "code": "renew_promises",
                "label": self.env._("Re-promise"),
                "method": "_action_renew_promises",
            },
            {
                "code": "tell_customer",
                "label": self.env._("Tell the Customer"),
                "method": "_action_tell_customer",
            },
        ]

    def _get_order_of_promise(self):
        return self.env["sale.order"].browse(self.res_id)

    def _action_renew_promises(self):
        return self._get_order_of_promise().action_renew_promises()

    def _action_tell_customer(self):
        return self._get_order_of_promise().action_tell_customer()
