from odoo import models


class UomUom(models.Model):
    _inherit = "uom.uom"

    def _is_pack_of(self, unit):
        """Whether this unit is a pack that is only sold whole: a dozen, a bag of 25 kg.

        It holds more than one ``unit``. The units of weight, length and the like that
        Odoo brings along are measures: of a tonne, any part can be ordered.
        """
        self.ensure_one()
        return self.factor > unit.factor and not self._is_measure()

    def _is_measure(self):
        self.ensure_one()
        pieces = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        reference_id = int(self.parent_path.split("/")[0])
        if pieces and reference_id == pieces.id:
            return False
        return self.get_external_id()[self.id].startswith("uom.")
