from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon

# The roles of a make-to-order company, with the groups that make them.
ROLES = {
    "sales": "sales_team.group_sale_salesman",
    "purchasing": "purchase.group_purchase_user",
    "shop_floor": "mrp.group_mrp_user",
    "warehouse": "stock.group_stock_user",
    "finance": "account.group_account_invoice",
    "administrator": "base.group_system",
    "planner": "mrp.group_mrp_manager,sales_team.group_sale_salesman_all_leads,"
    "purchase.group_purchase_user,product.group_product_manager",
}


class MtoSuiteCommon(BaseCommon):
    """A user per role, and one order for a product to make, down to a bought part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env, login=f"mto_suite_{role}", groups=f"base.group_user,{groups}"
            )
            for role, groups in ROLES.items()
        }
        cls.vendor = cls.env["res.partner"].create({"name": "Tube Works"})
        cls.tube = cls._create_product(
            "Tube",
            seller_ids=[Command.create({"partner_id": cls.vendor.id, "price": 3.0})],
        )
        cls.frame = cls._create_product("Frame")
        cls.bicycle = cls._create_product("Bicycle")
        cls._create_bom(cls.frame, cls.tube)
        cls._create_bom(cls.bicycle, cls.frame)
        cls.helmet = cls._create_product("Helmet", supply_policy="make_to_stock")

    @classmethod
    def _create_product(cls, name, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "supply_policy": "make_to_order",
                **values,
            }
        )

    @classmethod
    def _create_bom(cls, product, component):
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "bom_line_ids": [Command.create({"product_id": component.id})],
            }
        )

    @classmethod
    def _create_order(cls, product, user=None):
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.partner.id,
                "user_id": user.id if user else False,
                "order_line": [Command.create({"product_id": product.id})],
            }
        )
