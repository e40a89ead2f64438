from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

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
