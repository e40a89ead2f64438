from odoo import api, models


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


class RolloutGateItem(models.Model):
    _inherit = "rollout.gate.item"

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
