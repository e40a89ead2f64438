from odoo import api, fields, models


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    wait_message = fields.Char(
        "Customer's Wait",
        compute="_compute_wait_message",
        help="How long a customer waits for the product when nothing happens to be in "
        "stock, where that is longer than the target.",
    )

    @api.depends("product_tmpl_id", "produce_delay", "bom_line_ids.product_id")
    @api.depends_context("company", "lang")
    def _compute_wait_message(self):
        # Of what is saved: the structure below is read from the database.
        templates = self._origin.product_tmpl_id.filtered("sale_ok")
        late = templates.filtered("is_wait_over_target")
        for bom in self:
            template = bom._origin.product_tmpl_id
            bom.wait_message = template in late and template.wait_message
