"""The judge of scripts/core_tests: what fails the gate and what only informs."""

import importlib
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
FOLDER = SCRIPTS / "core_baselines"
sys.path.insert(0, str(SCRIPTS))
gate = importlib.import_module("stack.core_gate")

FILE = "stock/tests/test_move.py"
ONE = f"{FILE}::TestMove::test_one"
TWO = f"{FILE}::TestMove::test_two"
PLACE = "admin at sale_stock/tests/test_create_perf.py:59"


def ended(outcome="pass", *messages, **values):
    problems = [
        {"message": message, "details": f"Traceback\n{message}", "subtest": ""}
        for message in messages
    ]
    return {"outcome": outcome, "problems": problems, **values}


def more_queries(count, limit):
    user, place = PLACE.split(" at ")
    return (
        f"AssertionError: Query count more than expected for user {user}: "
        f"{count} > {limit} in test_one at {place}"
    )


def fewer_queries(count, limit):
    user, place = PLACE.split(" at ")
    return (
        f"Query count less than expected for user {user}: {count} < {limit} "
        f"in test_one at {place}"
    )


def run_of(results, installed=("base", "stock")):
    return {
        "results": results,
        "installed": list(installed),
        "left_out": [],
        "seconds": {FILE: 3},
    }


def baseline_of(*runs):
    return gate.Baseline.from_runs("19.0.0", [run_of(results) for results in runs])


def judged(before, now, **options):
    return gate.compare(baseline_of(before, before), now, **options)


# -- what fails the gate


@pytest.mark.parametrize("outcome", ["fail", "error"])
def test_new_failure_fails_and_is_printed_with_its_trace(outcome):
    verdict = judged(
        {ONE: ended(), TWO: ended()},
        {ONE: ended(), TWO: ended(outcome, "Boom: 1 != 2")},
    )
    assert verdict.failed == 1
    assert [name for name, _text in verdict.new_failures] == [TWO]
    lines = gate.report(verdict)
    assert any(TWO in line for line in lines)
    assert any("Traceback" in line for line in lines)
    assert lines[-1] == "1 passed, 1 failed"


def test_all_as_in_the_baseline_passes():
    results = {ONE: ended(), TWO: ended("fail", "AssertionError: 1 != 2")}
    verdict = judged(results, results)
    assert verdict.failed == 0
    assert verdict.same_failures == [TWO]
    assert gate.report(verdict)[-1] == "1 passed, 0 failed"


def test_test_of_the_baseline_that_was_not_run_fails():
    verdict = judged({ONE: ended(), TWO: ended()}, {ONE: ended()})
    assert verdict.not_run == [(TWO, "was not run")]
    assert verdict.failed == 1


def test_not_run_counts_also_for_a_test_that_failed_before():
    verdict = judged({ONE: ended("error", "Boom")}, {})
    assert verdict.failed == 1


def test_part_of_the_tests_misses_only_its_own():
    before = {ONE: ended(), TWO: ended()}
    verdict = judged(before, {}, wanted=lambda name: "test_one" in name)
    assert [name for name, _text in verdict.not_run] == [ONE]


def test_passing_test_that_is_skipped_now_fails():
    verdict = judged({ONE: ended()}, {ONE: ended("skip", reason="no chart")})
    assert verdict.not_run == [(ONE, "is skipped now: no chart")]
    assert verdict.failed == 1


def test_crash_is_a_new_failure():
    crash = ended("error", "Crash: the process died (signal 11)")
    verdict = judged({ONE: ended()}, {ONE: crash})
    assert [name for name, _text in verdict.new_failures] == [ONE]


def test_failing_end_of_a_class_is_a_new_failure_and_its_absence_none():
    end = f"{FILE}::TestMove::tearDownClass"
    verdict = judged({ONE: ended()}, {ONE: ended(), end: ended("error", "Boom")})
    assert [name for name, _text in verdict.new_failures] == [end]
    verdict = judged({ONE: ended(), end: ended("error", "Boom")}, {ONE: ended()})
    assert verdict.failed == 0


