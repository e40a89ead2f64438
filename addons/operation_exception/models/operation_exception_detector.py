from itertools import islice

from odoo import api, models

BATCH = 1000


class OperationExceptionDetector(models.AbstractModel):
    """A kind of trouble that is looked for. A detector of a module:

    .. code-block:: python

        class LatePurchase(models.AbstractModel):
            _name = "operation.exception.detector.late.purchase"
            _inherit = "operation.exception.detector"
            _description = "Purchases that are late"

            def _detect(self, setting):
                ...
                yield {"key": ..., "type_code": ..., "record": ..., "days": ...}
    """

    _name = "operation.exception.detector"
    _description = "Detector of Open Issues"

    @api.model
    def _detect(self, setting):
        """Yield the causes that live now in the company of the setting.

        To be implemented, in batch: a query for many records, never one for each.
        Causes are dictionaries as `operation.exception._raise_exceptions` takes them,
        with `date`, the day the document was confirmed, where it has one; `days` counts
        working days where a threshold is to mean that. A cause inside its slack is not
        yielded.

        :param setting: one `operation.exception.setting`
        """
        raise NotImplementedError(f"{self._name} detects nothing: implement _detect")

    @api.model
    def _get_gone_reason(self):
        """Return why an issue of this detector closes by itself, in words."""
        return self.env._("Its cause is gone.")

    @api.model
    def _get_detectors(self):
        """Return the names of all detectors that are installed, sorted."""
        base = self.env.registry["operation.exception.detector"]
        return sorted(
            name
            for name, model in self.env.registry.items()
            if issubclass(model, base) and name != base._name
        )

    @api.model
    def _run(self, setting):
        """Look once: count when observing; open, update and close when opening.

        :returns: the number of causes that are worth an issue
        """
        seen = set()
        Issues = self.env["operation.exception"].with_company(setting.company_id)
        causes = iter(self._detect(setting))
        while batch := list(islice(causes, BATCH)):
            batch = [cause for cause in batch if setting._is_relevant(cause)]
            seen |= {cause["key"] for cause in batch}
            if setting.mode == "open" and batch:
                Issues._raise_exceptions(
                    [{"company": setting.company_id, **cause} for cause in batch],
                    detector=self._name,
                )
                setting._commit_batch()
        if setting.mode == "open":
            self._close_unseen(setting, seen)
        return len(seen)

    def _close_unseen(self, setting, seen):
        """Close what this detector opened in the company and finds no more."""
        Issues = self.env["operation.exception"].sudo()
        theirs = Issues.search_fetch(
            [
                ("detector", "=", self._name),
                ("company_id", "=", setting.company_id.id),
                ("state", "!=", "closed"),
            ],
            ["key"],
        )
        gone = [issue.key for issue in theirs if issue.key not in seen]
        for start in range(0, len(gone), BATCH):
            Issues._clear_exceptions(
                gone[start : start + BATCH], self._get_gone_reason(), setting.company_id
            )
            setting._commit_batch()
