from odoo import models

from odoo.addons.mto_cascade.engine.tree import TreeRow
from odoo.addons.mto_cascade.models.supply_words import supply_kind_label

# A structure is shown to people; wider than this nobody reads.
MAX_ROWS = 3000
SUPPLY_KINDS = {"manufacture": "make"}


class MtoCustomerClock(models.AbstractModel):
    """ "The customer's clock": what is waited for and what is buffered, by level."""

    _name = "mto.customer.clock"
    _inherit = "mto.supply.tree"
    _description = "The Customer's Clock"

    def _get_tree(self, res_ids):
        products = self.env["product.product"].browse(res_ids)
        products.check_access("read")
        # Vendors and bills of materials are not for everybody who reads a product;
        # told are days and how things are supplied, no cost and no price.
        products = products.sudo()
        warehouse = products._get_supply_warehouse()
        lead = (
            self.env["mto.lead.structure"]
            .sudo()
            ._get_structure(products, warehouse, demands={})
        )
        clock = Clock(lead)
        rows = self._make_rows(clock)
        return {
            "title": self.env._(
                "The customer's clock: %s", ", ".join(products.mapped("display_name"))
            ),
            "summary": self._get_summary(clock, products),
            "columns": self._get_columns(),
            "rows": rows,
            "messages": self._get_messages(clock, products),
            "empty": {
                "title": self.env._("Nobody waits for this product"),
                "text": self.env._(
                    "Services have no lead time. Choose a product that is made or "
                    "bought."
                ),
            },
        }

    # Rows

    def _make_rows(self, clock):
        rows = []
        stack = [(root, -1, 1.0) for root in reversed(list(clock.lead.roots.values()))]
        while stack and len(rows) < MAX_ROWS:
            key, parent, quantity = stack.pop()
            above = [row.key for row in _get_path(rows, parent)]
            position = len(rows)
            is_behind_stock = parent >= 0 and rows[parent].tone == "muted"
            rows.append(self._make_row(clock, key, parent, quantity, is_behind_stock))
            stack += [
                (child, position, quantity * each)
                for child, each in reversed(clock.nodes[key].below.items())
                if child not in above and child != key
            ]
        return rows

    def _make_row(self, clock, key, parent, quantity, is_behind_stock):
        node, item = clock.nodes[key], clock.lead.items[key]
        product = self.env["product.product"].sudo().browse(item.product_id)
        is_buffered = node.is_buffered or is_behind_stock
        is_critical = key in clock.critical and not is_buffered
        waits, buffered = clock.get_days(key, is_behind_stock)
        cells = {
            "product": product.display_name,
            "quantity": {"value": round(quantity, 6), "uom": product.uom_id.name},
            "supply": self._get_supply_words(item),
            "days": round(node.days, 1),
            "clock": waits,
            "buffered": buffered,
            "state": self._get_state(is_buffered, is_critical),
        }
        return TreeRow(
            cells,
            parent=parent,
            tone="muted" if is_buffered else "danger" if is_critical else "",
            problem=is_critical,
            document=("product.product", product.id),
            key=key,
        )

    def _get_supply_words(self, item):
        supply = item.supply or "none"
        return supply_kind_label(self.env, SUPPLY_KINDS.get(supply, supply))

    def _get_state(self, is_buffered, is_critical):
        if is_buffered:
            return self.env._("In stock")
        return is_critical and self.env._("Decides the wait")

    def _get_columns(self):
        return [
            self._column("product", self.env._("Product"), "text"),
            self._column("quantity", self.env._("Quantity"), "quantity"),
            self._column("supply", self.env._("Supply"), "text", optional=True),
            self._column("days", self.env._("Own Days"), "number"),
            self._column("clock", self.env._("Customer Waits"), "number"),
            self._column("buffered", self.env._("Buffered Days"), "number"),
            self._column("state", self.env._("On the Clock"), "state"),
        ]

    # What is told above

    def _get_summary(self, clock, products):
        wait = max((clock.waits[root] for root in clock.lead.roots.values()), default=0)
        full = max((clock.full[root] for root in clock.lead.roots.values()), default=0)
        targets = products.product_tmpl_id._get_target_waits().values()
        target = min((days for days in targets if days), default=0)
        is_over = bool(target) and wait > target
        summary = [
            {
                "label": self.env._("Customer waits"),
                "value": self._get_days(wait),
                "tone": "danger" if is_over else "",
            },
            {
                "label": self.env._("Buffered by stock"),
                "value": self._get_days(full - wait),
                "tone": "",
            },
        ]
        if target:
            summary.append(
                {
                    "label": self.env._("Target wait"),
                    "value": self._get_days(target),
                    "tone": "",
                }
            )
        return summary

    def _get_days(self, days):
        return self.env["mto.promise"]._tell_days(round(days))

    def _get_messages(self, clock, products):
        """One sentence per product: how the levels share the wait."""
        return [
            {"tone": "info", "text": self._get_level_words(clock, product, root)}
            for product, root in clock.lead.roots.items()
        ]

    def _get_level_words(self, clock, product, root):
        by_level = {}
        for key in clock.lead.structure.get_clock_path(root, clock.waits):
            level = clock.lead.items[key].level
            by_level[level] = by_level.get(level, 0.0) + clock.nodes[key].days
        if not by_level:
            return self.env._(
                "%(product)s: nothing is waited for.", product=product.display_name
            )
        levels = [
            self.env._("level %(level)s: %(days)s", level=level, days=round(days))
            for level, days in sorted(by_level.items())
        ]
        return self.env._(
            "%(product)s, days on the customer's clock by level: %(levels)s.",
            product=product.display_name,
            levels=", ".join(levels),
        )


class Clock:
    """A structure with its waits: on the clock, and as if nothing were in stock."""

    def __init__(self, lead):
        self.lead = lead
        self.nodes = lead.structure.nodes
        self.waits = lead.structure.get_waits()
        self.full = lead.get_full_waits()
        self.critical = {
            key
            for root in lead.roots.values()
            for key in lead.structure.get_clock_path(root, self.waits)
        }

    def get_days(self, key, is_behind_stock=False):
        """(days a customer waits for it, days that stock buffers); False for none."""
        if is_behind_stock or self.nodes[key].is_buffered:
            return False, round(self.full[key], 1)
        return round(self.waits[key], 1), False

    def get_components(self, key):
        """{product id: key} of what it is made of, wherever it is made."""
        while self.lead.items[key].supply == "transfer" and self.nodes[key].below:
            key = next(iter(self.nodes[key].below))
        items = self.lead.items
        return {items[child].product_id: child for child in self.nodes[key].below}


def _get_path(rows, position):
    """Rows from this one up to the top."""
    while position >= 0:
        yield rows[position]
        position = rows[position].parent
