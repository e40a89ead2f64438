import json

from odoo import http
from odoo.http import content_disposition, request

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SupplyTreeFiles(http.Controller):
    @http.route(
        "/mto_cascade/supply_tree/xlsx",
        type="http",
        auth="user",
        methods=["POST"],
        readonly=True,
    )
    def download(self, report, ids):
        """The tree ``report`` of the records ``ids`` (JSON) as a spreadsheet.

        The tree itself checks what the user may read.
        """
        tree = request.env.get(report)
        if tree is None or not getattr(tree, "_is_supply_tree", False):
            raise request.not_found()
        res_ids = [int(res_id) for res_id in json.loads(ids)]
        name = f"{tree._get_file_name(res_ids)}.xlsx"
        return request.make_response(
            tree._get_xlsx(res_ids),
            [
                ("Content-Type", XLSX),
                ("Content-Disposition", content_disposition(name)),
            ],
        )
