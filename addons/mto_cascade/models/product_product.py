from odoo import api, fields, models
from odoo.fields import Domain

from ..access import check_sees_supply
from ..engine import STOCK_THEN_ORDER, CoreAnswer, PolicySource
from .mto_supply_check import tell_problems
from .mto_supply_network import REQUESTED
from .mto_supply_resolver import SupplyNeed
from .supply_policy import SupplyDemand
from .supply_words import SUPPLY_POLICIES


class ProductProduct(models.Model):
    _inherit = "product.product"

    variant_supply_policy = fields.Selection(
        SUPPLY_POLICIES,
        "Supply Policy of the Variant",
        company_dependent=True,
        # Read with the other columns: a demand asks for it wherever it reads them.
        prefetch=True,
        help="How this variant is supplied; stronger than the policy of the product.\n"
        "Inherit: the product decides.",
    )
    supply_explanation = fields.Char(
        string="Will be supplied",
        compute="_compute_supply_explanation",
        help="How the product is supplied when this company sells it, and why.",
    )

    supply_problem_message = fields.Text(
        compute="_compute_supply_problem_message",
        groups="base.group_user",
        help="What is missing to supply the product when it is sold, down to the last "
        "component.",
    )

    @api.depends(
        "variant_supply_policy",
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

    @api.depends(
        "variant_supply_policy", "supply_policy", "type", "route_ids", "seller_ids"
    )
    @api.depends_context("company", "lang", "warehouse_id")
    def _compute_supply_problem_message(self):
        # Of what is saved, as the sentence above: the structure is in the database.
        saved = self._origin
        found = saved._find_supply_problems(self._get_supply_warehouse())
        for product in self:
            answer = found.get(product._origin)
            product.supply_problem_message = bool(answer) and tell_problems(
                self.env, answer
            )

    def _find_supply_problems(self, warehouse, **options):
        """Return {product: {"problems": [...], "more": n}}, see below.

        :param options: of ``mto.supply.check._get_product_problems``
        """
        # As for the decisions: what is missing is told, no vendor, price or cost.
        products = self.sudo().with_company(warehouse.sudo().company_id)
        found = (
            self.env["mto.supply.check"]
            .sudo()
            ._get_product_problems(products, warehouse.sudo(), **options)
        )
        nothing = {"problems": [], "more": 0}
        return {product: found.get(product, nothing) for product in self}

    @api.readonly
    def get_supply_problems(self, warehouse_id=False):
        """What stands in the way of supplying each product, if it were sold.

        See ``sale.order.get_supply_problems``. It answers for an order of the current
        company and needs read access to the products only.

        :param int warehouse_id: warehouse to answer for; the company's first one if not
            given
        :return: one dictionary per product, in the order of ``self``: ``id``, ``model``
            ('product.product'), ``name``, ``problems`` (``path``, ``product_ids``,
            ``code``, ``message``) and ``more``
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a product may not be read
        :raises odoo.exceptions.MissingError: if the warehouse does not exist
        """
        self.check_access("read")
        warehouse = self.env["stock.warehouse"].browse(warehouse_id or ())
        warehouse.check_access("read")
        found = self._find_supply_problems(warehouse or self._get_supply_warehouse())
        return [
            {
                "id": product.id,
                "model": product._name,
                "name": product.display_name,
                **found[product],
            }
            for product in self
        ]

    def action_open_supply_problems(self):
        """Open the list of what is missing, for the products in ``self``."""
        self.check_access("read")
        return self.env["mto.supply.problem"]._open_for_products(self)

    @api.readonly
    def get_supply_decision(self, warehouse_id=False):
        """How a demand for each product is supplied, and why.

        It answers for the product sold by an order of the current company, from the
        stock of one warehouse, to employees with read access to the products.

        :param int warehouse_id: warehouse to answer for; the company's first one if not
            given
        :return: one dictionary per product, in the order of ``self``:

            - ``id``, ``model`` ('product.product'), ``uom`` (name of its unit)
            - ``company_id``, ``warehouse_id``: ids, or False
            - ``policy``: 'make_to_order', 'make_to_stock' or 'stock_then_order'; False
              when it depends on the order
            - ``procure_method``: of the demand, 'make_to_order' or 'make_to_stock';
              False when it depends on the order
            - ``level``: what decided: 'specification', 'order_line', 'bom_line',
              'variant', 'product', 'rule', 'category', 'warehouse', 'preset' or 'core'
              (Odoo's routes)
            - ``reason``: dictionary with

              - ``code``: 'specification', 'order_line_policy', 'bom_line_policy',
                'variant_policy', 'product_policy', 'rule_policy', 'category_policy',
                'warehouse_policy', 'preset_policy', 'depends_on_order', 'mto_route',
                'stock_first_route' or 'no_policy'
              - ``record_id``: of the record that decided, False for 'core' and
                'specification'; of the company for 'preset'
              - ``name``: its name, that of the order or the product of the bill of
                materials for a line, that of the route for 'core', or False
              - ``facts``: for a rule, one dictionary per condition that held, each with
                ``fact``: 'level', 'supply', 'category', 'vendor', 'lead_time' (days),
                'unit_cost' (never its value), 'customer', 'customer_tag', 'quantity' or
                'warehouse', and ``value`` or ``name``

            - ``supply``: how it is replenished: 'make', 'buy', 'subcontract',
              'transfer', 'dropship' (with that module: the vendor ships, reason
              'dropship_route'), 'kit' (its components are decided instead), 'service',
              'none' (neither bill of materials nor vendor), 'no_rule'
            - ``can_be_supplied``: False for 'none' and 'no_rule'
            - ``explanation``: the same in words, in the language of the caller
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a product may not be read
        :raises odoo.exceptions.MissingError: if the warehouse does not exist
        """
        self.check_access("read")
        check_sees_supply(self.env)
        warehouse = self.env["stock.warehouse"].browse(warehouse_id or ())
        warehouse.check_access("read")
        return self._get_supply_decisions(warehouse)

    def action_supply_setup(self):
        """Open the assistant for the products of these variants."""
        return self.product_tmpl_id.action_supply_setup()

    @api.readonly
    def get_supply_path(self, quantity=1.0, warehouse_id=False):
        """What selling a quantity of each product alone would create, level by level.

        Nothing is written. Needs read access to the products; as for
        ``sale.order.preview_cascade``.

        :param float quantity: in the unit of each product
        :param int warehouse_id: warehouse that delivers; the company's first one if not
            given
        :return: one node per product, in the order of ``self``, with ``id``, ``model``
            ('product.product'), ``name``, ``supplies``, ``triggered``, ``problems``,
            ``more`` and ``totals`` (its ``documents``) as of
            ``sale.order.preview_cascade``. A node has

            - ``product_id``, ``product``, ``level`` (0: what is sold), ``quantity``,
              ``uom``; all quantities are in the unit of the product
            - ``policy``, ``reason``, ``explanation``: as of ``get_supply_decision``;
              ``policy`` is False where nothing was decided
            - ``supply``: 'manufacture', 'buy', 'subcontract', 'transfer' (from another
              warehouse, whose demand is the child), 'stock', 'kit' (the children take
              its place), 'service' (nothing) or 'none' (see ``problem``)
            - ``from_stock``, ``from_arrivals``, ``to_supply``: what is taken from
              stock, from supply that is on its way to nobody else, and ordered;
              ``available``: what of ``from_stock`` lies there and is free
            - ``joins``, ``joins_model``, ``joins_name``: the document that was there
              and serves this, or False
            - ``documents``: keys of ``supplies`` that serve this
            - ``bom_id``, ``bom_line_id``, ``order_line_id``, ``warehouse_id``: or False
            - ``problem``: code, or False
            - ``cost``: quantity at cost, in the currency of the company; not there for
              users outside of the group *See Costs of Supply*
            - ``children``: nodes of the components
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a product may not be read
        :raises odoo.exceptions.MissingError: if the warehouse does not exist
        :raises odoo.exceptions.UserError: if the quantity is not above zero
        """
        self.check_access("read")
        warehouse = self.env["stock.warehouse"].browse(warehouse_id or ())
        warehouse.check_access("read")
        warehouse = warehouse or self._get_supply_warehouse()
        # As for an order: only what is described above is handed out.
        Preview = self.env["mto.supply.preview"].with_company(warehouse.company_id)
        return Preview.sudo()._preview_products(
            self.sudo(), quantity, warehouse.sudo(), Preview._shows_cost()
        )

    def _get_supply_decisions(self, warehouse=None):
        """Same as ``get_supply_decision``, for products the caller may read."""
        # Rules, vendors and bills of materials tell the words; a reader of the product
        # need not have access to them, and none of their content is handed out.
        warehouse = (warehouse or self._get_supply_warehouse()).sudo()
        company = warehouse.company_id or self.env.company.sudo()
        products = self.sudo().with_company(company)
        cores = products._get_core_answers(warehouse)
        Policy = self.env["mto.supply.policy"].sudo()
        return Policy._get_answers(
            [
                (
                    product,
                    product._prepare_supply_demand(company, warehouse),
                    cores[product.id],
                )
                for product in products
            ]
        )

    def _prepare_supply_demand(self, company, warehouse):
        """A sales order that may come: nobody knows yet of whom and for how many."""
        self.ensure_one()
        return SupplyDemand(
            product=self,
            company=company,
            warehouse=warehouse,
            order_line=self.env["sale.order.line"],
            bom_line=self.env["mrp.bom.line"],
            unknown=frozenset({"customer", "customer_tag", "quantity"}),
        )

    def _prepare_supply_needs(self, company, warehouse):
        """The same as needs, one per product: of a customer of this company."""
        customers = self.env.ref(
            "stock.stock_location_customers", raise_if_not_found=False
        )
        return [
            SupplyNeed(
                product_id=product.id,
                location_id=customers.id if customers else False,
                company_id=company.id,
                warehouse_id=warehouse.id,
                is_sold=True,
                of_order=True,
            )
            for product in self
        ]

    @api.model
    def _get_supply_warehouse(self):
        """Warehouse to answer for when none is asked: of the context, or the first."""
        Warehouse = self.env["stock.warehouse"]
        warehouse_id = self.env.context.get("warehouse_id")
        # Some of core's screens put a list there: no single warehouse is meant.
        if warehouse_id and isinstance(warehouse_id, int):
            return Warehouse.browse(warehouse_id)
        return Warehouse.search([("company_id", "=", self.env.company.id)], limit=1)

    def _get_supply_policy_sources(self):
        """Return {product id: policy sources}: of the variant, then of the product.

        For the company of the environment, in batch.
        """
        return {
            product.id: [
                PolicySource("variant", product.variant_supply_policy, product.id),
                PolicySource(
                    "product", product.product_tmpl_id.supply_policy, product.id
                ),
            ]
            for product in self
        }

    def _get_first_vendor_line(self):
        """The vendor line Odoo would ask first, for the smallest quantity."""
        self.ensure_one()
        lines = self._get_filtered_sellers(quantity=None)
        first = lines[:1].partner_id
        return lines.filtered(lambda line: line.partner_id == first).sorted("min_qty")[
            :1
        ]

    def _get_core_answers(self, warehouse, routes=None):
        """Return {product id: what core's rule search says of a delivery}.

        :param routes: routes chosen for the demand itself
        """
        customers = (
            self.env.ref("stock.stock_location_customers", raise_if_not_found=False)
            or self.env["stock.location"]
        )
        rules = self._get_supply_rules(warehouse, customers, routes)
        return self._prepare_core_answers(rules)

    def _get_core_component_answers(self, warehouse):
        """Return {product id: what core's rule search says of a component}.

        As ``stock.move._adjust_procure_method`` searches, once per combination of
        routes: for a rule from the stock to where components are used or collected.
        """
        domain = [
            ("location_src_id", "=", warehouse.lot_stock_id.id),
            ("location_dest_id", "in", warehouse._get_component_locations().ids),
            ("action", "!=", "push"),
        ]
        Rule = self.env["stock.rule"]
        no_packaging = self.env["uom.uom"]
        found = {}
        for product in self:
            key = (product.route_ids, product.categ_id.total_route_ids)
            if key not in found:
                found[key] = Rule._search_rule(
                    False, no_packaging, product, warehouse, domain
                )
        return self._prepare_core_answers(
            {
                product.id: found[product.route_ids, product.categ_id.total_route_ids]
                for product in self
            }
        )

    def _prepare_core_answers(self, rules):
        return {
            product_id: CoreAnswer(
                rule.procure_method or "make_to_stock", rule.route_id.name or ""
            )
            for product_id, rule in rules.items()
        }

    def _get_supply_kinds(self, warehouse):
        """Return {product id: how the stock of ``warehouse`` is replenished}.

        Values as ``supply`` of ``get_supply_decision``.
        """
        rules = self._get_supply_rules(warehouse, warehouse.lot_stock_id)
        bought = self.filtered(lambda product: rules[product.id].action == "buy")
        subcontracted = bought._filter_subcontracted()
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
        """Products bought from a vendor who makes them from our bill of materials.

        Override where there are subcontractors.
        """
        return self.browse()

    def _get_supply_rules(self, warehouse, location, routes=None):
        """Return {product id: rule that core finds for a need at ``location``}.

        Core's search depends on the product through its routes and through what the
        warehouse's routes accept, so it is asked once per distinct combination.
        """
        Rule = self.env["stock.rule"]
        if not warehouse or not location:
            return dict.fromkeys(self.ids, Rule)
        values = {
            "warehouse_id": warehouse,
            "company_id": warehouse.company_id,
            **({"route_ids": routes} if routes else {}),
        }
        found = {}
        result = {}
        signatures = self.env["mto.supply.resolver"]._get_signatures(self)
        for product, signature in signatures.items():
            if signature not in found:
                found[signature] = Rule._get_rule(product, location, dict(values))
            result[product.id] = found[signature]
        return result

    # What Odoo's reordering rules count

    def _get_lines_domain(self, location_ids=False, warehouse_ids=False):
        """Count a reordering rule's request also when a demand was linked with it.

        Core leaves linked ones out. A demand that uses stock first is in the forecast
        of the rule, so the rule would order for it once more.
        """
        domain = super()._get_lines_domain(location_ids, warehouse_ids)
        places = Domain("orderpoint_id.location_id", "in", location_ids or [])
        places |= Domain("orderpoint_id.warehouse_id", "in", warehouse_ids or [])
        return domain | (
            places
            & Domain("state", "in", REQUESTED)
            & Domain("product_id", "in", self.ids)
            & Domain("move_dest_ids.supply_policy", "=", STOCK_THEN_ORDER)
        )
