"""Users and their rights."""

from functools import cached_property

from odoo import SUPERUSER_ID
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .base import Check

_lt = LazyTranslate(__name__)

# The system's own user, and the first administrator, are no business users.
INTERNAL = """u.active AND NOT u.share AND u.id > 2 AND EXISTS (
    SELECT FROM res_company_users_rel c
     WHERE c.user_id = u.id AND c.cid = %(company)s)"""


class UsersCheck(Check):
    """A check of internal users, by the rights they have, implied ones too."""

    model = "res.users"
    owner = "it"
    fix = "base.action_res_users"
    key = "u.id"
    rows = "res_users u"
    scope_sql = INTERNAL

    @cached_property
    def users(self):
        rows = self._query("SELECT u.id FROM res_users u WHERE %s", self._sql(INTERNAL))
        return {user_id for [user_id] in rows}

    def _get_holders(self, *names):
        """Return the ids of all users who have one of these groups, however given."""
        groups = self.env["res.groups"].union(
            *(self.env.ref(name, raise_if_not_found=False) or () for name in names)
        )
        return set(groups.all_user_ids.filtered("active").ids)


class Administrators(UsersCheck):
    code = "U01"
    area = "system"
    name = _lt("No user of the business administers the system")
    reason = _lt("Who may change every right may also change every record.")
    things = _lt("internal users")
    fault = _lt("may change settings or access rights")
    advice = _lt("Take the administration rights from the user.")
    severity = "critical"
    gates = ("G6",)

    def find(self):
        return self.users & self._get_holders(
            "base.group_system", "base.group_erp_manager"
        )


# Who has both may do alone what takes two: enter whom one pays, and so on.
CONFLICTS = (
    ("base.group_partner_manager", "purchase.group_purchase_manager"),
    ("purchase.group_purchase_manager", "account.group_account_invoice"),
    ("stock.group_stock_manager", "account.group_account_manager"),
)


class DutiesSeparated(UsersCheck):
    code = "U03"
    area = "system"
    name = _lt("Nobody may do alone what takes two")
    reason = _lt(
        "Who enters vendors and approves orders, or books the bill too, needs nobody."
    )
    things = _lt("internal users")
    fault = _lt(
        "vendors and approving purchases, purchases and bills, or counts and books"
    )
    advice = _lt("Give one of the two duties to somebody else.")
    severity = "blocker"
    gates = ("G6",)

    def find(self):
        found = set()
        for one, other in CONFLICTS:
            found |= self._get_holders(one) & self._get_holders(other)
        return found & self.users


class ApproversThere(UsersCheck):
    code = "L11"
    area = "cash"
    name = _lt("What each buyer orders, somebody else can approve")
    reason = _lt("An approval that only the buyer could give is none.")
    things = _lt("users who buy")
    fault = _lt("nobody else may approve")
    advice = _lt("Make another active user an administrator of Purchase.")
    severity = "blocker"
    gates = ("G6",)
    owner = "procurement"
    absence = _lt("purchases need no approval in this company")

    def is_absent(self):
        return self.company.po_double_validation != "two_step"

    @cached_property
    def buyers(self):
        return self.users & self._get_holders("purchase.group_purchase_user")

    @cached_property
    def approvers(self):
        """Of the company; the administrator too, who is no user of the business."""
        managers = self._get_holders("purchase.group_purchase_manager")
        own = self.company.with_context(active_test=True).user_ids
        # The system itself approves nothing.
        return (managers & set(own.ids)) - {SUPERUSER_ID}

    def count(self):
        return len(self.buyers)

    def find(self):
        return [user_id for user_id in self.buyers if not self.approvers - {user_id}]


class SecondFactor(UsersCheck):
    code = "U02"
    area = "system"
    name = _lt("Each internal user logs in with a second factor")
    reason = _lt("A password alone is guessed, shared or written on the screen.")
    things = _lt("internal users")
    fault = _lt("no second factor")
    advice = _lt("Ask the user to turn on two-factor authentication, or enforce it.")
    gates = ("G6",)
    needs = ("auth_totp",)
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
