from odoo import models
from odoo.exceptions import UserError

from odoo.addons.mto_cascade.marks import MARK

from .mto_change_application import APPLYING


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    def button_cancel(self):
        """Who waited for the goods is supplied again, or somebody is told."""
        resupply = self.env["mto.change.resupply"]
        changed = resupply._get_changed(self)
        if not changed:
            return super().button_cancel()
        served = resupply._get_served_by_lines(changed.order_line)
        ordered = resupply._filter_ordered(served)
        changed.order_line._let_go()
        res = super(
            PurchaseOrder, self.with_context(**{APPLYING: MARK})
        ).button_cancel()
        self.env["mto.change.issue"]._close_done(changed)
        resupply._resupply(served, ordered)
        return res

    # Another vendor

    def action_other_vendor(self):
        """Choose who brings instead what this vendor has not brought (a dialog)."""
        self.ensure_one()
        self.check_access("write")
        if not self._get_replaceable_lines():
            raise UserError(
                self.env._("%s is waiting for no goods any more.", self.display_name)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Other Vendor for %s", self.name),
            "res_model": "purchase.order.other.vendor",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_purchase_id": self.id},
        }

    def _get_replaceable_lines(self):
        """Lines of goods that have not come, and that somebody is to have."""
        if self.state not in ("draft", "sent", "to approve", "purchase"):
            return self.order_line.browse()
        return self.order_line.filtered(
            lambda line: line.product_id.type == "consu"
            and line.product_uom_id.compare(line.product_qty, line.qty_received) > 0
            and line.product_uom_id.compare(line._get_replaceable_quantity(), 0) > 0
        )
