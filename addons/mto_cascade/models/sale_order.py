from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    free_to_use_message = fields.Text(
        compute="_compute_free_to_use_message",
        groups="base.group_user",
        help="What the made-to-order lines could take from stock instead.",
    )

    # Chosen by a person: what else hangs on an order, a quotation that was sent, shows
    # prices and is not for the shop floor.
    specification_attachment_ids = fields.Many2many(
        "ir.attachment",
        "sale_order_specification_attachment_rel",
        "order_id",
        "attachment_id",
        "Files for Production",
        copy=False,
        help="Drawings and other files that every manufacturing order of this sales "
        "order offers, at every level.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        if any("specification_attachment_ids" in vals for vals in vals_list):
            orders._own_specification_attachments()
        return orders

    def write(self, vals):
        res = super().write(vals)
        if "specification_attachment_ids" in vals:
            self._own_specification_attachments()
        return res

    def _own_specification_attachments(self):
        """Whoever reads the manufacturing orders may read these files from now on.

        So the user must have access to them. A file uploaded before the order was saved
        belongs to nobody else yet.
        """
        self.specification_attachment_ids.check_access("read")
        for order in self:
            loose = order.specification_attachment_ids.filtered(
                lambda file: not file.res_id
            )
            if loose:
                loose.write({"res_model": self._name, "res_id": order.id})

    @api.depends("order_line.free_to_use_message")
    def _compute_free_to_use_message(self):
        for order in self:
            order.free_to_use_message = "\n".join(
                line.free_to_use_message
                for line in order.order_line
                if line.free_to_use_message
            )

    def action_use_free_stock(self):
        """Serve all made-to-order lines with what is free in stock, and order less.

        See ``sale.order.line.action_use_free_stock``.

        :return: True
        """
        return self.order_line.action_use_free_stock()
