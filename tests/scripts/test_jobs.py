"""Each path is run by the job whose database it needs."""

from stack import paths
from stack.jobs import TESTS, plan


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
