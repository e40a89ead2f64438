from collections import defaultdict
from dataclasses import replace
from datetime import datetime, time
from functools import partial

from odoo import api, fields, models, tools
from odoo.fields import Domain

from ..engine import Arrival, changed_order
from ..engine.documents import (
    Move,
    Node,
    Production,
    Purchase,
    PurchaseLine,
    Supply,
)
from ..engine.factory import (
    Answers,
    ComponentRule,
    Decision,
    Ingredient,
    Operation,
    Product,
    Recipe,
    Reordering,
    Rule,
    Served,
    Stock,
    Vendor,
    VendorBook,
)
from ..engine.units import Unit
from .mto_supply_resolver import PULL_ACTIONS, SupplyNeed
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
    def _play(self, products, play, bills=()):
        """Play a game until nothing is unknown.

        :param products: what may be sold in it; everything below it is read at once
        :param play: function of the answers, called once for each level or so
        :param bills: {product: bill of materials it is made from, whatever is found}
        :return: what ``play`` returned at last
        """
        answers = self._make_answers(products)
        self._choose_bills(answers, dict(bills))
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
        answers.memory = self.env["mto.supply.resolver"]._new_memory()
        answers.memo = defaultdict(dict)
        answers.rule_ids = []
        self._load_products(answers, self.env.company.id, products.ids)
        return answers

    def _choose_bills(self, answers, bills):
        company_id = self.env.company.id
        for product, bom in bills.items():
            is_kit = bom.type == "phantom"
            answers.memory.kits[company_id, product.id] = is_kit and bom.id
            if bom.type == "normal":
                answers.memo["bills"][product.id] = bom.id

    # Small things

    def _load_products(self, answers, company_id, product_ids):
        """{id: record} of these and of all below them, read at once."""
        resolver = self.env["mto.supply.resolver"].with_company(company_id)
        memory = answers.memory
        if set(product_ids) - memory.products.get(company_id, {}).keys():
            resolver._load(set(product_ids), memory)
        return memory.products.setdefault(company_id, {})

    def _get_product(self, answers, product_id, company_id):
        return self._load_products(answers, company_id, [product_id])[product_id]

    def _make_product(self, answers, record):
        known = answers.memo["products"]
        if record.id not in known:
            known[record.id] = Product(
                record.id,
                record.name,
                self._make_unit(answers, record.uom_id),
                is_goods=record.type == "consu",
                is_stored=record.is_storable,
                in_pieces=record.tracking == "serial",
            )
        return known[record.id]

    def _make_unit(self, answers, record):
        known = answers.memo["units"]
        if record.id not in known:
            digits = self.env["decimal.precision"].precision_get("Product Unit")
            known[record.id] = Unit(record.id, record.name, record.factor, digits)
        return known[record.id]

    def _make_operation(self, answers, record):
        known = answers.memo["operations"]
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

    # Rules

    def _answer_rule(self, answers, questions):
        needs = {key: self._make_supply_need(key) for key in questions}
        for company_id, group in self._group_by_company(needs).items():
            products = self._load_products(
                answers, company_id, {need.product_id for need in group.values()}
            )
            rules = {
                key: self._find_rule(answers, need, products[need.product_id])
                for key, need in group.items()
            }
            bought = [
                key.product for key, rule in rules.items() if rule.action == "buy"
            ]
            self._find_subcontracted(answers, company_id, bought)
            for key, rule in rules.items():
                answers.tell("rule", key, rule and self._make_rule(answers, key, rule))

    def _make_supply_need(self, key):
        package = self.env["uom.uom"].browse(key.package or ())
        return SupplyNeed(
            key.product,
            key.place,
            key.company,
            key.warehouse,
            key.routes,
            packaging_id=bool(package.package_type_id.route_ids) and key.package,
            is_sold=key.of_order,
            of_order=key.of_order,
        )

    def _group_by_company(self, needs):
        groups = defaultdict(dict)
        for key, need in needs.items():
            groups[need.company_id][key] = need
        return groups

    def _make_rule(self, answers, key, rule):
        pulls = rule.action in PULL_ACTIONS
        final = self.env["stock.location"].browse(key.place)
        dest = self._get_destination(rule, final) if pulls else rule.location_dest_id
        source = rule.location_src_id
        answers.memo["rules"][rule.id] = rule
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
            pulls and self._leaves_stock(source, dest),
            source.warehouse_id.id,
            self._get_company(rule, pulls).id,
            rule.propagate_cancel,
            self._is_subcontracted(answers, key.company, key.product),
        )

    def _find_rule(self, answers, need, product):
        """The rule core finds, once per signature."""
        resolver = self.env["mto.supply.resolver"].with_company(need.company_id)
        signature = answers.memory.signatures[need.company_id, need.product_id]
        if need.source_id:
            # Core's search for a component asks for its own routes only.
            signature = signature[:2]
        place = need._replace(product_id=0)
        known = answers.memo["found_rules"]
        key = (signature, place)
        if key not in known:
            find = self._search_rule if place.packaging_id else self._search_rule_cached
            known[key] = find(signature, place, resolver, product)
            if known[key]:
                answers.rule_ids.append(known[key])
        rule = self.env["stock.rule"].browse(known[key] or ())
        # What is read of it is read of all that are known by now.
        return rule.with_prefetch(answers.rule_ids) if rule else rule

    @tools.ormcache("signature", "place")
    def _search_rule_cached(self, signature, place, resolver, product):
        """No query while rules stay as they are, see ``mto.supply.resolver``."""
        return self._search_rule(signature, place, resolver, product)

    def _search_rule(self, signature, place, resolver, product):
        return resolver._find_rule(place, product).id

    def _get_company(self, rule, pulls):
        """Whose transfers a rule makes (stock.rule._get_stock_move_values)."""
        if not pulls:
            return rule.company_id
        return (
            rule.company_id
            or rule.location_src_id.company_id
            or rule.location_dest_id.company_id
        )

    def _leaves_stock(self, source, dest):
        return self.env["mto.supply.resolver"]._leaves_stock(source.id, dest.id)

    def _get_destination(self, rule, final):
        """Where the transfer goes (stock.move._compute_location_dest_id)."""
        dest = rule.picking_type_id.default_location_dest_id
        if rule.location_dest_from_rule:
            dest = rule.location_dest_id
        return final if dest and final._child_of(dest) else dest

    def _answer_component(self, answers, questions):
        for key, move in questions.items():
            product_id, source_id, dest_id, warehouse_id = key
            product = self._get_product(answers, product_id, move.company)
            need = SupplyNeed(
                product_id,
                dest_id,
                move.company,
                warehouse_id,
                source_id=source_id,
            )
            rule = self._find_rule(answers, need, product)
            source, dest = self.env["stock.location"].browse((source_id, dest_id))
            answers.tell(
                "component",
                key,
                ComponentRule(
                    rule.procure_method or "make_to_stock",
                    rule.id,
                    self._leaves_stock(source, dest),
                    source.warehouse_id.id,
                ),
            )

    # Bills of materials

    def _answer_kit(self, answers, questions):
        """All that can be reached is answered with the first question."""
        groups = defaultdict(set)
        for product_id, company_id, never in questions:
            groups[company_id, never].add(product_id)
        for (company_id, never), product_ids in groups.items():
            products = self._load_products(answers, company_id, product_ids)
            kits = answers.memory.kits
            boms = {
                product: self._browse_bom(answers, kits[company_id, id_])
                for id_, product in products.items()
                if kits.get((company_id, id_))
            }
            recipes = self._make_recipes(answers, boms, company_id, never)
            for product_id in products:
                key = (product_id, company_id, never)
                answers.tell("kit", key, recipes.get(product_id))

    def _answer_recipe(self, answers, questions):
        """All that can be reached is answered with the first question of a rule."""
        groups = defaultdict(set)
        for rule_id, product_id, company_id, never in questions:
            groups[rule_id, company_id, never].add(product_id)
        for (rule_id, company_id, never), product_ids in groups.items():
            rule = answers.memo["rules"][rule_id]
            products = self._load_products(answers, company_id, product_ids)
            if never:
                products = {id_: products[id_] for id_ in product_ids}
            boms = self._find_boms(answers, products, rule, company_id)
            recipes = self._make_recipes(answers, boms, company_id, never, rule)
            for product_id in products:
                key = (rule_id, product_id, company_id, never)
                answers.tell("recipe", key, recipes.get(product_id))

    def _find_boms(self, answers, products, rule, company_id):
        """As ``stock.rule._get_matching_bom``, in batch."""
        resolver = self.env["mto.supply.resolver"].with_company(company_id)
        picking_type = rule.picking_type_id
        made = resolver.with_company(company_id)._get_made_ids(answers.memory)
        found = resolver._find_normal_boms(picking_type, list(made))
        if rest := (products.keys() & made) - found.keys():
            found.update(resolver._find_normal_boms(False, list(rest)))
        # The check of paths asks for the same.
        answers.memory.boms.update(
            ((company_id, picking_type.id, id_), found.get(id_, False))
            for id_ in found.keys() | products.keys()
        )
        found.update(answers.memo["bills"])
        return {
            products[product_id]: self._browse_bom(answers, bom_id)
            for product_id, bom_id in found.items()
            if product_id in products
        }

    def _browse_bom(self, answers, bom_id):
        return self.env["mrp.bom"].browse(bom_id).with_prefetch(answers.memory.bom_ids)

    def _make_recipes(self, answers, boms, company_id, never, rule=None):
        """Return {product id: recipe} of {product: bill of materials}."""
        options = self.env["product.template.attribute.value"].browse(never)
        resolver = self.env["mto.supply.resolver"].with_company(company_id)
        resolver._prefetch_choices(answers.memory)
        result = {}
        for product, bom in boms.items():
            operation = bom.picking_type_id or (rule and rule.picking_type_id)
            ingredients = self._get_ingredients(
                answers, bom, product, company_id, options
            )
            result[product.id] = Recipe(
                bom.id,
                bom.code or "",
                self._make_unit(answers, bom.product_uom_id),
                bom.product_qty,
                bom.batch_size if bom.enable_batch_size else 0.0,
                bom.produce_delay,
                ingredients,
                operation and self._make_operation(answers, operation) or None,
                product.property_stock_production.id,
                # Asked only where it decides whether the order is confirmed.
                not ingredients and bool(bom.operation_ids),
            )
        return result

    def _get_ingredients(self, answers, bom, product, company_id, options):
        """Ingredients, those of kits with the note that Odoo writes on their moves.

        As ``stock.move._compute_description_picking`` (mrp).
        """
        found = list(self._explode(answers, bom, product, company_id, options))
        lines = self.env["mrp.bom.line"].browse(
            [one.line for one in found if one.product.is_goods]
        )
        lines = lines & lines  # each once, in this order
        notes = {}
        for kit, inside in lines.grouped("bom_id").items():
            if kit.type == "phantom":
                for number, line in enumerate(inside, 1):
                    notes[line.id] = f"{kit.display_name} - {number}/{len(inside)}"
        return tuple(
            replace(one, note=notes[one.line]) if one.line in notes else one
            for one in found
        )

    def _explode(self, answers, bom, product, company_id, options):
        """Yield what a bill of materials takes, kits exploded in place.

        As ``mrp.bom.explode``, for any quantity and without a search.
        """
        kits = answers.memory.kits
        products = answers.memory.products[company_id]
        stack = [(line, product, (), (bom.id,)) for line in reversed(bom.bom_line_ids)]
        while stack:
            line, parent, factors, path = stack.pop()
            if line._skip_bom_line(parent, options):
                continue
            factors = (*factors, (False, line.product_qty))
            kit_id = kits.get((company_id, line.product_id.id))
            if not kit_id:
                yield Ingredient(
                    line.id,
                    self._make_product(answers, products[line.product_id.id]),
                    self._make_unit(answers, line.product_uom_id),
                    factors,
                )
            elif kit_id not in path:
                kit = self._browse_bom(answers, kit_id)
                factors += self._get_kit_factors(line, kit)
                stack += [
                    (below, line.product_id, factors, (*path, kit_id))
                    for below in reversed(kit.bom_line_ids)
                ]

    def _get_kit_factors(self, line, kit):
        factors = ((True, kit.product_qty),)
        if kit.product_uom_id == line.product_uom_id:
            return factors
        return (
            *factors,
            (False, line.product_uom_id.factor),
            (True, kit.product_uom_id.factor),
        )

    # Policies

    def _answer_decision(self, answers, questions):
        demands = {key: self._prepare_demand(answers, key) for key in questions}
        self._add_supply_kinds(answers, demands.values())
        decisions = self.env["mto.supply.policy"]._get_decisions(list(demands.values()))
        for key, demand in demands.items():
            decision = decisions[demand]
            policy = decision.by_policy and decision.policy
            answers.tell("decision", key, Decision(policy or False, (demand, decision)))

    def _prepare_demand(self, answers, key):
        product_id, company_id, warehouse_id, served, bom_line_id = key
        company = self.env["res.company"].browse(company_id)
        line = self.env["sale.order.line"]
        unknown = frozenset()
        if served.line == NO_ORDER:
            unknown = frozenset({"customer", "customer_tag", "quantity"})
        elif served.line:
            line = answers.memo["order_lines"][served.line]
        return SupplyDemand(
            product=self._get_product(answers, product_id, company_id),
            company=company,
            warehouse=self.env["stock.warehouse"].browse(warehouse_id or ()),
            order_line=line,
            bom_line=self.env["mrp.bom.line"].browse(bom_line_id or ()),
            levels=(served.level, served.level),
            of_order=bool(served.line),
            specification=served.specification,
            unknown=unknown,
        )

    def _add_supply_kinds(self, answers, demands):
        """Fill in how the products are replenished, known once for all levels."""
        known = answers.memo["supply_kinds"]
        for demand in demands:
            key = (demand.company, demand.warehouse)
            if demand.product.id not in known.setdefault(key, {}):
                known[key] = self._find_supply_kinds(answers, *key)
            demand.supply = known[key][demand.product.id]

    def _find_supply_kinds(self, answers, company, warehouse):
        """As ``product.product._get_supply_kinds``, by rules that are asked anyway."""
        products = answers.memory.products[company.id]
        if not warehouse:
            return dict.fromkeys(products, "no_rule")
        rules = {}
        for product_id, product in products.items():
            need = SupplyNeed(
                product_id, warehouse.lot_stock_id.id, company.id, warehouse.id
            )
            rules[product] = self._find_rule(answers, need, product)
        bought = [p.id for p, rule in rules.items() if rule.action == "buy"]
        self._find_subcontracted(answers, company.id, bought)
        return {
            product.id: product._get_supply_kind(
                rule, self._is_subcontracted(answers, company.id, product.id)
            )
            for product, rule in rules.items()
        }

    def _find_subcontracted(self, answers, company_id, product_ids):
        """Look for subcontractors, once for each product."""
        known = answers.memo["asked_subcontracted"].setdefault(company_id, set())
        if missing := set(product_ids) - known:
            known |= missing
            resolver = self.env["mto.supply.resolver"].with_company(company_id)
            asked = [(product_id, answers.memory.today) for product_id in missing]
            resolver._find_vendors(asked, answers.memory)
            resolver._find_subcontracted(asked, answers.memory)

    def _is_subcontracted(self, answers, company_id, product_id):
        memory = answers.memory
        return bool(memory.subcontracted.get((company_id, product_id, memory.today)))

    # Stock

    def _answer_stock(self, answers, questions):
        """All that can be reached is answered with the first question of a place."""
        network = self.env["mto.supply.network"]
        pools = defaultdict(set)
        for (product_id, place_id), move in questions.items():
            pools[place_id, move.company].add(product_id)
        for (place_id, company_id), product_ids in pools.items():
            loaded = self._load_products(answers, company_id, product_ids)
            stored = [record for record in loaded.values() if record.is_storable]
            asked = [loaded[product_id] for product_id in product_ids]
            products = self.env["product.product"].union(*stored, *asked)
            place = self.env["stock.location"].browse(place_id)
            company = self.env["res.company"].browse(company_id)
            found = network._get_pools(products, place, company)
            for product in products:
                pool = found[product]
                arrivals = [self._make_arrival(answers, a) for a in pool.arrivals]
                stock = Stock(pool.on_hand, pool.committed, arrivals)
                answers.tell("stock", (product.id, place_id), stock)

    def _make_arrival(self, answers, arrival):
        record = arrival.key
        kind = "move" if record._name == "stock.move" else "line"
        key = (kind, record.id)
        answers.memo["arrivals"][key] = record
        return Arrival(key, arrival.quantity, arrival.date, arrival.specification)

    def _answer_reordering(self, answers, questions):
        """Reordering rules that Odoo triggers when goods leave a place."""
        orderpoints = self.env["stock.warehouse.orderpoint"]
        by_product = self._get_reordering_rules(answers)
        for key, move in questions.items():
            product_id, source_id, dest_id = key
            product = self.env["product.product"].browse(product_id)
            source, dest = self.env["stock.location"].browse((source_id, dest_id))
            found = by_product.get(product, orderpoints.browse()).filtered(
                lambda point, source=source, dest=dest, move=move: (
                    source._child_of(point.location_id)
                    and not dest._child_of(point.location_id)
                    and point.company_id.id == move.company
                )
            )[:1]
            answers.tell("reordering", key, found and self._make_reordering(found))

    def _get_reordering_rules(self, answers):
        """{product: automatic reordering rules} of all that can be reached."""
        known = answers.memo["reordering"]
        if "rules" not in known:
            orderpoints = self.env["stock.warehouse.orderpoint"]
            parameters = self.env["ir.config_parameter"].sudo()
            if not parameters.get_param("stock.no_auto_scheduler"):
                products = {
                    id_ for ids in answers.memory.products.values() for id_ in ids
                }
                orderpoints = orderpoints.search(
                    Domain("product_id", "in", list(products))
                    & Domain("trigger", "=", "auto")
                )
            known["rules"] = orderpoints.grouped("product_id")
        return known["rules"]

    def _make_reordering(self, orderpoint):
        places = self.env["stock.location"].search(
            [("id", "child_of", orderpoint.location_id.id)]
        )
        return Reordering(
            orderpoint.id,
            orderpoint.product_min_qty,
            orderpoint.product_max_qty,
            orderpoint.qty_forecast,
            datetime.combine(orderpoint.lead_horizon_date, time.max),
            frozenset(places.ids),
            orderpoint._get_multiple_rounded_qty,
        )

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
            place = line.location_final_id or line.order_id._get_final_location_record()
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
            line.product_description_variants or "",
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
            answers.tell(
                "productions",
                references,
                [partial(self._make_production, answers, order) for order in orders],
            )

    def _make_production(self, answers, order, game):
        """The manufacturing order as the game begins."""
        product = self._make_product(answers, order.product_id)
        served = Served(
            order.demand_line_id.id,
            order.demand_level,
            order.specification_key or "",
        )
        output = order.move_finished_ids.filtered(
            lambda move: move.product_id == order.product_id
        )[:1]
        key = ("move", output.id)
        supply = game.ledger.find_supply(key)
        if not supply:
            place = order.location_final_id or order.location_dest_id
            supply = Supply(
                key, "move", product, place.id, output.date, served.specification
            )
            supply.is_open = order.state == "confirmed"
            game.ledger.add_supply(supply)
        made = Production(
            ("mrp.production", order.id),
            order.id,
            product,
            Recipe(order.bom_id.id, "", self._make_unit(answers, order.product_uom_id))
            if order.bom_id
            else None,
            order.product_qty,
            self._make_unit(answers, order.product_uom_id),
            self._make_operation(answers, order.picking_type_id),
            order.company_id.id,
            frozenset(order.reference_ids.ids),
            served,
            order.date_start,
            supply,
            order.state,
            order.priority or "0",
            order.id,
            name=order.name,
        )
        made.former = made.product_quantity
        made.raws = [
            self._make_known_component(answers, move, made)
            for move in order.move_raw_ids.sorted("id")
            if move.state not in ("done", "cancel")
        ]
        supply.document = made
        return made

    def _make_known_component(self, answers, move, production):
        """A component of an order that is there, decided as it was."""
        product = self._make_product(answers, move.product_id)
        return Move(
            0,
            product,
            move.product_uom_qty,
            self._make_unit(answers, move.product_uom),
            move.location_id.id,
            move.location_dest_id.id,
            move.date,
            Node(product),
            production.operation,
            method=move.procure_method,
            rule_method=move.rule_id.procure_method or "make_to_stock",
            company=move.company_id.id,
            warehouse=move.warehouse_id.id,
            source_warehouse=move.location_id.warehouse_id.id,
            leaves_stock=move._leaves_stock(),
            references=production.references,
            served=Served(
                move.demand_line_id.id, move.demand_level, move.specification_key or ""
            ),
            bom_line=move.bom_line_id.id,
            policy=move.supply_policy,
            is_known=True,
        )

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
        company_id = need.rule.company or need.company
        return self._get_product(answers, need.product.id, company_id)

    def _choose_vendor(self, answers, need, rule):
        known = answers.memo["vendors"]
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
        """As ``stock.rule._get_matching_supplier``, which searches for every need."""
        company = self.env["res.company"].browse(rule.company or need.company)
        product = self._get_product(answers, need.product.id, company.id)
        chosen = self._get_chosen_partner(answers, rule)
        unit = self.env["uom.uom"].browse(need.unit.id)
        offer = {
            "quantity": need.quantity,
            "date": max(need.date.date(), answers.today),
            "uom_id": unit,
            "params": {"force_uom": None},
        }
        price = product._select_seller(partner_id=chosen, **offer)
        price = (
            price
            or product._prepare_sellers(False).filtered(
                lambda seller: not seller.company_id or seller.company_id == company
            )[:1]
        )
        if price and need.by_policy:
            price = self.env["stock.rule"]._get_reached_price(
                price,
                product,
                need.quantity,
                unit,
                chosen,
                offer["date"],
                offer["params"],
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

    def _get_chosen_partner(self, answers, rule):
        """The vendor that the rule itself asks for, if there is one."""
        known = answers.memo["partners"]
        if rule.id not in known:
            record = answers.memo["rules"][rule.id]
            known[rule.id] = record._get_partner_id({}, record)
        return known[rule.id]

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
        known = answers.memo["delays"]
        if product.id not in known:
            known[product.id] = product._select_seller(quantity=None).delay
        return known[product.id]
