from odoo import api, fields, models

from ..engine import CoreAnswer, PolicySource, decide
from .supply_words import supply_sentence


class ProductProduct(models.Model):
    _inherit = "product.product"

    supply_explanation = fields.Char(
        string="Will be supplied",
        compute="_compute_supply_explanation",
        help="How a demand for this product is supplied in this company, and why.",
    )

    @api.depends(
        "supply_policy",
        "type",
        "categ_id.supply_policy",
        "route_ids",
        "seller_ids",
        "bom_ids.type",
    )
    @api.depends_context("company", "lang", "warehouse_id")
    def _compute_supply_explanation(self):
        words = {
            decision["id"]: decision["explanation"]
            for decision in self._origin._get_supply_decisions()
        }
        for product in self:
            product.supply_explanation = words.get(product._origin.id, False)

    @api.readonly
    def get_supply_decision(self, warehouse_id=False):
        """How a demand for each product is supplied, and why.

        It answers for a demand on the stock of one warehouse of the current company and
        needs read access to the products only.

        :param int warehouse_id: warehouse to answer for; the company's first one if not
            given
        :return: one dictionary per product, in the order of ``self``:

            - ``id``, ``model`` ('product.product'), ``uom`` (name of its unit)
            - ``company_id``, ``warehouse_id``: ids, or False
            - ``policy``: 'make_to_order', 'make_to_stock' or 'stock_then_order'
            - ``procure_method``: of the demand, 'make_to_order' or 'make_to_stock'
            - ``level``: what decided: 'product', 'category' or 'core' (Odoo's routes)
            - ``reason``: dictionary with ``code``, one of 'product_policy',
              'category_policy', 'mto_route', 'stock_first_route', 'no_policy';
              ``record_id`` (id of the product or category, or False) and ``name`` (of
              the category or the route, or False)
            - ``supply``: how it is replenished: 'make', 'buy', 'subcontract',
              'transfer', 'kit' (its components are decided instead), 'service', 'none'
              (neither bill of materials nor vendor), 'no_rule'
            - ``can_be_supplied``: False for 'none' and 'no_rule'
            - ``explanation``: the same in words, in the language of the caller
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a product may not be read
        :raises odoo.exceptions.MissingError: if the warehouse does not exist
        """
        self.check_access("read")
        warehouse = self.env["stock.warehouse"].browse(warehouse_id or ())
        warehouse.check_access("read")
        return self._get_supply_decisions(warehouse)

    def _get_supply_decisions(self, warehouse=None):
        """Same as ``get_supply_decision``, for products the caller may read."""
        warehouse = warehouse or self._get_supply_warehouse()
        company = warehouse.company_id or self.env.company
        sources = self._get_supply_policy_sources(company)
        # Rules, vendors and bills of materials tell the words; a reader of the product
        # need not have access to them, and none of their content is handed out.
        products_sudo = self.sudo().with_company(company)
        answers = products_sudo._get_core_answers(warehouse.sudo())
        supplies = products_sudo._get_supply_kinds(warehouse.sudo())
        return [
            product._prepare_supply_decision(
                decide(sources[product.id], answers[product.id]),
                supplies[product.id],
                warehouse,
            )
            for product in self.with_company(company)
        ]

    def _prepare_supply_decision(self, decision, supply, warehouse):
        self.ensure_one()
        reason = decision.reason
        return {
            "id": self.id,
            "model": self._name,
            "uom": self.uom_id.name,
            "company_id": self.env.company.id,
            "warehouse_id": warehouse.id,
            "policy": decision.policy,
            "procure_method": decision.procure_method
            or ("make_to_order" if reason["code"] == "mto_route" else "make_to_stock"),
            "level": decision.level,
            "reason": {
                "code": reason["code"],
                "record_id": reason.get("record_id") or False,
                "name": reason.get("name") or reason.get("route") or False,
            },
            "supply": supply,
            "can_be_supplied": supply not in ("none", "no_rule"),
            "explanation": supply_sentence(self.env, decision.policy, reason, supply),
        }

    @api.model
    def _get_supply_warehouse(self):
        """Warehouse to answer for when none is asked: of the context, or the first."""
        Warehouse = self.env["stock.warehouse"]
        warehouse_id = self.env.context.get("warehouse_id")
        # Some of core's screens put a list there: no single warehouse is meant.
        if warehouse_id and isinstance(warehouse_id, int):
            return Warehouse.browse(warehouse_id)
        return Warehouse.search([("company_id", "=", self.env.company.id)], limit=1)

    def _get_supply_policy_sources(self, company):
        """Return {product id: policy sources, strongest first} in ``company``.

        Override to add a level. Reads in batch: no query per product.
        """
        products = self.with_company(company)
        category_sources = products.categ_id._get_supply_policy_sources()
        return {
            product.id: [
                PolicySource("product", product.supply_policy, product.id),
                *category_sources.get(product.categ_id.id, ()),
            ]
            for product in products
        }

    def _get_core_answers(self, warehouse):
        """Return {product id: what core's rule search says of a delivery}."""
        customers = (
            self.env.ref("stock.stock_location_customers", raise_if_not_found=False)
            or self.env["stock.location"]
        )
        return {
            product_id: CoreAnswer(
                rule.procure_method or "make_to_stock", rule.route_id.name or ""
            )
            for product_id, rule in self._get_supply_rules(warehouse, customers).items()
        }

    def _get_supply_kinds(self, warehouse):
        """Return {product id: how the stock of ``warehouse`` is replenished}.

        Values as ``supply`` of ``get_supply_decision``.
        """
        rules = self._get_supply_rules(warehouse, warehouse.lot_stock_id)
        subcontracted = self._filter_subcontracted()
        return {
            product.id: product._get_supply_kind(
                rules[product.id], product in subcontracted
            )
            for product in self
        }

    def _get_supply_kind(self, rule, is_subcontracted):
        self.ensure_one()
        if self.type != "consu":
            return "service"
        if self.is_kits:
            return "kit"
        if rule.action == "manufacture":
            return "make"
        if rule.action == "buy" and self.seller_ids:
            return "subcontract" if is_subcontracted else "buy"
        if rule.action in ("pull", "pull_push"):
            return "transfer"
        return "no_rule" if self.seller_ids or self.bom_ids else "none"

    def _filter_subcontracted(self):
        """Products bought from a vendor who makes them from our bill of materials."""
        Bom = self.env["mrp.bom"]
        if "subcontract" not in Bom._fields["type"].get_values(self.env):
            return self.browse()
        found = Bom._bom_find(
            self, company_id=self.env.company.id, bom_type="subcontract"
        )
        return self.filtered(
            lambda product: (
                product.seller_ids.partner_id & found[product].subcontractor_ids
            )
        )

    def _get_supply_rules(self, warehouse, location):
        """Return {product id: rule that core finds for a need at ``location``}.

        Core's search depends on the product through its routes and through what the
        warehouse's routes accept, so it is asked once per distinct combination.
        """
        Rule = self.env["stock.rule"]
        if not warehouse or not location:
            return dict.fromkeys(self.ids, Rule)
        values = {"warehouse_id": warehouse, "company_id": warehouse.company_id}
        found = {}
        result = {}
        for product in self:
            accepted = warehouse.route_ids.filtered(
                lambda route, product=product: Rule._filter_warehouse_routes(
                    product, warehouse, route
                )
            )
            key = (
                product.route_ids,
                product.categ_id.total_route_ids,
                accepted,
            )
            if key not in found:
                found[key] = Rule._get_rule(product, location, dict(values))
            result[product.id] = found[key]
        return result
