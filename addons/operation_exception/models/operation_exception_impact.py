from odoo import api, fields, models


class OperationExceptionImpact(models.Model):
    _name = "operation.exception.impact"
    _description = "Document that an Open Issue Concerns"
    _order = "money desc, id"

    exception_id = fields.Many2one(
        comodel_name="operation.exception",
        string="Open Issue",
        required=True,
        ondelete="cascade",
        index=True,
    )
    res_model = fields.Char(string="Model", required=True)
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="res_model", required=True
    )
    res_name = fields.Char(string="Document")
    days = fields.Float(string="Days Late", aggregator="max")
    money = fields.Monetary(help="What is at stake for the customer: never a cost.")
    currency_id = fields.Many2one(related="exception_id.currency_id")
    owner_id = fields.Many2one(related="exception_id.owner_id")
    due_date = fields.Datetime(related="exception_id.due_date")
    partner_id = fields.Many2one(related="exception_id.partner_id")
    state = fields.Selection(related="exception_id.state")
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
    @api.depends_context("uid")
    def _compute_document(self):
        """The order as a link, for those who may read it."""
        self.document = False
        known = {value for value, _label in self._selection_document()}
        for model, impacts in self.grouped("res_model").items():
            if model in known:
                orders = self.env[model].browse(impacts.mapped("res_id")).exists()
                readable = set(orders._filtered_access("read").ids)
                for impact in impacts:
                    if impact.res_id in readable:
                        impact.document = f"{model},{impact.res_id}"

    def action_open_issue(self):
        """Open the issue that concerns this order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "operation.exception",
            "res_id": self.exception_id.id,
            "views": [(False, "form")],
        }
