from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MtoBomSubstitute(models.Model):
    """What may be taken in place of a component, without asking."""

    _name = "mto.bom.substitute"
    _description = "Approved Substitute"
    _order = "sequence, id"
    _rec_name = "product_id"

    bom_line_id = fields.Many2one(
        "mrp.bom.line", "Component", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="bom_line_id.company_id")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        "Substitute",
        required=True,
        index=True,
        domain="[('type', '=', 'consu')]",
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    quantity = fields.Float(
        default=1.0,
        required=True,
        digits="Product Unit",
        help="How much of the substitute takes the place of one unit of the component, "
        "both in the unit of their product.",
    )
    note = fields.Char(help="When it may be taken, or what to look at.")

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity of a substitute must be positive."
    )
    _product_uniq = models.Constraint(
        "unique(bom_line_id, product_id)", "This substitute stands there already."
    )

    @api.constrains("product_id", "bom_line_id")
    def _check_product(self):
        for substitute in self:
            line = substitute.bom_line_id
            if substitute.product_id in (line.product_id, line.bom_id.product_id):
                raise ValidationError(
                    self.env._(
                        "%s cannot take the place of itself.",
                        substitute.product_id.display_name,
                    )
                )
