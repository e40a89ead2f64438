from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReviewController(http.Controller):
    @http.route(
        "/operation_exception/review/<int:review_id>/xlsx",
        type="http",
        auth="user",
        readonly=True,
    )
    def export(self, review_id):
        """The figures of a review as XLSX, for those who may read it and export."""
        review = request.env["operation.exception.review"].browse(review_id).exists()
        may_export = request.env.user.has_group("base.group_allow_export")
        if not review or not may_export or not review.has_access("read"):
            raise request.not_found()
        content = request.env["report.operation_exception.review_xlsx"]._render(review)
        return request.make_response(
            content,
            headers=[
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(f"{review.name}.xlsx")),
            ],
        )
