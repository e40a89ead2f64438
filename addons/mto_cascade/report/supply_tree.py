import io

import xlsxwriter

from odoo import api, fields, models

from ..engine.tree import mark_parents

# Excel groups rows up to this level.
MAX_OUTLINE_LEVEL = 7
# What Odoo's forms read beside the document: who may not read that gets an error in
# place of the form.
READ_BY_FORM = {
    "mrp.production": ("mrp.workorder", "stock.lot"),
    "purchase.order": ("account.move", "account.move.line"),
    "sale.order": ("account.move.line",),
    "stock.picking": ("stock.lot",),
}


class MtoSupplyTree(models.AbstractModel):
    """A tree of supply: one data method, shown by the screen and the spreadsheet.

    Inherit, and return what ``_get_tree`` is described to. The client action
    ``mto_supply_tree`` shows it: ``params`` name the model of the tree in ``report``.
    """

    _name = "mto.supply.tree"
    _description = "Tree of Supply"

    # What the download may be asked for.
    _is_supply_tree = True

    @api.readonly
    @api.model
    def get_tree(self, res_ids):
        """The tree of the records, ready to be shown.

        :param list[int] res_ids: records of the model that the tree is about
        :return: a dictionary

            - ``title``, ``summary``: list of ``label``, ``value`` (text), ``tone``
            - ``columns``: list of ``name``, ``label``, ``type`` ('text', 'quantity',
              'date', 'number', 'progress' as a fraction, 'state', 'money') and
              ``optional`` (hidden on a narrow screen), ``small`` (long words),
              ``with_total`` (of a quantity), ``digits`` (of money)
            - ``rows``: list of ``parent`` (position of the row above it, -1 at the
              top), ``level``, ``has_children``, ``cells``, ``tone``, ``problem``,
              ``model`` and ``res_id`` of the document, False for none and where the
              reader may not open it. A quantity is ``value``, ``uom``, and ``total``
              where only a part of it counts.
            - ``timeline``: names of the columns ``start``, ``end`` and ``needed``, and
              ``columns`` to show beside the bars; left out where nothing is dated
            - ``messages``: list of ``text`` and ``tone``
            - ``empty``: ``title`` and ``text`` to show without rows
            - ``switch``, where there is another way to tell the same: ``label`` and
              ``title`` of its button, ``report`` (the model of the other tree) and
              ``active`` (whether this tree is the one that the button asks for)
            - ``actions``, where something can be decided: list of ``label``, ``action``
              (external id of a window that opens above the tree) and ``context``
        :rtype: dict
        :raises odoo.exceptions.AccessError: if a record may not be read
        """
        tree = self._get_tree(res_ids)
        tree["rows"] = self._prepare_rows(tree["rows"])
        return tree

    def _get_tree(self, res_ids):
        """Same, with a list of ``engine.tree.TreeRow`` as ``rows``."""
        raise NotImplementedError

    def _column(self, name, label, kind, **options):
        """A column as ``get_tree`` describes it."""
        return {"name": name, "label": label, "type": kind, **options}

    def _prepare_rows(self, rows):
        """``engine.tree.TreeRow`` of a tree as ``get_tree`` describes its rows."""
        rows = mark_parents(rows)
        models = {row.document[0] for row in rows if row.document}
        opened = {model for model in models if self._may_open(model)}
        return [self._prepare_row(row, opened) for row in rows]

    def _may_open(self, model):
        """Whether the form of the model's documents opens for who looks at the tree."""
        return all(
            self.env[name].has_access("read")
            for name in (model, *READ_BY_FORM.get(model, ()))
        )

    def _prepare_row(self, row, opened):
        has_form = row.document and row.document[0] in opened
        model, res_id = row.document if has_form else (False, False)
        return {
            "parent": row.parent,
            "level": row.level,
            "has_children": row.has_children,
            "cells": row.cells,
            "tone": row.tone,
            "problem": row.problem,
            "model": model,
            "res_id": res_id,
        }

    # The spreadsheet

    def _get_xlsx(self, res_ids):
        """The tree as a file for a spreadsheet, levels as groups that fold.

        :rtype: bytes
        """
        tree = self.get_tree(res_ids)
        output = io.BytesIO()
        with xlsxwriter.Workbook(output, {"in_memory": True}) as workbook:
            sheet = workbook.add_worksheet()
            sheet.outline_settings(symbols_below=False)
            self._write_sheet(workbook, sheet, tree)
        return output.getvalue()

    def _write_sheet(self, workbook, sheet, tree):
        formats = self._make_formats(workbook)
        columns = self._get_sheet_columns(tree["columns"])
        for position, (_column, _part, label, width) in enumerate(columns):
            sheet.write_string(0, position, label, formats["header"])
            sheet.set_column(position, position, width)
        sheet.freeze_panes(1, 1)
        for number, row in enumerate(tree["rows"], start=1):
            level = min(row["level"], MAX_OUTLINE_LEVEL)
            sheet.set_row(number, None, None, {"level": level})
            for position, (column, part, _label, _width) in enumerate(columns):
                value = row["cells"].get(column["name"])
                if part and value:
                    value = value.get(part)
                indent = row["level"] if not position else 0
                self._write_cell(
                    sheet, formats, number, position, column, value, indent
                )

    def _make_formats(self, workbook):
        return {
            "header": workbook.add_format({"bold": True, "bottom": 1}),
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "quantity": workbook.add_format({"num_format": "#,##0.00####"}),
            "number": workbook.add_format({"num_format": "#,##0"}),
            "money": workbook.add_format({"num_format": "#,##0.00"}),
            "progress": workbook.add_format({"num_format": "0%"}),
            "text": workbook.add_format({}),
            "indents": {},
            "workbook": workbook,
        }

    def _get_sheet_columns(self, columns):
        """(column, part of its value, header, width) of the sheet's columns."""
        result = []
        for column in columns:
            label = column["label"]
            if column["type"] == "quantity":
                result.append((column, "value", label, 12))
                if column.get("with_total"):
                    result.append((column, "total", self.env._("%s: total", label), 12))
                result.append((column, "uom", self.env._("Unit"), 8))
            else:
                width = 40 if column is columns[0] else 16
                result.append((column, None, label, width))
        return result

    def _write_cell(self, sheet, formats, row, position, column, value, indent):
        kind = column["type"]
        if value is None or value is False or value == "":
            return
        if kind == "date":
            moment = fields.Datetime.context_timestamp(
                self, fields.Datetime.to_datetime(value)
            )
            sheet.write_datetime(
                row, position, moment.replace(tzinfo=None), formats["date"]
            )
        elif isinstance(value, (int, float)):
            sheet.write_number(row, position, value, formats.get(kind, formats["text"]))
        else:
            # Never as a formula or a link: names come from users.
            style = self._get_indented(formats, indent)
            sheet.write_string(row, position, str(value), style)

    def _get_indented(self, formats, indent):
        indents = formats["indents"]
        if indent not in indents:
            indents[indent] = formats["workbook"].add_format({"indent": indent})
        return indents[indent]

    def _get_file_name(self, res_ids):
        """Name of the spreadsheet, without its ending."""
        return f"{self._description} {fields.Date.context_today(self)}"
