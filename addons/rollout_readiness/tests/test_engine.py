"""The engine, without a database."""

from datetime import datetime, timedelta
from random import Random

from odoo.tests import BaseCase

from ..engine.cycle import find_cycle_members
from ..engine.outcome import (
    ERROR,
    FAIL,
    NOT_APPLICABLE,
    PASS,
    SEVERITIES,
    STATUSES,
    WAIVED,
    WARN,
    Finding,
    Tolerance,
    counts_as_passed,
    get_digest,
    get_rank,
    is_stale,
    judge,
)

NOW = datetime(2026, 3, 2, 12)


class TestJudge(BaseCase):
    def test_nobody_at_fault(self):
        self.assertEqual(judge(Finding(10, 0), "blocker"), PASS)

    def test_somebody_at_fault(self):
        for severity in ("blocker", "critical", "major"):
            self.assertEqual(judge(Finding(10, 1), severity), FAIL)
        self.assertEqual(judge(Finding(10, 1), "minor"), WARN)

    def test_tolerance(self):
        two = Tolerance(count=2)
        self.assertEqual(judge(Finding(10, 2), "blocker", two), WARN)
        self.assertEqual(judge(Finding(10, 3), "blocker", two), FAIL)
        share = Tolerance(percent=5)
        self.assertEqual(judge(Finding(100, 5), "blocker", share), WARN)
        self.assertEqual(judge(Finding(100, 6), "blocker", share), FAIL)
        both = Tolerance(count=2, percent=5)
        self.assertEqual(judge(Finding(10, 2), "blocker", both), WARN)

    def test_broken_is_never_passed(self):
        finding = Finding(0, 0, absent=True, broken=True, waived=True)
        self.assertEqual(judge(finding, "minor", Tolerance(99)), ERROR)

    def test_nothing_to_look_at(self):
        self.assertEqual(judge(Finding(), "blocker"), NOT_APPLICABLE)
        self.assertEqual(judge(Finding(), "blocker", expects_data=True), FAIL)
        absent = Finding(absent=True)
        self.assertEqual(judge(absent, "blocker", expects_data=True), NOT_APPLICABLE)

    def test_waiver(self):
        self.assertEqual(judge(Finding(10, 1, waived=True), "major"), WAIVED)
        self.assertEqual(judge(Finding(10, 0, waived=True), "major"), PASS)
        empty = Finding(waived=True)
        self.assertEqual(judge(empty, "major", expects_data=True), WAIVED)

    def test_what_counts(self):
        held = {status for status in STATUSES if counts_as_passed(status)}
        self.assertEqual(held, {PASS, WARN, WAIVED})
        self.assertFalse(any(counts_as_passed(status, True) for status in STATUSES))


class TestAge(BaseCase):
    def test_stale(self):
        self.assertTrue(is_stale(None, 24, NOW))
        self.assertFalse(is_stale(NOW - timedelta(hours=24), 24, NOW))
        self.assertTrue(is_stale(NOW - timedelta(hours=24, seconds=1), 24, NOW))


class TestOffenders(BaseCase):
    def test_digest(self):
        digest = get_digest("product.product", [3, 1, 2])
        self.assertEqual(digest, get_digest("product.product", [1, 2, 3]))
        self.assertNotEqual(digest, get_digest("product.product", [1, 2]))
        self.assertNotEqual(digest, get_digest("product.template", [1, 2, 3]))
        self.assertNotEqual(
            get_digest("product.product", [1, 23]),
            get_digest("product.product", [12, 3]),
        )

    def test_worst_first(self):
        rows = [
            (PASS, "blocker", 0),
            (FAIL, "major", 2),
            (FAIL, "major", 9),
            (FAIL, "blocker", 1),
            (WARN, "blocker", 5),
            (ERROR, "minor", 0),
        ]
        rows.sort(key=lambda row: get_rank(*row))
        self.assertEqual(
            rows,
            [
                (ERROR, "minor", 0),
                (FAIL, "blocker", 1),
                (FAIL, "major", 9),
                (FAIL, "major", 2),
                (WARN, "blocker", 5),
                (PASS, "blocker", 0),
            ],
        )
        self.assertEqual(SEVERITIES[0], "blocker")


def reaches_itself(graph, start):
    """The naive way: walk until nothing is new."""
    seen, ahead = set(), list(graph.get(start, ()))
    while ahead:
        node = ahead.pop()
        if node == start:
            return True
        if node not in seen:
            seen.add(node)
            ahead.extend(graph.get(node, ()))
    return False


class TestCycle(BaseCase):
    def test_small(self):
        self.assertEqual(find_cycle_members({}), set())
        self.assertEqual(find_cycle_members({1: [2], 2: [3]}), set())
        self.assertEqual(find_cycle_members({1: [1]}), {1})
        self.assertEqual(find_cycle_members({1: [2], 2: [3], 3: [2, 4]}), {2, 3})

    def test_shared_parts_are_no_circle(self):
        self.assertEqual(find_cycle_members({1: [2, 3], 2: [4], 3: [4]}), set())

    def test_as_the_naive_way(self):
        random = Random(7)
        for _round in range(300):
            nodes = range(random.randint(1, 9))
            graph = {
                node: random.choices(nodes, k=random.randint(0, 2)) for node in nodes
            }
            expected = {node for node in nodes if reaches_itself(graph, node)}
            self.assertEqual(find_cycle_members(graph), expected)

    def test_deep(self):
        """Deeper than Python's stack."""
        depth = 20_000
        graph = {node: [node + 1] for node in range(depth)}
        self.assertEqual(find_cycle_members(graph), set())
        graph[depth] = [depth - 1]
        self.assertEqual(find_cycle_members(graph), {depth - 1, depth})
