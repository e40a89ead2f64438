from datetime import datetime, timedelta

from odoo.tests import BaseCase

from ..engine import (
    chain,
    check,
    dependency,
    duties,
    life,
    locks,
    stability,
    waves,
)


def site(name, *scores, unit=""):
    return waves.Site(name, name, *(scores or (3, 3, 3, 3)), unit=unit)


def item(name="x", state="todo", severity="critical", side="business", **values):
    return life.Item(name, name, state, severity, side, **values)


def gate(state="open", items=(), functions=(), predecessors=(), **values):
    return life.Gate(state, list(items), list(functions), list(predecessors), **values)


class TestDependency(BaseCase):
    def test_layers(self):
        found = dependency.layers({"close": ["cost"], "cost": ["buy"], "buy": []})
        self.assertEqual(found, [["buy"], ["cost"], ["close"]])

    def test_cycle_is_named(self):
        with self.assertRaises(dependency.CycleError) as caught:
            dependency.layers({"a": ["b"], "b": ["c"], "c": ["a"]})
        self.assertEqual(len(caught.exception.cycle), 4)
        self.assertEqual(caught.exception.cycle[0], caught.exception.cycle[-1])

    def test_self_reference_is_a_cycle(self):
        self.assertTrue(dependency.find_cycle({"a": ["a"]}))

    def test_diamond_is_no_cycle(self):
        self.assertFalse(
            dependency.find_cycle({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []})
        )

    def test_long_chain_does_not_recurse(self):
        chain_of = {number: [number + 1] for number in range(5000)} | {5000: []}
        self.assertFalse(dependency.find_cycle(chain_of))

    def test_unknown_predecessors_do_not_hold(self):
        self.assertEqual(dependency.layers({"a": ["gone"]}), [["a"]])


class TestWaves(BaseCase):
    def test_complexity(self):
        self.assertEqual(waves.get_complexity(5, 5, 1, 5), 4)
        self.assertEqual(waves.get_complexity(1, 1, 5, 1), 20)
        self.assertEqual(waves.get_complexity(0, 5, 1, 5), 0, "not assessed")

    def test_plants_begin_with_the_easiest_alone(self):
        sites = [site("hard", 1, 1, 5, 1), site("b"), site("easy", 5, 5, 1, 5)]
        found = waves.propose("plant", sites, [], 2)
        self.assertEqual([wave.sites for wave in found], [["easy"], ["b", "hard"]])
        self.assertEqual([wave.pilot for wave in found], [True, False])
        self.assertEqual(found[1].reason, ("complexity", 12, 20))

    def test_equal_sites_by_name(self):
        found = waves.propose("plant", [site("b"), site("a")], [], 1)
        self.assertEqual([wave.sites for wave in found], [["a"], ["b"]])

    def test_domains_after_what_they_need(self):
        domains = [
            waves.Domain(1, "Close", [2]),
            waves.Domain(2, "Buy", []),
            waves.Domain(3, "Store", []),
        ]
        found = waves.propose("domain", [site("a"), site("b")], domains)
        self.assertEqual([wave.domains for wave in found], [[2, 3], [1]])
        self.assertEqual(found[0].sites, ["a", "b"], "all sites in each wave")

    def test_units_by_mean_complexity(self):
        sites = [
            site("a", 1, 1, 5, 1, unit="West"),
            site("b", 5, 5, 1, 5, unit="East"),
            site("c", 4, 4, 2, 4, unit="East"),
        ]
        found = waves.propose("unit", sites, [])
        self.assertEqual([wave.sites for wave in found], [["b", "c"], ["a"]])

    def test_single(self):
        found = waves.propose("single", [site("a"), site("b")], [])
        self.assertEqual([wave.sites for wave in found], [["a", "b"]])

    def test_nothing_to_roll_out(self):
        for strategy in ("single", "plant", "unit", "domain"):
            self.assertEqual(waves.propose(strategy, [], []), [])


