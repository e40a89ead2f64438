"""Running checks: one after the other, each alone, none able to write."""

import contextlib
import logging
import time
from dataclasses import dataclass, field

from psycopg2.errors import QueryCanceled

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..checks.base import Scope
from ..engine import outcome

_logger = logging.getLogger(__name__)

SAMPLE = 500


class TooSlow(Exception):
    """A check has had its time."""


@contextlib.contextmanager
def until(cr, seconds):
    """Let a cursor run statements for so long, all of them together.

    What asks a million records one after the other is stopped as well: each statement
    of it is quick.
    """
    end = time.monotonic() + seconds
    execute, had_own = cr.execute, "execute" in vars(cr)

    def execute_in_time(*args, **kwargs):
        if time.monotonic() > end:
            raise TooSlow()
        return execute(*args, **kwargs)

    cr.execute = execute_in_time
    try:
        yield
    finally:
        if had_own:
            cr.execute = execute
        else:
            del cr.execute


@dataclass
class Measured:
    """What one run of one check saw."""

    population: int = 0
    offenders: list = field(default_factory=list)
    absent: bool = False
    # What it broke with, or the module that is missing.
    detail: str = ""
    broken: bool = False
    seconds: float = 0.0


class ReadinessCheck(models.Model):
    _inherit = "readiness.check"

    @api.model
    def run_checks(self, codes=False, company_id=False, site_id=False):
        """Run checks now, keep what they say, and return it.

        A check that breaks or takes too long is an error of its own: the others go on.
        Checks see the whole company; of offenders only those are named that the user
        may read. Needs the right to read checks (Rollout: Viewer).

        :param list codes: of the checks; all that are not archived if not given
        :param int company_id: one of the user's companies; the current one if not given
        :param int site_id: a `rollout.site`, for its company and warehouses
        :return: one dictionary per check, in the order of the catalogue: `id`, `model`
            ('readiness.check'), `code`, `name`, `severity` (blocker, critical, major,
            minor), `status` (pass, warn, fail, error, not_applicable, waived),
            `population` and `offenders` (numbers), `sample_ids` (at most 500),
            `offender_model`, `message` (a sentence), `seconds`
        :raises odoo.exceptions.UserError: for a code that no check has
        :raises odoo.exceptions.AccessError: for a company or site of others
        """
        self.check_access("read")
        checks = self._choose(codes)
        company, site = self._choose_place(company_id, site_id)
        results = checks._run_in(company, site)
        return [result._get_row() for result in results.with_env(self.env)]

    def action_run(self):
        """Run these checks in the current company."""
        self.check_access("read")
        self._run_in(self.env.company, self.env["rollout.site"])
        return True

    @api.model
    def _choose(self, codes):
        """Return the checks with these codes, or all that are to be run."""
        if not codes:
            return self._get_installed()
        domain = [("is_installed", "=", True)]
        wanted = [codes] if isinstance(codes, str) else list(codes)
        found = self.with_context(active_test=False).search(
            [*domain, ("code", "in", wanted)]
        )
        missing = set(wanted) - set(found.mapped("code"))
        if missing:
            raise UserError(
                self.env._(
                    "There is no check %(codes)s: see Rollout > Readiness > Checks.",
                    codes=", ".join(sorted(map(str, missing))),
                )
            )
        return found.with_context(active_test=True)

    @api.model
    def _choose_place(self, company_id, site_id):
        """Return the company and the site, of those that the user may see."""
        site = self.env["rollout.site"].browse(site_id or ()).exists()
        if site_id and not site:
            raise UserError(self.env._("This site does not exist any more."))
        site.check_access("read")
        company = self.env["res.company"].browse(company_id or ())
        company = company or site.company_id or self.env.company
        if company not in self.env.user.company_ids:
            raise AccessError(self.env._("This company is not one of yours."))
        if site and site.company_id != company:
            raise UserError(
                self.env._(
                    "%(site)s does not belong to %(company)s.",
                    site=site.name,
                    company=company.name,
                )
            )
        return company, site

    def _run_in(self, company, site):
        """Run checks in a place and keep the results.

        Who asks was checked before. Works in the transaction at hand: a gate that is
        being approved sees what is not yet committed.

        :return: the new results, with all rights, in the order of the checks
        """
        checks = self.sudo()
        scope = checks._get_scope(company, site)
        waived = checks._get_waived_codes(site)
        # No row can be written by a check, so all are kept at the end.
        measured = [(check, check._measure(scope)) for check in checks]
        return checks.env["readiness.result"].create(
            [
                check._prepare_result(found, company, site, check.code in waived)
                for check, found in measured
            ]
        )

    @api.model
    def _get_scope(self, company, site):
        # Of one company only, and all of it, archived records too. As the superuser:
        # where core leaves `sudo()`, who may read little would break the check.
        env = (
            self.with_user(SUPERUSER_ID)
            .with_context(
                allowed_company_ids=company.ids, active_test=True, prefetch_fields=True
            )
            .env
        )
        company = company.with_env(env)
        site = site.with_env(env)
        return Scope(env, company, site, site.warehouse_ids)

    @api.model
    def _get_waived_codes(self, site):
        """Return the codes that an approved waiver excuses at a site."""
        if not site:
            return set()
        items = (
            self.env["rollout.gate.item"]
            .sudo()
            .search([("gate_id.site_id", "=", site.id), ("kind", "=", "check")])
        )
        return set(items.filtered("is_waived").mapped("check_code"))

    # One check

    def _measure(self, scope):
        """Return what a check sees; whatever goes wrong is kept as an error."""
        started = time.monotonic()
        try:
            found = self._look(scope)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # Somebody else wrote at the same moment: the whole request runs again.
            raise
        except (QueryCanceled, TooSlow):
            found = Measured(broken=True, detail="slow")
        except Exception as error:  # noqa: BLE001
            # A check of somebody's module: its fault must not stop the others.
            _logger.info("Check %s broke: %s", self.code, error, exc_info=True)
            found = Measured(broken=True, detail=str(error) or type(error).__name__)
        found.seconds = time.monotonic() - started
        return found

    def _look(self, scope):
        check_class = self._get_class()
        if not check_class:
            return Measured(broken=True, detail="gone")
        missing = set(check_class.needs) - scope.env.registry._init_modules
        if missing:
            return Measured(absent=True, detail=f"module:{sorted(missing)[0]}")
        with self._only_reading(check_class.seconds):
            check = check_class(scope)
            if check.is_absent():
                return Measured(absent=True, detail="absent")
            return Measured(check.count(), sorted(check.find()))

    @contextlib.contextmanager
    def _only_reading(self, seconds):
        """A part of the transaction that cannot write, and ends in time.

        It is rolled back, so that nothing of it stays: no setting, no cached value.
        """
        cr = self.env.cr
        with contextlib.closing(cr.savepoint()):
            cr.execute("SET TRANSACTION READ ONLY")
            cr.execute("SET LOCAL statement_timeout = %s", [int(seconds * 1000)])
            with until(cr, seconds):
                yield

    def _prepare_result(self, found, company, site, is_waived):
        self.ensure_one()
        check_class = self._get_class()
        offenders = found.offenders
        finding = outcome.Finding(
            population=found.population,
            offenders=len(offenders),
            absent=found.absent,
            broken=found.broken,
            waived=is_waived,
        )
        tolerance = outcome.Tolerance(self.tolerance_count, self.tolerance_percent)
        expects_data = bool(check_class and check_class.expects_data)
        return {
            "check_id": self.id,
            "company_id": company.id,
            "site_id": site.id,
            "status": outcome.judge(finding, self.severity, tolerance, expects_data),
            "population": found.population,
            "offenders": len(offenders),
            "sample_ids": offenders[:SAMPLE],
            "digest": outcome.get_digest(
                check_class.model if check_class else "", offenders
            ),
            "detail": found.detail,
            "seconds": round(found.seconds, 3),
            "at": fields.Datetime.now(),
            "user_ref": self.env.uid,
        }

    # By schedule

    @api.model
    def _cron_run(self):
        """Run all checks again where somebody has run them before."""
        cron = self.env["ir.cron"]
        places = self._get_known_places()
        checks = self._choose(False)
        cron._commit_progress(remaining=len(places) * len(checks))
        for company, site in places:
            for check in checks:
                check._run_in(company, site)
                if not cron._commit_progress(1):
                    return

    @api.model
    def _get_known_places(self):
        """Return (company, site) of all results, the oldest result first."""
        groups = (
            self.env["readiness.result"]
            .sudo()
            ._read_group(
                [("company_id.active", "=", True)],
                ["company_id", "site_id"],
                ["at:max"],
                order="at:max",
            )
        )
        return [(company, site) for company, site, _at in groups]
