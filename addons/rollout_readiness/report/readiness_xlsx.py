import io

import xlsxwriter

from odoo import api, models

from ..engine import outcome

# A sheet of Excel has no more rows than about a million.
ROWS = 200_000
BATCH = 1000


class ReadinessXlsx(models.AbstractModel):
    """All offenders of a company as a workbook, as they are now."""

    _name = "report.rollout_readiness.readiness_xlsx"
    _description = "Readiness as XLSX"

    @api.model
    def _render(self, company, site):
        """Return the content of the workbook, as bytes.

        Offenders are named in the rights of the user.
        """
        buffer = io.BytesIO()
        options = {"constant_memory": True, "tmpdir": None}
        with xlsxwriter.Workbook(buffer, options) as workbook:
            bold = workbook.add_format({"bold": True})
            page = self.env["readiness.check"].get_readiness(company.id, site.id)[0]
            self._add_sheet(
                workbook, self.env._("Readiness"), *self._get_list(page), bold
            )
            for row in self._get_red(page):
                header, rows = self._get_offenders(row, company, site)
                self._add_sheet(workbook, row["code"], header, rows, bold)
        return buffer.getvalue()

    @api.model
    def _add_sheet(self, workbook, name, header, rows, bold):
        sheet = workbook.add_worksheet(name[:31])
        sheet.set_column(0, len(header), 24)
        sheet.write_row(0, 0, header, bold)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._write(sheet, number, column, value)

    @api.model
    def _write(self, sheet, row, column, value):
        if isinstance(value, str):
            # A name that starts like a formula stays a name.
            sheet.write_string(row, column, value)
        else:
            sheet.write(row, column, value)

    @api.model
    def _get_list(self, page):
        """Return the header and the rows of the first sheet: all checks."""
        states = self.env["readiness.check"]._get_state_labels()
        header = [
            self.env._("Area"),
            self.env._("Check"),
            self.env._("What Should Be"),
            self.env._("State"),
            self.env._("Severity"),
            self.env._("At Fault"),
            self.env._("Looked At"),
            self.env._("Result"),
            self.env._("What to Do"),
            self.env._("Whose Work"),
            self.env._("Gates"),
            self.env._("When (UTC)"),
        ]
        rows = [
            [
                area["name"],
                row["code"],
                row["name"],
                states[row["state"]],
                states[row["severity"]],
                row["offenders"],
                row["population"],
                row["message"],
                row["advice"],
                row["owner"] or "",
                row["gates"],
                row["at"] or "",
            ]
            for area in page["areas"]
            for row in area["checks"]
        ]
        return header, rows

    @api.model
    def _get_red(self, page):
        wanted = outcome.RED | {outcome.WARN, outcome.WAIVED}
        return [
            row
            for area in page["areas"]
            for row in area["checks"]
            if row["status"] in wanted and row["offenders"]
        ]

    @api.model
    def _get_offenders(self, row, company, site):
        """Return the header and the rows of a check: who is at fault now."""
        check = self.env["readiness.check"].browse(row["id"])
        header = [self.env._("ID"), self.env._("Name"), self.env._("Link"), row["name"]]
        if not self.env[row["offender_model"]].has_access("read"):
            return header, [["", self.env._("You may not read these records."), ""]]
        _check_class, ids = check._find_now(company.id, site.id)
        return header, self._get_records(row["offender_model"], ids[:ROWS])

    @api.model
    def _get_records(self, model, ids):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url", "")
        records = self.env[model].with_context(active_test=False)
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            # The rights of the user: a search leaves out what they may not read.
            for record in records.search([("id", "in", batch)], order="id"):
                link = f"{base}/odoo/{model}/{record.id}"
                yield [record.id, record.display_name or "", link]
            self.env.invalidate_all()
