import io
import zipfile

import openpyxl
from lxml import etree

from odoo.tests import HttpCase, tagged

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestExport(HttpCase, RolloutCommon):
    def setUp(self):
        super().setUp()
        for user in self.users.values():
            user.password = user.login
        self.programme = self._start()
        self.gate = self._gate(self.programme, "G2")

    def test_protocol(self):
        """It names who signed for several functions, and how."""
        self._review(self.gate)
        self.as_("process_owner", self.gate).sign_off("approve")
        self.as_("second", self.gate).sign_off("approve", ["finance"])
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.users["viewer"])
            ._render_qweb_html("rollout_gate.gate_protocol", self.gate.ids)
        )
        text = html.decode()
        for words in (
            "G2 Scope and Design (Plant)",
            "External interface",
            "signed for several functions: Production, Finance",
            self.gate.snapshot_id.digest,
            "evidence.txt",
        ):
            self.assertIn(words, text)

    def test_protocol_keeps_its_columns(self):
        """A cell without a value is an empty cell, not a missing one."""
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "rollout_gate.gate_protocol", self.gate.ids
        )
        tables = etree.HTML(html).findall(".//table[@class='table table-sm']")
        for table in tables:
            columns = len(table.findall("thead/tr/th"))
            for row in table.findall("tbody/tr"):
                self.assertEqual(len(row.findall("td")), columns)
        self.assertTrue(tables[0].findall("tbody/tr"))

    def test_protocol_of_an_open_gate_tells_what_blocks(self):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "rollout_gate.gate_protocol", self.gate.ids
        )
        self.assertIn("What Blocks", html.decode())

    def test_workbook(self):
        self._approve(self.gate)
        self.gate.item_ids[0].sudo().name = "=1+1"
        self.authenticate("rollout_manager", "rollout_manager")
        self.users["manager"].group_ids += self.env.ref("base.group_allow_export")
        answer = self.url_open(f"/rollout_gate/programme/{self.programme.id}/xlsx")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as workbook:
            names = workbook.read("xl/workbook.xml").decode()
            strings = workbook.read("xl/sharedStrings.xml").decode()
            sheets = "".join(
                workbook.read(name).decode()
                for name in workbook.namelist()
                if name.startswith("xl/worksheets/")
            )
        for sheet in ("Gates", "Items", "Signatures", "Waivers", "RAID", "Decisions"):
            self.assertIn(f'name="{sheet}"', names)
        self.assertIn("=1+1", strings, "a name that starts like a formula is a name")
        self.assertNotIn("<f>", sheets)
        self.assertIn(self.gate.snapshot_id.digest, strings)

    def test_workbook_is_read_back(self):
        """As a spreadsheet reads it: the sheets, their headers and their values."""
        self.programme.action_usual_lists()
        lock = self.env["rollout.lock"].create(
            {"programme_id": self.programme.id, "site_id": self.programme.site_ids.id}
        )
        report = self.env["report.rollout_gate.programme_xlsx"]
        content = report.with_user(self.users["viewer"])._render(
            self.as_("viewer", self.programme)
        )
        book = openpyxl.load_workbook(io.BytesIO(content))
        self.assertEqual(
            book.sheetnames,
            [
                *("Gates", "What Blocks", "Items", "Signatures", "Waivers", "RAID"),
                *("Decisions", "Local Deviation", "Standard", "Requirement"),
                *("Customisation", "Change Request", "Policy Question"),
                *("Application in Scope", "Build Step", "Discovery", "Lock"),
            ],
        )
        rows = [
            [cell.value for cell in row] for row in book["Application in Scope"].rows
        ]
        self.assertEqual(rows[0][:3], ["Application", "Step", "Scope"])
        self.assertIn(["Inventory", 1, "To Decide", "Yes"], [row[:4] for row in rows])
        self.assertEqual(len(rows), 1 + 13)
        self.assertEqual(book["Gates"]["A2"].value, "G2")
        self.assertEqual(book["Lock"]["E2"].value, lock.effect)
        steps = {row[1].value: row[3].value for row in book["Build Step"].rows}
        self.assertIn("Company structures", steps["Manufacturing"])

    def test_downloads_keep_to_the_rules(self):
        head = self.env["rollout.audit.head"].search(
            [("programme_id", "=", self.programme.id)]
        )
        self.authenticate("rollout_viewer", "rollout_viewer")
        self.assertEqual(
            self.url_open(f"/rollout_gate/head/{head.id}").status_code, 404
        )
        self.users["viewer"].group_ids -= self.env.ref("base.group_allow_export")
        url = f"/rollout_gate/programme/{self.programme.id}/xlsx"
        self.assertEqual(self.url_open(url).status_code, 404)
        self.authenticate("rollout_auditor", "rollout_auditor")
        answer = self.url_open(f"/rollout_gate/head/{head.id}").json()
        self.assertEqual((answer["seq"], answer["hash"]), (head.seq, head.hash))
