from datetime import datetime, timedelta
from random import Random

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import PromiseCommon

# A Wednesday, in working hours.
NOW = datetime(2026, 3, 4, 10)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDating(PromiseCommon):
    """A promised earliest date never lets Odoo date a document before today.

    Random structures are promised their earliest date and confirmed: Odoo dates
    everything backwards from there, and nothing may begin before now.
    """

    def _build(self, random, depth, name="P"):
        policy = "make_to_order"
        if not depth or random.random() < 0.2:
            # Each of another vendor: one request for several parts is dated by the
            # earliest of them and by the longest lead time, whichever they belong to.
            vendor = self.env["res.partner"].create({"name": f"Vendor of {name}"})
            delay = random.randint(0, 25)
            return self._create_part(name, policy, delay=delay, vendor=vendor)
        product = self._create_product(name, policy)
        components = [
            (self._build(random, depth - 1, f"{name}{number}"), random.randint(1, 3))
            for number in range(random.randint(1, 2))
        ]
        self._create_bom(
            product,
            components,
            produce_delay=random.choice((0, 0, 1, 4, 9)),
            **(self._prepare_operations() if random.random() < 0.3 else {}),
        )
        return product

    def _prepare_operations(self):
        operation = {
            "name": "Work",
            "workcenter_id": self.workcenter.id,
            "time_cycle_manual": 50,
        }
        return {"operation_ids": [Command.create(operation)]}

    def _configure(self, random):
        self.company.security_lead = random.choice((0, 0, 2))
        self.company.days_to_purchase = random.choice((0, 0, 3))
        self.warehouse.delivery_steps = random.choice(("ship_only", "pick_ship"))
        self.warehouse.reception_steps = random.choice(("one_step", "two_steps"))
        self.warehouse.manufacture_steps = random.choice(
            ("mrp_one_step", "pbm", "pbm_sam")
        )
        rules = self.warehouse.route_ids.rule_ids
        for rule in rules.filtered(lambda r: r.action in ("pull", "pull_push")):
            rule.delay = random.choice((0, 0, 0, 1))

    def _get_documents(self, products):
        """(name, moment at which it begins) of all that was made."""
        productions = self._get_productions(products)
        purchases = self.env["purchase.order.line"].search(
            [("product_id", "in", products.ids)]
        )
        return [
            *((order.name, order.date_start) for order in productions),
            *((line.order_id.name, line.order_id.date_order) for line in purchases),
        ]

    def test_nothing_begins_before_today(self):
        self.workcenter = self.env["mrp.workcenter"].create({"name": "Shop"})
        everyday = self.company.resource_calendar_id
        begins = []
        for seed in range(12):
            random = Random(seed)
            self.company.resource_calendar_id = random.choice((False, everyday))
            self._configure(random)
            before = self.env["product.product"].search([], order="id desc", limit=1)
            product = self._build(random, random.randint(1, 3))
            order = self._create_order((product, random.randint(1, 9)), confirm=False)
            [promise] = order.order_line._get_promises().values()
            order.commitment_date = promise.feasible
            order.action_confirm()
            made = self.env["product.product"].search([("id", ">", before.id)])
            documents = self._get_documents(made)
            self.assertTrue(documents)
            with self.subTest(seed=seed):
                late = [(name, at) for name, at in documents if at < NOW]
                self.assertFalse(late)
            begins.append(min(at for _name, at in documents) - NOW)
        # And not much later than that either, weekends and steps apart.
        self.assertLess(min(begins), timedelta(days=1))
