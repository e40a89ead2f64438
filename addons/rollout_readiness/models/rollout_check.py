from odoo import api, models

from ..engine import outcome


class RolloutCheck(models.AbstractModel):
    _inherit = "rollout.check"

    @api.model
    def _run_code(self, code, items):
        """An item with the code of a readiness check is met when that holds now."""
        check = self.env["readiness.check"]._find_by_code(code)
        if not check:
            return super()._run_code(code, items)
        by_place = {}
        for item in items:
            for place in item._get_readiness_places():
                by_place.setdefault(place, check._run_in(*place))
        return {
            item: self._get_readiness_answer(
                [by_place[place] for place in item._get_readiness_places()]
            )
            for item in items
        }

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
