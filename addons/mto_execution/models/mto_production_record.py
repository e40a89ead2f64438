from odoo import models
from odoo.exceptions import UserError


class MtoProductionRecord(models.AbstractModel):
    """A record that is written once: nobody changes or deletes it, by no path."""

    _name = "mto.production.record"
    _description = "Record That Stays"

    def write(self, vals):
        self._refuse_change()
        return super().write(vals)

    def unlink(self):
        self._refuse_change()
        return super().unlink()

    def _refuse_change(self):
        if self:
            raise UserError(
                self.env._(
                    "What was recorded when an order was closed stays as it is. Reopen "
                    "the order and close it again."
                )
            )
