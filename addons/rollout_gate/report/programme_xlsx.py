import io

import xlsxwriter

from odoo import api, fields, models

# The registers of a programme, with the columns of their sheets.
REGISTERS = {
    "rollout.deviation": (
        "site_id",
        "name",
        "standard_id",
        "reason",
        "valid_until",
        "is_localisation",
        "approver_id",
        "state",
    ),
    "rollout.standard": (
        "number",
        "name",
        "kind",
        "domain_id",
        "text",
        "variation",
        "owner_id",
        "approver_id",
        "state",
    ),
    "rollout.requirement": (
        "number",
        "name",
        "domain_id",
        "application",
        "priority",
        "verdict",
        "gap_class",
        "solution",
        "owner_id",
    ),
    "rollout.customization": (
        "number",
        "name",
        "requirement_id",
        "kind",
        "justification",
        "benefit",
        "business_owner_id",
        "technical_owner_id",
        "migration_effort",
        "test_complexity",
        "upgrade_risk",
        "module",
        "state",
    ),
    "rollout.change": (
        "number",
        "name",
        "area",
        "reason",
        "requester_id",
        "approver_id",
        "owner_id",
        "valid_until",
        "state",
    ),
    "rollout.policy": (
        "number",
        "name",
        "domain_id",
        "is_mandatory",
        "owner_id",
        "due_date",
        "decision_id",
        "is_decided",
    ),
    "rollout.app": (
        "application",
        "step",
        "scope",
        "in_community",
        "is_installed",
        "substitute",
        "reason",
    ),
    "rollout.build.step": (
        "stage",
        "name",
        "predecessor_ids",
        "waits_for",
        "owner_id",
        "due_date",
        "state",
    ),
    "rollout.discovery": (
        "site_id",
        "kind",
        "name",
        "held_on",
        "participants",
        "findings",
        "as_is",
        "to_be",
        "variation",
        "owner_id",
        "state",
    ),
    "rollout.lock": (
        "kind",
        "site_id",
        "gate_id",
        "state",
        "effect",
        "switched_by_id",
        "switched_on",
        "reason",
        "channel",
    ),
}


