"""Each path is run by the job whose database it needs."""

from stack import paths
from stack.jobs import TESTS, Job, Outcome, plan, read_report
from stack.test import tell


def planned(*wanted):
    return {
        job.template: sorted(str(path.relative_to(paths.ROOT)) for path in job.paths)
        for job in plan([paths.ROOT / name for name in wanted])
    }


def test_a_folder_of_several_jobs_is_taken_apart():
    jobs = planned("addons", "tests")
    assert "addons/mto_cascade" in jobs["suite"]
    assert jobs["demo"] == ["addons/mto_demo", "tests/flows"]
    assert "tests/scripts" in jobs[""]


def test_a_single_test_goes_where_it_belongs():
    assert planned("addons/mto_demo/tests/test_company.py::TestCompany") == {
        "demo": ["addons/mto_demo/tests/test_company.py::TestCompany"]
    }


def test_everything_is_in_one_job():
    found = [path for job in plan([]) for path in job.paths]
    assert len(found) == len(set(found))
    assert TESTS / "flows" in found


def test_what_failed_is_told_with_its_error(tmp_path, capsys):
    report = tmp_path / "report.xml"
    report.write_text(
        "<testsuites><testsuite>"
        '<testcase classname="addons.a" name="test_good"/>'
        '<testcase classname="addons.a" name="test_bad">'
        '<failure message="short">many lines\nAssertionError: 2 != 3</failure>'
        "</testcase></testsuite></testsuites>"
    )
    outcome = read_report(Job("one", []), report, 1)
    assert (outcome.passed, outcome.failed) == (1, 1)
    assert tell([outcome]) == 1
    told = capsys.readouterr().out
    assert "Failed: addons.a.test_bad (one)" in told
    assert "AssertionError: 2 != 3" in told


def test_a_run_without_a_report_has_failed(tmp_path):
    outcome = read_report(Job("one", []), tmp_path / "none.xml", 3)
    assert outcome.problems == [("one", "pytest ended with 3 and without a report")]


def test_what_passes_at_the_second_try_is_told_as_unsteady(capsys):
    outcome, again = Outcome("one", passed=8), Outcome("one", passed=1)
    outcome.fail("a.test_slow", "no answer within 12 s")
    outcome.fail("a.test_bad", "2 != 3")
    again.fail("a.test_bad", "2 != 3")
    assert outcome.may_be_unsteady()
    outcome.settle(again)
    assert (outcome.passed, outcome.failed) == (9, 1)
    assert tell([outcome]) == 1
    told = capsys.readouterr().out
    assert "Unsteady: a.test_slow (one)" in told
    assert "Failed: a.test_bad (one)" in told


def test_a_broken_build_is_not_tried_again():
    many, outside = Outcome("one"), Outcome("one")
    for number in range(6):
        many.fail(f"a.test_{number}", "no such field")
    outside.fail("one", "pytest ended with 3")
    assert not many.may_be_unsteady()
    assert not outside.may_be_unsteady()
    assert not Outcome("one", passed=8).may_be_unsteady()
