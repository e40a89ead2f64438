from odoo import models

# What evidence shows, and whose it is.
SHOWN = {"name", "raw", "datas", "db_datas", "url", "res_model", "res_id"}


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        items = self._get_rollout_items() if SHOWN & vals.keys() else None
        result = super().write(vals)
        if items:
            items._prepare()
        return result

    def unlink(self):
        items = self._get_rollout_items()
        result = super().unlink()
        if items:
            items._prepare()
        return result

    def _get_rollout_items(self):
        """Return the gate items that these files are evidence of, if they may change.

        Evidence changes as its item does: by its owner, while the gate is open.
        """
        items = self.env["rollout.gate.item"]
        if self.env.su:
            return items
        # Core reads the same to see who may write.
        files = self.sudo().filtered(
            lambda file: file.res_model == items._name and file.res_id
        )
        items = items.browse(files.mapped("res_id")).exists()
        items._check_content_open()
        items._check_owner()
        return items