def test_failing_test_unknown_to_the_baseline_fails():
    verdict = judged({ONE: ended()}, {ONE: ended(), TWO: ended("fail", "Boom")})
    assert verdict.failed == 1


# -- what only informs


def test_fixed_is_told_and_passes():
    verdict = judged({ONE: ended("fail", "Boom")}, {ONE: ended()})
    assert (verdict.fixed, verdict.failed) == ([ONE], 0)


def test_known_failure_with_another_cause_is_told():
    verdict = judged(
        {ONE: ended("error", "KeyError: 'a'")}, {ONE: ended("error", "ValueError: b")}
    )
    assert [name for name, _text in verdict.other_failures] == [ONE]
    assert verdict.failed == 0


def test_record_numbers_and_dates_do_not_make_another_cause():
    before = "MissingError: stock.move(512,) of 2026-11-20 08:30:00"
    now = "MissingError: stock.move(7,) of 2027-02-28 23:59:59"
    verdict = judged({ONE: ended("error", before)}, {ONE: ended("error", now)})
    assert verdict.same_failures == [ONE]


def test_flaky_is_named_and_never_judged():
    baseline = baseline_of({ONE: ended()}, {ONE: ended("fail", "Boom")})
    assert baseline.flaky == {ONE: ["fail", "pass"]}
    for outcome in ("pass", "fail", "error"):
        verdict = gate.compare(baseline, {ONE: ended(outcome, "Boom")})
        assert verdict.flaky == [(ONE, outcome)]
        assert verdict.failed == 0


def test_flaky_does_not_excuse_not_running():
    baseline = baseline_of({ONE: ended()}, {ONE: ended("fail", "Boom")})
    assert gate.compare(baseline, {}).failed == 1


def test_absent_from_one_run_of_the_baseline_may_be_absent():
    baseline = baseline_of({ONE: ended(), TWO: ended()}, {ONE: ended()})
    verdict = gate.compare(baseline, {ONE: ended()})
    assert verdict.failed == 0
    assert verdict.flaky == [(TWO, "not run")]


def test_tour_left_out_is_counted_and_named():
    for before in ("pass", "tour", "fail"):
        verdict = judged({ONE: ended(before)}, {ONE: ended("tour")})
        assert (verdict.left_out, verdict.failed) == ([ONE], 0)
        assert any(ONE in line for line in gate.report(verdict))


def test_flaky_tour_left_out_is_left_out():
    baseline = baseline_of({ONE: ended()}, {ONE: ended("fail", "Boom")})
    verdict = gate.compare(baseline, {ONE: ended("tour")})
    assert (verdict.left_out, verdict.flaky, verdict.failed) == ([ONE], [], 0)


def test_skipped_as_before_is_counted():
    skip = ended("skip", reason="needs a module")
    verdict = judged({ONE: skip}, {ONE: skip})
    assert (verdict.skipped, verdict.failed, verdict.run) == ([ONE], 0, 0)


def test_failing_without_our_modules_too_is_excused():
    failing = {ONE: ended("fail", "Boom"), TWO: ended("fail", "Boom")}
    verdict = judged({ONE: ended(), TWO: ended()}, failing)
    verdict.excuse({ONE})
    assert [name for name, _text in verdict.outside] == [ONE]
    assert [name for name, _text in verdict.new_failures] == [TWO]
    assert verdict.failed == 1


# -- what a setting changes

LIST = f"""
The table of a module.

| Test | Fails with | Asserts | Now |
|---|---|---|---|
| `{ONE}` | `AssertionError: 'N' != 'cancel'` | it stays | it goes |
"""


