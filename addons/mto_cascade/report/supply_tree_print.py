from odoo import fields, models
from odoo.tools.misc import format_date, formatLang

# Types of columns that are aligned to the right.
NUMERIC = ("quantity", "number", "progress", "money")


class MtoSupplyTree(models.AbstractModel):
    """The tree on paper: cells as words, in the language of who prints."""

    _inherit = "mto.supply.tree"

    def _get_printed(self, res_ids):
        """The tree of the records as the template ``supply_tree_print`` shows it.

        :return: as ``get_tree``, with ``texts`` of the columns in place of ``cells``,
            and ``is_numeric`` of each column
        """
        tree = self.get_tree(res_ids)
        for column in tree["columns"]:
            column["is_numeric"] = column["type"] in NUMERIC
        for row in tree["rows"]:
            cells = row["cells"]
            row["texts"] = [
                self._format_cell(column, cells.get(column["name"]))
                for column in tree["columns"]
            ]
        return tree

    def _format_cell(self, column, value):
        if value is None or value is False or value == "":
            return ""
        kind = column["type"]
        if kind == "quantity":
            return self._format_quantity(value)
        if kind == "date":
            return self._format_moment(value)
        if kind == "progress":
            return f"{value:.0%}"
        if kind in ("number", "money"):
            return self._format_number(value, column.get("digits", 0))
        return str(value)

    def _format_moment(self, text):
        """The day of a moment in UTC, in the words of the reader; empty for none."""
        return format_date(self.env, self._to_day(text)) if text else ""

    def _to_day(self, text):
        """The day of a moment in UTC where the reader is."""
        moment = fields.Datetime.to_datetime(text)
        return fields.Datetime.context_timestamp(self, moment).date()

    def _count_days(self, start, end):
        """Calendar days between two moments in UTC where the reader is."""
        return (self._to_day(end) - self._to_day(start)).days

    def _format_quantity(self, value):
        quantity = self._format_number(value["value"], 6)
        if value.get("total"):
            quantity = self.env._(
                "%(part)s of %(total)s",
                part=quantity,
                total=self._format_number(value["total"], 6),
            )
        return f"{quantity} {value['uom']}"

    def _format_number(self, value, digits):
        """The number without zeros that tell nothing."""
        decimals = f"{value:.{digits}f}".partition(".")[2].rstrip("0")
        return formatLang(self.env, value, digits=len(decimals))
