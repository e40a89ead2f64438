from odoo.tests import BaseCase

from ..engine import Peg, Plan, Projection, get_chain, project_dates

# A line is delivered from an order (made of two parts, one of them in stock).
ORDER = ["line", "delivery", "make", "need", "part", "stock"]
PEGS = [
    Peg("line", "delivery", 1),
    Peg("delivery", "make", 1),
    Peg("make", "need", 1),
    Peg("need", "part", 1),
    Peg("need", "stock", 1),
]


class TestProjection(BaseCase):
    def _expect(self, now=0, unsupplied=(), **plans):
        plans = {
            "delivery": Plan(20, 20),
            "make": Plan(14, 18, is_made=True),
            "part": Plan(10, 10),
            **plans,
        }
        return project_dates(ORDER, PEGS, plans, unsupplied, now)["line"]

    def test_plan_is_kept(self):
        self.assertEqual(self._expect(), Projection(20, "make"))

    def test_late_part_moves_what_follows(self):
        late = self._expect(part=Plan(30, 30))
        self.assertEqual(late, Projection(34, "part"))

    def test_slack_takes_up_a_delay(self):
        self.assertEqual(self._expect(part=Plan(15, 15)), Projection(20, "part"))

    def test_late_plan_of_the_order_itself(self):
        late = self._expect(make=Plan(25, 29, is_made=True))
        self.assertEqual(late, Projection(29, "make"))

    def test_what_should_have_begun_begins_now(self):
        self.assertEqual(self._expect(now=40), Projection(44, "part"))
        running = Plan(14, 18, is_started=True, is_made=True)
        done = Plan(10, 10, is_done=True)
        self.assertEqual(
            self._expect(now=40, part=done, make=running), Projection(40, "make")
        )

    def test_all_is_there(self):
        made = Plan(14, 18, is_done=True)
        self.assertEqual(self._expect(make=made), Projection(20, "delivery"))
        delivered = Plan(20, 20, is_done=True)
        self.assertEqual(self._expect(make=made, delivery=delivered), Projection())

    def test_missing_part_is_named_at_the_top(self):
        self.assertEqual(self._expect(unsupplied=["need"]).missing, "need")

    def test_what_is_done_hides_what_was_missing(self):
        made = Plan(14, 18, is_done=True)
        self.assertIsNone(self._expect(unsupplied=["need"], make=made).missing)

    def test_chain_leads_to_the_cause(self):
        plans = {
            "delivery": Plan(20, 20),
            "make": Plan(14, 18, is_made=True),
            "part": Plan(30, 30),
        }
        found = project_dates(ORDER, PEGS, plans, (), 0)
        self.assertEqual(
            get_chain("line", found), ["line", "delivery", "make", "need", "part"]
        )
        plans["make"] = Plan(35, 39, is_made=True)
        found = project_dates(ORDER, PEGS, plans, (), 0)
        self.assertEqual(get_chain("line", found), ["line", "delivery", "make"])
