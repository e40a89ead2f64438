from odoo import api, fields, models

from .mto_production_plan import COST_GROUP

PENDING = "mto_execution.planned_cost"


class MtoPlannedCost(models.Model):
    """What an order line was planned to cost when its order was confirmed.

    Kept beside the line: nothing of it stands on the document.
    """

    _name = "mto.planned.cost"
    _description = "Planned Cost of an Order Line"
    _order = "id"
    _rec_name = "sale_line_id"

    sale_line_id = fields.Many2one(
        "sale.order.line", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="Of the line, in its product's unit."
    )
    cost = fields.Monetary(readonly=True, groups=COST_GROUP)
    kept_on = fields.Datetime(readonly=True, default=lambda self: fields.Datetime.now())

    _line_uniq = models.UniqueIndex(
        "(sale_line_id)", "The planned cost of this line is kept already."
    )

    @api.model
    def _keep_later(self, lines):
        """Keep what the lines are planned to cost, once, before the commit."""
        precommit = self.env.cr.precommit
        pending = precommit.data.get(PENDING)
        if pending is None:
            pending = precommit.data[PENDING] = set()
            precommit.add(self.sudo()._keep_pending)
        pending.update(lines.ids)

    def _keep_pending(self):
        pending = self.env.cr.precommit.data.pop(PENDING, None)
        if pending:
            lines = self.env["sale.order.line"].browse(sorted(pending)).exists()
            self._keep(lines.filtered(lambda line: line.state == "sale"))

    def _keep(self, lines):
        known = self.search([("sale_line_id", "in", lines.ids)]).sale_line_id
        fresh = (lines - known).filtered("product_id")
        costs = self._get_costs(fresh)
        return self.create(
            [
                {
                    "sale_line_id": line.id,
                    "company_id": line.company_id.id,
                    "quantity": line._get_quantity_in_product_unit(),
                    "cost": costs[line],
                }
                for line in fresh
            ]
        )

    @api.model
    def _get_costs(self, lines):
        """{line: what it costs as bills of materials and prices stand now}.

        In the currency of the line's company. Read as superuser.
        """
        costs = {}
        for company, theirs in lines.grouped("company_id").items():
            products = theirs.product_id.with_company(company)
            units = self._get_unit_costs(products)
            for line in theirs:
                quantity = line._get_quantity_in_product_unit()
                costs[line] = company.currency_id.round(
                    quantity * units[line.product_id.id]
                )
        return costs

    def _get_unit_costs(self, products):
        """{product id: cost of one}: what is made costs its parts and its work."""
        levels, boms = [products], {}
        while levels[-1]:
            fresh = levels[-1].filtered(lambda product: product.id not in boms)
            found = self.env["mrp.bom"]._bom_find(
                fresh, company_id=self._company(fresh)
            )
            boms.update({product.id: found.get(product) for product in fresh})
            below = self.env["product.product"].union(
                *(
                    line.product_id
                    for product in fresh
                    for line in self._get_lines(product, boms[product.id])
                )
            )
            levels.append(below.with_env(products.env))
        known = {}
        for level in reversed(levels):
            for product in level:
                self._add_cost(product, boms, known, ())
        return known

    def _company(self, products):
        return products.env.company.id

    def _get_lines(self, product, bom):
        if not bom:
            return ()
        return bom.bom_line_ids.filtered(lambda line: not line._skip_bom_line(product))

    def _add_cost(self, product, boms, known, above):
        """Cost of one piece; what stands on a loop costs what its product says."""
        if product.id in known:
            return known[product.id]
        bom = boms.get(product.id)
        if not bom or product.id in above:
            return self._get_bought_cost(product, known)
        total = sum(
            operation.cost
            for operation in bom.operation_ids
            if not operation._skip_operation_line(product)
        )
        for line in self._get_lines(product, bom):
            part = line.product_id.with_env(product.env)
            unit = self._add_cost(part, boms, known, (*above, product.id))
            quantity = line.product_uom_id._compute_quantity(
                line.product_qty, part.uom_id, round=False
            )
            total += unit * quantity
        total *= 1 - sum(bom.byproduct_ids.mapped("cost_share")) / 100
        pieces = bom.product_uom_id._compute_quantity(
            bom.product_qty, product.uom_id, round=False
        )
        known[product.id] = total / pieces
        if bom.type == "subcontract":
            known[product.id] += self._get_vendor_price(product)
        return known[product.id]

    def _get_bought_cost(self, product, known):
        """What the product says; before it was ever bought, what its vendor asks."""
        cost = product.standard_price or self._get_vendor_price(product)
        known[product.id] = cost
        return cost

    def _get_vendor_price(self, product):
        """Of the first vendor, for one piece, in the currency of the company."""
        company = product.env.company
        sellers = product.seller_ids.filtered(
            lambda seller: not seller.company_id or seller.company_id == company
        )
        if not sellers:
            return 0.0
        price = sellers[0].currency_id._convert(
            sellers[0].price_discounted,
            company.currency_id,
            company,
            fields.Date.today(),
        )
        # It is for the unit of the template already.
        return price
