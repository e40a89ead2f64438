from odoo import api, fields, models

from ..access import check_sees_supply
from .sale_order_start import PLANNED_START


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
        self._check_not_started_by_hand(vals_list)
        orders = super().create(vals_list)
        orders.filtered("start_later")._follow_start_change()
        if any("specification_attachment_ids" in vals for vals in vals_list):
            orders._own_specification_attachments()
        return orders

    def write(self, vals):
        self._check_start_change(vals)
        res = super().write(vals)
        if "state" in vals or not PLANNED_START.isdisjoint(vals):
            self._follow_start_change(state=vals.get("state"))
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

    # What will be created

    @api.readonly
    def preview_cascade(self):
        """What confirming these quotations one after the other would create.

        Nothing is written. Each quotation sees what those before it would take. An
        order that is confirmed or cancelled creates nothing more: its ``lines`` are
        empty. For employees with read access to the orders; the rest is looked up for
        the caller, who learns products, quantities and names of documents.

        :return: one dictionary per order, in the order of ``self``:

            - ``id``, ``model`` ('sale.order'), ``name``
            - ``lines``: a node per order line that delivers goods, see
              ``product.product.get_supply_path``
            - ``documents``: {model: number of new documents}, models 'mrp.production',
              'purchase.order', 'stock.move' (goods brought from another place)
            - ``supplies``: what is made or enlarged, one dictionary each:

              - ``key``: named by the nodes it supplies
              - ``model``, ``id``, ``name``: of the document; False and empty for a new
                one. ``line_id``: of the purchase line that is enlarged, or False
              - ``status``: 'new' or 'enlarged'
              - ``product_id``, ``product``, ``uom``
              - ``quantity``: made or added, after batch size and what the vendor sells,
                in the unit of the product
              - ``serves``: [{``order_line_id``, ``level``}]

            - ``triggered``: nodes of what reordering rules would add at once
            - ``problems``, ``more``: as of ``get_supply_problems``, with what only the
              confirmation meets; up to 100 of each line are told
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if an order may not be read
        """
        self.check_access("read")
        check_sees_supply(self.env)
        # Whoever sells need not see stock, vendors and orders of other departments;
        # what is handed out is described above, cost to the cost group only.
        Preview = self.env["mto.supply.preview"]
        return Preview.sudo()._preview_orders(self.sudo(), Preview._shows_cost())