class TestStability(BaseCase):
    def test_last_periods_in_a_row(self):
        held = {measure: [False, True, True, True] for measure in stability.MEASURES}
        self.assertEqual(stability.get_unstable(held, 3), [])
        self.assertEqual(stability.get_unstable(held, 4), list(stability.MEASURES))

    def test_missing_is_not_stable(self):
        self.assertEqual(stability.get_unstable({}, 1), list(stability.MEASURES))
        self.assertEqual(len(stability.get_unstable({}, 0)), 3, "0 periods is 1")

    def test_one_bad_measure(self):
        held = {measure: [True] for measure in stability.MEASURES}
        held["stock_accuracy"] = [True, False]
        self.assertEqual(stability.get_unstable(held, 1), ["stock_accuracy"])


class TestLife(BaseCase):
    def test_no_way_around_a_review(self):
        for state in ("locked", "open", "rejected"):
            for after in life.SIGNED:
                self.assertFalse(life.may_go(state, after), (state, after))
        self.assertFalse(life.may_go("locked", "in_review"))
        self.assertTrue(life.may_go("in_review", "approved"))

    def test_no_items_are_not_ready(self):
        self.assertIs(life.get_readiness([], "business"), False)
        self.assertEqual(life.get_readiness([item()], "business"), 0)
        self.assertIs(life.get_readiness([item()], "technical"), False)

    def test_readiness_by_side(self):
        items = [item(state="passed"), item(), item(state="na", side="technical")]
        self.assertEqual(life.get_readiness(items, "business"), 50)
        self.assertEqual(life.get_readiness(items, "technical"), 100)

    def test_lesser_items_are_conditions(self):
        known = gate(items=[item("a", severity="major"), item("b")])
        self.assertEqual([each.name for each in life.get_item_blocks(known)], ["b"])
        self.assertEqual([each.name for each in life.get_conditions(known)], ["a"])

    def test_a_blocker_is_never_waived(self):
        self.assertFalse(item(severity="blocker", waived=True).is_met)
        self.assertTrue(item(severity="critical", waived=True).is_met)

    def test_what_blocks_in_the_order_of_work(self):
        known = gate(
            items=[item("data", owner="Ann")],
            functions=[life.Function(1, "Finance", 1, 0, "Bob")],
            predecessors=[("G2", "open", "Mia"), ("G1", "approved", "Mia")],
            unstable=("Pilot: Stock",),
        )
        found = [(each.kind, each.name, each.owner) for each in life.get_blocks(known)]
        self.assertEqual(
            found,
            [
                ("predecessor", "G2", "Mia"),
                ("stability", "Pilot: Stock", ""),
                ("item", "data", "Ann"),
                ("signature", "Finance", "Bob"),
            ],
        )
        known.state = "approved"
        self.assertEqual(life.get_blocks(known), [])

    def test_outcome(self):
        done, half = life.Function(1, "F", 2, 2), life.Function(1, "F", 2, 1)
        cases = [
            ((half, ["approve"]), None),
            ((done, ["approve", "approve"]), "approved"),
            ((done, ["approve", "condition"]), "approved_with_conditions"),
            ((half, ["reject"]), "rejected"),
            ((done, ["approve", "approve", "reject"]), "rejected"),
        ]
        for (function, decisions), expected in cases:
            known = gate("in_review", functions=[function], persons=2, min_signers=2)
            self.assertEqual(life.get_outcome(known, decisions), expected)

    def test_nobody_to_sign_is_no_approval(self):
        self.assertIsNone(life.get_outcome(gate("in_review"), []))

    def test_open_items_and_waivers_are_conditions(self):
        for each in (item(severity="minor"), item(waived=True)):
            known = gate("in_review", [each], [life.Function(1, "F", 1, 1)], persons=1)
            self.assertEqual(
                life.get_outcome(known, ["approve"]), "approved_with_conditions"
            )

    def test_two_pairs_of_eyes(self):
        known = gate(
            "in_review",
            functions=[life.Function(1, "A", 1, 1), life.Function(2, "B", 1, 1)],
            min_signers=2,
            persons=1,
        )
        self.assertIsNone(life.get_outcome(known, ["approve", "approve"]))
        self.assertEqual([each.kind for each in life.get_blocks(known)], ["persons"])


