import json

from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RolloutExport(http.Controller):
    @http.route(
        "/rollout_gate/programme/<int:programme_id>/xlsx",
        type="http",
        auth="user",
        readonly=True,
    )
    def export_programme(self, programme_id):
        """The workbook of a programme, for those who may read it and export."""
        programme = request.env["rollout.programme"].browse(programme_id).exists()
        may_export = request.env.user.has_group("base.group_allow_export")
        if not programme or not may_export or not programme.has_access("read"):
            raise request.not_found()
        content = request.env["report.rollout_gate.programme_xlsx"]._render(programme)
        return self._respond(content, XLSX, f"{programme.name}.xlsx")

    @http.route(
        "/rollout_gate/head/<int:head_id>", type="http", auth="user", readonly=True
    )
    def export_head(self, head_id):
        """The end of a trail, to be kept outside of the database."""
        head = request.env["rollout.audit.head"].browse(head_id).exists()
        if not head or not head.has_access("read"):
            raise request.not_found()
        content = json.dumps(head.get_head()[0], indent=2)
        return self._respond(content, "application/json", f"trail-{head.seq}.json")

    def _respond(self, content, mimetype, name):
        return request.make_response(
            content,
            headers=[
                ("Content-Type", mimetype),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
