from odoo.tests import BaseCase, tagged

from ..engine import (
    VendorTerms,
    changed_order,
    quantity_to_order,
    surplus,
    whole_steps,
)


@tagged("post_install", "-at_install")
class TestOrderingEngine(BaseCase):
    def test_minimum_and_packs(self):
        for required, minimum, step, expected in (
            (6, 0, 0, 6),
            (6, 0, 10, 10),
            (10, 0, 10, 10),
            (11, 0, 10, 20),
            (6, 50, 0, 50),
            (6, 25, 10, 30),
            (60, 50, 0, 60),
            (0, 50, 10, 0),
            (-3, 50, 10, 0),
            (0.7, 0, 0.25, 0.75),
        ):
            with self.subTest(required=required, minimum=minimum, step=step):
                terms = VendorTerms(minimum, step)
                self.assertAlmostEqual(quantity_to_order(required, terms), expected)

    def test_floating_point(self):
        """Noise of a conversion opens no pack; a real need always does."""
        dozen = VendorTerms(step=12)
        self.assertEqual(quantity_to_order(1e-9, dozen), 0)
        self.assertEqual(quantity_to_order(12 + 1e-9, dozen), 12)
        self.assertEqual(quantity_to_order(12.01, dozen), 24)
        self.assertEqual(quantity_to_order(7 / 12 * 12, VendorTerms(step=7)), 7)
        self.assertEqual(quantity_to_order(0.01, VendorTerms(step=1e6)), 1e6)
        self.assertEqual(quantity_to_order(1e6 + 1, VendorTerms(step=1e6)), 2e6)
        self.assertAlmostEqual(whole_steps(0.1 + 0.2, 0.1), 0.3)
        self.assertAlmostEqual(whole_steps(0.301, 0.01), 0.31)

    def test_never_below_the_need(self):
        for step in (0, 0.01, 0.3, 1, 7, 12, 25.4, 1000):
            for number in range(1, 400):
                required = number * 0.37
                ordered = quantity_to_order(required, VendorTerms(5, step))
                self.assertGreaterEqual(ordered + 1e-6, required)
                self.assertLess(ordered, max(required, 5) + (step or 1e-9))

    def test_needs_that_merge_fill_a_pack(self):
        box = VendorTerms(step=10)
        ordered, required, offered = 0.0, 0.0, 0.0
        steps = []
        for need in (6, 3, 1, 1):
            after = required + need
            ordered = changed_order(ordered, required, offered, after, box)
            required, offered = after, quantity_to_order(after, box)
            steps.append(ordered)
        self.assertEqual(steps, [10, 10, 10, 20])

    def test_reduction(self):
        terms = VendorTerms(5, 10)
        self.assertEqual(changed_order(20, 16, 20, 9, terms), 10)
        self.assertEqual(changed_order(20, 16, 20, 0, terms), 0)
        self.assertEqual(changed_order(20, 16, 20, 1e-9, terms), 0)

    def test_what_the_buyer_changed_stays(self):
        box = VendorTerms(50, 10)
        # 50 by the minimum, the buyer wants 70: 20 more stay 20 more.
        self.assertEqual(changed_order(70, 6, 50, 12, box), 70)
        self.assertEqual(changed_order(70, 6, 50, 61, box), 90)
        self.assertEqual(changed_order(70, 6, 50, 0, box), 20)
        # Half a box by agreement: the next need is whole boxes again.
        self.assertEqual(changed_order(6, 6, 10, 12, VendorTerms(step=10)), 20)
        # 15 of 30 come from elsewhere: 10 more need 10 more.
        self.assertEqual(changed_order(15, 30, 30, 40, VendorTerms()), 25)
        self.assertEqual(changed_order(15, 30, 30, 10, VendorTerms()), 0)

    def test_surplus(self):
        self.assertEqual(surplus(10, 6), 4)
        self.assertEqual(surplus(5, 6), 0)
