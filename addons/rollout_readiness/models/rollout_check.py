from odoo import api, models

from ..engine import outcome


class RolloutCheck(models.AbstractModel):
    _inherit = "rollout.check"

    @api.model
    def _find_check(self, code):
        """The codes of the catalogue are checks as well."""
        return self._find_readiness(code) or super()._find_check(code)

    @api.model
    def _run_code(self, code, items):
        base = super()
        # Where the base looks checks up by `_find_check` that is all it needs.
        found = not hasattr(base, "_find_check") and self._find_readiness(code)
        return found(items) if found else base._run_code(code, items)

    @api.model
    def _find_readiness(self, code):
        check = self.env["readiness.check"]._find_by_code(code)
        return check and check._answer_items

    @api.model
    def _get_readiness_answer(self, results):
        """Return whether all places hold, and what the worst of them says."""
        if not results:
            return False, self.env._("There is no company to look at.")
        worst = min(
            results,
            key=lambda result: outcome.get_rank(
                result.status, result.severity, result.offenders
            ),
        )
        # The item's own waiver excuses it; here only what holds counts.
        passed = all(
            result.status in (outcome.PASS, outcome.WARN) for result in results
        )
        return passed, self._get_readiness_note(worst, len(results) > 1)

    @api.model
    def _get_readiness_note(self, result, with_company):
        message = result._get_message()
        if result.status == outcome.NOT_APPLICABLE:
            message = self.env._(
                "%(message)s Confirm it: ask to leave the item out.", message=message
            )
        if with_company:
            message = f"{result.company_id.name}: {message}"
        return message
