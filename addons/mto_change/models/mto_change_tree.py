from odoo import models
from odoo.tools.misc import formatLang

from odoo.addons.mto_cascade.engine.tree import TreeRow
from odoo.addons.mto_cascade.report.mto_supply_preview import COST_GROUP
from odoo.addons.mto_pegging.models.mto_pegging import LINE, MOVE, PRODUCTION

TONES = {
    "cancel": "danger",
    "reduce": "warning",
    "increase": "success",
    "decide": "danger",
    "reassign": "success",
    "update": "success",
}
# What a click on a document opens: the field that names it, None for itself. The order
# that is changed is open already.
OPENED = {LINE: "order_id", MOVE: "picking_id", PRODUCTION: None}


class MtoChangeTree(models.AbstractModel):
    """The documents of a preview as a tree, for the component of mto_cascade."""

    _name = "mto.change.tree"
    _inherit = "mto.supply.tree"
    _description = "Consequences of a Change, as a Tree"

    def _make_tree(self, answer):
        """``answer``: of ``sale.order.preview_change``; returns as ``get_tree``."""
        rows, last = [], {}
        documents = answer["documents"]
        opened = self._get_documents(documents)
        values = self._get_values(answer)
        for position, row in enumerate(documents):
            last = {level: at for level, at in last.items() if level < row["level"]}
            document = opened.get((row["model"], row["res_id"]))
            rows.append(self._make_row(row, last[max(last)] if last else -1, document))
            rows[-1].cells["value"] = values[position]
            last[row["level"]] = position
        return self._finish_tree(rows)

    def _finish_tree(self, rows):
        return {
            "title": "",
            "summary": [],
            "columns": self._get_columns([row.cells for row in rows]),
            "rows": self._prepare_rows(rows),
            "messages": [],
            "empty": {"title": "", "text": ""},
        }

    def _get_values(self, answer):
        """What each document is worth more or less, False for none or no right."""
        documents = answer["documents"]
        if not self.env.user.has_group(COST_GROUP):
            return [False] * len(documents)
        # After the check of the group: costs of products, not of the reader.
        changes = self.env["mto.order.change"].sudo()
        record = self.env[answer["model"]].browse(answer["id"])
        costs = changes._read_costs(documents, record)
        return [changes._get_value(row, costs) or False for row in documents]

    def _tell_cost(self, answer):
        """What is bought for more or less in all; False for none or no right.

        Only purchases: what is made is worth its components, which would count twice.
        """
        rows = zip(answer["documents"], self._get_values(answer), strict=True)
        bought = sum(value for row, value in rows if row["model"] == LINE)
        record = self.env[answer["model"]].browse(answer["id"])
        currency = record.company_id.currency_id
        if currency.is_zero(bought):
            return False
        amount = formatLang(self.env, abs(bought), currency_obj=currency)
        if bought < 0:
            return self.env._("Purchases for %s less, at today's cost.", amount)
        return self.env._("Purchases for %s more, at today's cost.", amount)

    def _get_documents(self, documents):
        """{(model, id): (model, id) that a click opens} of the rows."""
        result = {}
        for model, name in OPENED.items():
            ids = {row["res_id"] for row in documents if row["model"] == model}
            # Only to find the document; whether it opens is asked for the reader.
            for record in self.env[model].sudo().browse(ids - {False}):
                document = record[name] if name else record
                if document:
                    result[model, record.id] = (document._name, document.id)
        return result

    def _make_row(self, row, parent, document):
        return TreeRow(
            {
                "product": row["product"],
                "document": row["name"],
                "action": self._get_labels().get(row["action"], row["action"]),
                "before": {"value": row["quantity_before"], "uom": row["uom"]},
                "after": {"value": row["quantity_after"], "uom": row["uom"]},
                "date_before": row["date_before"],
                "date": row["date_after"],
                "reason": row["reason"],
            },
            parent=parent,
            tone=TONES.get(row["action"], ""),
            problem=row["action"] == "decide",
            document=document,
        )

    def _get_columns(self, cells):
        """Now and then of what the change is about: a column that tells nothing of
        these ``cells`` is left out."""
        columns = [
            self._column("product", self.env._("Product"), "text"),
            self._column("document", self.env._("Document"), "document"),
            self._column("action", self.env._("What Happens"), "state"),
            *self._get_quantity_columns(cells),
            *self._get_date_columns(cells),
        ]
        if any(row["value"] for row in cells):
            value = self._column("value", self.env._("Value"), "money", digits=2)
            columns.append(value)
        why = self._column("reason", self.env._("Why"), "text", small=True)
        return [*columns, why]

    def _get_quantity_columns(self, cells):
        if all(row["before"] == row["after"] for row in cells):
            return [self._column("after", self.env._("Quantity"), "quantity")]
        return [
            self._column("before", self.env._("Now"), "quantity"),
            self._column("after", self.env._("Then"), "quantity"),
        ]

    def _get_date_columns(self, cells):
        if all(row["date_before"] == row["date"] for row in cells):
            planned = self.env._("Planned")
            return [self._column("date", planned, "date", optional=True)]
        return [
            self._column("date_before", self.env._("Planned Now"), "date"),
            self._column("date", self.env._("Planned Then"), "date"),
        ]

    def _get_labels(self):
        return {
            "reduce": self.env._("Reduced"),
            "cancel": self.env._("Cancelled"),
            "increase": self.env._("More"),
            "reschedule": self.env._("Rescheduled"),
            "reassign": self.env._("For another order"),
            "keep_surplus": self.env._("Stays, to stock"),
            "decide": self.env._("To be decided"),
            "update": self.env._("Takes the new structure"),
        }