class TestDuties(BaseCase):
    def test_who_signs(self):
        person = duties.Person(1, {"process_owner"})
        self.assertIsNone(duties.refuse_signature(person, {2}, True))
        self.assertEqual(duties.refuse_signature(person, {1}, True), "prepared")
        self.assertEqual(duties.refuse_signature(person, {2}, False), "no_seat")

    def test_who_never_signs(self):
        for duty in ("configurator", "auditor"):
            person = duties.Person(1, {duty, "process_owner", "steering"})
            self.assertEqual(duties.refuse_signature(person, set(), True), duty)
        person = duties.Person(1, {"steering"}, is_superuser=True)
        self.assertEqual(duties.refuse_signature(person, set(), True), "superuser")
        person = duties.Person(1, {"viewer", "contributor"})
        self.assertEqual(duties.refuse_signature(person, set(), True), "no_duty")

    def test_functions(self):
        self.assertIsNone(duties.refuse_functions([1, 2], [], True))
        self.assertEqual(duties.refuse_functions([1, 2], [], False), "several")
        self.assertEqual(duties.refuse_functions([2], [1], False), "several")
        self.assertEqual(duties.refuse_functions([1], [1], True), "twice")

    def test_who_waives(self):
        steering = duties.Person(1, {"steering"})
        design = duties.Person(1, {"design_authority"})
        cases = [
            (steering, "critical", 2, {3}, None),
            (design, "critical", 2, {3}, "no_duty"),
            (design, "major", 2, {3}, None),
            (steering, "blocker", 2, {3}, "blocker"),
            (steering, "minor", 1, {3}, "own"),
            (steering, "minor", 2, {1}, "involved"),
            (duties.Person(1, {"steering"}, True), "minor", 2, {3}, "superuser"),
        ]
        for *arguments, expected in cases:
            self.assertEqual(duties.refuse_waiver(*arguments), expected)

    def test_conflicts(self):
        self.assertEqual(
            duties.get_conflicts({"viewer", "auditor", "steering"}),
            [("auditor", "steering")],
        )
        self.assertEqual(duties.get_conflicts({"viewer", "process_owner"}), [])


class TestChain(BaseCase):
    def setUp(self):
        super().setUp()
        self.rows, previous = [], chain.START
        for seq in range(1, 6):
            row = {
                "programme": 1,
                "seq": seq,
                "at": "2030-01-01 00:00:00",
                "kind": "state",
                "user_ref": 2,
                "login": "ann",
                "res_model": "rollout.gate",
                "res_id": seq,
                "res_name": "Größe",
                "payload": chain.to_json({"state": "open"}),
                "previous": previous,
            }
            previous = row["hash"] = chain.get_hash(row, previous)
            self.rows.append(row)

    def test_whole(self):
        self.assertIsNone(chain.find_break(self.rows))
        self.assertIsNone(chain.find_break([]))

    def test_each_field_counts(self):
        for name in chain.HASHED:
            if name == "seq":
                continue
            rows = [dict(row) for row in self.rows]
            rows[2][name] = "other"
            self.assertEqual(chain.find_break(rows), (3, "changed"), name)

    def test_one_flipped_byte(self):
        self.rows[1]["payload"] = self.rows[1]["payload"].replace("open", "opem")
        self.assertEqual(chain.find_break(self.rows), (2, "changed"))

    def test_missing_and_swapped(self):
        self.assertEqual(
            chain.find_break(self.rows[:1] + self.rows[2:]), (2, "missing")
        )
        self.rows[2]["hash"] = chain.get_hash(self.rows[2], "x")
        self.assertEqual(chain.find_break(self.rows), (3, "changed"))

    def test_rewritten_event_breaks_the_next(self):
        row = self.rows[2]
        row["login"] = "bob"
        row["hash"] = chain.get_hash(row, row["previous"])
        self.assertEqual(chain.find_break(self.rows), (4, "moved"))

    def test_order_of_keys_does_not_count(self):
        self.assertEqual(
            chain.get_digest({"a": 1, "b": 2}), chain.get_digest({"b": 2, "a": 1})
        )


