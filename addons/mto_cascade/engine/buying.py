"""Requests for quotation in the game of a confirmation (stock.rule._run_buy)."""

from datetime import timedelta

from .documents import Purchase, PurchaseLine, Supply
from .factory import UNKNOWN


class Buying:
    """The part of ``Confirmation`` that buys."""

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
