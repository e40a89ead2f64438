import random
import time

from odoo.tests import BaseCase, tagged

from ..engine import PathGraph, PathNode, PathProblem


def graph(edges, problems=(), depth_limit=30, levels=None):
    """A graph of {name: names below}; ``problems``: {name: code}."""
    names = dict.fromkeys(edges)
    for below in edges.values():
        names.update(dict.fromkeys(below))
    nodes = {
        name: PathNode(
            name,
            [PathProblem(dict(problems)[name])] if name in dict(problems) else [],
            {other: (levels or {}).get(other, 1) for other in edges.get(name, ())},
        )
        for name in names
    }
    return PathGraph(nodes, depth_limit)


def told(report):
    return [(f.problem.code, " > ".join(f.labels)) for f in report.findings]


@tagged("post_install", "-at_install")
class TestPathEngine(BaseCase):
    def test_nothing_is_wrong(self):
        found = graph({"bike": ["wheel", "frame"], "wheel": ["rim"]}).report("bike", 5)
        self.assertEqual((found.findings, found.more), ([], 0))

    def test_paths(self):
        """All at once, the nearest first, each with its path."""
        edges = {"bike": ["wheel", "frame"], "wheel": ["rim"], "other": ["screw"]}
        wrong = {"rim": "no_vendor", "frame": "no_bom", "screw": "no_vendor"}
        report = graph(edges, wrong).report("bike", 5)
        self.assertEqual(
            told(report),
            [("no_bom", "bike > frame"), ("no_vendor", "bike > wheel > rim")],
        )
        self.assertEqual(
            told(graph(edges, wrong).report("rim", 5)), [("no_vendor", "rim")]
        )

    def test_limit(self):
        """So many are told, and how many more there are."""
        parts = [f"part {number}" for number in range(12)]
        report = graph({"bike": parts}, dict.fromkeys(parts, "no_vendor")).report(
            "bike", 5
        )
        self.assertEqual(len(report.findings), 5)
        self.assertEqual(report.more, 7)

    def test_advice_leaves_no_problem_out(self):
        names = [f"part {number}" for number in range(12)]
        nodes = {
            name: PathNode(name, [PathProblem("slow", is_advice=True)])
            for name in names
        }
        nodes["last"] = PathNode("last", [PathProblem("no_vendor")])
        nodes["bike"] = PathNode("bike", [], dict.fromkeys([*names, "last"], 1))
        report = PathGraph(nodes, 30).report("bike", 3)
        self.assertEqual(told(report)[0], ("no_vendor", "bike > last"))
        self.assertEqual(len(report.findings), 4)
        self.assertEqual(report.more, 9)

    def test_shared_is_told_once(self):
        """2 to the power of 40 paths lead to the screw."""
        edges = {}
        for level in range(40):
            for side in "ab":
                edges[f"{side}{level}"] = [f"a{level + 1}", f"b{level + 1}"]
        edges.update(a40=["screw"], b40=["screw"])
        start = time.monotonic()
        report = graph(edges, {"screw": "no_vendor"}, depth_limit=50).report("a0", 5)
        self.assertLess(time.monotonic() - start, 1)
        self.assertEqual(len(report.findings), 1)
        self.assertEqual(len(report.findings[0].labels), 42)

    def test_loops(self):
        edges = {"bike": ["wheel"], "wheel": ["rim"], "rim": ["hub"], "hub": ["wheel"]}
        self.assertEqual(
            told(graph(edges).report("bike", 5)),
            [("loop", "bike > wheel > rim > hub > wheel")],
        )
        self.assertEqual(
            told(graph(edges).report("hub", 5)),
            [("loop", "hub > wheel > rim > hub")],
        )
        self.assertEqual(
            told(graph({"bike": ["rim"], "rim": ["rim"]}).report("bike", 5)),
            [("loop", "bike > rim > rim")],
        )

    def test_below_a_loop(self):
        edges = {"a": ["b", "c"], "b": ["a"], "c": ["d"]}
        self.assertEqual(
            told(graph(edges, {"d": "no_vendor"}).report("a", 5)),
            [("loop", "a > b > a"), ("no_vendor", "a > c > d")],
        )

    def test_depth(self):
        chain = {f"p{level}": [f"p{level + 1}"] for level in range(40)}
        report = graph(chain).report("p0", 5)
        self.assertEqual(report.findings[0].problem.code, "depth_limit")
        self.assertEqual(report.findings[0].labels[-1], "p31")
        self.assertFalse(graph(chain).report("p10", 5).findings)
        self.assertFalse(graph(chain, depth_limit=40).report("p0", 5).findings)

    def test_kits_are_no_level(self):
        chain = {f"p{level}": [f"p{level + 1}"] for level in range(40)}
        kits = {f"p{level}": 0 for level in range(1, 41, 2)}
        self.assertFalse(graph(chain, levels=kits).report("p0", 5).findings)

    def test_depth_of_the_longest_path(self):
        """The way down that counts is the longest, not the one found first."""
        chain = {f"p{level}": [f"p{level + 1}"] for level in range(40)}
        chain["p0"] = ["p40", "p1"]
        report = graph(chain).report("p0", 5)
        self.assertEqual(report.findings[0].labels[:2], ("p0", "p1"))

    def test_depth_behind_a_loop(self):
        chain = {f"p{level}": [f"p{level + 1}"] for level in range(40)}
        chain["p2"] = ["p1", "p3"]
        codes = [code for code, _path in told(graph(chain).report("p0", 5))]
        self.assertEqual(sorted(codes), ["depth_limit", "loop"])

    def test_deep_structures(self):
        """No recursion: a chain of 50,000."""
        chain = {level: [level + 1] for level in range(50_000)}
        found = graph(chain, {50_000: "no_vendor"}, depth_limit=10**6).report(0, 5)
        self.assertEqual(len(found.findings[0].labels), 50_001)

    def test_against_all_paths(self):
        """Random graphs: what is told is what walking every path finds."""
        chance = random.Random(4)
        for _round in range(300):
            names = [f"n{number}" for number in range(chance.randint(1, 8))]
            edges = {
                name: chance.sample(names, chance.randint(0, min(3, len(names))))
                for name in names
            }
            wrong = {name: "no_bom" for name in names if chance.random() < 0.3}
            report = graph(edges, wrong, depth_limit=99).report(names[0], 99)
            reached, loops = self._walk(edges, names[0])
            self.assertEqual(
                {
                    path.split(" > ")[-1]
                    for code, path in told(report)
                    if code == "no_bom"
                },
                {name for name in wrong if name in reached},
            )
            self.assertEqual(any(code == "loop" for code, _p in told(report)), loops)
            for code, path in told(report):
                steps = path.split(" > ")
                pairs = zip(steps, steps[1:], strict=False)
                self.assertTrue(all(other in edges[name] for name, other in pairs))
                if code == "loop":
                    self.assertIn(steps[-1], steps[:-1])

    def _walk(self, edges, start):
        """(names reached, whether one is reached from itself)"""
        reach = {}
        for name in edges:
            seen, todo = set(), [name]
            while todo:
                for other in edges[todo.pop()]:
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
            reach[name] = seen
        reached = reach[start] | {start}
        return reached, any(name in reach[name] for name in reached)
