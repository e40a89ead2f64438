from odoo import models

# What can make a user unable to answer.
STANDING = {"active", "group_ids", "company_ids", "share"}


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        result = super().write(vals)
        if STANDING & vals.keys():
            # Whoever archives a user may not see that user's issues.
            self.env["operation.exception"].sudo()._replace_lost_owners(self)
        return result

    def unlink(self):
        self.env["operation.exception"].sudo()._replace_deleted_owners(self)
        return super().unlink()
