from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReadinessExport(http.Controller):
    @http.route(
        "/rollout_readiness/company/<int:company_id>/xlsx",
        type="http",
        auth="user",
        readonly=True,
    )
    def export(self, company_id, site_id=0):
        """All offenders of a company, for those who may read checks and export."""
        checks = request.env["readiness.check"]
        may_export = request.env.user.has_group("base.group_allow_export")
        if not may_export or not checks.has_access("read"):
            raise request.not_found()
        try:
            company, site = checks._choose_place(company_id, int(site_id))
        except (AccessError, UserError, ValueError) as error:
            raise request.not_found() from error
        content = request.env["report.rollout_readiness.readiness_xlsx"]._render(
            company, site
        )
        name = site.name or company.name
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                (
                    "Content-Disposition",
                    content_disposition(f"Readiness {name}.xlsx"),
                ),
            ],
        )
