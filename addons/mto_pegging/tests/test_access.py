from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .common import PeggingCommon


@tagged("post_install", "-at_install")
class TestAccess(PeggingCommon):
    """Who reads an order on the portal is not told how, and for whom, others work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger = new_test_user(
            cls.env, "pegging_portal", groups="base.group_portal"
        )
        cls.order = cls._create_order((cls.bolt, 4))
        cls.purchase = cls._get_demands(cls.bolt).created_purchase_line_ids.order_id

    def _ask(self, records, method):
        """As over RPC, by somebody who may read the records."""
        theirs = self.env[records._name].with_user(self.stranger)
        self.assertTrue(theirs.browse(records.ids).read(["name"]))
        with self.assertRaisesRegex(AccessError, "Only employees"):
            call_kw(theirs, method, [records.ids], {})

    def test_customer(self):
        self.order.partner_id = self.stranger.partner_id
        self.order.message_subscribe(self.stranger.partner_id.ids)
        for method in ("get_pegging", "get_supply_changes", "preview_cascade"):
            self._ask(self.order, method)
        self._ask(self.order.order_line, "get_supply_decision")

    def test_vendor(self):
        self.purchase.partner_id = self.stranger.partner_id
        self.purchase.message_subscribe(self.stranger.partner_id.ids)
        self.purchase.button_confirm()
        self._ask(self.purchase, "get_demand")
        self._ask(self.purchase.order_line, "get_demand")

    def test_employee(self):
        """Asked for by somebody inside, and by code with all rights."""
        seller = self._create_user("sales")
        self.order.user_id = seller
        self.assertTrue(self.order.with_user(seller).get_pegging()[0]["nodes"])
        self.assertTrue(self.order.with_user(self.stranger).sudo().get_pegging())
