import logging

from odoo import api, fields, models

from ..engine import life

_logger = logging.getLogger(__name__)


class RolloutCheck(models.AbstractModel):
    """Automatic items. A module adds `_check_<code>(items)` for its code.

    Whatever goes wrong is not passed: an unknown code, an error, no answer.
    """

    _name = "rollout.check"
    _description = "Automatic Check"

    @api.model
    def _run(self, items):
        """Run the checks of items, a code at a time.

        :return: {item: (passed, what it says)}
        """
        results = {}
        gates = items.filtered(lambda item: item.kind == "gate")
        results.update({item: self._check_subgate(item) for item in gates})
        for code, each in (items - gates).grouped("check_code").items():
            results.update(self._run_code(code, each))
        return results

    @api.model
    def _run_code(self, code, items):
        method = getattr(self, f"_check_{code}", None) if code else None
        nothing = dict.fromkeys(items, (False, self.env._("There is no such check.")))
        if method is None:
            return nothing
        try:
            with self.env.cr.savepoint():
                found = method(items)
        except Exception as error:  # noqa: BLE001
            # A check that breaks must hold the gate, not the person.
            _logger.info("Check %s failed: %s", code, error, exc_info=True)
            return dict.fromkeys(
                items, (False, self.env._("The check broke: %s", error))
            )
        silent = (False, self.env._("The check gave no answer."))
        return {item: found.get(item) or silent for item in items}

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
