from odoo import models

from odoo.addons.mto_cascade.engine.tree import TreeRow

from ..engine.history import ADDED, DATE, QUANTITY, REMOVED


class MtoOrderChanges(models.AbstractModel):
    """ "What changed since confirmation": documents that serve an order differently."""

    _name = "mto.order.changes"
    _inherit = "mto.supply.tree"
    _description = "What changed since confirmation"

    def _get_tree(self, res_ids):
        orders = self.env["sale.order"].browse(res_ids)
        answers = orders.get_supply_changes()
        rows = []
        for answer in answers:
            rows += self._make_rows(answer, len(rows))
        names = ", ".join(answer["name"] for answer in answers)
        return {
            "title": self.env._("What changed: %s", names),
            "summary": [
                {
                    "label": self.env._("%s, compared with", answer["name"]),
                    "value": self._format_moment(answer["since"]),
                    "tone": "",
                }
                for answer in answers
                if answer["since"]
            ],
            "columns": self._get_columns(answers),
            "rows": rows,
            "messages": [],
            "empty": self._get_empty(answers),
        }

    def _make_rows(self, answer, position):
        """A row for the order and one below it for each change."""
        if not answer["changes"]:
            return []
        top = TreeRow(
            {"product": answer["name"], "document": answer["name"]},
            document=(answer["model"], answer["id"]),
        )
        return [top] + [self._make_row(item, position) for item in answer["changes"]]

    def _make_row(self, change, parent):
        return TreeRow(
            {
                "product": change["product"],
                "document": change["name"],
                "change": change["message"],
                "before": self._get_quantity(change, "quantity_before"),
                "after": self._get_quantity(change, "quantity_after"),
                "date_before": change["date_before"],
                "date_after": change["date_after"],
                "changed_by": change["changed_by"],
                "changed_on": change["changed_on"],
                "reason": change["reason"],
            },
            parent=parent,
            tone="danger" if _is_worse(change) else "",
            problem=_is_worse(change),
            document=(change["model"], change["res_id"]) if change["res_id"] else None,
        )

    def _get_quantity(self, change, name):
        if change[name] is False:
            return False
        return {"value": change[name], "uom": change["uom"]}

    def _get_columns(self, answers=()):
        known = any(
            change["changed_by"] for answer in answers for change in answer["changes"]
        )
        return [*self._get_document_columns(), *(self._get_cause_columns() * known)]

    def _get_cause_columns(self):
        return [
            self._column("changed_by", self.env._("Changed by"), "text"),
            self._column("changed_on", self.env._("Changed on"), "date", optional=True),
            self._column("reason", self.env._("Why"), "text", small=True),
        ]

    def _get_document_columns(self):
        return [
            self._column("product", self.env._("Product"), "text"),
            self._column("document", self.env._("Document"), "document"),
            self._column("change", self.env._("What Changed"), "text"),
            self._column(
                "before", self.env._("Quantity Before"), "quantity", optional=True
            ),
            self._column("after", self.env._("Quantity Now"), "quantity"),
            self._column(
                "date_before", self.env._("Planned Before"), "date", optional=True
            ),
            self._column("date_after", self.env._("Planned Now"), "date"),
        ]

    def _get_empty(self, answers):
        if any(answer["since"] for answer in answers):
            return {
                "title": self.env._("Nothing changed"),
                "text": self.env._(
                    "The same documents serve the order, with the same quantities and "
                    "dates."
                ),
            }
        return {
            "title": self.env._("Nothing to compare with yet"),
            "text": self.env._(
                "What a confirmation makes is remembered a moment after it. From then "
                "on this tells what became different."
            ),
        }

    # Words

    def _describe(self, change):
        """One sentence for an ``engine.history.Change``."""
        before, after = change.before, change.after
        if change.kind == ADDED:
            return self.env._("New: %s", _tell_quantity(after))
        if change.kind == REMOVED:
            return self.env._("No longer for this order: %s", _tell_quantity(before))
        if change.kind == QUANTITY:
            return self.env._(
                "%(after)s instead of %(before)s",
                after=_tell_quantity(after),
                before=_tell_quantity(before),
            )
        return self._describe_date(before["date"], after["date"])

    def _describe_date(self, before, after):
        if not (before and after):
            return self.env._(
                "%(after)s instead of %(before)s",
                after=self._format_moment(after) or self.env._("no date"),
                before=self._format_moment(before) or self.env._("no date"),
            )
        days = self._count_days(before, after)
        words = {"after": self._format_moment(after)}
        if not days:
            return self.env._("Another hour on %(after)s", **words)
        if days == 1:
            return self.env._("1 day later: %(after)s", **words)
        if days == -1:
            return self.env._("1 day earlier: %(after)s", **words)
        if days > 0:
            return self.env._("%(days)s days later: %(after)s", days=days, **words)
        return self.env._("%(days)s days earlier: %(after)s", days=-days, **words)


def _tell_quantity(row):
    return f"{row['quantity']:g} {row['uom']}"


def _is_worse(change):
    """Whether the change may hurt the order: later, less or gone."""
    if change["change"] == DATE:
        return bool(
            change["date_before"]
            and change["date_after"]
            and change["date_after"] > change["date_before"]
        )
    if change["change"] == QUANTITY:
        return change["quantity_after"] < change["quantity_before"]
    return change["change"] == REMOVED
