"""What the people of the bicycle company do, each with the rights of the role.

Acts press the buttons a person presses; dialogs are opened and filled as the web
client does it. Reading for assertions is done with all rights (`self.env`), so that a
flow sees what the acting person may not see.
"""

from ast import literal_eval

from odoo import Command, fields
from odoo.tests import Form, TransactionCase, tagged


def waits_for(model, method, what):
    """Skip a test, and say so, until the suite offers the method of the model.

    `what` names what is not built yet and the module that will bring it.
    """

    def decorate(test):
        test.waits_for = (model, method, what)
        return test

    return decorate


@tagged("standard", "post_install", "-at_install", "flow")
class FlowCase(TransactionCase):
    """Base of the flows: the company, its people and the words of a working day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.plant = cls.env.ref("stock.warehouse0")
        cls.stock = cls.plant.lot_stock_id
        cls.customer = cls.env.ref("mto_demo.partner_customer_bike_shop")
        cls.currency = cls.company.currency_id

    def setUp(self):
        super().setUp()
        test = getattr(self, self._testMethodName)
        model, method, what = getattr(test, "waits_for", (None, None, None))
        if model and not hasattr(self.env.get(model), method):
            self.skipTest(f"waits for: {what}")

    # People

    def as_(self, role):
        """The environment of the person with this role, without superuser rights."""
        user = self.env.ref(f"mto_demo.user_{role}")
        return self.env(user=user, context=user.with_user(user).context_get(), su=False)

    def open_dialog(self, role, action):
        """The dialog that a button opened, ready to be filled by the person."""
        self.assertIsInstance(action, dict, "the button opens no dialog")
        context = action.get("context") or {}
        if isinstance(context, str):
            context = literal_eval(context)
        model = self.as_(role)[action["res_model"]]
        return Form(model.with_context(**context))

    # Master data of a flow's own

    @classmethod
    def make_product(cls, name, policy="inherit", **values):
        """A storable product at average cost, sold by what is delivered."""
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "categ_id": cls.env.ref("mto_demo.category_bought").id,
                "supply_policy": policy,
                "invoice_policy": "delivery",
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def make_vendor(cls, name, product, price, delay, **values):
        """A vendor who sells the product at `price` within `delay` days."""
        vendor = cls.env["res.partner"].create({"name": name, "supplier_rank": 1})
        cls.env["product.supplierinfo"].create(
            {
                "partner_id": vendor.id,
                "product_id": product.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "price": price,
                "delay": delay,
                "currency_id": cls.currency.id,
                **values,
            }
        )
        return vendor

    @classmethod
    def make_bom(cls, product, components, operations=(), **values):
        """A structure: {component: quantity}, and (name, work centre, minutes)."""
        return cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "picking_type_id": cls.plant.manu_type_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in components.items()
                ],
                "operation_ids": [
                    Command.create(
                        {
                            "name": name,
                            "workcenter_id": workcenter.id,
                            "time_mode": "manual",
                            "time_cycle_manual": minutes,
                        }
                    )
                    for name, workcenter, minutes in operations
                ],
                **values,
            }
        )

    def put_on_shelf(self, product, quantity, location=None):
        """The warehouse counts `quantity` of the product and applies the count."""
        quants = self.as_("warehouse")["stock.quant"].with_context(inventory_mode=True)
        quants.create(
            {
                "product_id": product.id,
                "location_id": (location or self.stock).id,
                "inventory_quantity": quantity,
            }
        ).action_apply_inventory()

    # Sales

    def quote(self, *lines, customer=None, days=30, **values):
        """A quotation of (product, quantity, unit price), promised in `days` days."""
        order = self.as_("sales")["sale.order"].create(
            {
                "partner_id": (customer or self.customer).id,
                "commitment_date": self.in_days(days),
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                        }
                    )
                    for product, quantity, price in lines
                ],
                **values,
            }
        )
        return order.with_env(self.env)

    def confirm(self, order):
        """The salesperson confirms the quotation."""
        order.with_env(self.as_("sales")).action_confirm()
        return order

    def sell(self, *lines, **values):
        """A confirmed order of (product, quantity, unit price)."""
        return self.confirm(self.quote(*lines, **values))

    # Purchasing

    def buy(self, purchase):
        """The buyer confirms the request for quotation."""
        purchase.with_env(self.as_("purchasing")).button_confirm()
        self.assertEqual(purchase.state, "purchase")
        return purchase

    def bill(self, purchase):
        """Finance enters the vendor's bill for what was received."""
        finance = self.as_("finance")
        action = purchase.with_env(finance).action_create_invoice()
        bill = finance["account.move"].browse(action["res_id"])
        bill.invoice_date = fields.Date.context_today(bill)
        bill.action_post()
        return bill.with_env(self.env)

    # Production

    def produce(self, production, quantity, backorder=True):
        """The shop floor makes `quantity`; return the order for what remains, if any.

        With `backorder` False the person answers "No Backorder".
        """
        production = production.with_env(self.as_("shop_floor"))
        with Form(production) as form:
            form.qty_producing = quantity
        remains = quantity < production.product_qty
        action = production.button_mark_done()
        siblings = production.production_group_id.production_ids
        if remains:
            self.assertEqual(action["res_model"], "mrp.production.backorder")
            dialog = self.open_dialog("shop_floor", action).save()
            dialog.action_backorder() if backorder else dialog.action_close_mo()
        self.assertEqual(production.state, "done")
        rest = production.production_group_id.production_ids - siblings
        return rest.with_env(self.env)

    # Warehouse

    def move_goods(self, picking, quantity=None, backorder=True, role="warehouse"):
        """The warehouse moves `quantity` of a transfer (all when None) and validates.

        Return the backorder, if any. With `backorder` False the person answers "No
        Backorder".
        """
        picking = picking.with_env(self.as_(role))
        if quantity is not None:
            moves = picking.move_ids.filtered(lambda m: m.state != "cancel")
            self.assertEqual(len(moves.product_id), 1, "one product per transfer")
            for move in moves:
                move.quantity = min(quantity, move.product_uom_qty)
                quantity -= move.quantity
            self.assertEqual(quantity, 0, "more than the transfer asks for")
        action = picking.button_validate()
        if isinstance(action, dict) and action.get("res_model") == (
            "stock.backorder.confirmation"
        ):
            dialog = self.open_dialog(role, action).save()
            dialog.process() if backorder else dialog.process_cancel_backorder()
        self.assertEqual(picking.state, "done")
        return picking.backorder_ids.with_env(self.env)

    def receive(self, purchase, quantity=None):
        """The warehouse receives the open receipt of the purchase; return the rest."""
        receipt = purchase.picking_ids.filtered(lambda p: p.state == "assigned")
        return self.move_goods(receipt, quantity)

    def send_back(self, picking, quantity, exchange=False):
        """The warehouse opens a return for `quantity`, "for exchange" if asked to."""
        warehouse = self.as_("warehouse")
        dialog = Form(
            warehouse["stock.return.picking"].with_context(
                active_id=picking.id, active_ids=picking.ids, active_model=picking._name
            )
        )
        with dialog.product_return_moves.edit(0) as line:
            line.quantity = quantity
        wizard = dialog.save()
        if exchange:
            action = wizard.action_create_exchanges()
        else:
            action = wizard.action_create_returns()
        return self.env["stock.picking"].browse(action["res_id"])

    # Finance

    def invoice(self, order):
        """Sales drafts the invoice of what was delivered, finance posts it."""
        before = order.invoice_ids
        dialog = Form(
            self.as_("sales")["sale.advance.payment.inv"].with_context(
                active_model="sale.order", active_ids=order.ids, active_id=order.id
            )
        ).save()
        dialog.create_invoices()
        invoice = order.invoice_ids - before
        invoice.with_env(self.as_("finance")).action_post()
        self.assertEqual(invoice.state, "posted")
        return invoice

    def pay(self, invoice, amount=None):
        """Finance registers the payment of the invoice, or of a part of it."""
        finance = self.as_("finance")
        action = invoice.with_env(finance).action_register_payment()
        dialog = Form(
            finance["account.payment.register"].with_context(**action["context"])
        )
        if amount is not None:
            dialog.amount = amount
        dialog.save().action_create_payments()

    # Reading

    def today(self, role):
        """The date on the wall of this person's office."""
        return fields.Date.context_today(self.as_(role)["res.users"])

    def in_days(self, days):
        """Noon, `days` days from today: the same day in every time zone we work in."""
        day = fields.Date.add(fields.Date.today(), days=days)
        return fields.Datetime.to_datetime(day).replace(hour=12)

    def productions_of(self, order):
        """All manufacturing orders that carry the reference of the sales order."""
        return order.stock_reference_ids.production_ids

    def purchases_of(self, order):
        """All purchases that carry the reference of the sales order."""
        return order.stock_reference_ids.purchase_ids

    def on_hand(self, product, warehouse=None):
        """Quantity in the stock of a plant."""
        warehouse = warehouse or self.plant
        return product.with_context(warehouse_id=warehouse.id).qty_available

    def stock_value(self, product):
        """Value of what is on hand, in company currency."""
        product.invalidate_recordset(["total_value", "avg_cost"])
        return product.with_company(self.company).total_value

    def assertQuantities(self, records, field, expected):
        """Quantities of `field` by product: {product: quantity}."""
        found = {
            product: sum(group.mapped(field))
            for product, group in records.grouped("product_id").items()
        }
        self.assertEqual(
            {product.display_name: quantity for product, quantity in found.items()},
            {product.display_name: quantity for product, quantity in expected.items()},
        )

    def assertPaid(self, invoice, amount):
        """The invoice is of `amount` before taxes and nothing is left to pay."""
        self.assertEqual(self.currency.round(invoice.amount_untaxed), amount)
        self.assertEqual(invoice.amount_residual, 0)
        self.assertIn(invoice.payment_state, ("in_payment", "paid"))

    def assertAmount(self, found, expected):
        """Amounts that are equal in company currency."""
        self.assertEqual(self.currency.round(found), self.currency.round(expected))

    def assertGoodsCost(self, invoice, amount):
        """The invoice takes `amount` out of the stock account: cost of goods sold."""
        cost = invoice.line_ids.filtered(lambda line: line.display_type == "cogs")
        self.assertAmount(sum(cost.mapped("debit")), amount)
        self.assertAmount(sum(cost.mapped("credit")), amount)


