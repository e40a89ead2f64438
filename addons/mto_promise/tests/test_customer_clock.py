from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .lead_times import LeadTimeCommon


@tagged("post_install", "-at_install")
class TestCustomerClock(LeadTimeCommon):
    """How long a customer waits, the target, and what is buffered."""

    def test_wait_is_that_of_the_whole_structure(self):
        """Trailer 2 + frame 5 + steel 25 = 32 days."""
        wait = self._get_wait()
        self.assertEqual((wait["days"], wait["limiting"]), (32, self.steel))
        self.assertEqual(wait["limiting_days"], 25)

    def test_stocked_part_takes_its_branch_off_the_clock(self):
        self.frame.supply_policy = "make_to_stock"
        wait = self._get_wait()
        self.assertEqual((wait["days"], wait["limiting"]), (11, self.axle))

    def test_component_of_a_kit_is_waited_for(self):
        kit = self._create_product("Kit", "make_to_order")
        self._create_bom(kit, [(self.steel, 1)], type="phantom")
        self._create_bom(self.axle, [(kit, 1)], produce_delay=40)
        self.axle.seller_ids.unlink()
        self.assertEqual(self._get_wait()["days"], 67)

    def test_safety_days_and_delays_of_rules_count(self):
        self.company.security_lead = 3
        self.assertEqual(self._get_wait()["days"], 35)

    def test_target_of_the_category_and_its_parents(self):
        parent = self._create_category("Vehicles")
        category = self._create_category("Trailers", parent=parent)
        template = self.trailer.product_tmpl_id
        template.categ_id = category
        self.assertEqual(template._get_target_waits(), {template: 0})
        parent.target_wait_days = 20
        self.assertEqual(template._get_target_waits(), {template: 20})
        category.target_wait_days = 15
        self.assertEqual(template._get_target_waits(), {template: 15})
        template.target_wait_days = 40
        self.assertEqual(template._get_target_waits(), {template: 40})

    def test_target_that_cannot_be_met_is_told_with_its_cause(self):
        template = self.trailer.product_tmpl_id
        template.target_wait_days = 20
        self.assertTrue(template.is_wait_over_target)
        self.assertEqual(
            template.wait_message,
            "32 days, 12 more than the target of 20: Steel alone takes 25 days.",
        )
        self.trailer_bom.invalidate_recordset()
        self.assertEqual(self.trailer_bom.wait_message, template.wait_message)
        self.frame.supply_policy = "make_to_stock"
        template.invalidate_recordset()
        self.assertFalse(template.is_wait_over_target)
        self.assertEqual(template.wait_message, "11 days, within the target of 20.")

    def test_one_day_is_told_as_one_day(self):
        answer = {"days": 1.0, "limiting": self.frame, "limiting_days": 1.0}
        template = self.trailer.product_tmpl_id
        self.assertEqual(template._tell_wait(answer, 0), "1 day")
        self.assertEqual(
            template._tell_wait(answer, 3), "1 day, within the target of 3."
        )
        self.assertEqual(self.env["mto.customer.clock"]._get_days(1.2), "1 day")

    def test_products_over_their_target_are_found(self):
        template = self.trailer.product_tmpl_id
        template.target_wait_days = 20
        late = self.env["product.template"].search(
            [("is_wait_over_target", "=", True), ("id", "=", template.id)]
        )
        self.assertEqual(late, template)
        template.target_wait_days = 32
        late = late.search(
            [("is_wait_over_target", "=", True), ("id", "=", template.id)]
        )
        self.assertFalse(late)

    def test_negative_target_is_refused(self):
        with self.assertRaises(ValidationError):
            self.trailer.product_tmpl_id.target_wait_days = -1
        with self.assertRaises(ValidationError):
            self._create_category("Vehicles").target_wait_days = -1

    def test_review_keeps_the_target_it_was_made_for(self):
        template = self.trailer.product_tmpl_id
        template.target_wait_days = 35
        manager = self._create_user("product_manager")
        template.with_user(manager).action_review_lead_times()
        self.assertEqual(template.lead_time_review_target, 35)
        self.assertEqual(template.lead_time_review_uid, manager)
        self.assertNotIn("again", template.lead_time_review)
        template.target_wait_days = 20
        template.invalidate_recordset()
        self.assertIn("35 days then and is 20 days now", template.lead_time_review)

    def test_salesperson_reads_the_wait_without_other_rights(self):
        template = self.trailer.product_tmpl_id.with_user(self._create_user("sales"))
        self.assertEqual(template.wait_message, "32 days")

    def test_wait_of_many_products_costs_as_many_queries_as_of_few(self):
        few = self.trailer.product_tmpl_id
        many = few
        for number in range(6):
            product = self._create_product(f"Trailer {number}", "make_to_order")
            self._create_bom(product, [(self.frame, 1)], produce_delay=number)
            many |= product.product_tmpl_id
        self.assertEqual(self._count(many), self._count(few))

    def _count(self, templates):
        templates._get_waits(self.warehouse)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        templates._get_waits(self.warehouse)
        return self.env.cr.sql_log_count - before

    # By level

    def test_report_tells_clock_and_buffer_of_each_row(self):
        self.frame.supply_policy = "make_to_stock"
        tree = self.env["mto.customer.clock"].get_tree(self.trailer.ids)
        rows = {row["cells"]["product"]: row for row in tree["rows"]}
        self.assertEqual(rows["Trailer"]["cells"]["clock"], 11)
        self.assertEqual(rows["Axle"]["cells"]["clock"], 9)
        self.assertEqual(rows["Frame"]["cells"]["buffered"], 30)
        self.assertFalse(rows["Frame"]["cells"]["clock"])
        # What stands behind stock is nobody's wait either.
        self.assertEqual(rows["Steel"]["cells"]["buffered"], 25)
        self.assertEqual(rows["Axle"]["tone"], "danger")
        self.assertEqual(rows["Steel"]["tone"], "muted")
        told = {entry["label"]: entry["value"] for entry in tree["summary"]}
        self.assertEqual(told["Customer waits"], "11 days")
        self.assertEqual(told["Buffered by stock"], "21 days")
        self.assertIn("level 0: 2, level 1: 9", tree["messages"][0]["text"])

    def test_overview_tells_the_same_days(self):
        self.frame.supply_policy = "make_to_stock"
        Report = self.env["report.mrp.report_bom_structure"]
        planner = self._create_user("planner")
        data = Report.with_user(planner)._get_report_data(self.trailer_bom.id)["lines"]
        frame, axle = data["components"]
        [steel] = frame["components"]
        self.assertEqual(
            [
                (line["name"], line["clock_days"], line["buffered_days"])
                for line in (data, frame, steel, axle)
            ],
            [
                ("Trailer", 11, False),
                ("Frame", False, 30),
                ("Steel", False, 25),
                ("Axle", 9, False),
            ],
        )

    def test_report_of_a_service_teaches(self):
        service = self.env["product.product"].create(
            {"name": "Advice", "type": "service"}
        )
        tree = self.env["mto.customer.clock"].get_tree(service.ids)
        self.assertFalse(tree["rows"])
        self.assertIn("Services", tree["empty"]["text"])
