from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.rollout_gate.engine import life


class RolloutGate(models.Model):
    _inherit = "rollout.gate"

    def action_add_readiness(self):
        """Add the readiness checks that these gates rest on, as automatic items."""
        self._check_duty("manager")
        self.check_access("read")
        Items = self.env["rollout.gate.item"]
        for gate in self:
            known = set(gate.item_ids.mapped("check_code"))
            checks = self.env["readiness.check"]._get_checks_of_gate(gate.code)
            Items.create(
                [
                    check._prepare_item(gate)
                    for check in checks
                    if check.code not in known
                ]
            )
        return True

    # What was signed before has to hold still

    def _to_engine(self):
        """A signed gate whose readiness has turned red since holds those after it."""
        known = super()._to_engine()
        known.predecessors += [
            (f"{item.gate_id.display_name}: {item.name}", item.check_status, owner)
            for item in self._get_signed_before().item_ids._filter_red()
            for owner in [item.owner_id.name or item.function_id.name or ""]
        ]
        return known

    def _get_signed_before(self):
        """Return the signed gates that a gate rests on, however far back."""
        # Who works on a gate need not read all that comes before it.
        found, ahead = self.sudo().browse(), self.sudo().predecessor_ids
        while ahead:
            found |= ahead
            ahead = ahead.predecessor_ids - found
        return found.filtered(lambda gate: life.is_signed(gate.state))

    def action_request_review(self):
        """Refused as well while what gates before it rest on is red, as it is now."""
        self.check_access("read")
        self._check_duty("contributor", "manager")
        for gate in self:
            gate._check_still_ready()
        return super().action_request_review()

    def _check_entry(self):
        self._check_still_ready()
        return super()._check_entry()

    def _check_still_ready(self):
        """Look at what was signed before anew: nightly runs are a day old."""
        items = self._get_signed_before().item_ids._filter_readiness()
        items._run_checks()
        red = items._filter_red()
        if red:
            raise UserError(
                self.env._(
                    "%(gate)s rests on what is no longer so:\n%(items)s",
                    gate=self.display_name,
                    items="\n".join(item._say_red() for item in red),
                )
            )


class RolloutGateItem(models.Model):
    _inherit = "rollout.gate.item"

    def _filter_readiness(self):
        """Return the items that a check of the catalogue answers."""
        codes = self.env["readiness.check"]._get_classes()
        return self.filtered(
            lambda item: item.kind == "check" and item.check_code in codes
        )

    def _say_red(self):
        return f"- {self.gate_id.display_name}: {self.name} ({self.check_note})"

    def _filter_red(self):
        """Return those that hold a gate; called with rights to read them."""
        return self._filter_readiness().filtered(
            lambda item: item.severity in life.HOLDING and not item._is_met()
        )

    def _get_readiness_places(self):
        """Return the (company, site) that an automatic item looks at."""
        self.ensure_one()
        gate = self.gate_id
        none = self.env["rollout.site"]
        if gate.site_id:
            return [(gate.company_id, gate.site_id)]
        if gate.wave_id:
            return [(site.company_id, site) for site in gate.wave_id.site_ids]
        return [(company, none) for company in gate.programme_id.company_ids]


class ReadinessCheck(models.Model):
    _inherit = "readiness.check"

    @api.model
    def _find_by_code(self, code):
        if not code:
            return self.browse()
        checks = self.sudo().with_context(active_test=False)
        return checks.search([("code", "=", code)], limit=1)

    @api.model
    def _get_checks_of_gate(self, code):
        """Return the checks that name a gate."""
        wanted = {
            check_code
            for check_code, check_class in self._get_classes().items()
            if code in check_class.gates
        }
        return self._get_installed().filtered(lambda check: check.code in wanted)

    def _answer_items(self, items):
        """Return {item: what it counts for}, after a look at each place."""
        self.ensure_one()
        by_place = {}
        for item in items:
            for place in item._get_readiness_places():
                if place not in by_place:
                    by_place[place] = self._run_in(*place)
        return {
            item: self.env["rollout.check"]._get_readiness_answer(
                [by_place[place] for place in item._get_readiness_places()]
            )
            for item in items
        }

    def _prepare_item(self, gate):
        self.ensure_one()
        return {
            "gate_id": gate.id,
            "name": self.name,
            "kind": "check",
            "check_code": self.code,
            "severity": self.severity,
            "side": "technical",
            "function_id": self.owner_function_id.id,
        }
