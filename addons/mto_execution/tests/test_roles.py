from lxml import etree

from odoo.exceptions import AccessError

from .common import ExecutionCommon


class TestRoles(ExecutionCommon):
    """Who reads the answer, and who decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bike.supply_policy = "make_to_order"
        cls.seller = cls._create_user("sales")

    def test_whoever_reads_the_order_opens_it(self):
        """Sales follows its manufacturing orders, the warehouse too."""
        production = self._make()
        production.action_release()
        for role in ("sales", "warehouse", "planner", "shop_floor"):
            user = self.seller if role == "sales" else self._create_user(role)
            with self.subTest(role):
                seen = production.with_user(user)
                arch = etree.fromstring(seen.get_view(view_type="form")["arch"])
                # The client reads all of them, or shows nothing; core's are core's.
                names = [
                    name
                    for name in arch.xpath("//field[not(ancestor::field)]/@name")
                    if seen._fields[name]._module == "mto_execution"
                ]
                (row,) = seen.read(names)
                self.assertIn("6 × Brake kit missing", row["launch_message"])

    def test_sales_does_not_run_the_workshop(self):
        """Core lets sales write manufacturing orders; deciding is another matter."""
        production = self._make().with_user(self.seller)
        self.assertTrue(production.has_access("write"), "core closed the hole")
        for method, *arguments in (
            ("action_release",),
            ("action_release_launchable",),
            ("action_hold", "I want it later"),
            ("action_resume",),
            ("action_serve_first", "My customer"),
            ("action_override_launch", "My customer"),
            ("action_cancel_order", "My customer"),
            ("action_close_order",),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(production, method)(*arguments)

    # What sales reads on its order

    def test_sales_order_tells_it(self):
        order = self._create_order((self.bike, 20), user_id=self.seller.id)
        production = self._get_productions(self.bike)
        message = order.with_user(self.seller).production_message
        self.assertIn(f"{production.name}, 20 × Bicycle, Planned: ", message)
        self.assertIn("6 × Brake kit missing (14 of 20 on hand", message)
        self.assertIn("14 can start today.", message)
        self.assertNotIn("For Customer", message, "sales knows for whom")

    def test_sales_order_follows_the_work(self):
        self._add_stock(self.brake, 6)
        order = self._create_order((self.bike, 20), user_id=self.seller.id)
        production = self._get_productions(self.bike)
        seen = order.with_user(self.seller)
        production.action_hold("Drawing is missing")
        self.env.invalidate_all()
        self.assertIn("Drawing is missing", seen.production_message)
        production.action_resume()
        production.action_start()
        self.env.invalidate_all()
        self.assertIn("Started: All components are there.", seen.production_message)
        self._produce(production)
        self.env.invalidate_all()
        self.assertFalse(seen.production_message)

    def test_quotation_tells_nothing(self):
        order = self._create_order((self.bike, 1), confirm=False)
        self.assertFalse(order.production_message)
        self.assertFalse(self.env["sale.order"].new().production_message)

    def test_many_orders_are_counted(self):
        order = self._create_order(*[(self.bike, 1)] * 5)
        self.assertEqual(len(self._get_productions(self.bike)), 5)
        lines = order.production_message.split("\n")
        self.assertEqual((len(lines), lines[3]), (4, "2 more manufacturing orders"))

    def test_queries_do_not_grow(self):
        orders = self.env["sale.order"]
        counts = []
        for more in (1, 3):
            for _turn in range(more):
                orders |= self._create_order((self.bike, 1))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders.mapped("production_message")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
