from odoo.tests import tagged

from odoo.addons.mto_cascade.tests.resolving import ResolverCase

from .test_subcontracting import SubcontractingCase


@tagged("post_install", "-at_install")
class TestResolver(ResolverCase, SubcontractingCase):
    """Subcontracted goods and what the subcontractor gets for them."""

    def _get_steps(self, order):
        memory = self.resolver._new_memory()
        needs = [line._prepare_supply_need() for line in order.order_line]
        found = {}
        while needs:
            steps = self.resolver._resolve(needs, memory)
            found.update((step.need.product_id, step) for step in steps.values())
            below = self.resolver._get_components(steps.values(), memory)
            needs = [c.need for components in below.values() for c in components]
        return found

    def test_resupplied(self):
        """What is brought to the subcontractor leaves our stock for the order."""
        self._create_painted_bicycle()
        order = self._create_order((self.bicycle, 2), confirm=False)
        steps = self._get_steps(order)
        painted = steps[self.painted.id]
        self.assertEqual(painted.supply, "subcontract")
        self.assertEqual(painted.bom_id, self.painted.bom_ids.id)
        welded = steps[self.welded.id]
        self.assertEqual(welded.supply, "manufacture")
        self.assertTrue(welded.is_demand)
        self.assertEqual(welded.source_id, self.stock.id)
        self.assertEqual(steps[self.tube.id].supply, "buy")
        expected = self.follow(order)
        order.action_confirm()
        while self._get_purchases(order).filtered(lambda p: p.state == "draft"):
            self._buy(order)
        moves, productions, purchases = self.get_documents(order)
        self.assertEqual(purchases, expected[2])
        self.assertEqual(
            {product_id for product_id, _bom in productions},
            set((self.bicycle | self.painted | self.welded).ids),
        )
        self.assertLessEqual(expected[0], moves)

    def test_of_the_subcontractor(self):
        """Where nothing is brought to him he takes components from what he has."""
        self.warehouse.subcontracting_to_resupply = False
        self._create_painted_bicycle()
        order = self._create_order((self.bicycle, 2), confirm=False)
        step = self._get_steps(order)[self.welded.id]
        self.assertFalse(step.is_demand)
        self.assertEqual(step.procure_method, "make_to_stock")
        place = self.env["stock.location"].browse(step.source_id)
        self.assertEqual(place, self.company.subcontracting_location_id)

    def test_another_vendor(self):
        """Bought from somebody who is no subcontractor of the bill of materials."""
        self._create_painted_bicycle()
        self.painted.seller_ids.partner_id = self.vendor
        order = self._create_order((self.bicycle, 2), confirm=False)
        self.assertEqual(self._get_steps(order)[self.painted.id].supply, "buy")
