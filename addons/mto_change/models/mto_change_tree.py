from odoo import models

from odoo.addons.mto_cascade.engine.tree import TreeRow, mark_parents
from odoo.addons.mto_cascade.report.mto_supply_preview import COST_GROUP

TONES = {
    "cancel": "danger",
    "reduce": "warning",
    "increase": "success",
    "decide": "danger",
    "reassign": "success",
    "update": "success",
}


class MtoChangeTree(models.AbstractModel):
    """The documents of a preview as a tree, for the component of mto_cascade."""

    _name = "mto.change.tree"
    _inherit = "mto.supply.tree"
    _description = "Consequences of a Change, as a Tree"

    def _make_tree(self, answer):
        """``answer``: of ``sale.order.preview_change``; returns as ``get_tree``."""
        rows, last = [], {}
        document = self.env[answer["model"]].browse(answer["id"])
        shows_cost = self.env.user.has_group(COST_GROUP)
        # After the check of the group: costs of products, not of the reader.
        changes = self.env["mto.order.change"].sudo()
        costs = changes._read_costs(answer["documents"], document) if shows_cost else {}
        for position, row in enumerate(answer["documents"]):
            last = {level: at for level, at in last.items() if level < row["level"]}
            rows.append(self._make_row(row, last[max(last)] if last else -1))
            if shows_cost:
                rows[-1].cells["value"] = changes._get_value(row, costs) or False
            last[row["level"]] = position
        return self._finish_tree(rows, shows_cost)

    def _finish_tree(self, rows, shows_cost=False):
        return {
            "title": "",
            "summary": [],
            "columns": self._get_columns(shows_cost),
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

    def _get_columns(self, shows_cost=False):
        cost = self._column("value", self.env._("Value"), "money", digits=2)
        return [
            self._column("product", self.env._("Product"), "text"),
            self._column("document", self.env._("Document"), "document"),
            self._column("action", self.env._("What Happens"), "state"),
            self._column("before", self.env._("Now"), "quantity"),
            self._column("after", self.env._("Then"), "quantity"),
            self._column("date", self.env._("Planned"), "date", optional=True),
            *([cost] if shows_cost else []),
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
            "update": self.env._("Takes the new structure"),
        }
