from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ExecutionCommon


@tagged("post_install", "-at_install")
class TestTour(HttpCase, ExecutionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            login="mto_execution_tour",
            groups="mrp.group_mrp_user,mrp.group_mrp_routings",
        )

    def test_check_release_and_start_what_can_start(self):
        production = self._make()
        self.start_tour(
            f"/odoo/manufacturing/{production.id}",
            "mto_execution_start_part",
            login=self.user.login,
        )
        self.assertEqual((production.product_qty, production.state), (14, "progress"))
        self.assertEqual(production.released_by_id, self.user)

    def test_dispatch_on_a_tablet(self):
        """The traveller is scanned; start, quantity, done."""
        production = self._make(10)
        # Orders of the database are not what the tour looks at.
        others = self.env["mrp.workorder"].search([("product_id", "!=", self.bike.id)])
        others.production_id.filtered(
            lambda p: p.state not in ("done", "cancel")
        ).action_cancel()
        self.browser_size = "1024x768"
        self.start_tour(
            "/odoo/dispatch-list", "mto_execution_dispatch", login=self.user.login
        )
        self.assertEqual(production.workorder_ids.state, "done")

    def test_produce_with_a_deviation_and_close(self):
        """Another component from the list; the close asks why, and records it."""
        disc = self._create_part("Disc brake", on_hand=50, standard_price=35)
        line = self.bom.bom_line_ids.filtered(lambda x: x.product_id == self.brake)
        line.substitute_ids = [Command.create({"product_id": disc.id})]
        self.bom.consumption = "flexible"
        self.company.deviation_reason_required = True
        production = self._make(5)
        self.start_tour(
            f"/odoo/manufacturing/{production.id}",
            "mto_execution_deviate",
            login=self.user.login,
        )
        self.assertEqual(production.execution_status, "closed")
        self.assertEqual(production.substitution_ids.product_id, disc)
        explained = production.closing_ids.line_ids.filtered("reason_id")
        self.assertEqual(explained.product_id, disc | self.brake)
