from odoo import api, fields, models
from odoo.exceptions import ValidationError

# Kinds of supply whose days a category can assume.
KINDS = ("vendor", "produce")


class ProductCategory(models.Model):
    _inherit = "product.category"

    assumed_vendor_days = fields.Integer(
        "Assumed Vendor Lead Time",
        company_dependent=True,
        help="Days that earliest dates count with where a vendor of a product of this "
        "category has a lead time of 0 days. 0: as the parent category says.",
    )
    assumed_produce_days = fields.Integer(
        "Assumed Manufacturing Lead Time",
        company_dependent=True,
        help="Days that earliest dates count with where a bill of materials has "
        "neither a lead time nor operations. 0: as the parent category says.",
    )

    @api.constrains("assumed_vendor_days", "assumed_produce_days")
    def _check_assumed_days(self):
        if any(
            category[f"assumed_{kind}_days"] < 0 for category in self for kind in KINDS
        ):
            raise ValidationError(
                self.env._("A lead time cannot be negative: enter 0 days or more.")
            )

    def _get_assumed_days(self, kind):
        """Return the days of the category or of its nearest parent that has some.

        0 without a category.

        :param kind: 'vendor' or 'produce'
        """
        name = f"assumed_{kind}_days"
        ancestors = self.browse(self and self._get_ids_with_parents())
        return next((one[name] for one in reversed(ancestors) if one[name]), 0)
