from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .mto_supply_check import tell_problems


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    engineering_line_count = fields.Integer(
        "Order Lines to Engineer",
        compute="_compute_engineering_line_count",
        groups="mrp.group_mrp_manager",
    )

    supply_problem_message = fields.Text(
        compute="_compute_supply_problem_message",
        groups="base.group_user",
        help="What is missing to make or buy the components, down to the last one.",
    )

    @api.depends(
        "product_tmpl_id",
        "product_id",
        "type",
        "bom_line_ids.product_id",
        "bom_line_ids.product_uom_id",
        "bom_line_ids.supply_policy",
    )
    @api.depends_context("company", "lang")
    def _compute_supply_problem_message(self):
        # Of what is saved: the structure below is read from the database.
        found = self._origin._find_supply_problems()
        for bom in self:
            answer = found.get(bom._origin)
            bom.supply_problem_message = bool(answer) and tell_problems(
                self.env, answer
            )

    def _find_supply_problems(self):
        """Return {bill: {"problems": [...], "more": n}}, of all its variants.

        In the company of the bill of materials, for the first warehouse.
        """
        answers = {bom: {"problems": [], "more": 0} for bom in self}
        # What is missing is told, no vendor, price or cost.
        Check = self.env["mto.supply.check"].sudo()
        for company, boms in (
            self.sudo().grouped(lambda bom: bom.company_id or self.env.company).items()
        ):
            products = self.env["product.product"].sudo().with_company(company)
            warehouse = products._get_supply_warehouse()
            found = Check.with_company(company)._get_bom_problems(boms, warehouse)
            for (bom, _product), answer in found.items():
                told = answers[bom]
                told["more"] += answer["more"]
                told["problems"] += [
                    problem
                    for problem in answer["problems"]
                    if problem not in told["problems"]
                ]
        return answers

    @api.readonly
    def get_supply_path(self, quantity=1.0, warehouse_id=False):
        """What making a quantity from each bill of materials would create.

        As ``product.product.get_supply_path``, but made whatever supplies the product
        when it is sold, and from this bill of materials. Of one without a variant the
        first variant is made. A kit, and what a subcontractor makes, is told as if it
        were sold. Needs read access to the bills of materials only.

        :param float quantity: in the unit of each product
        :param int warehouse_id: warehouse that makes; the first one of the company of
            the bill of materials if not given
        :return: one node per bill of materials, in the order of ``self``, with ``id``,
            ``model`` ('mrp.bom') and ``name`` of it
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a bill of materials may not be read
        :raises odoo.exceptions.MissingError: if the warehouse does not exist
        :raises odoo.exceptions.UserError: if the quantity is not above zero, or there
            is no variant yet that could be made
        """
        self.check_access("read")
        warehouse = self.env["stock.warehouse"].browse(warehouse_id or ())
        warehouse.check_access("read")
        asked = [(bom, bom._get_made_products()[:1]) for bom in self]
        for bom, product in asked:
            if not product:
                raise UserError(
                    self.env._(
                        "%(bom)s: its product has no variant yet. Create one first.",
                        bom=bom.display_name,
                    )
                )
        return self._preview_supply(asked, quantity, warehouse)

    def _get_made_products(self):
        self.ensure_one()
        return self.product_id or self.product_tmpl_id.product_variant_ids

    def _preview_supply(self, asked, quantity=1.0, warehouse=None):
        """A node for each (bill of materials that may be read, product)."""
        Product = self.env["product.product"]
        # As for an order: only what is described above is handed out.
        Preview = self.env["mto.supply.preview"]
        return Preview.sudo()._preview_boms(
            [
                (
                    bom.sudo(),
                    product.sudo(),
                    (
                        warehouse
                        or Product.with_company(bom.company_id)._get_supply_warehouse()
                    ).sudo(),
                )
                for bom, product in asked
            ],
            quantity,
            Preview._shows_cost(),
        )

    @api.depends("product_tmpl_id", "product_id", "company_id")
    def _compute_engineering_line_count(self):
        for bom in self:
            # A number only; whose orders they are is not told.
            lines = self.env["sale.order.line"].sudo()
            domain = bom._get_engineering_domain()
            bom.engineering_line_count = bom._origin and lines.search_count(domain)

    def _get_engineering_domain(self):
        """Confirmed lines for what the bill of materials makes, to be engineered."""
        self.ensure_one()
        made = (
            Domain("product_id", "=", self.product_id.id)
            if self.product_id
            else Domain("product_id.product_tmpl_id", "=", self.product_tmpl_id.id)
        )
        companies = self.company_id or self.env.companies
        return (
            made
            & Domain("company_id", "in", companies.ids)
            & Domain("state", "=", "sale")
            & Domain("to_engineer", "=", True)
            & Domain("engineering_done_on", "=", False)
        )

    def action_finish_engineering(self):
        """Say that bills of materials are finished: order lines that wait start.

        See ``sale.order.line.action_finish_engineering``; for manufacturing
        administrators.

        :return: True
        """
        self.check_access("write")
        if not self.env.user.has_group("mrp.group_mrp_manager"):
            raise AccessError(
                self.env._(
                    "Only a manufacturing administrator may say that a bill of "
                    "materials is finished."
                )
            )
        # A planner may not read every order; they start whatever waits for the bill.
        lines = self.env["sale.order.line"].sudo()
        domain = Domain.OR(bom._get_engineering_domain() for bom in self)
        return lines.search(domain).action_finish_engineering()
