"""The confirmation of orders as a game: what it would make, without making it.

The moves of the game are Odoo's, in Odoo's order; the names in brackets are where Odoo
makes them. Tasks are generators that yield the tasks to do before they go on, and lie
on a stack of their own: how deep a structure is does not matter.
"""

from datetime import timedelta

from .buying import Buying
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
from .making import MTS_ELSE_MTO, Making
from .policy import MAKE_TO_ORDER, MAKE_TO_STOCK, STOCK_THEN_ORDER
from .units import HALF_UP


class Confirmation(Making, Buying):
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
                of_order=need.of_order,
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
            need.of_order,
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
        if any(demand.leaves_stock for demand in need.dests) and not move.leaves_stock:
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
        if not move.leaves_stock or move.quantity < 0 or move.is_known:
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
