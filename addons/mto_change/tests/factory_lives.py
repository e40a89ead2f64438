"""Random lives in which the factory changes its mind as well.

Extends the lives of changed orders: orders closed short, goods counted away or sent
back, purchases reduced or replaced, receipts that come short, in warehouses of one step
or two.
"""

from odoo import Command

from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED
from odoo.addons.mto_cascade.tests.lives import live

from .lives import ChangeLife


class FactoryLife(ChangeLife):
    """Orders, and a factory to which things happen."""

    _leaves_more = (
        *ChangeLife._leaves_more,
        "reduce_production",
        "close_short",
        "receive_short",
        "reduce_purchase",
        "lose",
        "send_back",
        "deliver_short",
        "other_vendor",
    )

    def __init__(self, env, seed):
        super().__init__(env, seed)
        self.finishing = False
        self._choose_steps()
        self._choose_subcontractor()
        self._add_vendor()

    def _choose_steps(self):
        """Sometimes goods are put away, picked or brought to the line first."""
        chance = self.chance
        warehouse = self.structure.warehouse
        if chance.random() < 0.25:
            warehouse.delivery_steps = "pick_ship"
        if chance.random() < 0.2:
            warehouse.reception_steps = "two_steps"

    def _choose_subcontractor(self):
        """Sometimes a product of the first level is made elsewhere."""
        boms = self.env["mrp.bom"]
        types = dict(boms._fields["type"].selection)
        if "subcontract" not in types or self.chance.random() > 0.2:
            return
        product = self.chance.choice(list(self.structure.levels[1]))
        bom = product.bom_ids
        if bom.type != "normal" or bom.enable_batch_size:
            return
        maker = self.structure.vendors[0]
        bom.write(
            {"type": "subcontract", "subcontractor_ids": [Command.set(maker.ids)]}
        )
        product.seller_ids = [Command.create({"partner_id": maker.id, "price": 5})]
        self.done.append(f"{product.name} is subcontracted")

    def _add_vendor(self):
        for part in self.structure.levels[0]:
            other = self.structure.vendors - part.seller_ids.partner_id
            part.seller_ids = [
                Command.create({"partner_id": other.id, "price": 12, "sequence": 99})
            ]

    def _get_acts(self):
        return [
            *super()._get_acts(),
            (self.move_inside, 3),
            (self.reduce_production, 1),
            (self.close_short, 1),
            (self.receive_short, 1),
            (self.reduce_purchase, 1),
            (self.lose, 1),
            (self.send_back, 1),
            (self.deliver_short, 1),
            (self.other_vendor, 1),
            (self.order_again, 2),
        ]

    # What happens

    def _describe(self, production):
        name = f"{production.name} {production.product_id.name}"
        return f"{name} {production.product_qty:g}"

    def move_inside(self):
        return self._move_some("internal")

    def reduce_production(self):
        production = self._choose(
            self._get_productions().filtered(
                lambda mo: mo.state == "confirmed"
                and mo.product_qty >= 2
                and not mo.bom_id.enable_batch_size
            )
        )
        if not production:
            return False
        before = production.product_qty
        self.env["change.production.qty"].create(
            {
                "mo_id": production.id,
                "product_qty": self.chance.randint(1, int(before) - 1),
            }
        ).change_prod_qty()
        return f"{self._describe(production)} from {before:g}"

    def close_short(self):
        production = self._choose(
            self._get_ready_productions().filtered(lambda mo: mo.product_qty >= 2)
        )
        if not production:
            return False
        made = self.chance.randint(1, int(production.product_qty) - 1)
        told = f"{made} of {self._describe(production)}"
        production.qty_producing = made
        production._set_qty_producing()
        production.with_context(
            skip_consumption=True, skip_backorder=True, mo_ids_to_backorder=[]
        ).button_mark_done()
        return told

    def receive_short(self):
        picking = self._choose(self._get_ready_pickings("incoming"))
        if not picking:
            return False
        told = []
        for move in picking.move_ids.filtered(lambda m: m.quantity):
            move.quantity = max(1, int(move.quantity / 2))
            move.picked = True
            told.append(f"{move.quantity:g} {move.product_id.name}")
        picking.with_context(cancel_backorder=True)._action_done()
        return f"{picking.name} {told}"

    def reduce_purchase(self):
        line = self._choose(
            self.env["purchase.order.line"]
            .search(
                [
                    ("product_id", "in", self.products.ids),
                    ("state", "=", "purchase"),
                ]
            )
            .filtered(lambda line: line.product_qty - line.qty_received >= 2)
        )
        if not line:
            return False
        before = line.product_qty
        line.product_qty -= 1
        name = f"{line.order_id.name} {line.product_id.name}"
        return f"{name} {before:g} -> {line.product_qty:g}"

    def _choose_shelf(self):
        """A quant of goods that orders wait for, free or reserved."""
        return self._choose(
            self.env["stock.quant"]
            .search(
                [
                    ("product_id", "in", self.products.ids),
                    ("location_id", "=", self.structure.warehouse.lot_stock_id.id),
                    ("quantity", ">=", 1),
                ],
                order="id",
            )
            .filtered(
                lambda q: q.quantity < 1000
                # Core refuses to count what is made of its parts when it leaves.
                and self.structure.ways[q.product_id] != "kit"
            )
        )

    def lose(self):
        quant = self._choose_shelf()
        if not quant:
            return False
        before = quant.quantity
        quant.with_context(inventory_mode=True).inventory_quantity = before - 1
        quant.action_apply_inventory()
        return f"{quant.product_id.name} {before:g} -> {before - 1:g}"

    def send_back(self):
        receipts = self.env["stock.picking"].search(
            [
                ("move_ids.product_id", "in", self.products.ids),
                ("move_ids.purchase_line_id", "!=", False),
                ("picking_type_code", "=", "incoming"),
                ("state", "=", "done"),
                ("return_ids", "=", False),
            ],
            order="id",
        )
        picking = self._choose(receipts)
        if not picking or picking.move_ids.location_dest_id.usage != "internal":
            return False
        move = picking.move_ids.filtered(lambda m: m.quantity >= 1)[:1]
        free = move.product_id.with_context(location=move.location_dest_id.id).free_qty
        if not move or free < 1 or free > 1000:
            return False
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model=picking._name)
            .create({"picking_id": picking.id})
        )
        for line in wizard.product_return_moves:
            line.quantity = 1 if line.move_id == move else 0
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.action_assign()
        self._move_all(back)
        return f"{picking.name}: 1 {move.product_id.name} back"

    def deliver_short(self):
        """The customer does not want the rest: the line becomes what was delivered."""
        picking = self._choose(
            self._get_ready_pickings("outgoing").filtered(
                lambda p: all(m.state == "assigned" for m in p.move_ids)
                and len(p.move_ids) == 1
                and p.move_ids.product_id == p.move_ids.sale_line_id.product_id
                and p.move_ids.quantity >= 2
            )
        )
        if not picking:
            return False
        move = picking.move_ids
        line = move.sale_line_id
        move.quantity = int(move.quantity / 2)
        move.picked = True
        picking.with_context(cancel_backorder=True)._action_done()
        others = sum(
            other._get_demanded_quantity() for other in self._get_deliveries(line)
        )
        line.product_uom_qty = line.product_id.uom_id._compute_quantity(
            others, line.product_uom_id, round=False
        )
        return f"{picking.name} {self._name(line)} becomes {line.product_uom_qty:g}"

    def other_vendor(self):
        purchase = self._choose(
            self.env["purchase.order"]
            .search(
                [
                    ("order_line.product_id", "in", self.products.ids),
                    ("state", "in", ("draft", "purchase")),
                ],
                order="id",
            )
            .filtered(
                lambda p: p._get_replaceable_lines()
                and "subcontract" not in p.order_line.product_id.bom_ids.mapped("type")
            )
        )
        if not purchase:
            return False
        other = self.structure.vendors - purchase.partner_id
        wizard = self.env["purchase.order.other.vendor"].create(
            {"purchase_id": purchase.id, "partner_id": other.id}
        )
        action = wizard.action_apply()
        new = purchase.browse(action["res_id"])
        return f"{purchase.name} -> {new.name}"

    def order_again(self):
        issue = self._choose(self._search_lost())
        if not issue:
            return False
        issue.action_run("change_order_again")
        return issue.key

    # The end

    def finish(self):
        self.finishing = True
        super().finish()

    def _buy_all(self):
        """What a subcontractor is given is requested when he gets his order."""
        while self._get_requests():
            super()._buy_all()

    def _move_inside_all(self):
        """Put away and pick until nothing moves any more."""
        while True:
            pickings = ChangeLife._get_pickings(self, "internal")
            self._assign(pickings)
            ready = pickings.filtered(lambda p: any(p.move_ids.mapped("quantity")))
            if not ready:
                return
            for picking in ready:
                self._move_all(picking)

    def _get_ready_productions(self):
        if self.finishing:
            for picking in self._get_ready_pickings("incoming"):
                self._move_all(picking)
            self._move_inside_all()
        return super()._get_ready_productions()

    def _get_pickings(self, kind):
        if self.finishing and kind == "outgoing":
            self._move_inside_all()
        return super()._get_pickings(kind)

    # What must hold

    def _get_deliveries(self, line):
        """Where goods are picked first, the delivery comes when they are."""
        return line._get_outgoing_incoming_moves(strict=False)[0]

    def _get_surplus(self):
        """A move from shelf to shelf takes nothing out of the house.

        A pick is the demand of its customer, until there is a delivery. What a
        subcontractor has counts, and what he used before he was given it is owed. He
        brings what the receipt asks for, whatever his order was lowered to meanwhile.
        """
        surplus = super()._get_surplus()
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "in", self.products.ids),
                ("location_id.usage", "=", "internal"),
                ("location_id.warehouse_id", "=", False),
            ]
        )
        for quant in quants:
            surplus[quant.product_id] += quant.quantity
        moves = self.env["stock.move"].search(
            [
                ("product_id", "in", self.products.ids),
                ("state", "not in", ("draft", "done", "cancel")),
                ("location_id.usage", "=", "internal"),
                ("location_dest_id.usage", "=", "internal"),
            ]
        )
        for move in moves:
            is_for_customer = move.location_final_id.usage == "customer"
            if not is_for_customer or move.move_dest_ids:
                surplus[move.product_id] += move.product_qty
            if move.is_subcontract:
                made = move.move_orig_ids.filtered("production_id")
                coming = made.filtered(lambda m: m.state not in CLOSED)
                rest = move.product_qty - sum(coming.mapped("product_qty"))
                surplus[move.product_id] += max(rest, 0.0)
        return surplus


def live_factory(env, seed, steps=9):
    """Play one life, see ``lives.live``."""
    return live(env, seed, steps, FactoryLife)
