from odoo import fields, models, tools


class MtoCustomerOrder(models.Model):
    """A sales order as buyers, planners and the warehouse may know it.

    Name and customer only, read from the order itself: whoever sees a document may
    see for whom it is, also without rights on sales.
    """

    _name = "mto.customer.order"
    _description = "Customer Order"
    _auto = False
    _order = "id desc"

    name = fields.Char("Order", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    def init(self):
        tools.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            """CREATE VIEW mto_customer_order AS
               SELECT id, name, partner_id, user_id, company_id FROM sale_order"""
        )

    def action_open_supply(self):
        """ "Supply of this order".

        :return: the action that shows the tree
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "mto_pegging.action_order_supply"
        )
        # The order stays in the address of the page.
        return {**action, "context": {"active_id": self.id, "active_ids": self.ids}}
