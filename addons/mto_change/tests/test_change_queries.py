from odoo import Command
from odoo.tests import tagged

from .common import ChangeCommon

# Statements for each further manufacturing order that is cancelled with its purchases.
# Alone, Odoo keeps the note of each in statements of its own.
MOST, MOST_ALONE = 6, 12


@tagged("post_install", "-at_install")
class TestChangeQueries(ChangeCommon):
    """What a change costs does not grow much with what it changes."""

    def _count_cancelling(self, count):
        """(statements, manufacturing orders) of a cancelled order of so many lines."""
        products = self.env["product.product"]
        for number in range(count):
            part = self._create_part(f"Part {count}.{number}", "make_to_order")
            below = self._create_product(f"Below {count}.{number}", "make_to_order")
            self._create_bom(below, [(part, 2)])
            product = self._create_product(f"Sold {count}.{number}", "make_to_order")
            self._create_bom(product, [(below, 1), (part, 1)])
            products |= product
        order = self._create_order(*((product, 2) for product in products))
        productions = order.stock_reference_ids.production_ids
        self.assertEqual(len(productions), 2 * count)
        self._settle()
        before = self.env.cr.sql_log_count
        order.with_context(tracking_disable=False).action_cancel()
        self._settle()
        queries = self.env.cr.sql_log_count - before
        self.assertEqual(set(productions.mapped("state")), {"cancel"})
        return queries, len(productions)

    def _settle(self):
        """Write what is open, with the notes on it, and read anew."""
        self.env.cr.flush()
        self.env.invalidate_all()

    def test_cancelled_together(self):
        self._count_cancelling(1)
        few, many = self._count_cancelling(2), self._count_cancelling(12)
        each = (many[0] - few[0]) / (many[1] - few[1])
        is_alone = "mto_batch_confirm" not in self.env.registry._init_modules
        most = MOST_ALONE if is_alone else MOST
        self.assertLessEqual(each, most, f"{few} and {many}")

    def _order_products(self, name, count):
        """(products that are made of one bolt each, an order for 2 of each)"""
        products = [
            self._create_product(f"{name} {count}.{number}", "make_to_order")
            for number in range(count)
        ]
        for product in products:
            self._create_bom(product, [(self.bolt, 1)])
        return products, self._create_order(*((product, 2) for product in products))

    def _count_loading(self, count):
        """Statements of reading what supplies lines that all lost a part of it."""
        products, order = self._order_products("Lost", count)
        for production in order.stock_reference_ids.production_ids:
            self.env["change.production.qty"].create(
                {"mo_id": production.id, "product_qty": 1}
            ).change_prod_qty()
        order.order_line = [
            Command.create({"product_id": product.id, "product_uom_qty": 4})
            for product in products
        ]
        deliveries = self._get_deliveries(order)
        self._settle()
        before = self.env.cr.sql_log_count
        plan = self.env["mto.change"]._load(deliveries, [])
        queries = self.env.cr.sql_log_count - before
        lacks = [node.lack for node in plan.nodes.values() if node.lack]
        self.assertEqual(lacks, [1] * count)
        return queries

    def test_lacks_are_read_at_once(self):
        """Who waits for what others give up is found for all documents together."""
        self._count_loading(1)
        few = self._count_loading(2)
        self.assertLessEqual(self._count_loading(10), few + 2)

    def test_costs_are_read_at_once(self):
        """A preview with costs asks for those of all products in one query."""
        self.env.user.group_ids += self.env.ref("mto_cascade.group_supply_cost")
        order = self._create_order((self.bike, 5), (self.wheel, 2))
        answer = self._preview(order, {"cancel": True})
        tree = self.env["mto.change.tree"]
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        tree._make_tree(answer)
        cost = self.env.cr.sql_log_count - before
        answer["documents"] *= 4
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        tree._make_tree(answer)
        self.assertEqual(self.env.cr.sql_log_count - before, cost)

    def _count_raising(self, count):
        """Statements of previewing that each of so many lines is raised."""
        _products, order = self._order_products("Raised", count)
        order = order.with_context(lang="en_US")
        changes = [{"line_id": line.id, "quantity": 3} for line in order.order_line]
        order.preview_change(changes)
        self._settle()
        before = self.env.cr.sql_log_count
        order.preview_change(changes)
        return self.env.cr.sql_log_count - before

    def test_lines_are_raised_at_once(self):
        """What is left over, the structure and the dates are read for all lines."""
        self._count_raising(1)
        few = self._count_raising(2)
        self.assertLessEqual(self._count_raising(12), few + 4)
