import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..engine import check, life

_logger = logging.getLogger(__name__)


class RolloutCheck(models.AbstractModel):
    """Automatic items. A module adds `_check_<code>(items)` for its code.

    Whatever goes wrong is not passed: an unknown code, an error, no answer, an answer
    that is too old, and one that rests on nothing.
    """

    _name = "rollout.check"
    _description = "Automatic Check"

    @api.model
    def _run(self, items):
        """Run the checks of items, a code at a time.

        Called as superuser: before a review, again in the transaction that approves the
        gate, and every night for signed gates.

        :return: {item: `engine.check.Result`}
        """
        results = {}
        gates = items.filtered(lambda item: item.kind == "gate")
        for item in gates:
            results[item] = check.to_result(self._check_subgate(item))
        for code, each in (items - gates).grouped("check_code").items():
            results.update(self._run_code(code, each))
        return results

    @api.model
    def _find_check(self, code):
        """Return what checks items with this code, or None.

        A module that keeps its checks elsewhere overrides it: what it returns is called
        with the items and answers {item: `engine.check.Result` or (passed, note)}.
        """
        return getattr(self, f"_check_{code}", None) if code else None

    @api.model
    def _run_code(self, code, items):
        method = self._find_check(code)
        if method is None:
            return self._get_error(items, self.env._("There is no such check."))
        try:
            with self.env.cr.savepoint():
                found = method(items)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            # Somebody else wrote at the same moment: the whole request runs again.
            raise
        except Exception as error:  # noqa: BLE001
            # A check that breaks must hold the gate, not the person.
            _logger.info("Check %s failed: %s", code, error, exc_info=True)
            return self._get_error(items, self.env._("The check broke: %s", error))
        return {item: self._get_result(found, item) for item in items}

    @api.model
    def _get_result(self, found, item):
        result = isinstance(found, dict) and check.to_result(found.get(item))
        if not result:
            return check.Result("error", self.env._("The check gave no answer."))
        return check.age(result, fields.Datetime.now())

    @api.model
    def _get_error(self, items, note):
        return dict.fromkeys(items, check.Result("error", note))

    @api.model
    def _check_subgate(self, item):
        gate = item.subgate_id
        if not gate:
            return False, self.env._("Choose the other gate.")
        return life.is_signed(gate.state), gate._get_state_label(gate.state)

    @api.model
    def _check_seats_filled(self, items):
        """Each signature of the gate has enough persons who may still give it."""
        return {item: self._get_seats_result(item.gate_id) for item in items}

    @api.model
    def _get_seats_result(self, gate):
        missing = gate.function_ids.filtered(
            lambda line: (
                len(gate._get_seats(line).user_id - gate.preparer_ids) < line.quorum
            )
        )
        if missing:
            names = ", ".join(missing.mapped("display_name"))
            return False, self.env._("Nobody left to sign for %(names)s", names=names)
        return bool(gate.function_ids), self.env._("Each signature has its person.")

    @api.model
    def _check_items_owned(self, items):
        """Each item of the gate has an owner."""
        return {item: self._get_owned_result(item) for item in items}

    @api.model
    def _get_owned_result(self, item):
        others = (item.gate_id.item_ids - item).filtered(
            lambda other: other.kind not in ("check", "gate") and other.state != "na"
        )
        orphans = others.filtered(lambda other: not other.owner_id)
        if orphans:
            return False, self.env._("%(count)s without an owner", count=len(orphans))
        return bool(others), self.env._("%(count)s owned", count=len(others))

    @api.model
    def _check_risks_owned(self, items):
        """Each open risk and issue has an owner and is not overdue."""
        return {item: self._get_risks_result(item.programme_id) for item in items}

    @api.model
    def _get_risks_result(self, programme):
        raids = self.env["rollout.raid"].search(
            [("programme_id", "=", programme.id), ("state", "!=", "closed")]
        )
        today = fields.Date.today()
        bad = raids.filtered(
            lambda raid: not raid.owner_id or (raid.due_date and raid.due_date < today)
        )
        if bad:
            return False, self.env._(
                "%(count)s without an owner or overdue", count=len(bad)
            )
        return True, self.env._("%(count)s owned and in time", count=len(raids))

    @api.model
    def _check_policies_decided(self, items):
        """Each question of policy that has to be decided before the design is."""
        return {item: self._get_policies_result(item.programme_id) for item in items}

    @api.model
    def _get_policies_result(self, programme):
        questions = self.env["rollout.policy"].search(
            [("programme_id", "=", programme.id), ("is_mandatory", "=", True)]
        )
        undecided = questions.filtered(lambda question: not question.is_decided)
        if not questions:
            return check.Result("empty", self.env._("No question was entered."))
        if undecided:
            return False, self.env._("%(count)s not decided", count=len(undecided))
        return True, self.env._("%(count)s decided", count=len(questions))

    @api.model
    def _check_build_in_order(self, items):
        """Each step of the build plan is done."""
        return {item: self._get_build_result(item.programme_id) for item in items}

    @api.model
    def _get_build_result(self, programme):
        steps = programme.build_step_ids
        missing = steps.filtered(lambda step: step.state != "done")
        if not steps:
            return check.Result("empty", self.env._("There is no build plan."))
        if missing:
            return False, self.env._("%(count)s steps not done", count=len(missing))
        return True, self.env._("%(count)s steps done", count=len(steps))

    @api.model
    def _check_customizations_approved(self, items):
        """No customisation was built or asked for that nobody decided on."""
        return {item: self._get_custom_result(item.programme_id) for item in items}

    @api.model
    def _get_custom_result(self, programme):
        known = self.env["rollout.customization"].search(
            [("programme_id", "=", programme.id)]
        )
        waiting = known.filtered(lambda each: each.state == "requested")
        if waiting:
            return False, self.env._("%(count)s not decided", count=len(waiting))
        return True, self.env._("%(count)s, each decided", count=len(known))
