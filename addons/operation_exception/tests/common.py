"""Factories for tests of open issues: modules that raise issues import them."""

from odoo.tests import TransactionCase, new_test_user

GROUPS = {
    "owner": "base.group_user,base.group_partner_manager",
    "colleague": "base.group_user",
    "lead": "base.group_user,operation_exception.group_lead",
    "director": "base.group_user,operation_exception.group_director",
}


class ExceptionCommon(TransactionCase):
    """A person for each role, and documents (contacts) something can be wrong with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.Issue = cls.env["operation.exception"]
        cls.users = {
            role: new_test_user(cls.env, login=f"issue_{role}", groups=groups)
            for role, groups in GROUPS.items()
        }
        cls.owner = cls.users["owner"]
        cls.team = cls.env["operation.exception.team"].create(
            {
                "name": "Order Desk",
                "leader_id": cls.users["lead"].id,
                "member_ids": cls.owner.ids,
            }
        )
        cls.document = cls._create_document("Bike Shop")

    @classmethod
    def _create_document(cls, name, owner=None):
        """A contact whose salesperson answers for it."""
        return cls.env["res.partner"].create(
            {"name": name, "user_id": (owner or cls.owner).id}
        )

    def _raise(self, key="late-1", type_code="late_promise", record=None, **impact):
        record = self.document if record is None else record
        return self.Issue._raise_exception(key, type_code, record, **impact)

    def _get_activity(self, issue):
        return self.env["mail.activity"].search([("exception_id", "=", issue.id)])

    def as_(self, role, issue):
        """The issue as the person of a role sees it."""
        return issue.with_user(self.users[role])
