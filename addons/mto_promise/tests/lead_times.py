from odoo.addons.mto_cascade.tests.common import SupplyCommon

from .common import work_at_all_hours


class LeadTimeCommon(SupplyCommon):
    """A trailer of 32 days: made 2, frame made 5, painted steel 25; axle 9 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.security_lead = 0
        work_at_all_hours(cls.company)
        order = "make_to_order"
        cls.steel = cls._create_part("Steel", order, delay=25, standard_price=4.0)
        cls.axle = cls._create_part("Axle", order, delay=9, standard_price=15.0)
        cls.frame = cls._create_product("Frame", order, standard_price=60.0)
        cls.trailer = cls._create_product("Trailer", order, standard_price=200.0)
        cls.frame_bom = cls._create_bom(cls.frame, [(cls.steel, 3)], produce_delay=5)
        cls.trailer_bom = cls._create_bom(
            cls.trailer, [(cls.frame, 1), (cls.axle, 2)], produce_delay=2
        )

    def _get_wait(self, product=None):
        template = (product or self.trailer).product_tmpl_id
        return template._get_waits(self.warehouse)[template]
