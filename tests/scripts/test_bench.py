"""scripts/bench: its arithmetic and its table, and one small row from end to end."""

import json
import subprocess
import sys

import pytest

from benchmarks import documents, recorder, registry, structures
from benchmarks.registry import Row, Side
from stack import bench, paths
from stack.bench_report import Outcome, Result, as_json, explain, ratio, report
from stack.console import Problem

BENCH = paths.SCRIPTS / "bench"
SMALLEST = ["confirm_policy", "--size", "L1 B1 S0 N1"]


def outcome(ours, against, row_limit=None, limit=None, **row):
    """Return the outcome of a row with these queries, or `Result`s.

    :param limit: what the command line says instead of the row's limit
    """
    sides = [
        side if isinstance(side, Result) else Result(side, 1.0, 0.5)
        for side in (ours, against)
    ]
    row = Row("row", "L1", "", None, limit=row_limit, **row)
    return Outcome(row, *sides, limit=limit)


# -- figures ------------------------------------------------------------------


def test_ratio():
    assert ratio(110, 100) == 1.1
    assert ratio(0, 0) == 1
    assert ratio(1, 0) == float("inf")


@pytest.mark.parametrize(
    "ours, limit, verdict",
    [(110, 1.10, "ok"), (111, 1.10, "OVER"), (111, None, ""), (50, 0.4, "OVER")],
)
def test_limit_of_the_ratio(ours, limit, verdict):
    found = outcome(ours, 100, row_limit=limit)
    assert found.verdict == verdict
    assert found.failed == (verdict == "OVER")


def test_another_limit_for_once():
    assert outcome(105, 100, row_limit=1.10).verdict == "ok"
    assert outcome(105, 100, row_limit=1.10, limit=1.01).verdict == "OVER"
    assert outcome(105, 100, row_limit=1.01, limit=1.10).verdict == "ok"


def test_limit_of_our_own_figure():
    slow, quick = Result(seconds=121.0), Result(seconds=1.0)
    assert outcome(slow, quick, most=120, of="seconds").verdict == "OVER"
    assert outcome(quick, slow, most=120, of="seconds").verdict == "ok"


def test_cpu_is_python_and_postgresql():
    assert Result(python=1.0, postgres=0.5).cpu == 1.5
    assert outcome(Result(python=3.0), Result(python=1.0), of="cpu").ratio == 3


def test_other_documents_fail():
    ours, against = Result(1, facts={"moves": 2}), Result(1, facts={"moves": 3})
    found = outcome(ours, against, same=True)
    assert (found.verdict, found.failed) == ("DIFFERENT", True)
    assert "moves: 2, against 3" in "\n".join(report([found]))
    assert outcome(ours, against).verdict == ""


def test_a_problem_fails_the_row_within_its_limit():
    found = outcome(Result(1, problems=["changed stock_move"]), 100)
    assert (found.verdict, found.failed) == ("FAILED", True)
    assert "changed stock_move" in "\n".join(report([found]))


def test_a_side_that_could_not_be_measured():
    found = outcome(Result(error="it crashed"), 100)
    assert (found.verdict, found.failed, found.over) == ("FAILED", True, False)
    assert "it crashed" in "\n".join(report([found]))
    assert as_json(found)["ratio"] is None


# -- words --------------------------------------------------------------------


def test_table():
    lines = report([outcome(1234, 1000), outcome(Result(7, python=1.0), 10, limit=1.1)])
    assert lines[0].split()[:3] == ["Row", "Size", "Ours"]
    assert lines[1].index("1.234") == lines[2].index("0.700")
    first, second = lines[1].split(), lines[2].split()
    assert first == "row L1 1234 q 1.50 1000 q 1.50 1.234 queries".split()
    # Where PostgreSQL's part cannot be read, the figure says so.
    assert second == "row L1 7 q 1.00 +? 10 q 1.50 0.700 queries 1.10 ok".split()


def test_explanation_names_what_grew_most_first():
    ours = {"statements": {"SELECT a": 9, "SELECT b": 3, "SELECT c": 5}, "methods": {}}
    against = {"statements": {"SELECT a": 1, "SELECT c": 5}, "methods": {}}
    text = "\n".join(explain(outcome(17, 6), ours, against))
    assert text.index("SELECT a") < text.index("SELECT b")
    assert "+8" in text and "SELECT c" not in text


def test_kind_of_a_statement():
    kind = recorder.kind
    assert kind('SELECT "stock_move"."id" FROM "stock_move" WHERE') == (
        "SELECT stock_move"
    )
    assert kind('\n UPDATE "res_partner" SET') == "UPDATE res_partner"
    assert kind("INSERT INTO stock_quant (a)") == "INSERT stock_quant"
    assert kind("SAVEPOINT x") == "SAVEPOINT"


def test_differences_of_documents():
    ours = {"moves": 5, "bought": {"A": 2.0, "B": 1.0}}
    assert documents.differences(ours, ours) == []
    lines = documents.differences(ours, {"moves": 5, "bought": {"A": 3.0}})
    assert lines == ["bought A: 2, against 3", "bought B: 1, against 0"]


