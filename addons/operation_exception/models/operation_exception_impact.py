from odoo import api, fields, models


class OperationExceptionImpact(models.Model):
    _name = "operation.exception.impact"
    _description = "Document that an Open Issue Concerns"
    _order = "money desc, id"

    exception_id = fields.Many2one(
        comodel_name="operation.exception",
        required=True,
        ondelete="cascade",
        index=True,
    )
    res_model = fields.Char(string="Model", required=True)
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="res_model", required=True
    )
    res_name = fields.Char(string="Document")
    days = fields.Float(string="Days Late")
    money = fields.Monetary(help="What is at stake for the customer: never a cost.")
    currency_id = fields.Many2one(related="exception_id.currency_id")
    document = fields.Reference(
        string="Order",
        selection="_selection_document",
        compute="_compute_document",
    )

    _document_index = models.Index("(res_model, res_id)")
    _document_unique = models.UniqueIndex("(exception_id, res_model, res_id)")

    @api.model
    def _selection_document(self):
        return self.env["operation.exception"]._selection_document()

    @api.depends("res_model", "res_id")
    def _compute_document(self):
        for impact in self:
            known = impact.res_model in self.env
            impact.document = known and f"{impact.res_model},{impact.res_id}"
