from odoo import fields, models


class ResourceCalendarLeaves(models.Model):
    _inherit = "resource.calendar.leaves"

    equipment_id = fields.Many2one(
        "mto.workcenter.equipment",
        index="btree_not_null",
        domain="[('workcenter_id.resource_id', '=', resource_id)]",
        help="What is out of order, or maintained, in this time.",
    )
