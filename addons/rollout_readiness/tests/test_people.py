from odoo.tests import new_test_user, tagged

from .common import ReadinessCommon


@tagged("post_install", "-at_install")
class TestPeople(ReadinessCommon):
    def _user(self, login, groups="base.group_user"):
        return new_test_user(
            self.env,
            login=login,
            groups=groups,
            company_id=self.company.id,
            company_ids=self.company.ids,
        )

    def test_u01_administrators(self):
        self.assertAbsent("U01")
        self._user("planner")
        self.assertHolds("U01")
        all_mighty = self._user("boss", "base.group_user,base.group_system")
        rights = self._user("rights", "base.group_user,base.group_erp_manager")
        self.assertFinds("U01", all_mighty | rights)

    def test_u01_rights_that_come_with_others(self):
        """A group of one's own that implies the administrator's."""
        group = self.env["res.groups"].create(
            {"name": "Boss", "implied_ids": self.env.ref("base.group_system").ids}
        )
        planner = self._user("planner")
        self.assertHolds("U01")
        planner.group_ids += group
        self.assertFinds("U01", planner)

    def test_u03_duties(self):
        self.assertAbsent("U03")
        self._user("planner")
        buyer = self._user("buyer", "base.group_user,purchase.group_purchase_manager")
        self._user("clerk", "base.group_user,account.group_account_invoice")
        self.assertHolds("U03")
        buyer.group_ids += self.env.ref("account.group_account_invoice")
        keeper = self._user(
            "keeper",
            "base.group_user,stock.group_stock_manager,account.group_account_manager",
        )
        self.assertFinds("U03", buyer | keeper)

    def test_l11_approvers(self):
        self.company.po_double_validation = "one_step"
        self.assertIn("no approval", self.assertAbsent("L11")["message"])
        self.company.po_double_validation = "two_step"
        admins = self.company.user_ids
        admins.group_ids -= self.env.ref("purchase.group_purchase_manager")
        self.assertAbsent("L11")
        buyer = self._user("buyer", "base.group_user,purchase.group_purchase_user")
        self.assertFinds("L11", buyer)
        boss = self._user("boss", "base.group_user,purchase.group_purchase_manager")
        self.assertFinds("L11", boss)
        deputy = self._user("deputy", "base.group_user,purchase.group_purchase_manager")
        self.assertHolds("L11")
        deputy.active = False
        self.assertFinds("L11", boss)

    def test_u02_second_factor(self):
        user = self._user("planner")
        if "auth_totp" not in self.env.registry._init_modules:
            self.assertIn("is not installed", self.assertAbsent("U02")["message"])
            return
        self.assertFinds("U02", user)
        self.env.cr.execute(
            "UPDATE res_users SET totp_secret = 'SECRET' WHERE id = %s", [user.id]
        )
        self.env.invalidate_all()
        self.assertHolds("U02")
