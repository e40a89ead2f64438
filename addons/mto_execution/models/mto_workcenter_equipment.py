from odoo import fields, models


class MtoWorkcenterEquipment(models.Model):
    """A machine or a tool of a work center."""

    _name = "mto.workcenter.equipment"
    _description = "Equipment of a Work Center"
    _order = "workcenter_id, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    workcenter_id = fields.Many2one(
        "mrp.workcenter", "Work Center", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="workcenter_id.company_id", store=True)
    serial_number = fields.Char()
    note = fields.Char()
