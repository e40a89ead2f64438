from odoo import Command

from .common import SeatCase, waits_for


class TestEngineeringChange(SeatCase):
    """ "Engineering change impact": the structure changes while orders are open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buckle = cls.make_product("Steel buckle", standard_price=2)
        cls.make_vendor("Buckle Works", cls.buckle, 2, 4)

    def change_structure(self):
        """Engineering adds a steel buckle and a third strap to the seat."""
        bom = self.bom.with_env(self.as_("planner"))
        strap = bom.bom_line_ids.filtered(lambda line: line.product_id == self.strap)
        bom.bom_line_ids = [
            Command.update(strap.id, {"product_qty": 3}),
            Command.create({"product_id": self.buckle.id, "product_qty": 1}),
        ]

    def test_not_started_takes_the_new_structure(self):
        """The open order is outdated; updated, it needs and costs the new parts."""
        self.put_on_shelf(self.shell, 4)
        self.put_on_shelf(self.strap, 12)
        order = self.sell((self.seat, 4, 80))
        production = self.productions_of(order)
        self.assertFalse(production.is_outdated_bom)
        self.change_structure()
        self.assertTrue(production.is_outdated_bom)
        self.assertQuantities(
            production.move_raw_ids, "product_uom_qty", {self.shell: 4, self.strap: 8}
        )

        production.with_env(self.as_("planner")).action_update_bom()
        self.assertFalse(production.is_outdated_bom)
        self.assertQuantities(
            production.move_raw_ids,
            "product_uom_qty",
            {self.shell: 4, self.strap: 12, self.buckle: 4},
        )
        purchase = self.purchases_of(order)
        self.assertQuantities(purchase.order_line, "product_qty", {self.buckle: 4})
        self.assertEqual(production.product_qty, 4)
        self.assertEqual(production.date_deadline, order.commitment_date)
        origins = order.picking_ids.move_ids.move_orig_ids
        self.assertEqual(origins, production.move_finished_ids)

        self.receive(self.buy(purchase))
        production.with_env(self.as_("shop_floor")).action_assign()
        self.assertEqual(production.reservation_state, "assigned")
        self.produce(production, 4)
        # 20.00 + 3 x 3.00 + 2.00 + 10.00 of work.
        self.assertAmount(self.stock_value(self.seat), 4 * 41)
        self.move_goods(order.picking_ids)
        invoice = self.invoice(order)
        self.assertAmount(invoice.amount_untaxed, 4 * 80)
        self.assertGoodsCost(invoice, 4 * 41)
        for part in (self.shell, self.strap, self.buckle):
            self.assertEqual(self.on_hand(part), 0)

    def test_started_order_is_finished_as_it_began(self):
        """Two seats are made by the old structure, the next order by the new one."""
        self.stock_parts_for(2)
        old = self.sell((self.seat, 2, 80))
        production = self.productions_of(old)
        production.with_env(self.as_("shop_floor")).workorder_ids.button_start()
        self.assertEqual(production.state, "progress")
        production.with_env(self.as_("shop_floor")).workorder_ids.button_pending()
        self.change_structure()

        new = self.sell((self.seat, 1, 80))
        self.assertQuantities(
            self.productions_of(new).move_raw_ids,
            "product_uom_qty",
            {self.shell: 1, self.strap: 3, self.buckle: 1},
        )
        self.assertQuantities(
            production.move_raw_ids, "product_uom_qty", {self.shell: 2, self.strap: 4}
        )
        self.assertQuantities(
            self.purchases_of(new).order_line,
            "product_qty",
            {self.shell: 1, self.strap: 3, self.buckle: 1},
        )

    @waits_for(
        "mrp.bom",
        "preview_change",
        "the impact of a changed BoM on open orders (mto_change)",
    )
    def test_impact_is_shown_before_it_is_applied(self):
        """Not started: the update is proposed; started: somebody decides."""
        self.stock_parts_for(6)
        waiting = self.productions_of(self.sell((self.seat, 4, 80)))
        started = self.productions_of(self.sell((self.seat, 2, 80)))
        started.with_env(self.as_("shop_floor")).workorder_ids.button_start()
        self.change_structure()
        bom = self.bom.with_env(self.as_("planner"))
        preview = bom.preview_change()[0]
        actions = {
            d["res_id"]: d["action"]
            for d in preview["documents"]
            if d["model"] == "mrp.production"
        }
        self.assertEqual(actions, {started.id: "decide", waiting.id: "update"})

        bom.apply_change(preview["fingerprint"], "Straps tore")
        self.assertQuantities(
            waiting.move_raw_ids,
            "product_uom_qty",
            {self.shell: 4, self.strap: 12, self.buckle: 4},
        )
        self.assertQuantities(
            started.move_raw_ids, "product_uom_qty", {self.shell: 2, self.strap: 4}
        )
        issue = self.env["operation.exception"].search(
            [("res_model", "=", started._name), ("res_id", "=", started.id)]
        )
        self.assertEqual(issue.type_id.code, "change_decision")
        self.assertTrue(issue.owner_id)
