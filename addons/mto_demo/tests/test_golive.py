from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestGoLive(HttpCase):
    """A go-live gate refuses, what it waits for is put right, and it is approved.

    Each step is a short tour of its own, by the person whose it is.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.planner = cls.env.ref("mto_demo.user_planner")
        cls.harness = cls.env.ref("mto_demo.product_harness")
        programme = cls.env.ref("mto_demo.programme_frames")
        cls.gate = programme.gate_ids.filtered(lambda each: each.code == "G6")

    def _tour(self, name, login, url="/odoo/readiness"):
        self.start_tour(url, f"mto_demo_{name}", login=login, timeout=300)
        self.env.invalidate_all()

    def _tour_gate(self, name, login):
        self._tour(name, login, f"/odoo/rollout-gates/{self.gate.id}")

    def _get_status(self, code):
        results = self.env["readiness.result"].search([("check_id.code", "=", code)])
        return results.sorted("id")[-1:].status

    def test_first_run(self):
        """From the card of the planner: all checks run, and what is wrong is red."""
        self._tour("first_run", "planner", "/odoo/try-it")
        faults = {code: self._get_status(code) for code in ("M02", "P01", "P02")}
        self.assertEqual(set(faults.values()), {"fail"}, faults)
        self.assertEqual(self._get_status("F05"), "pass")

    def test_refused_put_right_approved(self):
        self._tour_gate("gate_refuses", "warehouse")
        self.assertEqual(self.gate.state, "open")
        self._put_right()
        self._tour_gate("gate_review", "warehouse")
        self._tour_gate("gate_planner_signs", "planner")
        self.assertEqual(self.gate.state, "in_review")
        self._tour_gate("gate_finance_signs", "finance")
        self._assert_live()

    def _put_right(self):
        """The planner finds three faults on the page, and leaves none."""
        faults = ["M02", "P01", "P02"]
        company = self.env.ref("base.main_company").id
        self.env["readiness.check"].run_checks(faults, company)
        self._tour("reference", "planner")
        self.assertEqual(self.harness.default_code, "HAR-100")
        self._tour("lead_time", "planner")
        self.assertEqual(self.harness.seller_ids.mapped("delay"), [5])
        self._tour("vendor", "planner")
        ended = self.env.ref("mto_demo.supplierinfo_seat_shell").date_end
        self.assertEqual(ended.year, 2099)
        self.assertEqual({self._get_status(code) for code in faults}, {"pass"})

    def _assert_live(self):
        self.assertEqual(self.gate.state, "approved")
        self.assertEqual(self.gate.site_id.state, "live")
        signoffs = self.gate.signoff_ids
        signers = self.planner | self.env.ref("mto_demo.user_finance")
        self.assertEqual(signoffs.user_id, signers)
        self.assertEqual(set(signoffs.mapped("channel")), {"screen"})
