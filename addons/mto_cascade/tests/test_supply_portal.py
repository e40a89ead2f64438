import xmlrpc.client

from odoo.tests import HttpCase, JsonRpcException, tagged

from .test_supply_check import SupplyCheckCase

# What opens the dialog to sign or to pay.
ACCEPT = 'data-bs-target="#modalaccept"'


@tagged("post_install", "-at_install")
class TestSupplyFromOutside(SupplyCheckCase, HttpCase):
    """A customer on the portal and an API client, where broken paths are refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.supply_check = "block"
        cls.order = cls._create_order(
            (cls.bike, 1),
            confirm=False,
            require_signature=True,
            require_payment=False,
        )
        cls.order.action_quotation_sent()

    def _read_page(self):
        return self.url_open(self.order.get_portal_url()).text

    def _accept(self):
        return self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/accept",
            {
                "access_token": self.order._portal_ensure_token(),
                "name": "Customer",
                # The smallest picture there is.
                "signature": "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7",
            },
        )

    def test_complete(self):
        page = self._read_page()
        self.assertIn(ACCEPT, page)
        self.assertNotIn("We are still checking", page)
        self.assertNotIn("error", self._accept())
        self.assertEqual(self.order.state, "sale")

    def test_broken(self):
        """Nothing to accept, and nothing told of the factory."""
        self.rim.seller_ids.unlink()
        page = self._read_page()
        self.assertIn("We are still checking how we can deliver this order", page)
        self.assertNotIn(ACCEPT, page)
        for secret in ("Wheel", "Rim", "vendor"):
            self.assertNotIn(secret, page)
        self.assertIn("error", self._accept())
        self.assertEqual(self.order.state, "sent")
        self.assertFalse(self.order.signature)

    def test_link_to_pay(self):
        """A link to pay that was sent before offers nothing to pay."""
        self.rim.seller_ids.unlink()
        url = self.order.get_portal_url(query_string="&payment_amount=1.15")
        page = self.url_open(url).text
        self.assertIn("We are still checking", page)
        self.assertNotIn("o_sale_portal_paynow", page)
        with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self.make_jsonrpc_request(
                f"/my/orders/{self.order.id}/transaction",
                {"access_token": self.order._portal_ensure_token()},
            )

    def test_xmlrpc(self):
        """The same refusal, with the same paths, for an API client."""
        self.rim.seller_ids.unlink()
        user = self._create_user("sales_manager", password="sales_manager_user")
        call = ("sale.order", "action_confirm", [self.order.id])
        login = (self.env.cr.dbname, user.id, "sales_manager_user")
        with self.assertRaisesRegex(xmlrpc.client.Fault, "Cargo bike > Wheel > Rim"):
            self.xmlrpc_object.execute(*login, *call)
        self.assertEqual(self.order.state, "sent")