def test_listed_failure_passes_with_its_setting_only():
    message = "AssertionError: '5' != 'cancel'\n- 5\n+ cancel : Not cancelled"
    failing = {ONE: ended("fail", message), TWO: ended()}
    listed = gate.read_changed(LIST)
    verdict = judged({ONE: ended(), TWO: ended()}, failing, changed=listed)
    assert (verdict.changed, verdict.failed) == ([ONE], 0)
    assert f"  {ONE}" in gate.report(verdict)
    assert gate.report(verdict)[-1] == "1 passed, 0 failed"
    verdict = judged({ONE: ended(), TWO: ended()}, failing)
    assert (verdict.changed, verdict.failed) == ([], 1)


def test_listed_test_that_passes_fails_the_gate():
    listed = gate.read_changed(LIST)
    verdict = judged({ONE: ended()}, {ONE: ended()}, changed=listed)
    assert [name for name, _text in verdict.not_changed] == [ONE]
    assert verdict.failed == 1


def test_listed_test_that_fails_otherwise_is_a_new_failure():
    now = {ONE: ended("error", "KeyError: 'product'")}
    verdict = judged({ONE: ended()}, now, changed=gate.read_changed(LIST))
    assert [name for name, _text in verdict.new_failures] == [ONE]
    assert "AssertionError: 'N' != 'cancel'" in verdict.new_failures[0][1]


def test_listed_test_that_odoo_does_not_have_fails_the_gate():
    listed = {f"{FILE}::TestMove::test_gone": "Boom"}
    verdict = judged({ONE: ended()}, {ONE: ended()}, changed=listed)
    assert [name for name, _text in verdict.not_run] == list(listed)


def test_listed_test_of_another_part_is_not_missed():
    verdict = judged(
        {ONE: ended(), TWO: ended()},
        {TWO: ended()},
        wanted=lambda name: name == TWO,
        changed=gate.read_changed(LIST),
    )
    assert verdict.failed == 0


def test_listed_tour_may_be_left_out():
    now = {ONE: ended("tour")}
    verdict = judged({ONE: ended()}, now, changed=gate.read_changed(LIST))
    assert (verdict.left_out, verdict.failed) == ([ONE], 0)


def test_committed_lists_name_tests_of_odoo_with_a_reason():
    paths = [path for path in FOLDER.glob("*.md") if path.name != "README.md"]
    baselines = [gate.Baseline.load(p.read_text()) for p in FOLDER.glob("*.json")]
    assert paths
    for path in paths:
        text = path.read_text()
        rows = [line for line in text.splitlines() if line.startswith("| `")]
        listed = gate.read_changed(text)
        assert len(listed) == len(rows) > 0
        for name in listed:
            assert all(baseline.outcome(name) == "pass" for baseline in baselines)
            assert any(name in baseline.tests for baseline in baselines)
        for row in rows:
            _test, _how, asserts, reason = row.strip("| ").split(" | ")
            assert len(asserts) > 10 and len(reason) > 10


# -- queries


@pytest.mark.parametrize(("count", "failed"), [(41, 0), (44, 0), (45, 1), (80, 1)])
def test_budget_of_queries_is_ten_percent(count, failed):
    verdict = judged({ONE: ended()}, {ONE: ended("fail", more_queries(count, 40))})
    assert verdict.failed == failed
    assert len(verdict.within_budget) == 1 - failed
    assert len(verdict.over_budget) == failed
    assert not verdict.new_failures


def test_budget_counts_from_what_stock_odoo_needs():
    before = ended("pass", fewer_queries=[fewer_queries(30, 40)])
    verdict = judged({ONE: before}, {ONE: ended("fail", more_queries(41, 40))})
    assert [name for name, _text in verdict.over_budget] == [ONE]
    assert "30 without us (+37%)" in verdict.over_budget[0][1]


def test_budget_counts_from_a_baseline_above_the_limit():
    before = ended("fail", more_queries(50, 40))
    within = judged({ONE: before}, {ONE: ended("fail", more_queries(55, 40))})
    beyond = judged({ONE: before}, {ONE: ended("fail", more_queries(56, 40))})
    assert (within.failed, beyond.failed) == (0, 1)


