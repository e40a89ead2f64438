from odoo import fields, models


class MrpBomLine(models.Model):
    _inherit = "mrp.bom.line"

    substitute_ids = fields.One2many(
        "mto.bom.substitute", "bom_line_id", "Substitutes", copy=True
    )

    def action_open_substitutes(self):
        """What may take the place of this component."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Substitutes of %s", self.product_id.display_name),
            "res_model": "mto.bom.substitute",
            "views": [(False, "list")],
            "domain": [("bom_line_id", "=", self.id)],
            "context": {"default_bom_line_id": self.id},
            "target": "new",
        }
