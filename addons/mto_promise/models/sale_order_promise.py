from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """What a person does about the dates of an order."""

    _inherit = "sale.order"

    def action_renew_promises(self):
        """Open "Re-promise" for what is still to be delivered.

        :return: window action
        :raises odoo.exceptions.UserError: if the customer waits for nothing
        """
        self.ensure_one()
        self.check_access("write")
        if not self.order_line._get_confirmed().filtered(
            lambda line: line._is_open_for_delivery()
        ):
            raise UserError(
                self.env._("Nothing of %s is still to be delivered.", self.name)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Re-promise"),
            "res_model": "mto.promise.renew",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_move_dates(self):
        """Open the dates that the documents of the orders should have.

        :return: window action
        :raises odoo.exceptions.AccessError: without rights on manufacturing orders
        """
        self.check_access("read")
        return self.env["mto.date.move.wizard"]._propose(self.order_line)

    def action_tell_customer(self):
        """Open an e-mail to the customer with the dates that are promised now.

        Nothing is sent before the user sends it.

        :return: window action
        """
        self.ensure_one()
        self.check_access("read")
        template = self.env.ref(
            "mto_promise.mail_template_promise", raise_if_not_found=False
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell the Customer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id if template else False,
                "default_email_layout_xmlid": (
                    "mail.mail_notification_layout_with_responsible_signature"
                ),
                "force_email": True,
            },
        }

    def action_open_promise_history(self):
        """Open what was promised for the lines of the order, and when that changed.

        :return: window action
        """
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mto_promise.mto_promise_change_action"
        )
        return {**action, "domain": [("order_id", "in", self.ids)]}

    def action_approve_early_promises(self):
        """Approve what is promised too early on these orders; see the line's button.

        :return: True
        """
        self.check_access("read")
        lines = self.order_line.filtered(lambda line: line._promises_goods())
        early = lines._find_early(lines._get_earliest_dates())
        return lines.browse(line.id for line in early).action_approve_early_promise()

    def _get_promises_to_tell(self):
        """What the customer waits for and when it is promised, for an e-mail.

        :return: list of dictionaries: ``line`` (sale.order.line), ``quantity`` (still
            to be delivered, in the unit of the line), ``date`` (UTC)
        """
        self.ensure_one()
        return [
            {
                "line": line,
                "quantity": line.product_uom_qty - line.qty_delivered,
                "date": line._get_promise_date(),
            }
            for line in self.order_line
            if line._promises_goods() and line.qty_delivered < line.product_uom_qty
        ]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def action_split_delivery(self):
        """Open "Deliver in two parts" for the line.

        :return: window action
        """
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deliver in Two Parts"),
            "res_model": "mto.promise.split",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_sale_line_id": self.id},
        }
