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
