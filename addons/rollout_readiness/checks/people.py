"""Users and their rights."""

from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .base import Check

_lt = LazyTranslate(__name__)

# The system's own user, and the first administrator, are no business users.
INTERNAL = """u.active AND NOT u.share AND u.id > 2 AND EXISTS (
    SELECT FROM res_company_users_rel c
     WHERE c.user_id = u.id AND c.cid = %(company)s)"""


class Administrators(Check):
    code = "U01"
    area = "system"
    name = _lt("No user of the business administers the system")
    reason = _lt("Who may change every right may also change every record.")
    things = _lt("internal users")
    fault = _lt("may change settings or access rights")
    advice = _lt("Take the administration rights from the user.")
    model = "res.users"
    severity = "critical"
    gates = ("G6",)
    owner = "it"
    fix = "base.action_res_users"
    key = "u.id"
    rows = "res_users u"
    scope_sql = INTERNAL
    wrong = """EXISTS (SELECT FROM res_groups_users_rel g
        JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = g.gid
         AND d.module = 'base' AND d.name IN ('group_system', 'group_erp_manager')
        WHERE g.uid = u.id)"""


class SecondFactor(Check):
    code = "U02"
    area = "system"
    name = _lt("Each internal user logs in with a second factor")
    reason = _lt("A password alone is guessed, shared or written on the screen.")
    things = _lt("internal users")
    fault = _lt("no second factor")
    advice = _lt("Ask the user to turn on two-factor authentication, or enforce it.")
    model = "res.users"
    gates = ("G6",)
    owner = "it"
    needs = ("auth_totp",)
    fix = "base.action_res_users"
    key = "u.id"
    rows = "res_users u"
    scope_sql = INTERNAL
    wrong = "u.totp_secret IS NULL AND %(no_passkey)s"

    @property
    def values(self):
        # A passkey is one, where its module is installed.
        without = (
            "NOT EXISTS (SELECT FROM auth_passkey_key k WHERE k.create_uid = u.id)"
        )
        known = "auth.passkey.key" in self.env
        return {
            **self.scope.values,
            "no_passkey": SQL(without) if known else SQL("TRUE"),
        }
