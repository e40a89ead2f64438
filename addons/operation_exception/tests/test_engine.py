from datetime import datetime
from itertools import product as combinations

from odoo.tests import BaseCase

from ..engine.ladder import Person, Staff
from ..engine.response import respond_by

HERE, ELSEWHERE = 1, 2
FRIDAY = datetime(2026, 11, 20, 15, 0)


def person(key, **values):
    return Person(key, companies=frozenset([HERE]), **values)


class TestLadderEngine(BaseCase):
    """The first rung that names a person at work."""

    def climb(self, candidates, people, deputies=None):
        staff = Staff({each.id: each for each in people}, deputies or {})
        return staff.climb(candidates, HERE)

    def test_first_rung_decides(self):
        choice = self.climb([(7, "field"), (8, "rest")], [person(7), person(8)])
        self.assertEqual((choice.owner, choice.rung, choice.covers), (7, "field", None))

    def test_who_cannot_answer_is_passed_over(self):
        unfit = [
            person(7, active=False),
            person(7, internal=False),
            person(7, robot=True),
            Person(7, companies=frozenset([ELSEWHERE])),
        ]
        for nobody in unfit:
            with self.subTest(nobody=nobody):
                choice = self.climb([(7, "field"), (8, "rest")], [nobody, person(8)])
                self.assertEqual(choice.owner, 8)

    def test_nobody_at_all(self):
        self.assertIsNone(self.climb([(7, "field")], [person(7, active=False)]))
        self.assertIsNone(self.climb([], []))

    def test_deputy_stands_in(self):
        people = [person(7), person(8), person(9)]
        choice = self.climb([(7, "field"), (9, "rest")], people, {7: 8})
        self.assertEqual((choice.owner, choice.covers), (8, 7))

    def test_deputy_of_the_deputy(self):
        people = [person(7), person(8), person(9)]
        self.assertEqual(self.climb([(7, "a")], people, {7: 8, 8: 9}).owner, 9)

    def test_deputies_in_a_circle(self):
        people = [person(7), person(8), person(9)]
        choice = self.climb([(7, "a"), (9, "b")], people, {7: 8, 8: 7})
        self.assertEqual(choice.owner, 9, "somebody at work")
        choice = self.climb([(7, "a")], people, {7: 8, 8: 7})
        self.assertEqual(choice.owner, 7, "absent is better than nobody")

    def test_never_somebody_unfit_never_nobody_where_one_is_fit(self):
        """Every combination of three people, standing and absence."""
        standing = [{}, {"active": False}, {"internal": False}, {"robot": True}]
        for states in combinations(standing, repeat=3):
            people = [person(key, **state) for key, state in enumerate(states)]
            fit = {key for key, state in enumerate(states) if not state}
            for deputy in combinations([None, 0, 1, 2], repeat=3):
                deputies = {
                    key: other
                    for key, other in enumerate(deputy)
                    if other not in (None, key)
                }
                choice = self.climb([(k, k) for k in range(3)], people, deputies)
                if fit:
                    self.assertIn(choice.owner, fit)
                else:
                    self.assertIsNone(choice)


class TestResponse(BaseCase):
    """Until when."""

    def test_working_days_skip_the_weekend(self):
        self.assertEqual(
            respond_by(FRIDAY, 1, "working_day"), datetime(2026, 11, 23, 15, 0)
        )
        self.assertEqual(
            respond_by(FRIDAY, 6, "working_day"), datetime(2026, 11, 30, 15, 0)
        )

    def test_days_and_hours_are_of_the_calendar(self):
        self.assertEqual(respond_by(FRIDAY, 1, "day"), datetime(2026, 11, 21, 15, 0))
        self.assertEqual(respond_by(FRIDAY, 4, "hour"), datetime(2026, 11, 20, 19, 0))

    def test_without_a_response_time_it_is_a_working_day(self):
        for unit in ("hour", "day", "working_day"):
            self.assertEqual(respond_by(FRIDAY, 0, unit), datetime(2026, 11, 23, 15, 0))
