from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from odoo.addons.mto_cascade.marks import LINKING_LATER

from ..models.mto_change_application import APPLYING
from ..models.stock_move import NETTING
from .common import ChangeCommon


@tagged("post_install", "-at_install")
class TestAccess(ChangeCommon):
    """Over RPC, with the numbers of documents that one may not see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order((cls.bolt, 4))
        cls.purchase = cls._get_demands(cls.bolt).created_purchase_line_ids.order_id
        other = cls.env["res.company"].create({"name": "Other"})
        cls.theirs = {"company_id": other.id, "company_ids": other.ids}

    def _assert_refused(self, user, model, method, *args):
        records = self.env[model].with_user(user)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            call_kw(records, method, list(args), {})
        self.env.invalidate_all()

    def _assert_shows_nothing(self, user, model, values, names):
        """Neither saved nor on the screen before that."""
        spec = {name: {} for name in names}
        self._assert_refused(user, model, "web_save", [], values, spec)
        self._assert_refused(user, model, "onchange", [], values, [*values], spec)

    def test_a_customer_sees_no_consequences(self):
        stranger = new_test_user(self.env, "change_portal", groups="base.group_portal")
        self.order.partner_id = stranger.partner_id
        self.order.message_subscribe(stranger.partner_id.ids)
        self.assertTrue(self.order.with_user(stranger).read(["name"]))
        changes = [{"cancel": True}]
        self._assert_refused(
            stranger, "sale.order", "preview_change", self.order.ids, changes
        )
        self._assert_refused(
            stranger, "sale.order", "apply_change", self.order.ids, changes, "x"
        )
        self.assertEqual(self.order.state, "sale")

    def test_a_purchase_of_another_company(self):
        buyer = new_test_user(
            self.env,
            "change_buyer",
            groups="base.group_user,purchase.group_purchase_user",
            **self.theirs,
        )
        values = {"purchase_id": self.purchase.id, "partner_id": self.vendor.id}
        for name in ("share_ids", "known_ids", "current_vendor_id", "cost_difference"):
            self._assert_shows_nothing(
                buyer, "purchase.order.other.vendor", values, [name]
            )
        line = self.purchase.order_line
        self._assert_shows_nothing(
            buyer,
            "purchase.order.other.vendor.share",
            {"line_id": line.id},
            ["product_id"],
        )

    def test_an_order_of_another_company(self):
        seller = new_test_user(
            self.env,
            "change_seller",
            groups="base.group_user,sales_team.group_sale_salesman",
            **self.theirs,
        )
        values = {"order_id": self.order.id}
        for name in ("company_id", "commercial_partner_id"):
            self._assert_shows_nothing(seller, "sale.order.change", values, [name])
        line = {"line_id": self.order.order_line.id, "quantity": 1}
        own = self.env["sale.order"].with_user(seller)
        own = own.create({"partner_id": seller.partner_id.id})
        values = {"order_id": own.id, "line_ids": [Command.create(line)]}
        for name in ("product_id", "quantity_before", "delivered", "product_uom_id"):
            spec = {"line_ids": {"fields": {name: {}}}}
            self._assert_refused(
                seller, "sale.order.change", "web_save", [], values, spec
            )

    def test_a_context_is_no_way_round_the_rules(self):
        """What code says to itself in a context, a script cannot say."""
        seller = self._create_user("sales")
        self.order.user_id = seller
        line = self.order.order_line
        options = {"context": dict.fromkeys((APPLYING, NETTING, LINKING_LATER), 1)}
        for quantity in (3, 6):
            arguments = [line.ids, {"product_uom_qty": quantity}]
            call_kw(line.with_user(seller).browse(), "write", arguments, options.copy())
            self.env.invalidate_all()
            self.assertEqual(self._get_lines(self.bolt).product_qty, quantity)
        self.assertEqual(self.order.order_change_ids.mapped("way"), ["saved", "saved"])
