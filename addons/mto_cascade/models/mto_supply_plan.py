from collections import defaultdict
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import STOCK_THEN_ORDER, Arrival, changed_order
from ..engine.documents import Production, Purchase, PurchaseLine, Supply
from ..engine.factory import (
    UNKNOWN,
    Answers,
    ComponentRule,
    Decision,
    Ingredient,
    Operation,
    Product,
    Recipe,
    Rule,
    Stock,
    Vendor,
    VendorBook,
)
from ..engine.units import Unit
from .supply_policy import SupplyDemand

# What the game calls the order line of a product that nobody sells yet.
NO_ORDER = "no order"


class SupplyPlan(models.AbstractModel):
    """Answers what the game of ``engine.confirmation`` asks, in batch.

    A method ``_answer_<topic>`` gets the open questions of one topic, {key: what asks},
    and tells the answers. Records are read as superuser; callers have checked who asks.
    """

    _name = "mto.supply.plan"
    _description = "Answers for What Will Be Created"

    # Playing

    @api.model
    def _play(self, products, play):
        """Play a game until nothing is unknown.

        :param products: what may be sold in it; everything below it is read at once
        :param play: function of the answers, called once for each level or so
        :return: what ``play`` returned at last
        """
        answers = self._make_answers(products)
        while True:
            result = play(answers)
            asked = answers.take_asked()
            if not asked:
                return result
            for topic, questions in asked.items():
                getattr(self, f"_answer_{topic}")(answers, questions)

    def _make_answers(self, products):
        parameters = self.env["ir.config_parameter"].sudo()
        answers = Answers(
            today=fields.Date.today(),
            keeps_units=parameters.get_param("stock.propagate_uom") == "1",
        )
        answers.vendors = self._make_vendor_book(answers)
        answers.records = self.env["product.product"].browse(
            self._find_reachable(products)
        )
        answers.memo = {}
        return answers

    def _find_reachable(self, products):
        """Ids of the products, and of all that is in bills of materials below them."""
        self.env["mrp.bom.line"].flush_model()
        self.env["mrp.bom"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE reachable (id) AS (
                    SELECT unnest(%s)
                     UNION
                    SELECT line.product_id
                      FROM reachable
                      JOIN product_product product ON product.id = reachable.id
                      JOIN mrp_bom bom
                        ON bom.active
                       AND bom.product_tmpl_id = product.product_tmpl_id
                       AND COALESCE(bom.product_id, product.id) = product.id
                      JOIN mrp_bom_line line ON line.bom_id = bom.id
                )
                SELECT id FROM reachable
                """,
                products.ids,
            )
        )
        return [id_ for (id_,) in rows]

    # Small things

    def _get_product(self, answers, product_id):
        """The record, read together with all others of the game."""
        return answers.records.browse(product_id).with_prefetch(
            answers.records._prefetch_ids
            if product_id in answers.records._ids
            else None
        )

    def _make_product(self, answers, record):
        known = answers.memo.setdefault("products", {})
        if record.id not in known:
            known[record.id] = Product(
                record.id,
                record.display_name,
                self._make_unit(answers, record.uom_id),
                is_goods=record.type == "consu",
                is_stored=record.is_storable,
                in_pieces=record.tracking == "serial",
            )
        return known[record.id]

    def _make_unit(self, answers, record):
        known = answers.memo.setdefault("units", {})
        if record.id not in known:
            digits = self.env["decimal.precision"].precision_get("Product Unit")
            known[record.id] = Unit(record.id, record.name, record.factor, digits)
        return known[record.id]

    def _make_operation(self, answers, record):
        known = answers.memo.setdefault("operations", {})
        if record.id not in known:
            by_date = record.reservation_method == "by_date"
            known[record.id] = Operation(
                record.id,
                at_confirmation=record.reservation_method == "at_confirm",
                days_before=record.reservation_days_before if by_date else None,
                place_from=record.default_location_src_id.id,
                place_to=record.default_location_dest_id.id,
                warehouse=record.warehouse_id.id,
            )
        return known[record.id]

    def _group(self, answers, questions, get_group):
        """{group: products} of the questions; ``get_group`` takes a key."""
        groups = defaultdict(list)
        for key in questions:
            groups[get_group(key)].append(key)
        return {
            group: (keys, answers.records.browse({key[0] for key in keys}))
            for group, keys in groups.items()
        }

    def _with_records(self, answers, products):
        """The products, to be read together with all that the game can reach."""
        return products.with_prefetch(answers.records._prefetch_ids)

    # Rules

    def _answer_rule(self, answers, questions):
        for group, (keys, products) in self._group(
            answers, questions, lambda key: key[1:]
        ).items():
            place_id, warehouse_id, company_id, route_ids, package_id = group
            company = self.env["res.company"].browse(company_id)
            products = self._with_records(answers, products).with_company(company)
            rules = self._find_rules(
                products,
                self.env["stock.location"].browse(place_id),
                self.env["stock.warehouse"].browse(warehouse_id or ()),
                company,
                self.env["stock.route"].browse(route_ids),
                self.env["uom.uom"].browse(package_id or ()),
            )
            bought = products.filtered(lambda p, r=rules: r[p.id].action == "buy")
            subcontracted = set(bought._filter_subcontracted()._ids)
            for key in keys:
                rule = rules[key.product]
                answers.tell(
                    "rule",
                    key,
                    rule
                    and self._make_rule(
                        answers, rule, place_id, key.product in subcontracted
                    )
                    or None,
                )

    def _find_rules(self, products, place, warehouse, company, routes, package):
        """Return {product id: rule}, with one search per combination of routes."""
        Rule = self.env["stock.rule"]
        values = {"warehouse_id": warehouse, "company_id": company}
        if routes:
            values["route_ids"] = self._add_reception(routes, company)
        if package.package_type_id.route_ids:
            values["packaging_uom_id"] = package
        searched = {}
        found = {}
        for product in products:
            accepted = warehouse.route_ids.filtered(
                partial(Rule._filter_warehouse_routes, product, warehouse)
            )
            key = (product.route_ids, product.categ_id.total_route_ids, accepted)
            if key not in searched:
                searched[key] = Rule._get_rule(product, place, dict(values))
            found[product.id] = searched[key]
        return found

    def _add_reception(self, routes, company):
        """As core where a chosen route buys (purchase_stock, stock.rule.run)."""
        if "buy" not in routes.rule_ids.mapped("action"):
            return routes
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )
        return routes | warehouses.reception_route_id

    def _make_rule(self, answers, rule, place_id, is_subcontracted):
        pulls = rule.action in ("pull", "pull_push")
        final = self.env["stock.location"].browse(place_id)
        dest = rule._get_pull_destination(final) if pulls else rule.location_dest_id
        source = rule.location_src_id
        answers.memo.setdefault("rules", {})[rule.id] = rule
        return Rule(
            rule.id,
            "pull" if pulls else rule.action,
            rule.procure_method,
            rule.name,
            self._make_operation(answers, rule.picking_type_id),
            source.id,
            dest.id,
            rule.delay,
            rule.warehouse_id.id,
            rule.route_id.supplier_wh_id.id,
            pulls and source._is_left_for(dest),
            source.warehouse_id.id,
            rule.company_id.id,
            rule.propagate_cancel,
            is_subcontracted,
        )

    def _answer_component(self, answers, questions):
        for group, (keys, products) in self._group(
            answers, questions, lambda key: key[1:]
        ).items():
            source, dest = self.env["stock.location"].browse(group[:2])
            warehouse = self.env["stock.warehouse"].browse(group[2] or ())
            products = self._with_records(answers, products)
            rules = self._find_component_rules(products, source, dest, warehouse)
            for key in keys:
                rule = rules[key[0]]
                answers.tell(
                    "component",
                    key,
                    ComponentRule(
                        rule.procure_method or "make_to_stock",
                        rule.id,
                        source._is_left_for(dest),
                        source.warehouse_id.id,
                    ),
                )

    def _find_component_rules(self, products, source, dest, warehouse):
        """As ``stock.move._adjust_procure_method`` searches, once per combination."""
        Rule = self.env["stock.rule"]
        searched = {}
        found = {}
        for product in products:
            key = (product.route_ids, product.categ_id.total_route_ids)
            if key not in searched:
                place, rule = source, Rule
                while place and not rule:
                    domain = [
                        ("location_src_id", "=", place.id),
                        ("location_dest_id", "=", dest.id),
                        ("action", "!=", "push"),
                    ]
                    rule = Rule._search_rule(
                        False, self.env["uom.uom"], product, warehouse, domain
                    )
                    place = place.location_id
                searched[key] = rule
            found[product.id] = searched[key]
        return found

    # Bills of materials

    def _answer_kit(self, answers, questions):
        """All that can be reached is answered with the first question."""
        for (company_id, never), (keys, products) in self._group(
            answers, questions, lambda key: key[1:]
        ).items():
            company = self.env["res.company"].browse(company_id)
            products = (products | answers.records).with_company(company)
            products = self._with_records(answers, products)
            boms = self.env["mrp.bom"]._bom_find(
                products, company_id=company_id, bom_type="phantom"
            )
            recipes = self._make_recipes(
                answers, {p: boms[p] for p in products if boms[p]}, never
            )
            for product_id in {*products._ids, *(key[0] for key in keys)}:
                answers.tell(
                    "kit",
                    (product_id, company_id, never),
                    recipes.get(product_id),
                )

    def _answer_recipe(self, answers, questions):
        """All that can be reached is answered with the first question of a rule."""
        groups = defaultdict(list)
        for key in questions:
            groups[key[0], key[2], key[3]].append(key)
        for (rule_id, company_id, never), keys in groups.items():
            rule = answers.memo["rules"][rule_id]
            products = answers.records.browse({key[1] for key in keys})
            if not never:
                products |= answers.records
            company = self.env["res.company"].browse(company_id)
            products = self._with_records(answers, products).with_company(company)
            boms = self._find_boms(products, rule, company_id)
            recipes = self._make_recipes(answers, boms, never, rule)
            for product in products:
                answers.tell(
                    "recipe",
                    (rule_id, product.id, company_id, never),
                    recipes.get(product.id),
                )

    def _find_boms(self, products, rule, company_id):
        """As ``stock.rule._get_matching_bom``, in batch."""
        Bom = self.env["mrp.bom"]
        found = Bom._bom_find(
            products,
            picking_type=rule.picking_type_id,
            bom_type="normal",
            company_id=company_id,
        )
        rest = products.filtered(lambda product: not found[product])
        others = Bom._bom_find(
            rest, picking_type=False, bom_type="normal", company_id=company_id
        )
        boms = {product: found[product] or others[product] for product in products}
        return {product: bom for product, bom in boms.items() if bom}

    def _make_recipes(self, answers, boms, never, rule=None):
        """Return {product id: recipe} of {product: bill of materials}."""
        found = self.env["mrp.bom"].union(*boms.values())
        lines = found.with_prefetch(found._ids).bom_line_ids
        kits = self._find_kits(answers, found)
        options = self.env["product.template.attribute.value"].browse(never)
        result = {}
        for product, bom in boms.items():
            bom = bom.with_prefetch(found._ids)
            operation = bom.picking_type_id or (rule and rule.picking_type_id)
            result[product.id] = Recipe(
                bom.id,
                bom.display_name,
                self._make_unit(answers, bom.product_uom_id),
                bom.product_qty,
                bom.batch_size if bom.enable_batch_size else 0.0,
                bom.produce_delay,
                tuple(
                    Ingredient(
                        line.id,
                        self._make_product(answers, line.product_id),
                        self._make_unit(answers, line.product_uom_id),
                        factors,
                    )
                    for line, factors in self._explode(
                        bom, product, kits, lines._prefetch_ids, options
                    )
                ),
                operation and self._make_operation(answers, operation) or None,
                product.property_stock_production.id,
                bool(bom.operation_ids),
            )
        return result

    def _find_kits(self, answers, boms):
        """Return {(operation, company): {product: kit}} of what the bills contain.

        As ``mrp.bom.explode`` searches, in batch and however deep kits are nested.
        """
        known = answers.memo.setdefault("kits", defaultdict(dict))
        waiting = boms
        while waiting:
            kits = self.env["mrp.bom"]
            for key, group in waiting.grouped(
                lambda bom: (bom.picking_type_id, bom.company_id)
            ).items():
                products = group.bom_line_ids.product_id.filtered(
                    lambda product, key=key: product not in known[key]
                )
                found = self.env["mrp.bom"]._bom_find(
                    self._with_records(answers, products),
                    picking_type=key[0],
                    company_id=key[1].id,
                    bom_type="phantom",
                )
                for product in products:
                    known[key][product] = found[product]
                    kits |= found[product]
                # The lines of a kit are exploded by the bill they are in.
                inner = kits
                while inner:
                    below = inner.bom_line_ids.product_id.filtered(
                        lambda product, key=key: product not in known[key]
                    )
                    found = self.env["mrp.bom"]._bom_find(
                        self._with_records(answers, below),
                        picking_type=key[0],
                        company_id=key[1].id,
                        bom_type="phantom",
                    )
                    inner = self.env["mrp.bom"]
                    for product in below:
                        known[key][product] = found[product]
                        inner |= found[product]
            waiting = self.env["mrp.bom"]
        return known

    def _explode(self, bom, product, kits, prefetch, options):
        """Yield (line, factors) of what a bill takes, kits exploded in place."""
        found = kits[bom.picking_type_id, bom.company_id]
        stack = [
            (line, product, (), (bom,)) for line in reversed(bom.bom_line_ids._ids)
        ]
        Line = self.env["mrp.bom.line"]
        while stack:
            line_id, parent, factors, path = stack.pop()
            line = Line.browse(line_id).with_prefetch(prefetch)
            if line._skip_bom_line(parent, options):
                continue
            factors = (*factors, (False, line.product_qty))
            kit = found.get(line.product_id)
            if not kit:
                yield line, factors
            elif kit not in path:
                factors = (*factors, (True, kit.product_qty))
                if kit.product_uom_id != line.product_uom_id:
                    factors = (
                        *factors,
                        (False, line.product_uom_id.factor),
                        (True, kit.product_uom_id.factor),
                    )
                stack.extend(
                    (below, line.product_id, factors, (*path, kit))
                    for below in reversed(kit.bom_line_ids._ids)
                )

    # Policies

    def _answer_decision(self, answers, questions):
        demands = {
            key: self._prepare_demand(answers, key, move)
            for key, move in questions.items()
        }
        self._add_supply_kinds(answers, demands.values())
        decisions = self.env["mto.supply.policy"]._get_decisions(list(demands.values()))
        for key, demand in demands.items():
            decision = decisions[demand]
            policy = decision.by_policy and decision.policy
            answers.tell(
                "decision", key, Decision(policy or False, (demand, decision))
            )

    def _prepare_demand(self, answers, key, move):
        product_id, company_id, warehouse_id, served, bom_line_id = key
        company = self.env["res.company"].browse(company_id)
        line = self.env["sale.order.line"]
        unknown = frozenset()
        if served.line == NO_ORDER:
            unknown = frozenset({"customer", "customer_tag", "quantity"})
        elif served.line:
            line = answers.memo["order_lines"][served.line]
        return SupplyDemand(
            product=self._get_product(answers, product_id).with_company(company),
            company=company,
            warehouse=self.env["stock.warehouse"].browse(warehouse_id or ()),
            order_line=line,
            bom_line=self.env["mrp.bom.line"]
            .browse(bom_line_id or ())
            .with_prefetch([about.bom_line for about in [move] if about.bom_line]),
            levels=(served.level, served.level),
            of_order=bool(served.line),
            specification=served.specification,
            unknown=unknown,
        )

    def _add_supply_kinds(self, answers, demands):
        """Fill in how the products are replenished, known once for all levels."""
        known = answers.memo.setdefault("supply_kinds", {})
        for demand in demands:
            key = (demand.company, demand.warehouse)
            if key not in known:
                products = self._with_records(answers, answers.records)
                known[key] = products.with_company(demand.company)._get_supply_kinds(
                    demand.warehouse
                )
            demand.supply = known[key].get(demand.product.id, False)

    # Stock

    def _answer_stock(self, answers, questions):
        network = self.env["mto.supply.network"]
        pools = defaultdict(lambda: self.env["product.product"])
        for (product_id, place_id), move in questions.items():
            pools[place_id, move.company] |= answers.records.browse(product_id)
        for (place_id, company_id), products in pools.items():
            place = self.env["stock.location"].browse(place_id)
            company = self.env["res.company"].browse(company_id)
            found = network._get_pools(products, place, company)
            for product in products:
                pool = found[product]
                answers.tell(
                    "stock",
                    (product.id, place_id),
                    Stock(
                        pool.on_hand,
                        pool.committed,
                        [self._make_arrival(answers, a) for a in pool.arrivals],
                    ),
                )

    def _make_arrival(self, answers, arrival):
        record = arrival.key
        kind = "move" if record._name == "stock.move" else "line"
        key = (kind, record.id)
        answers.memo.setdefault("arrivals", {})[key] = record
        return Arrival(key, arrival.quantity, arrival.date, arrival.specification)

    # Orders and requests that may be joined

    def _answer_purchases(self, answers, questions):
        orders = self.env["purchase.order"].search(
            Domain("partner_id", "in", list(questions)) & Domain("state", "=", "draft")
        )
        by_partner = orders.grouped("partner_id")
        for partner_id in questions:
            partner = self.env["res.partner"].browse(partner_id)
            answers.tell(
                "purchases",
                partner_id,
                [
                    partial(self._make_purchase, answers, order)
                    for order in by_partner.get(partner, orders.browse())
                ],
            )

    def _make_purchase(self, answers, order, game):
        """The request as the game begins."""
        purchase = Purchase(
            ("purchase.order", order.id),
            order.id,
            order.partner_id.id,
            order.picking_type_id.id,
            order.company_id.id,
            order.user_id.id,
            order.currency_id.id,
            frozenset(order.reference_ids.ids),
            order.date_order,
            order.id,
            order.priority or "0",
            order.name,
        )
        for line in order.order_line.filtered(lambda line: not line.display_type):
            purchase.lines.append(
                self._make_purchase_line(answers, line, purchase, game)
            )
        return purchase

    def _make_purchase_line(self, answers, line, purchase, game):
        product = self._make_product(answers, line.product_id)
        unit = self._make_unit(answers, line.product_uom_id)
        specification = line.specification_key or ""
        key = ("line", line.id)
        supply = game.ledger.find_supply(key)
        if not supply:
            place = line.location_final_id or order_place(line.order_id)
            supply = Supply(
                key, "line", product, place.id, line.date_planned, specification
            )
            supply.is_open = True
            game.ledger.add_supply(supply)
        made = PurchaseLine(
            ("purchase.order.line", line.id),
            line.id,
            product,
            line.product_qty,
            unit,
            line.required_qty,
            line.date_planned,
            supply,
            specification,
            line.propagate_cancel,
            order=purchase,
            record=line,
        )
        made.former = made.product_quantity
        supply.document = made
        return made

    def _answer_productions(self, answers, questions):
        for references in questions:
            orders = self.env["mrp.production"].search(
                Domain("reference_ids", "in", list(references))
                & Domain("state", "in", ("draft", "confirmed"))
                & Domain("is_planned", "=", False)
                & Domain("user_id", "=", False)
            )
            answers.tell("productions", references, [])
            answers.memo.setdefault("productions", {})[references] = orders

    # Vendors

    def _make_vendor_book(self, answers):
        return VendorBook(
            choose=partial(self._choose_vendor, answers),
            offer=partial(self._offer_by_vendor, answers),
            change=partial(self._change_line, answers),
            merge_key=partial(self._get_merge_key, answers),
            delay=partial(self._get_purchase_delay, answers),
        )

    def _get_need_product(self, answers, need):
        company = need.rule.company or need.company
        return self._get_product(answers, need.product.id).with_company(company)

    def _get_units(self, answers, *units):
        return [self.env["uom.uom"].browse(unit.id) for unit in units]

    def _choose_vendor(self, answers, need, rule):
        known = answers.memo.setdefault("vendors", {})
        key = (
            rule.id,
            need.product.id,
            need.quantity,
            need.unit.id,
            need.date.date(),
            need.by_policy,
            need.company,
        )
        if key not in known:
            known[key] = self._find_vendor(answers, need, rule)
        return known[key]

    def _find_vendor(self, answers, need, rule):
        record = answers.memo["rules"][rule.id]
        company = self.env["res.company"].browse(rule.company or need.company)
        price = record._get_matching_supplier(
            self._get_product(answers, need.product.id),
            need.quantity,
            self.env["uom.uom"].browse(need.unit.id),
            company,
            {"date_planned": need.date, "ordered_by_policy": need.by_policy},
        )
        if not price:
            return None
        partner = price.partner_id
        currency = (
            price.currency_id
            or partner.with_company(company).property_purchase_currency_id
            or company.currency_id
        )
        return Vendor(
            price,
            partner.id,
            self._make_unit(answers, price.product_uom_id),
            price.delay,
            currency.id,
            partner.buyer_id.id,
            partner.group_rfq,
            partner.group_on,
        )

    def _offer_by_vendor(self, answers, need, required, ordered_on):
        product = self._get_need_product(answers, need)
        quantity, unit = self.env["purchase.order.line"]._get_offer_on(
            product,
            required,
            self.env["uom.uom"].browse(need.unit.id),
            {"supplier": need.vendor.price},
            ordered_on,
        )
        return quantity, self._make_unit(answers, unit)

    def _change_line(self, answers, line, need, change, is_shaped):
        """(required, quantity, unit) of a line that a need joins.

        As ``stock.rule._update_purchase_order_line``.
        """
        product = self._get_need_product(answers, need)
        unit = self.env["uom.uom"].browse(line.unit.id)
        date = line.order.date_order.date()
        partner = need.vendor.price.partner_id
        if not is_shaped:
            quantity = line.quantity + need.unit.convert(change, line.unit, "HALF-UP")
            unit = self._get_line_unit(product, partner, quantity, date, unit)
            made = self._make_unit(answers, unit)
            return line.required, line.unit.convert(quantity, made, "HALF-UP"), made
        exact = need.unit.convert_exactly(change, need.product.unit)
        required, quantity = self._get_changed_quantity(
            product, line, need.vendor.price, exact, unit, date
        )
        in_unit = need.product.unit.convert(quantity, line.unit)
        unit = self._get_line_unit(product, partner, in_unit, date, unit)
        made = self._make_unit(answers, unit)
        return required, need.product.unit.convert(quantity, made, "HALF-UP"), made

    def _get_line_unit(self, product, partner, quantity, date, unit):
        price = product._select_seller(
            partner_id=partner, quantity=quantity, date=date, uom_id=unit
        )
        return price.product_uom_id or unit

    def _get_changed_quantity(self, product, line, price, change, unit, date):
        """As ``purchase.order.line._get_changed_quantity``, of a line of the game."""
        offer = {"partner": price.partner_id, "date": date, "uom": unit}
        ordered = line.unit.convert_exactly(line.quantity, line.product.unit)
        before = line.required
        if not before:
            demanded = line.record._get_demanded_qty(line.record.move_dest_ids)
            before = min(demanded, ordered)
        after = max(before + change, 0.0)
        offered = before
        if line.required:
            _price, offered = price._get_purchase_quantity(product, before, **offer)
        _price, quantity = price._get_vendor_offer(
            product,
            lambda terms: changed_order(ordered, before, offered, after, terms),
            **offer,
        )
        return after, quantity

    def _get_merge_key(self, answers, need):
        values = {
            "propagate_cancel": need.rule.cancels_on,
            "product_description_variants": need.description,
            "specification_key": need.served.specification,
            "demand_level": need.served.level,
            "sale_line_id": need.sale_line,
            "move_dest_ids": need.dests,
            "orderpoint_id": False,
        }
        Rule = self.env["stock.rule"]
        procurement = Rule.Procurement(
            need.product.id,
            need.quantity,
            need.unit.id,
            need.place,
            "",
            "",
            need.company,
            values,
        )
        return Rule._get_procurements_to_merge_groupby(procurement)

    def _get_purchase_delay(self, answers, need):
        """Days between the order and the need, as ``_get_dates_info`` counts them."""
        product = self._get_need_product(answers, need)
        if need.rule.is_subcontracted:
            rule = answers.memo["rules"][need.rule.id]
            rule = rule.with_context(bypass_delay_description=True)
            return rule._get_lead_days(product)[0]["purchase_delay"]
        known = answers.memo.setdefault("delays", {})
        if product.id not in known:
            known[product.id] = product._select_seller(quantity=None).delay
        return known[product.id]


def order_place(order):
    """Where a purchase order brings its goods."""
    return order._get_final_location_record()
