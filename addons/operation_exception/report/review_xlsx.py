import io

import xlsxwriter

from odoo import api, models


class ReviewXlsx(models.AbstractModel):
    """The figures of a review as a workbook: the same data as on the screen."""

    _name = "report.operation_exception.review_xlsx"
    _description = "Review of Open Issues as XLSX"

    @api.model
    def _render(self, review):
        """Return the content of the workbook of one review, as bytes."""
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
            bold = workbook.add_format({"bold": True})
            for name, header, rows in self._get_sheets(review):
                sheet = workbook.add_worksheet(name[:31])
                sheet.write_row(0, 0, header, bold)
                for number, row in enumerate(rows, start=1):
                    for column, value in enumerate(row):
                        self._write(sheet, number, column, value)
                sheet.set_column(0, len(header), 20)
        return buffer.getvalue()

    def _write(self, sheet, row, column, value):
        if isinstance(value, str):
            # A name that starts like a formula stays a name.
            sheet.write_string(row, column, value)
        else:
            sheet.write(row, column, value)

    def _get_sheets(self, review):
        """Return (name, header, rows) of each sheet."""
        data = review._get_data()
        counts = self._get_count_columns()
        columns = self._get_issue_columns()
        sheets = [
            (
                self.env._("Figures"),
                [self.env._("Figure"), self.env._("Value")],
                self._get_totals(data),
            )
        ]
        groups = {
            "by_team": self.env._("By Team"),
            "by_type": self.env._("By Type"),
            "by_cause": self.env._("By Root Cause"),
        }
        for key, name in groups.items():
            rows = [[row["name"], *(row[each] for each in counts)] for row in data[key]]
            sheets.append((name, [name, *counts.values()], rows))
        lists = {
            "came": self.env._("Came"),
            "closed": self.env._("Closed"),
            "overdue": self.env._("Overdue"),
        }
        for key, name in lists.items():
            rows = [[row[each] for each in columns] for row in data[key]]
            sheets.append((name, list(columns.values()), rows))
        header = [
            self.env._("Decision"),
            self.env._("Owner"),
            self.env._("Due"),
            self.env._("Done"),
        ]
        return [*sheets, (self.env._("Decisions"), header, self._get_decisions(review))]

    def _get_totals(self, data):
        names = {
            **self._get_count_columns(),
            "orders": self.env._("Orders"),
            "rate": self.env._("Rate per 100 Orders"),
            "hours_to_solve": self.env._("Hours to Solve"),
        }
        totals = data["totals"]
        return [
            [label, totals[key]]
            for key, label in names.items()
            if totals[key] is not False
        ]

    def _get_count_columns(self):
        return {
            "came": self.env._("Came"),
            "closed": self.env._("Closed"),
            "open": self.env._("Open"),
            "overdue": self.env._("Overdue"),
            "money": self.env._("Money at Stake"),
            "oldest_days": self.env._("Oldest (Days)"),
        }

    def _get_issue_columns(self):
        return {
            "name": self.env._("Open Issue"),
            "type": self.env._("Type"),
            "team": self.env._("Team"),
            "cause": self.env._("Root Cause"),
            "owner": self.env._("Owner"),
            "due": self.env._("Due"),
            "age_days": self.env._("Age (Days)"),
            "days": self.env._("Days Late"),
            "money": self.env._("Money at Stake"),
        }

    def _get_decisions(self, review):
        return [
            [
                decision.name,
                decision.sudo().owner_id.name,
                str(decision.due_date),
                self.env._("Yes") if decision.is_done else self.env._("No"),
            ]
            for decision in review.decision_ids
        ]
