from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import PromiseCommon

# A Monday, in working hours.
NOW = datetime(2026, 3, 2, 9)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPromise(PromiseCommon):
    """When the lines of a quotation can be had, and what is said about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Every day is a working day, except where a test says otherwise.
        cls.company.resource_calendar_id = False
        cls.company.days_to_purchase = 0
        cls.company.security_lead = 0

    def _promise(self, *lines, **vals):
        """The promises of a quotation of ``lines``, in their order."""
        self.quotation = self._create_order(*lines, confirm=False, **vals)
        found = self.quotation.order_line._get_promises()
        return [found[line] for line in self.quotation.order_line]

    def _tell(self, promise):
        return self.env["mto.promise"]._get_message(promise)

    def _in(self, days, hours=0):
        return NOW + timedelta(days=days, hours=hours)

    def _create_chain(self):
        """A bike of 5 days, of a wheel of 6, of a frame of 7, of a tube of 14 days."""
        self.tube = self._create_part("Tube", "make_to_order", delay=14)
        last = self.tube
        for name, days in (("Frame", 7), ("Wheel", 6), ("Bike", 5)):
            made = self._create_product(name, "make_to_order")
            self._create_bom(made, [(last, 1)], produce_delay=days)
            last = made
        return last

    def test_chain_of_32_days(self):
        [promise] = self._promise((self._create_chain(), 3))
        self.assertEqual(promise.feasible, self._in(32))
        self.assertEqual(
            [(step.supply, step.days) for step in promise.path],
            [("buy", 14), ("manufacture", 7), ("manufacture", 6), ("manufacture", 5)],
        )
        self.assertEqual(promise.limiting.product_id, self.tube.id)
        self.assertEqual(
            self._tell(promise), "Tube: 3 need 14 days from their vendor: 16 March"
        )

    def test_brake_kits_missing(self):
        kit = self._create_part("Brake kit", "stock_then_order", on_hand=14, delay=21)
        bike = self._create_product("City bike", "make_to_order")
        self._create_bom(bike, [(kit, 1)], produce_delay=1)
        [promise] = self._promise((bike, 20), commitment_date=self._in(1))
        self.assertEqual(promise.feasible, self._in(22))
        self.assertEqual(promise.quantity_on_wanted, 14)
        self.assertEqual(
            [(part.quantity, part.moment) for part in promise.parts],
            [(14, self._in(1)), (6, self._in(22))],
        )
        self.assertEqual(
            self._tell(promise),
            "Brake kit: 14 of 20 on hand; the other 6 need 21 days from their vendor: "
            "23 March",
        )