class TestCheck(BaseCase):
    def test_answers(self):
        self.assertEqual(check.to_result((True, "fine")).status, "passed")
        self.assertEqual(check.to_result((False, None)).note, "")
        for nonsense in (None, True, "passed", (True,), check.Result("green")):
            self.assertIsNone(check.to_result(nonsense))

    def test_only_passed_counts(self):
        passed = [
            status for status in check.STATUSES if check.is_passed(check.Result(status))
        ]
        self.assertEqual(passed, ["passed"])

    def test_age(self):
        now = datetime(2026, 1, 2, 12)
        old = check.Result("passed", as_of=now - timedelta(hours=25), hours=24)
        self.assertEqual(check.age(old, now).status, "stale")
        self.assertEqual(check.age(old, now - timedelta(hours=1)).status, "passed")
        old.hours = 0
        self.assertEqual(check.age(old, now).status, "passed", "nothing else said")
        failed = check.Result("failed", as_of=old.as_of, hours=1)
        self.assertEqual(check.age(failed, now).status, "failed")


NOON = datetime(2026, 1, 1, 12)


class TestLocks(BaseCase):
    def _find(self, sites, warehouse=False, company="c", now=NOON):
        found = locks.find_holding(sites, company, warehouse, now)
        return found and found.key

    def test_a_whole_company(self):
        sites = [locks.Site("a", "c", held=True)]
        self.assertEqual(self._find(sites), "a")
        self.assertEqual(self._find(sites, "w"), "a")
        self.assertIsNone(self._find(sites, company="other"))
        self.assertIsNone(self._find([locks.Site("a", "c")]))

    def test_by_warehouse(self):
        sites = [
            locks.Site("a", "c", ("w1",), held=True),
            locks.Site("b", "c", ("w2",)),
        ]
        self.assertEqual(self._find(sites, "w1"), "a")
        self.assertIsNone(self._find(sites, "w2"))
        self.assertIsNone(self._find(sites, "w3"), "of no site")
        self.assertIsNone(self._find(sites), "b works, so the company does")

    def test_the_rest_of_the_company(self):
        sites = [
            locks.Site("a", "c", held=True),
            locks.Site("b", "c", ("w2",)),
        ]
        self.assertEqual(self._find(sites, "w1"), "a")
        self.assertIsNone(self._find(sites, "w2"))

    def test_the_window_ends(self):
        window = (NOON - timedelta(hours=1), NOON)
        sites = [locks.Site("a", "c", held=True, window=window)]
        self.assertIsNone(self._find(sites))
        self.assertEqual(self._find(sites, now=NOON + timedelta(seconds=1)), "a")
        self.assertEqual(self._find(sites, now=NOON - timedelta(hours=2)), "a")

    def test_freezes(self):
        freezes = [locks.Freeze("p", ("c",)), locks.Freeze("q", ("d",))]
        self.assertEqual(locks.find_freezes(freezes, "d"), [freezes[1]])
        self.assertEqual(locks.find_freezes(freezes, False), freezes)
        self.assertEqual(locks.find_freezes(freezes, "e"), [])

    def test_who_switches(self):
        def refuse(on, *names, su=False):
            return duties.refuse_switch(duties.Person(1, set(names), su), on)

        self.assertIsNone(refuse(True, "manager"))
        self.assertIsNone(refuse(True, "steering"))
        self.assertIsNone(refuse(False, "steering"))
        self.assertEqual(refuse(False, "manager"), "no_duty")
        self.assertEqual(refuse(True, "manager", "configurator"), "configurator")
        self.assertEqual(refuse(True, "steering", "auditor"), "auditor")
        self.assertEqual(refuse(True, "steering", su=True), "superuser")
