from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestReadiness(TransactionCase):
    """What was entered in a hurry is found, and gone once it is put right."""

    def _run(self, *codes):
        company = self.env.ref("base.main_company").id
        rows = self.env["readiness.check"].run_checks(list(codes), company)
        return {row["code"]: row for row in rows}

    def _ids(self, *names):
        return [self.env.ref(f"mto_demo.{name}").id for name in names]

    def test_nothing_breaks(self):
        rows = self._run()
        broken = [row for row in rows.values() if row["status"] == "error"]
        self.assertFalse(broken)

    def test_faults_are_found_and_put_right(self):
        expected = {
            "P01": self._ids("product_seat_shell"),
            "B01": self._ids("product_child_seat"),
            "M02": self._ids("product_harness"),
            "P02": self._ids("supplierinfo_harness"),
            "B07": self._ids("bom_child_seat"),
        }
        rows = self._run(*expected)
        found = {code: row["sample_ids"] for code, row in rows.items()}
        self.assertEqual(found, expected)
        self.env.ref("mto_demo.supplierinfo_seat_shell").date_end = False
        self.env.ref("mto_demo.product_harness").default_code = "HAR-100"
        self.env.ref("mto_demo.supplierinfo_harness").delay = 5
        self.env.ref("mto_demo.bom_child_seat").operation_ids.create(
            {
                "name": "Assemble",
                "bom_id": self.env.ref("mto_demo.bom_child_seat").id,
                "workcenter_id": self.env["mrp.workcenter"].search([], limit=1).id,
            }
        )
        rows = self._run(*expected)
        self.assertEqual({row["status"] for row in rows.values()}, {"pass"})