class SeatCase(FlowCase):
    """A child seat of one shell and two straps, sewn for the order: round figures.

    A shell costs 20.00, a strap 3.00, ten minutes of sewing 10.00: a seat costs 36.00
    and is sold for 80.00. Shells come from their vendor in 7 days, straps in 5; both
    are taken from stock first.
    """

    UNIT_COST = 36

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seat = cls.make_product(
            "Child seat",
            categ_id=cls.env.ref("mto_demo.category_finished").id,
            list_price=80,
            purchase_ok=False,
        )
        cls.shell = cls.make_product("Seat shell", standard_price=20)
        cls.strap = cls.make_product("Seat strap", standard_price=3)
        cls.shell_vendor = cls.make_vendor("Shell Moulders", cls.shell, 20, 7)
        cls.strap_vendor = cls.make_vendor("Strap Weavers", cls.strap, 3, 5)
        cls.sewing = cls.env["mrp.workcenter"].create(
            {
                "name": "Sewing",
                "resource_calendar_id": cls.env.ref("mto_demo.calendar_day_shift").id,
                "costs_hour": 60,
            }
        )
        cls.bom = cls.make_bom(
            cls.seat,
            {cls.shell: 1, cls.strap: 2},
            operations=[("Sew", cls.sewing, 10)],
            produce_delay=2,
        )

    def stock_parts_for(self, seats):
        """Put the parts of so many seats on the shelf."""
        self.put_on_shelf(self.shell, seats)
        self.put_on_shelf(self.strap, 2 * seats)
