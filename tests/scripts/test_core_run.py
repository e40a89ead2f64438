"""The supervision of scripts/core_tests: whatever a test does, the run tells it.

The workers here are real processes that speak the protocol of `core_worker` and fork a
child per file, but run no Odoo: the name of a test says what it does.
"""

import importlib
import os
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
core_run = importlib.import_module("stack.core_run")

WORKER = """
    import json, os, signal, sys, time

    def say(event, **values):
        os.write(1, (json.dumps({"event": event, **values}) + "\\n").encode())

    def act(name):
        method = name.split("::")[-1]
        say("start", id=name)
        if "hang" in method:
            time.sleep(600)
        if "crash" in method:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "lose" in method:
            os.kill(os.getppid(), signal.SIGKILL)
            os._exit(1)
        say("result", id=name, outcome="pass", problems=[])

    job = json.loads(sys.stdin.readline())
    if not job["template"]:
        sys.exit("no template")
    say("ready", collected=job["options"], left_out=[], installed=["base"])
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            os.setpgid(0, 0)
            seen = None
            for name in json.loads(line)["tests"]:
                test_class = name.rpartition("::")[0]
                if test_class != seen:
                    say("class", id=test_class)
                    seen = test_class
                    if "CrashingSetUp" in test_class:
                        os._exit(3)
                    if "FailingSetUp" in test_class:
                        say("class_result", id=test_class, step="setUpClass",
                            outcome="error", problems=[])
                if "FailingSetUp" not in test_class:
                    act(name)
            os._exit(0)
        say("forked", pid=pid)
        say("exit", pid=pid, status=os.waitpid(pid, 0)[1])
"""
FILE = "stock/tests/test_move.py"


@pytest.fixture
def run(tmp_path):
    """Return a function that makes a run of tests with these names."""
    worker = tmp_path / "worker.py"
    worker.write_text(textwrap.dedent(WORKER))

    def make(*names, workers=1, template="template", **options):
        return core_run.Run(
            program=[sys.executable, str(worker)],
            options=[name if "/" in name else f"{FILE}::{name}" for name in names],
            template=template,
            databases=[f"db{number}" for number in range(workers)],
            modules=["stock"],
            logs=tmp_path / "logs",
            progress=lambda line: None,
            **options,
        )

    return make


def outcomes(found):
    return {
        name.partition("::")[2]: result["outcome"]
        for name, result in found["results"].items()
    }


def children():
    """Return the ids of the processes below this one that are alive."""
    alive = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == os.getpid() and state != "Z":
            alive.append(int(path.parent.name))
    return alive


@pytest.fixture(autouse=True)
def _nothing_left_running():
    before = children()
    yield
    assert children() == before


def test_every_test_has_its_result(run):
    names = [f"{module}/tests/test_x.py::T::test_{i}" for module in "abc" for i in "12"]
    found = run(*names, workers=2).execute()
    assert set(found["results"]) == set(names)
    assert {result["outcome"] for result in found["results"].values()} == {"pass"}
    assert set(found["seconds"]) == {f"{module}/tests/test_x.py" for module in "abc"}


def test_only_wanted_tests_run(run):
    found = run("T::test_a", "T::test_b", wanted=lambda name: "_b" in name).execute()
    assert outcomes(found) == {"T::test_b": "pass"}


def test_crash_ends_its_test_and_the_rest_goes_on(run):
    found = run("T::test_a", "T::test_crash", "T::test_b", "U::test_c").execute()
    assert outcomes(found) == {
        "T::test_a": "pass",
        "T::test_crash": "error",
        "T::test_b": "pass",
        "U::test_c": "pass",
    }
    problem = found["results"][f"{FILE}::T::test_crash"]["problems"][0]
    assert "signal 11" in problem["message"]


def test_hang_ends_its_test_and_the_rest_goes_on(run):
    found = run("T::test_hang", "T::test_b", test_timeout=1).execute()
    assert outcomes(found) == {"T::test_hang": "error", "T::test_b": "pass"}
    problem = found["results"][f"{FILE}::T::test_hang"]["problems"][0]
    assert "no news for 1 s" in problem["message"]


def test_crash_in_the_set_up_ends_its_class(run):
    found = run("CrashingSetUp::test_a", "CrashingSetUp::test_b", "U::test_c").execute()
    assert outcomes(found) == {
        "CrashingSetUp::test_a": "error",
        "CrashingSetUp::test_b": "error",
        "U::test_c": "pass",
    }


def test_failing_set_up_is_the_result_of_each_test_of_the_class(run):
    found = run("FailingSetUp::test_a", "FailingSetUp::test_b", "U::test_c").execute()
    assert outcomes(found) == {
        "FailingSetUp::test_a": "error",
        "FailingSetUp::test_b": "error",
        "U::test_c": "pass",
    }


def test_lost_worker_fails_its_file_and_is_replaced(run):
    found = run(
        "a/tests/test_x.py::T::test_lose",
        "a/tests/test_x.py::T::test_b",
        "b/tests/test_x.py::T::test_c",
    ).execute()
    assert outcomes(found) == {"T::test_lose": "error", "T::test_b": "error"} | {
        "T::test_c": "pass"
    }


def test_workers_lost_again_and_again_end_the_run(run):
    names = [f"{module}/tests/test_x.py::T::test_lose" for module in "abcdefgh"]
    found = run(*names).execute()
    # What was not reached is absent, which the gate counts as not run.
    assert 0 < len(found["results"]) < len(names)


def test_time_limit_ends_the_run(run):
    begin = time.monotonic()
    found = run("a/tests/test_x.py::T::test_hang", "T::test_b", time_limit=2).execute()
    assert time.monotonic() - begin < 20
    assert found["results"] == {}


def test_worker_that_cannot_start_is_told(run):
    with pytest.raises(core_run.RunError, match=r"db0\.log"):
        run("T::test_a", template="").execute()


def test_check_comes_before_the_tests(run):
    def check(installed):
        raise LookupError(installed)

    job = run("T::test_hang", check=check)
    with pytest.raises(LookupError, match="base"):
        job.execute()
    assert not job.results


def test_interrupt_leaves_nothing_running(run):
    job = run("T::test_hang")
    caught = []

    def execute():
        try:
            caught.append(job.execute())
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=execute)
    thread.start()
    while not (job.workers and job.workers[0].child):
        time.sleep(0.05)
    child = job.workers[0].child
    job.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert caught[0]["results"] == {}
    assert (
        not Path(f"/proc/{child}").exists()
        or "Z" in Path(f"/proc/{child}/stat").read_text()
    )
