"""Judges a run of Odoo's own tests against a baseline of the same Odoo build.

Pure: results in, verdict out; no Odoo, no process, no database. A result is what
`core_run` returns per test id (`stock/tests/test_move.py::TestStockMove::test_x`):

    outcome         "pass", "fail", "error", "skip", or "tour" (a browser tour left out)
    problems        [{"message", "details", "subtest"}] of a fail or an error
    reason          why it was skipped
    fewer_queries   Odoo's notes that a test needed fewer queries than it allows

The baseline of a build holds the names of all tests and the details only of those
that did not pass, so that a test that disappears is seen as well as one that fails.
"""

import json
import re
from dataclasses import dataclass, field

BUDGET = 0.10
BAD = ("fail", "error")
NOT_RUN = ("skip", "tour")
MESSAGE_WIDTH = 160

_QUERIES = re.compile(
    r"Query count (?:more|less) than expected for user (?P<user>\S+): "
    r"(?P<count>\d+) [<>] (?P<limit>\d+) in \S+ at (?P<place>\S+)"
)
# What changes from run to run in the text of a failure.
_VARIABLE = (
    (re.compile(r"0x[0-9a-f]+"), "0x"),
    (re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?"), "DATE"),
    (re.compile(r"\d\d/\d\d/\d{4}( \d\d:\d\d:\d\d)?"), "DATE"),
    (re.compile(r"\d+"), "N"),
    (re.compile(r"\s+"), " "),
)


class GateError(Exception):
    """The comparison cannot be made; the text says in one line why and what to do."""


# -- reading a result ---------------------------------------------------------


def fingerprint(result):
    """Return a short text that is the same as long as a test fails the same way."""
    texts = []
    for problem in result.get("problems", ()):
        text = problem["message"]
        for pattern, replacement in _VARIABLE:
            text = pattern.sub(replacement, text)
        texts.append(text.strip()[:MESSAGE_WIDTH])
    return " | ".join(sorted(set(texts)))


def query_counts(result):
    """Return {"user at file:line": (count, limit)} where count and limit differ."""
    lines = [problem["message"] for problem in result.get("problems", ())]
    counts = {}
    for line in [*lines, *result.get("fewer_queries", ())]:
        found = _QUERIES.search(line)
        if found:
            key = f"{found['user']} at {found['place']}"
            count, limit = int(found["count"]), int(found["limit"])
            counts[key] = max(counts.get(key, (0, limit)), (count, limit))
    return counts


def fails_by_queries_only(result):
    """Tell whether nothing but the number of queries is wrong."""
    problems = result.get("problems", ())
    return bool(problems) and all(
        _QUERIES.search(problem["message"]) for problem in problems
    )


# -- baseline -----------------------------------------------------------------


@dataclass
class Baseline:
    """How Odoo's tests end on one build without our modules.

    :param build: name of the Odoo build
    :param modules: the Odoo modules that were installed
    :param tests: ids of all tests
    :param outcomes: {id: {"outcome", "message"}} of those that did not pass
    :param flaky: {id: outcomes seen} of those that ended differently between the runs
    :param queries: {id: {"user at file:line": [count, limit]}} where they differ
    :param left_out: ids that Odoo itself does not run unless asked
    :param seconds: {file: duration}, for the order of a run
    :param about: what else a reader may want to know of the runs
    """

    build: str
    modules: list = field(default_factory=list)
    tests: list = field(default_factory=list)
    outcomes: dict = field(default_factory=dict)
    flaky: dict = field(default_factory=dict)
    queries: dict = field(default_factory=dict)
    left_out: list = field(default_factory=list)
    seconds: dict = field(default_factory=dict)
    about: dict = field(default_factory=dict)

    @classmethod
    def from_runs(cls, build, runs, **about):
        """Make a baseline of two runs or more of the same tests."""
        installed = runs[0]["installed"]
        if any(run["installed"] != installed for run in runs):
            raise GateError(
                "The runs for the baseline had different modules installed."
            )
        baseline = cls(build, modules=installed, about=about)
        baseline.left_out = sorted(runs[0]["left_out"])
        for name in sorted(set().union(*(run["results"] for run in runs))):
            baseline._add(name, [run["results"].get(name, {}) for run in runs])
        for file in sorted(runs[0]["seconds"]):
            baseline.seconds[file] = max(run["seconds"].get(file, 0) for run in runs)
        return baseline

    def _add(self, name, results):
        self.tests.append(name)
        outcomes = {result.get("outcome", "absent") for result in results}
        if len(outcomes) > 1:
            self.flaky[name] = sorted(outcomes)
        elif outcomes != {"pass"}:
            message = fingerprint(results[0]) or results[0].get("reason", "")
            self.outcomes[name] = {"outcome": outcomes.pop(), "message": message}
        counts = {}
        for result in results:
            for key, pair in query_counts(result).items():
                counts[key] = max(counts.get(key, (0, 0)), pair)
        if counts:
            self.queries[name] = {key: list(pair) for key, pair in counts.items()}

    def outcome(self, name):
        return self.outcomes.get(name, {}).get("outcome", "pass")

    def dump(self):
        """Return the baseline as text: sorted, one test a line, small differences."""
        tree = {}
        for name in sorted(self.tests):
            test_class, _colons, method = name.rpartition("::")
            tree.setdefault(test_class, []).append(method)
        values = {
            "build": self.build,
            "about": self.about,
            "modules": self.modules,
            "flaky": self.flaky,
            "not_passing": self.outcomes,
            "queries": self.queries,
            "left_out_by_odoo": self.left_out,
            "seconds": self.seconds,
            "tests": tree,
        }
        return json.dumps(values, indent=1) + "\n"

    @classmethod
    def load(cls, text):
        """Read what `dump` wrote."""
        values = json.loads(text)
        return cls(
            build=values["build"],
            about=values["about"],
            modules=values["modules"],
            flaky=values["flaky"],
            outcomes=values["not_passing"],
            queries=values["queries"],
            left_out=values["left_out_by_odoo"],
            seconds=values["seconds"],
            tests=[
                f"{test_class}::{method}"
                for test_class, methods in values["tests"].items()
                for method in methods
            ],
        )


def baseline_name(build):
    """Return the file name for the baseline of a build."""
    return re.sub(r"[^A-Za-z0-9._+~-]", "_", build) + ".json"


# -- what a setting changes ---------------------------------------------------

# A row of a table in Markdown: the test, how its failure begins, words for the reader.
_CHANGED_ROW = re.compile(
    r"^\| `(?P<name>[^`]+\.py::\w+::\w+)` +\| `(?P<how>[^`]+)` +\|"
)


def read_changed(text):
    """Read the list of tests that assert what a setting changes.

    :param text: Markdown; each row of a table that begins with the name of a test and
        the beginning of its `fingerprint` counts, whatever else it tells
    :return: {id: beginning of the fingerprint with the setting on}
    """
    found = map(_CHANGED_ROW.match, text.splitlines())
    return {row["name"]: row["how"] for row in found if row}


# -- comparison ---------------------------------------------------------------


@dataclass
class Verdict:
    """What a comparison found; each list holds test ids, or (id, text) pairs.

    The first four groups fail the gate, the others only inform.
    """

    new_failures: list = field(default_factory=list)
    over_budget: list = field(default_factory=list)
    not_run: list = field(default_factory=list)
    not_changed: list = field(default_factory=list)
    within_budget: list = field(default_factory=list)
    more_queries: list = field(default_factory=list)
    same_failures: list = field(default_factory=list)
    other_failures: list = field(default_factory=list)
    outside: list = field(default_factory=list)
    fixed: list = field(default_factory=list)
    flaky: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    skipped: list = field(default_factory=list)
    changed: list = field(default_factory=list)
    passed: int = 0
    run: int = 0

    @property
    def failed(self):
        """The number of findings that fail the gate."""
        groups = self.new_failures, self.over_budget, self.not_run, self.not_changed
        return sum(map(len, groups))

    def excuse(self, names):
        """Take out new failures that happen without our modules as well."""
        self.outside = [pair for pair in self.new_failures if pair[0] in names]
        self.new_failures = [pair for pair in self.new_failures if pair[0] not in names]


def check_modules(baseline, installed, ours):
    """Raise where a run had other Odoo modules than the baseline.

    :param installed: names of all modules installed in the run
    :param ours: names of our modules among them
    """
    present, wanted = set(installed) - set(ours), set(baseline.modules)
    if present != wanted:
        more, less = sorted(present - wanted), sorted(wanted - present)
        raise GateError(
            "The baseline was made with other Odoo modules "
            f"(now more: {', '.join(more) or 'none'}; now less: "
            f"{', '.join(less) or 'none'}): make it anew with --baseline."
        )


def compare(baseline, results, wanted=None, budget=BUDGET, changed=None):
    """Compare results with the baseline of the same build.

    :param baseline: a `Baseline`
    :param results: {id: result}
    :param wanted: function of a test id, for a run of a part: is it part of it?
    :param budget: share by which our modules may raise the number of queries
    :param changed: {id: beginning of its fingerprint} of those that must fail like
        this, because of a setting that is on, see `read_changed`
    :return: a `Verdict`
    """
    verdict = Verdict()
    changed = changed or {}
    known = {*baseline.tests, *changed}
    expected = [name for name in known if not wanted or wanted(name)]
    for name in sorted({*expected, *results}):
        result = results.get(name)
        if result is None:
            _judge_absent(verdict, baseline, name)
        elif name in changed and result["outcome"] not in NOT_RUN:
            _judge_changed(verdict, name, result, changed[name])
        else:
            _judge(verdict, baseline, name, result, budget)
    return verdict


def _judge_absent(verdict, baseline, name):
    if "absent" in baseline.flaky.get(name, ()):
        verdict.flaky.append((name, "not run"))
    elif not _is_extra(name):
        verdict.not_run.append((name, "was not run"))


def _is_extra(name):
    """Tell whether this stands for the end of a class: a result only if it fails."""
    return not name.rpartition("::")[2].startswith("test")


def _judge(verdict, baseline, name, result, budget):
    outcome = result["outcome"]
    verdict.run += outcome not in NOT_RUN
    verdict.passed += outcome == "pass"
    if outcome == "tour":
        verdict.left_out.append(name)
    elif name in baseline.flaky:
        verdict.flaky.append((name, outcome))
    elif outcome == "skip":
        _judge_skipped(verdict, baseline, name, result)
    elif outcome in BAD:
        _judge_bad(verdict, baseline, name, result, budget)
    else:
        if baseline.outcome(name) in BAD:
            verdict.fixed.append(name)
        _note_queries(verdict, baseline, name, result)


def _judge_changed(verdict, name, result, expected):
    """Judge a test that is listed as one that a setting makes fail."""
    verdict.run += 1
    verdict.passed += result["outcome"] == "pass"
    if result["outcome"] == "pass":
        verdict.not_changed.append((name, "take it off the list: it passes"))
    elif fingerprint(result).startswith(expected):
        verdict.changed.append(name)
    else:
        text = f"Listed with another failure: {expected}\n{explain(result)}"
        verdict.new_failures.append((name, text))


def _judge_skipped(verdict, baseline, name, result):
    if baseline.outcome(name) in NOT_RUN:
        verdict.skipped.append(name)
    else:
        verdict.not_run.append((name, f"is skipped now: {result.get('reason', '')}"))


def _judge_bad(verdict, baseline, name, result, budget):
    if fails_by_queries_only(result):
        overrun, text = _overrun(baseline, name, result)
        group = verdict.within_budget if overrun <= budget else verdict.over_budget
        group.append((name, text))
    elif baseline.outcome(name) not in BAD:
        verdict.new_failures.append((name, explain(result)))
    elif baseline.outcomes[name]["message"] == fingerprint(result):
        verdict.same_failures.append(name)
    else:
        verdict.other_failures.append((name, explain(result)))


def _overrun(baseline, name, result):
    """Return the worst growth of a query count over the baseline, and it in words.

    A place that the baseline does not mention needed exactly its limit there.
    """
    worst, texts = 0.0, []
    known = baseline.queries.get(name, {})
    for key, (count, limit) in sorted(query_counts(result).items()):
        before = known.get(key, [limit])[0]
        worst = max(worst, _growth(before, count))
        texts.append(_tell_queries(key, before, count, limit))
    return worst, "\n".join(texts)


def _growth(before, count):
    return (count - before) / before if before else float(count > before)


def _tell_queries(key, before, count, limit):
    growth = _growth(before, count)
    return (
        f"{key}: {count} queries, {before} without us ({growth:+.0%}), "
        f"Odoo's limit {limit}"
    )


def _note_queries(verdict, baseline, name, result):
    """Note that a passing test needs more queries than in the baseline."""
    now, known = query_counts(result), baseline.queries.get(name, {})
    texts = []
    for key, (before, limit) in known.items():
        count = now.get(key, (limit, limit))[0]
        if count > before:
            texts.append(_tell_queries(key, before, count, limit))
    if texts:
        verdict.more_queries.append((name, "\n".join(sorted(texts))))


def explain(result):
    """Return why a test did not pass, with the trace, for a person to read."""
    texts = []
    for problem in result.get("problems", ()):
        head = f"[{problem['subtest']}] " if problem.get("subtest") else ""
        texts.append(head + (problem.get("details") or problem["message"]).strip())
    return "\n".join(texts)


# -- report -------------------------------------------------------------------

_DETAILS = (
    ("flaky", "Flaky in the baseline, not judged"),
    ("within_budget", "More queries than Odoo's own limit, within the budget"),
    ("more_queries", "More queries than without us, within Odoo's own limit"),
    ("other_failures", "Failing in the baseline too, but differently now"),
    ("outside", "Failing today without our modules as well, not judged"),
    ("over_budget", "OVER THE BUDGET OF QUERIES"),
    ("not_run", "NOT RUN, but run in the baseline"),
    ("not_changed", "PASSING, but listed as asserting what the setting changes"),
    ("new_failures", "NEWLY FAILING"),
)


def report(verdict, left_out_by_odoo=()):
    """Return the lines that tell a person what was found, the worst last."""
    lines = []
    for group, title in _DETAILS:
        found = getattr(verdict, group)
        if found:
            lines += ["", f"{title}: {len(found)}"]
            for name, text in found:
                lines += [f"  {name}", *(f"      {line}" for line in text.splitlines())]
    if verdict.left_out:
        lines += ["", "Browser tours left out (run them with --tours):"]
        lines += [f"  {name}" for name in verdict.left_out]
    if verdict.changed:
        lines += ["", "Failing as listed, because of the setting:"]
        lines += [f"  {name}" for name in verdict.changed]
    rows = [
        ("run", verdict.run),
        ("passed", verdict.passed),
        ("failed as in the baseline", len(verdict.same_failures)),
        ("failed in the baseline too, differently", len(verdict.other_failures)),
        ("failed as listed, because of the setting", len(verdict.changed)),
        ("failing without our modules too, today", len(verdict.outside)),
        ("fixed", len(verdict.fixed)),
        ("flaky in the baseline", len(verdict.flaky)),
        ("over Odoo's limit of queries, within the budget", len(verdict.within_budget)),
        ("skipped by the tests themselves", len(verdict.skipped)),
        ("left out: browser tours", len(verdict.left_out)),
        ("left out: not run by Odoo unless asked", len(left_out_by_odoo)),
        ("newly failing", len(verdict.new_failures)),
        ("over the budget of queries", len(verdict.over_budget)),
        ("not run", len(verdict.not_run)),
        ("listed, but passing", len(verdict.not_changed)),
    ]
    width = max(len(title) for title, _count in rows)
    lines += ["", *(f"  {title.ljust(width)}  {count:5}" for title, count in rows)]
    lines += ["", f"{verdict.passed} passed, {verdict.failed} failed"]
    return lines
