from odoo import http
from odoo.http import request


class SpecificationFiles(http.Controller):
    @http.route(
        "/mto_cascade/specification/<int:production_id>/<int:attachment_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def download(self, production_id, attachment_id):
        """A file of the specification, for whoever may read the manufacturing order."""
        production = request.env["mrp.production"].browse(production_id).exists()
        production.check_access("read")
        attachment = production._get_specification_attachments().filtered(
            lambda file: file.id == attachment_id
        )
        if not attachment:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(attachment)
        return stream.get_response(as_attachment=True)
