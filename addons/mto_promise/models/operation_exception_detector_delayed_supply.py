from odoo import api, models
from odoo.fields import Domain

# Of so many orders an issue tells the way from the document to the customer.
TOLD = 20


class DelayedSupply(models.AbstractModel):
    """Documents that make customers wait longer than they were promised."""

    _name = "operation.exception.detector.delayed.supply"
    _inherit = "operation.exception.detector"
    _description = "Supply that delays customer orders"

    @api.model
    def _detect(self, setting):
        """Yield a cause for each document that late orders wait for."""
        rows = self.env["mto.order.progress"].sudo()._find_late(setting.company_id)
        yield from self._get_causes(rows)

    def _get_causes(self, rows):
        groups = rows.filtered(lambda row: row._get_cause_document()).grouped(
            lambda row: row._get_cause_document()
        )
        told = {document: theirs[:TOLD] for document, theirs in groups.items()}
        sentences = rows.browse().union(*told.values())._tell_all()
        return [
            {
                "key": self._get_key(document),
                "type_code": "delayed_supply",
                "record": document,
                "days": max(row._count_days_late() for row in theirs),
                "orders": self._get_orders(theirs),
                "money": sum(row._get_value() for row in theirs),
                "date": min(theirs.sale_line_id.order_id.mapped("date_order")),
                "note": "\n".join(
                    row.sale_line_id._tell_delay(row, sentences[row])
                    for row in told[document]
                ),
            }
            for document, theirs in groups.items()
        ]

    def _get_key(self, document):
        return f"delayed-supply-{document._name}-{document.id}"

    def _get_orders(self, rows):
        return [
            {
                "record": order,
                "days": max(row._count_days_late() for row in theirs),
                "money": sum(row._get_value() for row in theirs),
            }
            for order, theirs in rows.grouped(lambda r: r.sale_line_id.order_id).items()
        ]

    def _follow_orders(self, setting, orders):
        """Open and close the issues of what these orders wait for, or waited for."""
        company = setting.company_id
        progress = self.env["mto.order.progress"].sudo()
        mine = progress._find_late(company, orders)
        before = self._search_issues(company, orders)
        documents = [row._get_cause_document() for row in mine]
        documents = list(dict.fromkeys(filter(None, documents)))
        keys = {self._get_key(document) for document in documents}
        keys |= set(before.mapped("key"))
        # Others wait for the same documents: an issue tells all of them.
        rows = self._search_rows(company, documents, before)
        self._follow_now(setting, self._get_causes(rows), keys)

    def _search_issues(self, company, orders):
        """Open issues of this detector that concern these orders."""
        return (
            self.env["operation.exception"]
            .sudo()
            .search(
                [
                    ("detector", "=", self._name),
                    ("company_id", "=", company.id),
                    ("state", "!=", "closed"),
                    (
                        "impact_ids",
                        "any",
                        [
                            ("res_model", "=", "sale.order"),
                            ("res_id", "in", orders.ids),
                        ],
                    ),
                ]
            )
        )

    def _search_rows(self, company, documents, issues):
        """Late rows that wait for these documents, or for those of the issues."""
        ids = {"mrp.production": set(), "purchase.order": set(), "stock.picking": set()}
        for document in documents:
            ids[document._name].add(document.id)
        for issue in issues:
            if issue.res_model in ids:
                ids[issue.res_model].add(issue.res_id)
        columns = {
            "mrp.production": "production_id",
            "purchase.order": "purchase_id",
            "stock.picking": "picking_id",
        }
        domain = Domain.OR(
            [(columns[model], "in", list(found))] for model, found in ids.items()
        )
        rows = self.env["mto.order.progress"].sudo().search(domain)
        orders = rows.sale_line_id.order_id.filtered(lambda o: o.company_id == company)
        late = self.env["mto.order.progress"].sudo()._find_late(company, orders)
        return late & rows if orders else late.browse()

    @api.model
    def _get_gone_reason(self):
        return self.env._("No customer order is late because of it any more.")
