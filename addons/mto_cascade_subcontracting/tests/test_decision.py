from odoo import Command
from odoo.tests import tagged

from odoo.addons.mto_cascade.tests.common import SupplyCommon


@tagged("post_install", "-at_install")
class TestDecision(SupplyCommon):
    """The answer names the subcontractor's work."""

    def _create_painted(self, policy, subcontractor):
        painted = self._create_part("Painted frame", policy)
        self._create_bom(
            painted,
            [(self._create_part("Frame"), 1)],
            type="subcontract",
            subcontractor_ids=[Command.link(subcontractor.id)],
        )
        return painted

    def _get_answers(self, policy, subcontractor):
        painted = self._create_painted(policy, subcontractor)
        (answer,) = painted.get_supply_decision()
        return answer["supply"], answer["explanation"]

    def test_subcontracted(self):
        self.assertEqual(
            self._get_answers("make_to_order", self.vendor),
            ("subcontract", "Subcontracted for the order: policy of the product"),
        )
        self.assertEqual(
            self._get_answers("stock_then_order", self.vendor),
            (
                "subcontract",
                "From stock first; what is missing is subcontracted: "
                "policy of the product",
            ),
        )

    def test_bought_from_somebody_else(self):
        """The bill of materials is for a subcontractor who does not sell it."""
        self.assertEqual(
            self._get_answers("make_to_order", self.customer)[0],
            "buy",
        )
