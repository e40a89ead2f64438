"""Manufacturing orders in the game of a confirmation (stock.rule._run_manufacture)."""

from dataclasses import replace
from datetime import timedelta

from .documents import Move, Production, Supply
from .factory import UNKNOWN
from .policy import STOCK_THEN_ORDER
from .units import HALF_UP, UP

# Levels below the sold product, and demands of one preview.
DEEPEST = 100
MOST = 50000

MTS_ELSE_MTO = "mts_else_mto"


class Making:
    """The part of ``Confirmation`` that makes."""

    def _run_manufacture(self, needs):
        made = []
        for need in needs:
            if need.quantity <= 0:
                continue
            key = (need.rule.id, need.product.id, need.company, need.never)
            recipe = self.answers.ask("recipe", key, need)
            if recipe is UNKNOWN or not self._may_make(need):
                continue
            need.node.supply = "manufacture"
            need.node.recipe = recipe or None
            if not recipe:
                need.node.add_problem("no_bom")
            existing = self._find_production(need, recipe)
            if existing and not (recipe and recipe.batch):
                yield self._raise_production(existing, need)
            else:
                made += self._make_productions(need, recipe)
        # Odoo makes all of them at once, after it has looked for orders to enlarge.
        self.productions += made
        for production in made:
            yield self._confirm_production(production)

    def _may_make(self, need):
        """Not for ever: neither in a circle nor deeper than anybody builds."""
        depth = 0
        for node in need.node.ancestors():
            depth += 1
            if node.product == need.product and node.supply == "manufacture":
                need.node.supply = "manufacture"
                need.node.add_problem("loop")
                return False
        if depth >= DEEPEST or self._count > MOST:
            need.node.add_problem("depth_limit")
            return False
        return True

    def _find_production(self, need, recipe):
        """(stock.rule._make_mo_get_domain)"""
        self._load_productions(need)
        found = [
            order
            for order in self.productions
            if order.state in ("draft", "confirmed")
            and order.product == need.product
            and (order.recipe.id if order.recipe else False)
            == (recipe.id if recipe else False)
            and order.operation.id == need.rule.operation.id
            and order.company == need.company
            and order.served.specification == need.served.specification
            and order.references & need.references
        ]
        return min(found, key=lambda order: order.sort_key, default=None)

    def _load_productions(self, need):
        """Orders that were there before, of an order that was confirmed once."""
        real = frozenset(ref for ref in need.references if isinstance(ref, int))
        if not real or real in self._real_productions:
            return
        orders = self.answers.ask("productions", real, need)
        if orders is UNKNOWN:
            return
        self._real_productions.add(real)
        for make in orders:
            self.productions.append(make(self))

    def _make_productions(self, need, recipe):
        left = need.quantity
        batch = left
        if recipe and recipe.batch:
            batch = recipe.unit.convert(recipe.batch, need.unit)
        unit = recipe.unit if recipe else need.unit
        made = []
        while need.unit.is_more(left, 0.0):
            quantity = need.unit.convert(batch, unit) if recipe else left
            made.append(self._make_production(need, recipe, quantity, unit))
            left -= batch
        return made

    def _make_production(self, need, recipe, quantity, unit):
        """(stock.rule._prepare_mo_vals, mrp.production._get_moves_raw_values)"""
        days = recipe.days if recipe else 0
        start = need.date - (timedelta(days=days) if days else timedelta(hours=1))
        operation = (recipe and recipe.operation) or need.rule.operation
        order = Production(
            ("mrp.production", "new", self._next_id()),
            False,
            need.product,
            recipe or None,
            quantity,
            unit,
            operation,
            need.company,
            need.references,
            need.served,
            start,
            output=Supply(
                ("move", -self._next_id()),
                "move",
                need.product,
                need.place,
                need.date,
                need.served.specification,
            ),
            sequence=self._count,
        )
        if recipe:
            times = recipe.times(quantity, unit)
            order.raws = [
                self._make_component(order, ingredient, times, need.node)
                for ingredient in recipe.ingredients
                if ingredient.product.is_goods
            ]
        if need.product.in_pieces and unit.id != need.product.unit.id:
            order.quantity = unit.convert(quantity, need.product.unit)
            order.unit = need.product.unit
        order.output.capacity = order.product_quantity
        order.output.document = order
        self.ledger.add_supply(order.output)
        self._supply_by(order.key, order.output, need)
        return order

    def _supply_by(self, key, supply, need):
        need.node.documents[key] = True
        for demand in need.dests:
            self.ledger.link(supply, demand)

    def _make_component(self, order, ingredient, times, node):
        served = order.served.below()
        child = self._add_child(node, ingredient.product, ingredient.line, served)
        move = Move(
            self._next_id(),
            ingredient.product,
            ingredient.quantity(times),
            ingredient.unit,
            order.operation.place_from,
            order.recipe.place_used,
            order.date,
            child,
            order.operation,
            company=order.company,
            warehouse=order.operation.warehouse,
            references=order.references,
            served=served,
            bom_line=ingredient.line,
            description=ingredient.note,
        )
        child.quantity += move.product_quantity
        self.ledger.add_move(move)
        return move

    def _confirm_production(self, order):
        """(mrp.production.action_confirm)"""
        if not order.raws and not self._starts_without_components(order):
            return
        known = [move for move in order.raws if self._adjust(move)]
        yield self._confirm(known)
        order.output.is_open = True
        order.state = "confirmed"

    def _starts_without_components(self, order):
        """(stock.rule._should_auto_confirm_procurement_mo)"""
        methods = {demand.method for demand in order.output.demands}
        has_operations = bool(order.recipe and order.recipe.has_operations)
        return not has_operations and methods == {"make_to_stock"}

    def _adjust(self, move):
        """(stock.move._adjust_procure_method)"""
        key = (move.product.id, move.place_from, move.place_to, move.warehouse)
        rule = self.answers.ask("component", key, move)
        if rule is UNKNOWN:
            return False
        move.node.rule_id = rule.rule_id
        move.rule_method = rule.method
        move.method = (
            "make_to_order" if rule.method == "make_to_order" else ("make_to_stock")
        )
        move.leaves_stock = rule.leaves_stock
        move.source_warehouse = rule.source_warehouse
        return True

    def _raise_production(self, order, need):
        """(change.production.qty.change_prod_qty)"""
        product_unit = order.product.unit
        extra = need.unit.convert(need.quantity, product_unit)
        before = order.product_quantity
        total = product_unit.convert(before + extra, order.unit)
        factor = total / order.quantity
        is_running = order.state == "confirmed"
        for move in order.raws:
            raised = move.unit.round(move.quantity * factor, UP)
            if raised <= 0:
                continue
            former, move.quantity = move.quantity, raised
            child = move.node
            if is_running:
                child = self._add_child(
                    need.node, move.product, move.bom_line, move.served
                )
            child.quantity += move.unit.convert(
                raised - former, move.product.unit, HALF_UP
            )
            if is_running:
                yield self._raise_component(move, former, child)
        order.quantity = total
        order.output.capacity += order.product_quantity - before
        self._supply_by(order.key, order.output, need)
        need.node.joined[order.key] = extra

    def _raise_component(self, move, former, node):
        """(stock.move._run_procurement)"""
        change = move.quantity - former
        if move.is_known:
            # What is there of it is counted with the stock; only the growth is new.
            growth = replace(
                move, id=self._next_id(), quantity=change, node=node, links=[], dests=[]
            )
            self.ledger.add_move(growth)
            yield self._confirm([growth])
            return
        node.decision, node.core_method = move.node.decision, move.rule_method
        node.warehouse = move.source_warehouse
        if move.operation.reserves(move.date, self.answers.today):
            self._reserve_again(move)
        if move.method == "make_to_order" or (
            move.rule_method == MTS_ELSE_MTO and not move.policy
        ):
            if move.leaves_stock:
                node.to_supply += move.unit.convert(change, move.product.unit, HALF_UP)
            yield self._run([self._make_need(move, change, move.unit, node)])
        elif move.policy != STOCK_THEN_ORDER and move.leaves_stock:
            node.from_stock += move.unit.convert(change, move.product.unit, HALF_UP)
        if move.policy == STOCK_THEN_ORDER:
            if move.state == "assigned" and move.unreserved:
                move.state = "partially_available"
            yield self._serve_stock_first([move], node)

    def _reserve_again(self, move):
        """(stock.move._action_assign)"""
        if not move.leaves_stock or move.method == "make_to_order":
            return
        if any(link.kind == "move" for link in move.links):
            if move.policy == STOCK_THEN_ORDER:
                self.ledger.reserve(move, self.ledger.missing(move))
        else:
            self.ledger.reserve_as_odoo(move)
        if move.product.is_stored:
            move.state = "confirmed"
            self._set_reserved_state(move)
