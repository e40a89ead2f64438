from .common import FlowCase


class TestSupplyCheck(FlowCase):
    """The planner asks in the morning whether orders and supply fit together."""

    def check(self):
        """What the planner reads: {problem}."""
        issues = self.as_("planner")["mto.integrity.issue"]
        issues.action_check_now()
        return issues.search([("closed_on", "=", False)])

    def test_orders_of_the_company_fit(self):
        self.assertFalse(self.check().mapped("message"))

    def test_cancelled_purchase_is_found_and_explained(self):
        order = self.env.ref("mto_demo.order_line_bicycle_bicycle").order_id
        purchases = self.purchases_of(order)
        self.assertTrue(purchases)
        purchases.button_cancel()
        issues = self.check()
        self.assertEqual(set(issues.mapped("kind")), {"demand_without_supply"})
        self.assertIn(order.name, issues.mapped("order_name"))
        for issue in issues:
            self.assertIn(issue.product_id.name, issue.message)
            self.assertTrue(issue.advice)