def test_worst_place_of_a_test_decides():
    other = more_queries(90, 40).replace(":59", ":71")
    verdict = judged({ONE: ended()}, {ONE: ended("fail", more_queries(41, 40), other)})
    assert verdict.failed == 1
    assert ":71: 90 queries" in verdict.over_budget[0][1]


def test_worst_count_at_a_place_decides():
    now = ended("fail", more_queries(80, 40), more_queries(41, 40))
    assert judged({ONE: ended()}, {ONE: now}).failed == 1


def test_queries_do_not_hide_another_failure():
    now = ended("fail", more_queries(41, 40), "AssertionError: 1 != 2")
    verdict = judged({ONE: ended()}, {ONE: now})
    assert [name for name, _text in verdict.new_failures] == [ONE]
    assert not verdict.within_budget


def test_more_queries_within_odoos_limit_are_told():
    before = ended("pass", fewer_queries=[fewer_queries(30, 40)])
    now = ended("pass", fewer_queries=[fewer_queries(36, 40)])
    verdict = judged({ONE: before}, {ONE: now})
    assert "36 queries, 30 without us" in verdict.more_queries[0][1]
    assert verdict.failed == 0
    # Exactly at the limit Odoo says nothing.
    verdict = judged({ONE: before}, {ONE: ended()})
    assert "40 queries, 30 without us" in verdict.more_queries[0][1]


def test_unreadable_query_message_is_a_new_failure():
    verdict = judged({ONE: ended()}, {ONE: ended("fail", "Query count is off")})
    assert len(verdict.new_failures) == 1


# -- baseline


def test_baseline_survives_being_written():
    baseline = baseline_of(
        {
            ONE: ended("pass", fewer_queries=[fewer_queries(30, 40)]),
            TWO: ended("error", "KeyError: 5"),
            f"{FILE}::TestOther::test_x": ended(),
        },
        {ONE: ended(), TWO: ended("error", "KeyError: 6")},
    )
    text = baseline.dump()
    again = gate.Baseline.load(text)
    assert sorted(again.tests) == sorted(baseline.tests)
    assert again.outcomes == {TWO: {"outcome": "error", "message": "KeyError: N"}}
    assert again.queries == {ONE: {PLACE: [30, 40]}}
    assert again.flaky == {f"{FILE}::TestOther::test_x": ["absent", "pass"]}
    assert again.dump() == text


def test_committed_baselines_can_be_read_and_are_as_dumped():
    paths = sorted(FOLDER.glob("*.json"))
    assert paths
    for path in paths:
        baseline = gate.Baseline.load(path.read_text())
        assert baseline.dump() == path.read_text()
        assert path.name == gate.baseline_name(baseline.build)
        assert len(baseline.tests) > 1000


def test_runs_with_other_modules_make_no_baseline():
    runs = [run_of({}), run_of({}, installed=["base"])]
    with pytest.raises(gate.GateError):
        gate.Baseline.from_runs("19.0.0", runs)


def test_other_odoo_modules_than_in_the_baseline_are_refused():
    baseline = baseline_of({})
    gate.check_modules(baseline, ["base", "stock", "mto_cascade"], ["mto_cascade"])
    with pytest.raises(gate.GateError, match="now more: project;"):
        gate.check_modules(baseline, ["base", "stock", "project"], ["mto_cascade"])
    with pytest.raises(gate.GateError, match="now less: stock"):
        gate.check_modules(baseline, ["base", "mto_cascade"], ["mto_cascade"])


def test_baseline_name_is_a_plain_file_name():
    assert gate.baseline_name("19.0.0+dfsg-1") == "19.0.0+dfsg-1.json"
    assert gate.baseline_name("a/b c") == "a_b_c.json"
