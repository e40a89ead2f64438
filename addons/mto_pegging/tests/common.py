from odoo.addons.mto_cascade.tests.common import SupplyCommon


class PeggingCommon(SupplyCommon):
    """Reads a pegging as tests want to say it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bolt = cls._create_part("Bolt", "make_to_order", delay=3)
        cls.wheel = cls._create_product("Wheel", "make_to_order")
        cls.bike = cls._create_product("Bike", "make_to_order")
        cls._create_bom(cls.wheel, [(cls.bolt, 4)])
        cls._create_bom(cls.bike, [(cls.wheel, 2), (cls.bolt, 1)])

    def _get_rows(self, order):
        """{(model, product, state): (quantity, total)} of the order's nodes."""
        return {
            (node["model"], node["product"], node["state"]): (
                node["quantity"],
                node["total"],
            )
            for node in order.get_pegging()[0]["nodes"]
        }

    def _get_served(self, record):
        """{order: quantity} that the record serves."""
        return {
            entry["order"]: entry["quantity"]
            for entry in record.get_demand()[0]["demand"]
        }

    def _refresh(self):
        """Let the queue follow everything that changed."""
        self.env.flush_all()
        self.env.cr.flush()
        queue = self.env["mto.demand.change"]
        while queue._follow(500):
            pass

    def _get_differences(self):
        """What is kept and not true; mended by looking."""
        lines = self.env["sale.order.line"].search([("move_ids", "!=", False)])
        return self.env["mto.demand.line"]._derive(
            self.env["stock.move"], self.env["purchase.order.line"], lines
        )
