from odoo.tests import tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestSpeed(RolloutCommon):
    """Queries stay flat, however many there are."""

    def _count(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before

    def _add_items(self, gate, count):
        self.env["rollout.gate.item"].create(
            [{"gate_id": gate.id, "name": f"Item {n}"} for n in range(count)]
        )

    def test_status_of_a_gate_by_items(self):
        gate = self._gate(self._start(), "G2")
        few = self._count(gate.get_status)
        self._add_items(gate, 60)
        self.assertLessEqual(self._count(gate.get_status), few)

    def test_opening_a_gate_by_items(self):
        gate = self._gate(self._start(), "G2").with_user(self.users["manager"])
        spec = {
            "item_ids": {"fields": {"name": {}, "state": {}, "is_mine": {}}},
            "blocks": {},
            "business_readiness": {},
            "can_sign": {},
        }
        self._count(lambda: gate.web_read(spec))
        few = self._count(lambda: gate.web_read(spec))
        self._add_items(gate.sudo(), 60)
        self.assertLessEqual(self._count(lambda: gate.web_read(spec)), few)

    def test_dashboard_by_sites(self):
        small = self._start(self.two_plant, ("A", "B"))
        large = self._start(
            self.two_plant, [f"Plant {number:02}" for number in range(10)]
        )
        self._count(small.get_dashboard)
        few = self._count(small.get_dashboard)
        self.assertLessEqual(self._count(large.get_dashboard), few + 5)

    def test_starting_by_sites(self):
        """What a start costs grows with its gates, never by query and item."""
        programme = self._create_programme(
            self.two_plant, [f"Plant {number:02}" for number in range(10)]
        )
        programme.action_propose_waves()
        queries = self._count(programme.action_start)
        self.assertLess(queries, len(programme.gate_ids.item_ids))
