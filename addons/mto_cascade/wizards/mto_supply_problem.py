from odoo import api, fields, models

from ..models.mto_supply_check import PROBLEMS


class SupplyProblem(models.TransientModel):
    """A line of the list of incomplete supply paths: found when the list is opened.

    Nothing of it is kept: a user has the lines of the last list that was opened.
    """

    _name = "mto.supply.problem"
    _description = "Incomplete Supply Path"
    _order = "id"
    _transient_max_hours = 12

    product_id = fields.Many2one(
        "product.product",
        "Sold Product",
        readonly=True,
        help="The product at the top of the path.",
    )
    categ_id = fields.Many2one(related="product_id.categ_id", store=True)
    problem_product = fields.Char(
        "Product to Complete", readonly=True, help="Where the path ends."
    )
    path = fields.Char(
        readonly=True, help="From the product that is sold down to where it is wrong."
    )
    code = fields.Selection(PROBLEMS, "Problem", readonly=True)
    message = fields.Char("What Is Wrong", readonly=True)
    more = fields.Integer(
        "Further Problems",
        readonly=True,
        aggregator=False,
        help="Problems of the same product beyond those listed.",
    )
    order_id = fields.Many2one("sale.order", "Quotation", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)

    @api.model
    def action_open(self):
        """Check all goods that can be sold or made, and open the list of problems.

        For the warehouse that answers where none is asked; in one batch.

        :return: the action of the list
        :rtype: dict
        :raises odoo.exceptions.AccessError: without access to this list
        """
        self.check_access("read")
        products = self._get_products_to_check()
        return self._open_for_products(products)

    @api.model
    def _get_products_to_check(self):
        """Goods of the company that can be sold or that something is made from."""
        return self.env["product.product"].search(
            [
                ("type", "=", "consu"),
                ("company_id", "in", (False, self.env.company.id)),
                "|",
                ("sale_ok", "=", True),
                ("bom_ids", "!=", False),
            ]
        )

    def _open_for_products(self, products, warehouse=None):
        warehouse = (warehouse or products._get_supply_warehouse()).sudo()
        found = products._find_supply_problems(warehouse)
        return self._open(
            [
                vals
                for product in products
                for vals in self._prepare_rows(
                    found[product],
                    product_id=product.id,
                    warehouse_id=warehouse.id,
                )
            ]
        )

    def _open_for_orders(self, orders):
        found = orders._find_supply_problems()
        return self._open(
            [
                vals
                for order in orders
                for vals in self._prepare_rows(
                    found[order],
                    order_id=order.id,
                    warehouse_id=order.warehouse_id.id,
                )
            ]
        )

    def _prepare_rows(self, answer, **values):
        return [
            {
                "path": " > ".join(problem["path"]),
                "problem_product": problem["path"][-1],
                "code": problem["code"],
                "message": problem["message"],
                "more": answer["more"],
                **values,
            }
            for problem in answer["problems"]
        ]

    def _open(self, rows):
        """Replace what the user saw last by these rows, and open them."""
        # The user reads what the check found; nobody types into this list.
        Problem = self.sudo()
        Problem.search([("create_uid", "=", self.env.uid)]).unlink()
        Problem.create(rows)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mto_cascade.mto_supply_problem_action"
        )
        return {**action, "domain": [("create_uid", "=", self.env.uid)]}
