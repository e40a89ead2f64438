from odoo import api, models

from odoo.addons.rollout_gate.engine import check

from ..engine import outcome

# What a status counts for in a gate. A waiver is the gate's own.
ANSWERS = {
    outcome.PASS: "passed",
    outcome.WARN: "passed",
    outcome.FAIL: "failed",
    outcome.WAIVED: "failed",
    outcome.NOT_APPLICABLE: "empty",
    outcome.ERROR: "error",
}


class RolloutCheck(models.AbstractModel):
    _inherit = "rollout.check"

    @api.model
    def _find_check(self, code):
        """The codes of the catalogue are checks as well."""
        found = self.env["readiness.check"]._find_by_code(code)
        return found._answer_items if found else super()._find_check(code)

    @api.model
    def _get_readiness_answer(self, results):
        """Return the answer for an item: the worst of its places decides.

        What was tolerated is evidence: others at fault are not what was signed.
        """
        if not results:
            return check.Result("empty", self.env._("There is no company to look at."))
        worst = min(results, key=lambda result: result._get_rank())
        evidence = {
            f"{result.company_id.id}/{result.site_id.id or 0}": [
                result.status,
                result.digest,
            ]
            for result in results
        }
        note = self._get_readiness_note(worst, len(results) > 1)
        return check.Result(ANSWERS[worst.status], note, evidence, worst.at)

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
