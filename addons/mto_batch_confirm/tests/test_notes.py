from unittest.mock import patch

from odoo.tests import tagged

from ..models.mrp_production import MrpProduction
from .common import BatchCommon

READ = (
    "res_id",
    "body",
    "subject",
    "message_type",
    "subtype_id",
    "author_id",
    "email_from",
    "reply_to",
    "parent_id",
    "is_internal",
    "email_add_signature",
    "record_company_id",
    "record_alias_domain_id",
    "notified_partner_ids",
)


def post_in_turn(self, posts):
    for production, post in posts:
        production.message_post(**post)


@tagged("post_install", "-at_install")
class TestNotes(BatchCommon):
    """What changed of many orders is told in the same notes, all at once."""

    def setUp(self):
        super().setUp()
        product = self._assembly("Bike", [(self._part("Bolt"), 1)])
        self.orders = self.env["mrp.production"].create(
            [{"product_id": product.id, "product_qty": n} for n in range(1, 9)]
        )
        self.orders.action_confirm()
        self.env.cr.flush()

    def _cancel(self, *groups):
        """What is told when the orders are cancelled in these groups; undone again."""
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        savepoint = self.env.cr.savepoint()
        try:
            count = self.env.cr.sql_log_count
            for orders in groups:
                orders.action_cancel()
                self.env.cr.flush()
            count = self.env.cr.sql_log_count - count
            notes = self.env["mail.message"].search(
                [
                    ("id", ">", before),
                    ("model", "=", self.orders._name),
                    ("res_id", "in", self.orders.ids),
                ]
            )
            told = sorted(
                [note[name] for name in READ]
                + sorted(
                    [value.field_id.name, value.old_value_char, value.new_value_char]
                    for value in note.sudo().tracking_value_ids
                )
                for note in notes
            )
            return told, count
        finally:
            savepoint.close(rollback=True)

    def test_same_notes(self):
        follower = self.env["res.partner"].create({"name": "Follower", "email": "f@x"})
        self.orders[:1].message_subscribe(
            follower.ids, self.env.ref("mrp.mrp_mo_in_cancelled").ids
        )
        self.env.cr.flush()
        alone, _count = self._cancel(*self.orders)
        together, _count = self._cancel(self.orders)
        self.assertEqual(len(alone), len(self.orders))
        self.assertTrue(all(len(note) > len(READ) for note in alone))
        self.assertEqual(together, alone)
        self.assertIn(follower, [note[len(READ) - 1] for note in alone])

    def test_fewer_statements(self):
        """The rest is what core does to cancel each order."""
        self._cancel(self.orders)
        with patch.object(MrpProduction, "_post_at_once", post_in_turn):
            in_turn = self._cancel(self.orders)[1]
        together = self._cancel(self.orders)[1]
        self.assertLessEqual(together + 5 * len(self.orders), in_turn)
