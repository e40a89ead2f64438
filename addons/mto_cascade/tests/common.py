"""Factories for tests of the suite: other modules import ``SupplyCommon``."""

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

ROLE_GROUPS = {
    "sales": "sales_team.group_sale_salesman",
    "sales_manager": "sales_team.group_sale_manager",
    "purchasing": "purchase.group_purchase_user",
    "planner": "mrp.group_mrp_manager,stock.group_stock_user",
    "shop_floor": "mrp.group_mrp_user",
    "warehouse": "stock.group_stock_user",
    "product_manager": "base.group_user,product.group_product_manager",
    "employee": "base.group_user",
}


class SupplyCommon(TransactionCase):
    """A warehouse, a vendor, a customer, and factories for everything else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.unit = cls.env.ref("uom.product_uom_unit")
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.mto_route = cls.env.ref("stock.route_warehouse0_mto")
        cls.mto_route.active = True

    @classmethod
    def _create_category(cls, name, policy=None, parent=None):
        return cls.env["product.category"].create(
            {
                "name": name,
                "parent_id": parent.id if parent else False,
                **({"supply_policy": policy} if policy else {}),
            }
        )

    @classmethod
    def _create_product(cls, name, policy=None, on_hand=0, **vals):
        """A stored product; ``policy`` is its supply policy."""
        product = cls.env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                **({"supply_policy": policy} if policy else {}),
                **vals,
            }
        )
        if on_hand:
            cls._add_stock(product, on_hand)
        return product

    @classmethod
    def _create_coloured(cls, name, *colours, policy=None):
        """A stored product with a variant for each colour."""
        attribute = cls.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [Command.create({"name": colour}) for colour in colours],
            }
        )
        line = {
            "attribute_id": attribute.id,
            "value_ids": [Command.set(attribute.value_ids.ids)],
        }
        return cls.env["product.template"].create(
            {
                "name": name,
                "is_storable": True,
                **({"supply_policy": policy} if policy else {}),
                "attribute_line_ids": [Command.create(line)],
            }
        )

    @classmethod
    def _create_part(cls, name, policy=None, on_hand=0, delay=0, vendor=None, **vals):
        """A stored product that ``vendor`` sells."""
        seller = {
            "partner_id": (vendor or cls.vendor).id,
            "delay": delay,
            "price": 10.0,
        }
        return cls._create_product(
            name, policy, on_hand, seller_ids=[Command.create(seller)], **vals
        )

    @classmethod
    def _create_bom(cls, product, components, **vals):
        """A bill of materials of ``components``: (product, quantity[, unit]) each."""
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "bom_line_ids": [
                    Command.create(
                        {
                            "product_id": component.id,
                            "product_qty": quantity,
                            "product_uom_id": (uom[0] if uom else component.uom_id).id,
                        }
                    )
                    for component, quantity, *uom in components
                ],
                **vals,
            }
        )

    @classmethod
    def _add_stock(cls, product, quantity, location=None):
        cls.env["stock.quant"]._update_available_quantity(
            product, location or cls.stock, quantity
        )

    @classmethod
    def _create_order(cls, *lines, user=None, confirm=True, **vals):
        """A sales order of ``lines``: (product, quantity[, line values]) each."""
        Order = cls.env["sale.order"].with_user(user or cls.env.user)
        order = Order.create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            **(extra[0] if extra else {}),
                        }
                    )
                    for product, quantity, *extra in lines
                ],
                **vals,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    @classmethod
    def _create_user(cls, role, **kwargs):
        """A user with the rights of one role of ROLE_GROUPS."""
        return new_test_user(
            cls.env, login=f"{role}_user", groups=ROLE_GROUPS[role], **kwargs
        )

    @classmethod
    def _get_productions(cls, products):
        return cls.env["mrp.production"].search(
            [("product_id", "in", products.ids), ("state", "!=", "cancel")], order="id"
        )

    @classmethod
    def _get_purchased(cls, product):
        """Quantity on purchase lines that are not cancelled, in the product's unit."""
        lines = cls.env["purchase.order.line"].search(
            [("product_id", "=", product.id), ("state", "!=", "cancel")]
        )
        return sum(
            line.product_uom_id._compute_quantity(line.product_qty, product.uom_id)
            for line in lines
        )

    @classmethod
    def _get_demands(cls, product):
        """Open moves that take ``product`` out of stock."""
        moves = cls.env["stock.move"].search(
            [("product_id", "=", product.id), ("state", "!=", "cancel")], order="id"
        )
        return moves.filtered(lambda move: move._leaves_stock())
