from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """A payment is never refused afterwards: the order of a locked site waits."""
        waiting = self.filtered(
            lambda payment: any(
                order.state in ("draft", "sent") and order._get_lock_message()
                for order in payment.sale_order_ids
            )
        )
        for order in waiting.sale_order_ids:
            order.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("Paid, and waits for the go-live of its site"),
                note=order._get_lock_message() or "",
                user_id=order.user_id.id or self.env.ref("base.user_admin").id,
            )
        return super(
            PaymentTransaction, self - waiting
        )._check_amount_and_confirm_order()
