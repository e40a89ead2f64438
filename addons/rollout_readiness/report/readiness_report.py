from odoo import api, models


class ReadinessReport(models.AbstractModel):
    """The page on paper: the same data as on the screen."""

    _name = "report.rollout_readiness.readiness_report"
    _description = "Readiness by Area"

    @api.model
    def _get_report_values(self, docids, data=None):
        companies = self.env["res.company"].browse(docids)
        site_id = self.env.context.get("readiness_site_id")
        Checks = self.env["readiness.check"]
        return {
            "doc_ids": docids,
            "doc_model": "res.company",
            "docs": companies,
            "pages": {
                company.id: Checks.get_readiness(company.id, site_id)[0]
                for company in companies
            },
            "states": Checks._get_state_labels(),
        }
