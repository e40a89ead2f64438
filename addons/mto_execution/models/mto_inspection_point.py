from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class MtoInspectionPoint(models.Model):
    """Where something is looked at: a receipt, a step, or finished goods."""

    _name = "mto.inspection.point"
    _description = "Inspection Point"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    occasion = fields.Selection(
        selection=[
            ("receipt", "Receipt"),
            ("operation", "Step of production"),
            ("finished", "Finished goods"),
        ],
        required=True,
        default="finished",
        help="Receipt: one inspection per product and lot that is received. Step: when "
        "it starts. Finished goods: when the order starts.",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        help="What is received or made. Empty: whatever the category says.",
    )
    category_id = fields.Many2one(
        "product.category", "Product Category", help="With all below. Empty: all."
    )
    workcenter_id = fields.Many2one(
        "mrp.workcenter", "Work Center", help="Of the step. Empty: all."
    )
    operation = fields.Char("Step", help="Name of the step. Empty: all.")
    test = fields.Selection(
        selection=[("look", "Pass or fail"), ("measure", "Measure")],
        required=True,
        default="look",
    )
    minimum = fields.Float(digits=(16, 4))
    maximum = fields.Float(digits=(16, 4))
    unit = fields.Char(help="Of what is measured: mm, Nm, bar...")
    instruction = fields.Text(translate=True)
    holds = fields.Boolean(
        "Holds until Passed",
        default=True,
        help="The step does not end, the order is not done, or the lot is neither used "
        "nor delivered before it passed, or somebody accepted it.",
    )
    inspection_count = fields.Integer(compute="_compute_inspection_count")

    @api.constrains("test", "minimum", "maximum")
    def _check_limits(self):
        for point in self:
            if point.test == "measure" and point.minimum > point.maximum:
                raise ValidationError(
                    self.env._("%s: the minimum is above the maximum.", point.name)
                )

    def _compute_inspection_count(self):
        counts = dict(
            self.env["mto.inspection"]._read_group(
                [("point_id", "in", self.ids)], ["point_id"], ["__count"]
            )
        )
        for point in self:
            point.inspection_count = counts.get(point, 0)

    def action_view_inspections(self):
        """What was inspected at this point."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Inspections"),
            "res_model": "mto.inspection",
            "views": [(False, "list"), (False, "form"), (False, "pivot")],
            "domain": [("point_id", "=", self.id)],
        }

    @api.model
    def _get_points(self, occasion, companies):
        """Points of an occasion in these companies, as superuser."""
        return self.sudo().search(
            Domain("occasion", "=", occasion)
            & Domain("company_id", "in", companies.ids)
        )

    def _applies_to(self, product, company, workorder=None):
        self.ensure_one()
        if self.company_id != company:
            return False
        if self.product_ids and product not in self.product_ids:
            return False
        if self.category_id and not self._has_category(product):
            return False
        if workorder is None:
            return True
        if self.workcenter_id and self.workcenter_id != workorder.workcenter_id:
            return False
        return not self.operation or self.operation == workorder.name

    def _has_category(self, product):
        path = product.categ_id.parent_path or ""
        return path.startswith(self.category_id.parent_path or "-")
