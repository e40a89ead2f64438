"""Detectors and a document to test with."""

from odoo import fields, models


class FlaggedPartner(models.AbstractModel):
    """Contacts whose reference says that they are flagged, and how much."""

    _name = "operation.exception.detector.test.flag"
    _inherit = "operation.exception.detector"
    _description = "Flagged contacts"

    def _detect(self, setting):
        partners = self.env["res.partner"].search(
            [
                ("ref", "like", "FLAG-%"),
                ("company_id", "in", (False, setting.company_id.id)),
            ],
            order="id",
        )
        for partner in partners:
            _flag, days, money = partner.ref.split("-")
            yield {
                "key": f"flag-{partner.id}",
                "type_code": "late_promise",
                "record": partner,
                "days": int(days),
                "money": int(money),
                "date": partner.create_date,
            }


class BrokenDetector(models.AbstractModel):
    _name = "operation.exception.detector.test.broken"
    _inherit = "operation.exception.detector"
    _description = "Detector that fails"

    def _detect(self, setting):
        raise ValueError("the cable is cut")


class FakeDocument(models.Model):
    """A document of a module that shows its issues; without activities."""

    _name = "operation.exception.test.document"
    _inherit = ["operation.exception.mixin"]
    _description = "Document with issues"

    name = fields.Char()
    user_id = fields.Many2one(comodel_name="res.users")

    def _get_exception_owner_of_test(self, issue_type):
        return {document.id: document.user_id for document in self}
