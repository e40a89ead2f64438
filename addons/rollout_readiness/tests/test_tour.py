from odoo.tests import HttpCase, new_test_user, tagged

from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestTour(HttpCase, ReadinessCommon):
    """A first run in a browser: what is wrong is found, put right and gone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env,
            login="ready_partner",
            password="ready_partner",
            groups="base.group_user,rollout_gate.group_manager,"
            "stock.group_stock_manager,product.group_product_manager",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )

    def test_put_right(self):
        self.env.ref("stock.route_warehouse0_mto").active = False
        bell = self._product("Bell", default_code=False)
        self.start_tour(
            "/odoo/readiness", "rollout_readiness_put_right", login=self.user.login
        )
        self.assertEqual(bell.default_code, "BELL-1")
        self.assertTrue(self.env.ref("stock.route_warehouse0_mto").active)

    def test_interface(self):
        """Over the real protocol: plain values only."""
        arguments = (self.env.cr.dbname, self.user.id, self.user.login)
        rows = self.xmlrpc_object.execute_kw(
            *arguments, "readiness.check", "run_checks", [], {"codes": ["P06", "F05"]}
        )
        self.assertEqual([row["code"] for row in rows], ["P06", "F05"])
        [page] = self.xmlrpc_object.execute_kw(
            *arguments, "readiness.check", "get_readiness", []
        )
        self.assertEqual(page["id"], self.company.id)
        with self.assertRaisesRegex(Exception, "There is no check"):
            self.xmlrpc_object.execute_kw(
                *arguments, "readiness.check", "run_checks", [["nonsense"]]
            )