# -- generated data -----------------------------------------------------------


@pytest.mark.parametrize(
    "size, made, bought",
    [
        ("L1 B3 S0 N1", 1, 3),
        ("L2 B3 S2 N1", 3, 7),
        ("L3 B3 S2 N10", 70, 150),
        ("L3 B5 S5 N1", 31, 125),
        ("L4 B3 S3 N1", 40, 81),
        ("L6 B3 S3 N1", 364, 729),
        ("L3 B3 S2 N10 shared", 7, 15),
        ("L3 B3 S2 N10 leafpool", 70, 60),
    ],
)
def test_structures_are_those_of_the_size(size, made, bought):
    structure = structures.Structure.parse(size)
    assert str(structure) == size
    nodes = {
        node.name: node for tree in structure.trees() for node in tree.walk()
    }.values()
    assert len([node for node in nodes if node.children]) == made
    assert len([node for node in nodes if not node.children]) == bought


@pytest.mark.parametrize("size", ["", "L3", "L3 B2 S3 N1", "L3 B3 S2 N1 other"])
def test_sizes_that_are_none(size):
    with pytest.raises(ValueError, match="L3 B3 S2 N10"):
        structures.Structure.parse(size)


# -- rows ---------------------------------------------------------------------


def test_every_row_has_two_sides_that_another_process_finds():
    for row in registry.rows():
        for side in row.sides(row.size):
            found = registry.resolve(registry.address(side.function))
            assert found is side.function
            assert json.loads(json.dumps(side.arguments)) == list(side.arguments)


def test_a_side_of_two_rows_is_measured_once():
    policy, unconfigured = (
        row.sides("L1 B3 S0 N50")
        for row in registry.chosen(
            ["confirm_policy/L1B3S0N50", "confirm_unconfigured/L1 B3 S0 N50"]
        )
    )
    assert policy[1] == unconfigured[1]
    assert policy[0] != unconfigured[0]
    assert Side("stock", len, 1) != Side("suite", len, 1)


def test_choosing_rows():
    everything = registry.chosen([])
    assert everything and all(row.default for row in everything)
    assert {row.name for row in registry.chosen(["install"])} == {"install"}
    for arguments in (["nothing"], ["--size", "L1B1S0N1"], [*SMALLEST[:-1], "L1"]):
        with pytest.raises(Problem):
            bench.parse(arguments)
    with pytest.raises(Problem, match="soak job"):
        bench.parse(["--soak", "1", "nothing"])


# -- the command --------------------------------------------------------------


def command(*arguments):
    return subprocess.run(
        [sys.executable, str(BENCH), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )


def test_list():
    result = command("--list")
    assert result.returncode == 0, result.stderr
    for row in registry.rows():
        assert any(
            row.name in line and row.size in line for line in result.stdout.splitlines()
        )
    assert "same_documents" in result.stdout


def test_status_says_whether_all_is_within_its_limit(capsys, tmp_path):
    class Meter:
        queries = 100

        def measure(self, side):
            return Result(self.queries if side.template == "suite" else 100)

    meter = Meter()
    options = bench.parse([*SMALLEST, "--json", str(tmp_path / "figures.json")])
    assert bench.measure(meter, options) == 0
    meter.queries = 111
    meter.record = lambda side: {"statements": {"SELECT a": 1}, "methods": {}}
    assert bench.measure(meter, options) == 1
    assert "1 rows, 1 over" in capsys.readouterr().out
    [row] = json.loads((tmp_path / "figures.json").read_text())["rows"]
    assert (row["verdict"], row["ratio"]) == ("OVER", 1.11)


def test_smallest_row(tmp_path):
    """Real databases and documents, over a limit that nothing can keep."""
    file = tmp_path / "figures.json"
    result = command(*SMALLEST, "--limit", "0.01", "--json", file)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "the same 1 manufacturing orders" in result.stdout
    assert "OVER" in result.stdout
    assert "where the queries differ" in result.stdout
    [row] = json.loads(file.read_text())["rows"]
    assert (row["verdict"], row["limit"]) == ("OVER", 0.01)
    assert 0.5 < row["ratio"] < 2
    for side in (row["ours"], row["against"]):
        assert side["queries"] > 100 and side["python"] > 0
        assert side["facts"]["bought"] == {"P0.0": structures.QUANTITY}


def test_a_failed_life_tells_its_seed(capsys):
    class Player:
        def play(self, job, seed, minutes):
            yield {"seed": seed, "problem": ""}
            yield {"seed": seed + 1, "problem": "stranded"}

    assert bench.play(Player(), registry.soaks(), 7, 0) == 1
    said = capsys.readouterr().out
    assert "seed 8: stranded" in said and "--soak 0 --seed 8" in said
    assert "seed 7: " not in said.replace("from seed 7: ", "")
    assert "2 lives, 1 failed" in said


def test_soak_plays_lives_from_the_seed():
    result = command("--soak", "0", "--seed", "7", "same_documents")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "from seed 7" in result.stdout
    assert "1 lives, 0 failed" in result.stdout
