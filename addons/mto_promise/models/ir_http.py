from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the web client which fields of a quotation its dates depend on."""
        info = super().session_info()
        if self.env.user._is_internal():
            Order = self.env["sale.order"]
            info["promise_fields"] = Order._get_typed_promise_fields()
        return info
