from odoo import Command
from odoo.exceptions import AccessError

from .common import ExecutionCommon


class TestOtherCompany(ExecutionCommon):
    """Another company sees nothing of it, and asks nothing of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.stranger = cls._create_user(
            "planner",
            company_id=cls.other.id,
            company_ids=[Command.set(cls.other.ids)],
        )

    def test_launch_check(self):
        production = self._make()
        with self.assertRaises(AccessError):
            production.with_user(self.stranger).get_launch_check()

    def test_records(self):
        """Plan, closing and variance."""
        production = self._make(5)
        production.action_release()
        production = self._produce(production)
        production.action_close_order()
        for records in (
            production.plan_ids,
            production.closing_ids,
            production.closing_ids.line_ids,
        ):
            with self.assertRaises(AccessError, msg=records._name):
                records.with_user(self.stranger).read(["product_id"])
        with self.assertRaises(AccessError):
            production.with_user(self.stranger).get_variance()

    def test_inspection_point(self):
        self.env["mto.inspection.point"].create(
            {"name": "Look", "occasion": "finished", "company_id": self.other.id}
        )
        production = self._produce(self._make(5))
        self.assertFalse(production.inspection_ids)
