from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.rollout_gate.models.rollout_site import RolloutSite as Base


class RolloutSite(models.Model):
    _inherit = "rollout.site"

    _tracked = (*Base._tracked, "warehouse_ids")
    _locking = Base._locking | {"warehouse_ids"}
    _locked_place = Base._locked_place | {"warehouse_ids"}

    warehouse_ids = fields.Many2many(
        comodel_name="stock.warehouse",
        string="Warehouses",
        copy=False,
        domain="[('company_id', '=', company_id)]",
        help="Whose documents belong to the site; none: those of the whole company.",
    )

    @api.constrains("warehouse_ids", "company_id")
    def _check_warehouses(self):
        for site in self:
            strange = site.warehouse_ids.filtered(
                lambda warehouse, site=site: warehouse.company_id != site.company_id
            )
            if strange:
                raise ValidationError(
                    self.env._(
                        "%(warehouse)s is not of %(company)s.",
                        warehouse=strange[0].name,
                        company=site.company_id.name,
                    )
                )

    def _get_lock_warehouse_ids(self):
        return self.warehouse_ids.ids
