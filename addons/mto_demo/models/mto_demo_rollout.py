from odoo import api, models


class MtoDemo(models.AbstractModel):
    """How the plants of the company go live: each step by the person whose it is."""

    _inherit = "mto.demo"

    @api.model
    def _fill_seats(self, programme_id, users):
        """Name who signs.

        :param users: {code of a function: ids of users}
        """
        functions = self.env["rollout.function"].search([("code", "in", list(users))])
        self.env["rollout.member"].create(
            [
                {
                    "programme_id": programme_id,
                    "function_id": function.id,
                    "user_id": user_id,
                }
                for function in functions
                for user_id in users[function.code]
            ]
        )

    @api.model
    def _start_programme(self, programme_id):
        """The programme manager starts it, and enters the usual lists."""
        programme = self._get_programme(programme_id)
        programme.action_start()
        programme.action_usual_lists()

    @api.model
    def _review_gate(self, programme_id, code, contributor_id):
        """Somebody meets all items of a gate, and asks for signatures."""
        self._meet_gate(programme_id, code, contributor_id)
        contributor = self.env["res.users"].browse(contributor_id)
        gate = self._get_gate(programme_id, code)
        gate.with_user(contributor).action_request_review()

    @api.model
    def _meet_gate(self, programme_id, code, contributor_id):
        """Somebody meets all items of a gate that are done by a person."""
        gate = self._get_gate(programme_id, code)
        contributor = self.env["res.users"].browse(contributor_id)
        items = gate.item_ids.filtered(
            lambda item: item.kind not in ("check", "gate") and item.state != "passed"
        )
        items.owner_id = contributor
        for item in items.with_user(contributor):
            self._meet_item(item)

    @api.model
    def _add_checks(self, programme_id, code, checks):
        """A gate rests on readiness checks as well, says the programme manager.

        :param list checks: their codes
        """
        gate = self._get_gate(programme_id, code)
        Checks = self.env["readiness.check"]
        # Their catalogue is made when all modules are there, which is after this one.
        Checks._synchronise()
        found = Checks.search([("code", "in", checks)])
        gate.item_ids.create([check._prepare_item(gate) for check in found])

    @api.model
    def _meet_item(self, item):
        if item.kind in ("evidence", "deliverable"):
            content = f"{item.name}\n\nSeen and agreed.\n"
            item.attachment_ids = item.env["ir.attachment"].create(
                {
                    "name": f"{item.gate_id.code} {item.sequence}.txt",
                    "raw": content.encode(),
                    "res_model": item._name,
                }
            )
        if item.kind == "metric":
            item.value = max(item.target, 99)
        item.action_done()

    @api.model
    def _sign_gate(self, programme_id, code, signer_ids):
        """Each signs for what is still missing and theirs, one function each."""
        gate = self._get_gate(programme_id, code)
        for signer in self.env["res.users"].browse(signer_ids):
            mine = gate.with_user(signer)
            lines = mine._get_own_functions()
            missing = lines.filtered(lambda line: line.signed < line.quorum)
            mine.sign_off("approve", missing[:1].function_id.mapped("code"))

    @api.model
    def _refuse_gate(self, programme_id, code, signer_id, reason):
        """One of the signers says no; the programme manager opens it again."""
        gate = self._get_gate(programme_id, code)
        signer = self.env["res.users"].browse(signer_id)
        gate.with_user(signer).sign_off("reject", reason=reason)
        gate.reopen(self.env._("The reason was taken up"))

    def _get_programme(self, programme_id):
        """Return the programme as its manager sees it."""
        programme = self.env["rollout.programme"].browse(programme_id)
        return programme.with_user(programme.manager_id)

    def _get_gate(self, programme_id, code):
        gates = self._get_programme(programme_id).gate_ids
        return gates.filtered(lambda gate: gate.code == code)[:1]
