from odoo import models


class MtoChangeTree(models.AbstractModel):
    _inherit = "mto.change.tree"

    def _make_row(self, row, parent, document):
        made = super()._make_row(row, parent, document)
        if row.get("is_late"):
            made.tone, made.problem = "danger", True
        return made
