import logging

from odoo import models
from odoo.exceptions import ConcurrencyError

_logger = logging.getLogger(__name__)


class OperationExceptionDetector(models.AbstractModel):
    _inherit = "operation.exception.detector"

    def _follow_now(self, company, causes, keys):
        """Bring the issues of ``keys`` in step at once, where the company opens them.

        :param causes: as of ``_detect``, those of ``keys`` that live now
        """
        setting = (
            self.env["operation.exception.setting"]
            .sudo()
            .search(
                [
                    ("detector", "=", self._name),
                    ("company_id", "=", company.id),
                    ("mode", "=", "open"),
                ],
                limit=1,
            )
        )
        if not setting:
            return
        causes = [cause for cause in causes if setting._is_relevant(cause)]
        try:
            with self.env.cr.savepoint():
                self._raise_and_clear(company, causes, set(keys))
        except ConcurrencyError:
            # Somebody else opens one of them: the next look finds the rest.
            _logger.info("%s: left for the next look", self._name)

    def _raise_and_clear(self, company, causes, keys):
        Issues = self.env["operation.exception"].sudo().with_company(company)
        if causes:
            Issues._raise_exceptions(
                [{"company": company, **cause} for cause in causes],
                detector=self._name,
            )
        gone = keys - {cause["key"] for cause in causes}
        if gone:
            theirs = Issues._search_keys(list(gone), company).filtered(
                lambda issue: issue.detector == self._name
            )
            if theirs:
                Issues._clear_exceptions(
                    theirs.mapped("key"), self._get_gone_reason(), company
                )