class ProgrammeXlsx(models.AbstractModel):
    """A programme as a workbook: gates, items, signatures, risks, decisions."""

    _name = "report.rollout_gate.programme_xlsx"
    _description = "Rollout Programme as XLSX"

    @api.model
    def _render(self, programme):
        """Return the content of the workbook of one programme, as bytes."""
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
            bold = workbook.add_format({"bold": True, "bottom": 1})
            for name, header, rows in self._get_sheets(programme):
                sheet = workbook.add_worksheet(name[:31])
                sheet.write_row(0, 0, header, bold)
                for number, row in enumerate(rows, start=1):
                    for column, value in enumerate(row):
                        self._write(sheet, number, column, value)
                sheet.freeze_panes(1, 0)
                sheet.autofilter(0, 0, max(1, len(rows)), len(header) - 1)
                sheet.set_column(0, len(header), 22)
        return buffer.getvalue()

    def _write(self, sheet, row, column, value):
        if value is False or value is None:
            return
        if isinstance(value, str):
            # A name that starts like a formula stays a name.
            sheet.write_string(row, column, value)
        else:
            sheet.write_number(row, column, value)

    def _get_sheets(self, programme):
        """Return (name, header, rows) of each sheet."""
        gates = programme.gate_ids.sorted()
        return [
            self._get_gates(gates),
            self._get_blocking(gates),
            self._get_items(gates.item_ids),
            self._get_signatures(gates.signoff_ids),
            self._get_waivers(gates.item_ids.waiver_ids),
            self._get_raid(programme),
            self._get_decisions(programme),
            *(self._get_register(programme, model) for model in REGISTERS),
        ]

    def _get_gates(self, gates):
        rows = [
            [
                gate.code,
                gate.name,
                gate.wave_id.name,
                gate.sudo().site_id.name,
                self._get_label(gate, "state"),
                self._get_text(gate.planned_date),
                row["business_readiness"],
                row["technical_readiness"],
                len(row["blocking"]),
                self._get_text(gate.decided_on),
                self.env._("Yes") if gate.drifted else "",
            ]
            for gate, row in zip(gates, gates.get_status(), strict=True)
        ]
        header = [
            self.env._("Code"),
            self.env._("Gate"),
            self.env._("Wave"),
            self.env._("Site"),
            self.env._("State"),
            self.env._("Planned"),
            self.env._("Business Readiness (%)"),
            self.env._("Technical Readiness (%)"),
            self.env._("Blocking"),
            self.env._("Decided On (UTC)"),
            self.env._("Changed Since"),
        ]
        return self.env._("Gates"), header, rows

    def _get_blocking(self, gates):
        rows = [
            [
                gate.display_name,
                gate._say_kind(each["kind"]),
                each["name"],
                each["owner"],
            ]
            for gate, status in zip(gates, gates.get_status(), strict=True)
            for each in status["blocking"]
        ]
        header = [
            self.env._("Gate"),
            self.env._("Kind"),
            self.env._("What Blocks"),
            self.env._("Owner"),
        ]
        return self.env._("What Blocks"), header, rows

    def _get_items(self, items):
        rows = [
            [
                item.gate_id.display_name,
                item.name,
                self._get_label(item, "kind"),
                self._get_label(item, "severity"),
                self._get_label(item, "side"),
                self._get_label(item, "state"),
                self.env._("Yes") if item.is_waived else "",
                item.sudo().owner_id.name,
                item.sudo().done_by_id.name,
                item.sudo().verified_by_id.name,
                self._get_text(item.due_date),
                item.note or item.check_note,
                len(item.attachment_ids),
            ]
            for item in items
        ]
        header = [
            self.env._("Gate"),
            self.env._("Item"),
            self.env._("Kind"),
            self.env._("Severity"),
            self.env._("Side"),
            self.env._("State"),
            self.env._("Waived"),
            self.env._("Owner"),
            self.env._("Done By"),
            self.env._("Verified By"),
            self.env._("Due"),
            self.env._("Result"),
            self.env._("Files"),
        ]
        return self.env._("Items"), header, rows

    def _get_signatures(self, signoffs):
        rows = [
            [
                signoff.gate_id.display_name,
                signoff.round,
                signoff.function_line_id.display_name,
                signoff.sudo().user_id.name,
                self._get_label(signoff, "decision"),
                signoff.reason or signoff.condition,
                self._get_text(signoff.condition_due),
                self._get_text(signoff.at),
                self._get_label(signoff, "channel"),
                signoff.snapshot_id.digest,
            ]
            for signoff in signoffs
        ]
        header = [
            self.env._("Gate"),
            self.env._("Round"),
            self.env._("Function"),
            self.env._("Person"),
            self.env._("Decision"),
            self.env._("Reason or Condition"),
            self.env._("Until"),
            self.env._("When (UTC)"),
            self.env._("How"),
            self.env._("Snapshot (SHA-256)"),
        ]
        return self.env._("Signatures"), header, rows

    def _get_waivers(self, waivers):
        rows = [
            [
                waiver.gate_id.display_name,
                waiver.item_id.name,
                waiver.reason,
                waiver.risk,
                waiver.compensation,
                self._get_text(waiver.valid_until),
                self._get_label(waiver, "state"),
                waiver.sudo().requester_id.name,
                waiver.sudo().approver_id.name,
            ]
            for waiver in waivers
        ]
        header = [
            self.env._("Gate"),
            self.env._("Item"),
            self.env._("Reason"),
            self.env._("Risk"),
            self.env._("Meanwhile"),
            self.env._("Until"),
            self.env._("State"),
            self.env._("Asked By"),
            self.env._("Approved By"),
        ]
        return self.env._("Waivers"), header, rows

    def _get_raid(self, programme):
        raids = self.env["rollout.raid"].search([("programme_id", "=", programme.id)])
        rows = [
            [
                self._get_label(raid, "kind"),
                raid.name,
                raid.sudo().site_id.name,
                raid.cause,
                raid.impact,
                raid.mitigation,
                raid.rating,
                raid.mitigated,
                raid.sudo().owner_id.name,
                self._get_text(raid.due_date),
                self._get_label(raid, "state"),
            ]
            for raid in raids
        ]
        header = [
            self.env._("Kind"),
            self.env._("Name"),
            self.env._("Site"),
            self.env._("Cause"),
            self.env._("Impact"),
            self.env._("Mitigation"),
            self.env._("Rating (1 to 9)"),
            self.env._("Mitigated (%)"),
            self.env._("Owner"),
            self.env._("Due"),
            self.env._("State"),
        ]
        return self.env._("RAID"), header, rows

    def _get_decisions(self, programme):
        decisions = self.env["rollout.decision"].search(
            [("programme_id", "=", programme.id)]
        )
        rows = [
            [
                decision.number,
                decision.name,
                self._get_label(decision, "kind"),
                self._get_label(decision, "body"),
                decision.text,
                self._get_label(decision, "state"),
                decision.sudo().decided_by_id.name,
                self._get_text(decision.decided_on),
            ]
            for decision in decisions
        ]
        header = [
            self.env._("Number"),
            self.env._("Subject"),
            self.env._("Kind"),
            self.env._("Body"),
            self.env._("Decision"),
            self.env._("State"),
            self.env._("Decided By"),
            self.env._("Decided On (UTC)"),
        ]
        return self.env._("Decisions"), header, rows

    def _get_register(self, programme, model):
        """Return the sheet of a register: what the user may read of it."""
        entries = self.env[model].search([("programme_id", "=", programme.id)])
        names = REGISTERS[model]
        known = entries._fields
        header = [known[name]._description_string(self.env) for name in names]
        rows = [[self._get_cell(entry, name) for name in names] for entry in entries]
        return self.env._(entries._description), header, rows

    def _get_cell(self, record, name):
        field = record._fields[name]
        if field.type == "selection":
            return self._get_label(record, name)
        if field.type == "boolean":
            return self.env._("Yes") if record[name] else ""
        if field.relational:
            # Names of colleagues and sites on a list of the programme.
            return ", ".join(record.sudo()[name].mapped("display_name"))
        if field.type in ("date", "datetime"):
            return self._get_text(record[name])
        return record[name]

    def _get_label(self, record, name):
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    def _get_text(self, value):
        return fields.Datetime.to_string(value) if value else ""
