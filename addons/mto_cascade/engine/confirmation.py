"""The confirmation of orders as a game: what it would make, without making it.

The moves of the game are Odoo's, in Odoo's order; the names in brackets are where Odoo
makes them. Tasks are generators that yield the tasks to do before they go on, and lie
on a stack of their own: how deep a structure is does not matter.
"""

from datetime import timedelta

from .documents import (
    Delta,
    Move,
    Need,
    Production,
    Purchase,
    PurchaseLine,
    Supply,
    Transfer,
    Triggered,
)
from .factory import UNKNOWN, Answers, Decision, RuleKey
from .ledger import Ledger
from .policy import MAKE_TO_ORDER, MAKE_TO_STOCK, STOCK_THEN_ORDER
from .units import HALF_UP, UP

# Levels below the sold product, and demands of one preview.
DEEPEST = 100
MOST = 50000

MTS_ELSE_MTO = "mts_else_mto"


class Confirmation:
    """Orders that are confirmed one after the other, on one stock.

    ``productions``, ``purchases`` and ``transfers`` are what was made or enlarged,
    ``triggered`` what reordering rules add after the last of the orders.
    """

    def __init__(self, answers: Answers):
        self.answers = answers
        self.ledger = Ledger(answers)
        self.productions: list[Production] = []
        self.purchases: list[Purchase] = []
        self.transfers: list[Transfer] = []
        self.triggered: list[Triggered] = []
        self._reordered = {}
        self._real_purchases = set()
        self._real_productions = set()
        self._count = 0

    def confirm(self, needs: list[Need]) -> list[Delta]:
        """Confirm one order (sale.order.line._action_launch_stock_rule).

        :return: what it makes or enlarges, in the order in which it is made
        """
        before = self._count_supplies()
        first = self._count
        self._play(self._run(needs))
        self.triggered = self._find_triggered(first)
        return self._compare_supplies(before)

    def _play(self, task):
        stack = [task]
        while stack:
            task = next(stack[-1], None)
            if task is None:
                stack.pop()
            else:
                stack.append(task)

    def _get_supplies(self):
        yield from self.productions
        for order in self.purchases:
            yield from order.lines
        yield from self.transfers

    def _count_supplies(self):
        return {
            supply.key: (supply.product_quantity, len(supply.serves))
            for supply in self._get_supplies()
        }

    def _compare_supplies(self, before):
        deltas = []
        for supply in self._get_supplies():
            is_new = supply.key not in before and not supply.id
            former, served = before.get(supply.key, (supply.former, 0))
            quantity = supply.product_quantity - former
            if is_new or supply.product.unit.is_more(quantity, 0.0):
                serves = supply.serves
                if isinstance(supply, PurchaseLine):
                    serves = serves[served:]
                deltas.append(Delta(supply, is_new, quantity, tuple(serves)))
        return deltas

    def _find_triggered(self, first):
        """What reordering rules order (stock.move._trigger_scheduler).

        Odoo asks them after each production order; here they are asked once, of the
        demands made since the number ``first``.
        """
        triggered = {}
        for moves in list(self.ledger.moves.values()):
            for move in moves:
                if move.id <= first or not move.leaves_stock:
                    continue
                key = (move.product.id, move.place_from, move.place_to)
                rule = self.answers.ask("reordering", key, move)
                if rule is not UNKNOWN and rule:
                    triggered[rule.id] = (rule, move)
        return list(filter(None, (self._reorder(*pair) for pair in triggered.values())))

    def _reorder(self, rule, move):
        forecast = rule.forecast + self.ledger.count_change(rule, move.product)
        forecast += self._reordered.get(rule.id, 0.0)
        quantity = rule.quantity(forecast, move.product.unit)
        if not move.product.unit.is_more(quantity, 0.0):
            return None
        self._reordered[rule.id] = self._reordered.get(rule.id, 0.0) + quantity
        return Triggered(rule.id, move.product, move.company, quantity, forecast)

    def _next_id(self):
        self._count += 1
        return self._count

    # Needs and rules (stock.rule.run)

    def _run(self, needs):
        groups = {}
        for need in self._explode(needs):
            if not need.product.is_goods or need.product.unit.is_zero(need.quantity):
                continue
            if need.policy in (MAKE_TO_STOCK, STOCK_THEN_ORDER):
                continue
            rule = self._find_rule(need)
            if rule:
                need.rule = rule
                groups.setdefault(rule.action, []).append(need)
        for action, group in groups.items():
            if action == "pull":
                yield self._run_pull(group)
            elif action == "manufacture":
                yield self._run_manufacture(group)
            elif action == "buy":
                yield self._run_buy(group)

    def _explode(self, needs):
        """Needs with the components of kits in place of the kits."""
        for need in needs:
            key = (need.product.id, need.company, need.never)
            kit = self.answers.ask("kit", key, need)
            if kit is UNKNOWN:
                continue
            if not kit:
                yield need
                continue
            need.node.supply = "kit"
            need.node.recipe = kit
            yield from self._explode_kit(need, kit)

    def _explode_kit(self, need, kit):
        times = kit.times(need.quantity, need.unit)
        for ingredient in kit.ingredients:
            product, unit = ingredient.product, ingredient.unit
            quantity = ingredient.quantity(times)
            if not self.answers.keeps_units:
                quantity, unit = (
                    unit.convert(quantity, product.unit, HALF_UP),
                    (product.unit),
                )
            node = self._add_child(need.node, product, ingredient.line, need.served)
            node.quantity += unit.convert(quantity, product.unit, HALF_UP)
            yield Need(
                product,
                quantity,
                unit,
                need.place,
                need.date,
                node,
                need.company,
                warehouse=need.warehouse,
                orders_ahead=need.orders_ahead,
                routes=need.routes,
                package=need.package,
                references=need.references,
                served=need.served,
                bom_line=ingredient.line,
                sale_line=need.sale_line,
                description="\n".join(
                    filter(None, [need.description, ingredient.note])
                ),
                dests=need.dests,
                policy=need.policy,
                by_policy=need.by_policy,
                is_below_stock=need.is_below_stock,
            )

    def _add_child(self, node, product, line, served, warehouse=False):
        return node.child(
            (product.id, line, warehouse),
            product,
            served.level,
            bom_line=line,
            order_line=served.line,
        )

    def _find_rule(self, need):
        key = RuleKey(
            need.product.id,
            need.place,
            need.warehouse,
            need.company,
            need.routes,
            need.package,
        )
        rule = self.answers.ask("rule", key, need)
        if rule is UNKNOWN:
            return None
        if not rule:
            need.node.supply = "none"
            need.node.add_problem("no_rule", place=need.place)
            return None
        return rule

    # Moves (stock.rule._run_pull, stock.move._action_confirm)

    def _run_pull(self, needs):
        companies = {}
        for need in sorted(needs, key=lambda need: need.quantity > 0):
            if self._is_transfer_loop(need):
                need.node.add_problem("loop")
                continue
            companies.setdefault(need.company, []).append(self._make_move(need))
        for moves in companies.values():
            yield self._confirm(moves)

    def _is_transfer_loop(self, need):
        """Places that would bring goods to each other (stock.rule._check_...)."""
        seen = set()
        moves = list(need.dests)
        while moves:
            move = moves.pop()
            if move.id in seen:
                continue
            seen.add(move.id)
            if move.product == need.product and move.place_from == need.rule.place_from:
                return True
            moves += move.dests
        return False

    def _make_move(self, need):
        rule, node = need.rule, need.node
        if need.is_below_stock and rule.leaves_stock:
            # Another warehouse delivers: a demand of its own.
            node = self._add_child(
                node, need.product, False, need.served, rule.source_warehouse
            )
            node.quantity += need.unit.convert(
                need.quantity, need.product.unit, HALF_UP
            )
        move = Move(
            self._next_id(),
            need.product,
            need.quantity,
            need.unit,
            rule.place_from,
            rule.place_to,
            need.date - timedelta(days=rule.delay),
            node,
            rule.operation,
            method=("make_to_stock" if rule.method == MTS_ELSE_MTO else rule.method),
            rule_method=rule.method,
            company=rule.company or need.company,
            warehouse=rule.warehouse,
            source_warehouse=rule.source_warehouse,
            supplier_warehouse=rule.supplier_warehouse,
            leaves_stock=rule.leaves_stock,
            routes=need.routes,
            package=need.package,
            references=need.references,
            served=need.served,
            bom_line=need.bom_line,
            sale_line=need.sale_line,
            description=need.description,
            never=need.never,
            is_below_stock=need.is_below_stock and not rule.leaves_stock,
            dests=need.dests,
        )
        node.rule_id = node.rule_id or rule.id
        self.ledger.add_move(move)
        if need.dests and need.is_below_stock and not move.leaves_stock:
            self._add_transfer(move, need)
        elif need.dests:
            self._add_supply(move, need, ("transfer", move.id), "move", move.date)
        return move

    def _add_transfer(self, move, need):
        key = ("stock.move", "new", move.id)
        need.node.supply = "transfer"
        need.node.documents[key] = True
        quantity = move.product_quantity
        self._add_supply(move, need, key, "move", move.date)
        self.transfers.append(
            Transfer(
                key,
                move.product,
                quantity,
                move.place_from,
                need.place,
                need.served,
                move.operation,
                move.references,
            )
        )

    def _add_supply(self, move, need, key, kind, date):
        supply = Supply(
            key,
            kind,
            move.product,
            need.place,
            date,
            need.served.specification,
            move.product_quantity,
            document=move,
        )
        self.ledger.add_supply(supply)
        for demand in need.dests:
            self.ledger.link(supply, demand)
        return supply

    def _confirm(self, moves):
        """(stock.move._action_confirm, with _decide_supply and _link_supply)"""
        moves = [move for move in moves if self._decide(move)]
        needs = self._order_by_method(moves)
        yield self._run(needs)
        for move in moves:
            has_origins = any(link.kind == "move" for link in move.links)
            ordered = move.method == "make_to_order" or has_origins
            move.state = "waiting" if ordered else "confirmed"
            if move.is_below_stock or not move.leaves_stock:
                self._open_supply(move)
        for move in moves:
            self._reserve_at_confirmation(move)
        first = [move for move in moves if move.policy == STOCK_THEN_ORDER]
        if first:
            yield self._serve_stock_first(first)

    def _open_supply(self, move):
        for key in (("stock.move", "new", move.id), ("transfer", move.id)):
            if supply := self.ledger.find_supply(key):
                supply.is_open = True

    def _decide(self, move):
        """Let the policies decide a demand on stock; False while nobody knows."""
        if not move.leaves_stock or move.quantity < 0:
            return True
        key = (
            move.product.id,
            move.company,
            move.source_warehouse,
            move.served,
            move.bom_line,
        )
        decision = self.answers.ask("decision", key, move)
        if decision is UNKNOWN:
            return False
        self._apply(decision, move)
        return True

    def _apply(self, decision: Decision, move):
        node = move.node
        node.decision = decision
        node.core_method = move.rule_method
        node.warehouse = move.source_warehouse
        if decision.policy:
            move.policy = decision.policy
            ordered = decision.policy == MAKE_TO_ORDER
            move.method = "make_to_order" if ordered else "make_to_stock"

    def _order_by_method(self, moves):
        """Needs of the demands that Odoo orders: to order, or stock or else order."""
        needs = []
        promised = {}
        for move in moves:
            quantity = move.quantity
            if move.method != "make_to_order":
                if move.rule_method != MTS_ELSE_MTO or move.policy:
                    continue
                quantity = self._missing_in_stock(move, promised)
            if move.leaves_stock:
                move.node.to_supply += move.unit.convert(
                    quantity, move.product.unit, HALF_UP
                )
            needs.append(self._make_need(move, quantity, move.unit, move.node))
        return needs

    def _missing_in_stock(self, move, promised):
        """(stock.move._prepare_procurement_qty)"""
        wanted = move.product_quantity
        if not move.product.is_stored or wanted <= 0 or not move.leaves_stock:
            return move.quantity
        free = max(self.ledger.free(move) - promised.get(move.pool, 0.0), 0.0)
        promised[move.pool] = promised.get(move.pool, 0.0) + min(wanted, free)
        return move.product.unit.convert(max(wanted - free, 0.0), move.unit, HALF_UP)

    def _make_need(self, move, quantity, unit, node, is_missing=False):
        """(stock.move._prepare_procurement_values)"""
        warehouse = move.warehouse or move.operation.warehouse
        if not move.source_warehouse:
            warehouse = move.supplier_warehouse
        return Need(
            move.product,
            quantity,
            unit,
            move.place_from,
            move.date,
            node,
            move.company,
            warehouse=warehouse,
            routes=move.routes,
            package=move.package,
            references=move.references,
            served=move.served,
            bom_line=move.bom_line,
            sale_line=move.sale_line,
            description=move.description,
            dests=[move] if is_missing or move.method == "make_to_order" else [],
            by_policy=bool(move.policy),
            never=move.never,
            orders_ahead=move.leaves_stock,
            is_below_stock=move.leaves_stock or move.is_below_stock,
        )

    def _reserve_at_confirmation(self, move):
        node = move.node
        if move.leaves_stock and move.policy != STOCK_THEN_ORDER:
            if move.method == "make_to_stock":
                from_stock = move.product_quantity
                if move.rule_method == MTS_ELSE_MTO and not move.policy:
                    from_stock = max(from_stock - node.to_supply, 0.0)
                node.from_stock += from_stock
                node.available += min(
                    max(self.ledger.free(move), 0.0), move.product_quantity
                )
        if move.state != "confirmed":
            return
        if not move.product.is_stored:
            move.state = "assigned"
        elif move.policy != STOCK_THEN_ORDER and move.leaves_stock:
            if move.operation.reserves(move.date, self.answers.today):
                self.ledger.reserve_as_odoo(move)
                self._set_reserved_state(move)

    def _set_reserved_state(self, move):
        if not move.product.unit.is_more(move.unreserved, 0.0):
            move.state = "assigned"
        elif move.reserved and move.method == "make_to_stock":
            move.state = "partially_available"

    # Stock first (stock.move._supply_from_stock_first)

    def _serve_stock_first(self, demands, node=None):
        demands = sorted(
            (move for move in demands if self._wants_goods(move)),
            key=lambda move: move.id,
        )
        shares = self.ledger.share(demands)
        needs = []
        for move in demands:
            part = shares[move]
            self.ledger.reserve(move, part.from_stock)
            self._set_reserved_state(move)
            shown = node or move.node
            shown.from_stock += part.from_stock
            shown.available += part.from_stock
            shown.to_supply += part.missing
            for supply, quantity in part.arrivals:
                self._promise_arrival(supply, move, quantity, shown)
            if move.product.unit.is_more(part.missing, 0.0):
                unit = move.product.unit
                missing = unit.round(part.missing)
                needs.append(self._make_need(move, missing, unit, shown, True))
        yield self._run(needs)

    def _wants_goods(self, move):
        if move.state == "assigned":
            return not move.product.is_stored
        return move.unit.is_more(move.quantity, 0.0)

    def _promise_arrival(self, supply, move, quantity, node):
        self.ledger.link(supply, move)
        node.from_arrivals += quantity
        node.joined[supply.key] = quantity
        line = supply.document
        if isinstance(line, PurchaseLine) and line.required:
            line.required += quantity

    # Manufacturing orders (stock.rule._run_manufacture)

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

    # Requests for quotation (stock.rule._run_buy)

    def _run_buy(self, needs):
        groups = {}
        for need in needs:
            need.vendor = self.answers.vendors.choose(need, need.rule)
            if not need.vendor:
                self._refuse_to_buy(need)
                continue
            subcontracted = need.rule.is_subcontracted
            need.node.supply = "subcontract" if subcontracted else "buy"
            groups.setdefault(self._order_key(need), []).append(need)
        for group in groups.values():
            self._buy(group)
        return
        yield

    def _refuse_to_buy(self, need):
        """Odoo waits for stock then, and tells nobody."""
        need.node.supply = "none"
        need.node.add_problem("no_vendor")
        for demand in need.dests:
            demand.method = "make_to_stock"

    def _order_key(self, need):
        """(stock.rule._make_po_get_domain)"""
        vendor, rule = need.vendor, need.rule
        references = vendor.wants_one_order == "default" and need.references
        return (
            vendor.partner,
            rule.operation.id,
            rule.company or need.company,
            vendor.buyer,
            vendor.currency,
            references or frozenset(),
            self._get_window(need),
        )

    def _get_window(self, need):
        """First and last day of the requests that a vendor wants in one."""
        vendor, day = need.vendor, need.date.date()
        if vendor.wants_one_order == "day":
            return (day, day)
        if vendor.wants_one_order != "week":
            return None
        if vendor.weekday == "default":
            start = day - timedelta(days=day.isoweekday())
            return (start, start + timedelta(days=6))
        day += timedelta(days=(7 + int(vendor.weekday) - day.isoweekday()) % 7)
        return (day, day)

    def _buy(self, needs):
        order = self._find_purchase(needs[0])
        if not order:
            order = self._make_purchase(needs)
        else:
            for need in needs:
                order.references |= need.references
        new_lines = []
        for group in self._merge(needs):
            line = self._find_line(order, group[0])
            if line:
                self._raise_line(line, group)
            elif group[0].unit.is_more(sum(n.quantity for n in group), 0.0):
                new_lines.append(self._make_line(order, group, new_lines))
        order.lines += new_lines

    def _find_purchase(self, need):
        self._load_purchases(need)
        key = self._order_key(need)
        found = [order for order in self.purchases if self._is_joined(order, key)]
        return min(found, key=lambda order: order.sort_key, default=None)

    def _is_joined(self, order, key):
        *same, references, window = key
        if same != [
            order.partner,
            order.operation,
            order.company,
            order.buyer,
            order.currency,
        ]:
            return False
        if references and not order.references & references:
            return False
        if not window:
            return True
        planned = order.date_planned
        return bool(planned) and window[0] <= planned.date() <= window[1]

    def _load_purchases(self, need):
        """Draft requests of the vendor, where one of them may be joined."""
        vendor = need.vendor
        known_references = any(isinstance(ref, int) for ref in need.references)
        if vendor.wants_one_order == "default" and need.references:
            if not known_references:
                return
        if vendor.partner in self._real_purchases:
            return
        orders = self.answers.ask("purchases", vendor.partner, need)
        if orders is UNKNOWN:
            return
        self._real_purchases.add(vendor.partner)
        for make in orders:
            self.purchases.append(make(self))

    def _make_purchase(self, needs):
        """(stock.rule._prepare_purchase_order)"""
        first = needs[0]
        number = self._next_id()
        order = Purchase(
            ("purchase.order", "new", number),
            False,
            first.vendor.partner,
            first.rule.operation.id,
            first.rule.company or first.company,
            first.vendor.buyer,
            first.vendor.currency,
            first.references,
            min(self._get_order_date(need) for need in needs),
            # Newer than any that is there.
            sequence=10**12 + number,
        )
        self.purchases.append(order)
        return order

    def _get_order_date(self, need):
        delay = int(need.vendor.delay)
        if need.orders_ahead:
            delay = self.answers.vendors.delay(need)
        return need.date - timedelta(days=delay)

    def _merge(self, needs):
        """(stock.rule._merge_procurements): the last one tells the values."""
        groups = {}
        for need in needs:
            groups.setdefault(self.answers.vendors.merge_key(need), []).append(need)
        return [group[::-1] for group in groups.values()]

    def _find_line(self, order, need):
        """(purchase.order.line._find_candidate)"""
        specification = self._bought_specification(need)
        for line in order.lines:
            if (
                line.product == need.product
                and line.cancels_on == need.rule.cancels_on
                and line.specification == specification
                and need.description in ("", line.description)
            ):
                return line
        return None

    def _bought_specification(self, need):
        """Components of goods that differ do not differ."""
        return "" if need.served.level else need.served.specification

    def _make_line(self, order, group, others):
        need = group[0]
        by_policy = any(other.by_policy for other in group)
        quantity = sum(other.quantity for other in reversed(group))
        required, unit = 0.0, need.unit
        if by_policy:
            required = need.unit.convert_exactly(quantity, need.product.unit)
            day = max(order.date_order.date(), self.answers.today)
            quantity, unit = self.answers.vendors.offer(need, required, day)
        elif need.vendor.unit.id != need.unit.id:
            unit = need.vendor.unit
            quantity = need.unit.convert(quantity, unit)
        key = ("purchase.order.line", "new", self._next_id())
        line = PurchaseLine(
            key,
            False,
            need.product,
            quantity,
            unit,
            required,
            self._shift_date(need, order),
            Supply(
                ("line", -self._count),
                "line",
                need.product,
                need.place,
                need.date,
                self._bought_specification(need),
                is_open=True,
            ),
            specification=self._bought_specification(need),
            cancels_on=need.rule.cancels_on,
            description=need.description,
            order=order,
        )
        line.supply.date = line.date
        line.supply.capacity = line.product_quantity
        line.supply.document = line
        self.ledger.add_supply(line.supply)
        self._serve_by_line(line, group)
        planned = order.date_planned or min(
            [line.date, *(other.date for other in others)]
        )
        ordered = planned - timedelta(days=need.vendor.delay)
        if ordered.date() < order.date_order.date():
            order.date_order = ordered
        return line

    def _shift_date(self, need, order):
        if need.vendor.wants_one_order != "week" or need.vendor.weekday == "default":
            return need.date
        days = (7 + int(need.vendor.weekday) - need.date.isoweekday()) % 7
        date = need.date + timedelta(days=days)
        if not order.date_planned or order.date_planned >= date:
            order.date_order += timedelta(days=days)
        return date

    def _raise_line(self, line, group):
        """(stock.rule._update_purchase_order_line)"""
        need = group[0]
        change = sum(other.quantity for other in reversed(group))
        by_policy = any(other.by_policy for other in group)
        dests = [demand for other in group for demand in other.dests]
        is_shaped = by_policy or bool(line.required and dests)
        before = line.product_quantity
        line.required, line.quantity, line.unit = self.answers.vendors.change(
            line, need, change, is_shaped
        )
        line.supply.capacity += line.product_quantity - before
        self._serve_by_line(line, group)
        for other in group:
            other.node.joined[line.key] = other.quantity

    def _serve_by_line(self, line, group):
        for need in reversed(group):
            self._supply_by(line.key, line.supply, need)
            for served in [d.served for d in need.dests] or [need.served]:
                if served not in line.serves:
                    line.serves.append(served)
