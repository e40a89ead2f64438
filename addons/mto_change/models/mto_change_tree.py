from odoo import models

from odoo.addons.mto_cascade.engine.tree import TreeRow, mark_parents

TONES = {
    "cancel": "danger",
    "reduce": "warning",
    "increase": "success",
    "decide": "danger",
    "reassign": "success",
}


class MtoChangeTree(models.AbstractModel):
    """The documents of a preview as a tree, for the component of mto_cascade."""

    _name = "mto.change.tree"
    _inherit = "mto.supply.tree"
    _description = "Consequences of a Change, as a Tree"

    def _make_tree(self, answer):
        """``answer``: of ``sale.order.preview_change``; returns as ``get_tree``."""
        rows, last = [], {}
        for position, row in enumerate(answer["documents"]):
            last = {level: at for level, at in last.items() if level < row["level"]}
            rows.append(self._make_row(row, last[max(last)] if last else -1))
            last[row["level"]] = position
        return self._finish_tree(rows)

    def _finish_tree(self, rows):
        return {
            "title": "",
            "summary": [],
            "columns": self._get_columns(),
            "rows": [self._prepare_row(row) for row in mark_parents(rows)],
            "messages": [],
            "empty": {"title": "", "text": ""},
        }

    def _make_row(self, row, parent):
        return TreeRow(
            {
                "product": row["product"],
                "document": row["name"],
                "action": self._get_labels().get(row["action"], row["action"]),
                "before": {"value": row["quantity_before"], "uom": row["uom"]},
                "after": {"value": row["quantity_after"], "uom": row["uom"]},
                "date": row["date_after"],
                "reason": row["reason"],
            },
            parent=parent,
            tone=TONES.get(row["action"], ""),
            problem=row["action"] == "decide",
            document=(row["model"], row["res_id"]) if row["res_id"] else None,
        )

    def _get_columns(self):
        return [
            self._column("product", self.env._("Product"), "text"),
            self._column("document", self.env._("Document"), "document"),
            self._column("action", self.env._("What Happens"), "state"),
            self._column("before", self.env._("Now"), "quantity"),
            self._column("after", self.env._("Then"), "quantity"),
            self._column("date", self.env._("Planned"), "date", optional=True),
            self._column("reason", self.env._("Why"), "text", small=True),
        ]

    def _get_labels(self):
        return {
            "reduce": self.env._("Reduced"),
            "cancel": self.env._("Cancelled"),
            "increase": self.env._("More"),
            "reschedule": self.env._("Another date"),
            "reassign": self.env._("For another order"),
            "keep_surplus": self.env._("Stays, to stock"),
            "decide": self.env._("To be decided"),
        }
