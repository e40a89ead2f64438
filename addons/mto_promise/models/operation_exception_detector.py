import logging

from odoo import models
from odoo.exceptions import ConcurrencyError

_logger = logging.getLogger(__name__)


class OperationExceptionDetector(models.AbstractModel):
    _inherit = "operation.exception.detector"

    def _get_open_settings(self, companies, detectors):
        """Settings of these ``detectors`` in ``companies`` that open issues."""
        Setting = self.env["operation.exception.setting"].sudo()
        return Setting.search(
            [
                ("detector", "in", detectors),
                ("company_id", "in", companies.ids),
                ("mode", "=", "open"),
            ]
        )

    def _follow_orders(self, setting, orders):
        """Open and close the issues of ``orders``, of one company, now.

        :param setting: one ``operation.exception.setting`` that opens issues
        """
        raise NotImplementedError(f"{self._name} looks at all orders only")

    def _follow_now(self, setting, causes, keys):
        """Bring the issues of ``keys`` in step at once, not at the next look.

        :param setting: of ``_get_open_settings``
        :param causes: as of ``_detect``, those of ``keys`` that live now
        """
        causes = [cause for cause in causes if setting._is_relevant(cause)]
        try:
            with self.env.cr.savepoint():
                self._raise_and_clear(setting.company_id, causes, set(keys))
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
