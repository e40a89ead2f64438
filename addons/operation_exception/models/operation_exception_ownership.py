from odoo import api, fields, models

from .operation_exception import OPEN_STATES
from .operation_exception_owner import Need


class OperationException(models.Model):
    """Who answers for an issue, from hand to hand: hand over, absence, leaving."""

    _inherit = "operation.exception"

    def _hand_over(self, user, reason):
        """Give the issues to a user, with a line in the trail; checks the caller.

        :param user: one res.users
        :param str reason: why, in words
        :raises ValidationError: when the user cannot own an issue
        """
        self._check_changeable()
        if not self.env["operation.exception.owner"]._is_accountable(user):
            self._raise_unfit(user)
        self.sudo()._set_owners(dict.fromkeys(self.sudo(), (user.id, False, reason)))

    def _set_owners(self, owners):
        """Write {issue: (owner id, covered user id, reason)}; for methods, with sudo.

        The activity goes to the new owner.
        """
        changed = {}
        for issue, (owner, covers, reason) in owners.items():
            if issue.owner_id.id != owner:
                changed[issue] = issue.owner_id.name
                issue.write(
                    {
                        "owner_id": owner,
                        "covered_owner_id": covers,
                        "owner_reason": reason,
                    }
                )
        issues = self.browse().concat(*changed)
        issues._add_handovers(changed)
        issues._pass_activities_on()

    def _add_handovers(self, previous):
        """Add a line to the trail of each issue; `previous` is {issue: name}."""
        self.env["operation.exception.handover"].create(
            [
                {
                    "exception_id": issue.id,
                    "owner": issue.owner_id.name,
                    "previous_owner": previous.get(issue),
                    "reason": issue.owner_reason,
                    "by": self.env.user.name,
                }
                for issue in self
            ]
        )

    @api.model
    def _replace_lost_owners(self, users):
        """Find new owners for open issues of those who cannot answer any more."""
        Owner = self.env["operation.exception.owner"]
        lost = users.filtered(lambda user: not Owner._is_accountable(user))
        if lost:
            issues = self.search(
                [("owner_id", "in", lost.ids), ("state", "in", OPEN_STATES)]
            )
            issues._find_new_owners(lost, self.env._("left"))

    @api.model
    def _replace_deleted_owners(self, users):
        """Find new owners for all issues of users who are about to be deleted."""
        issues = self.with_context(active_test=False).search(
            [("owner_id", "in", users.ids)]
        )
        issues._find_new_owners(users, self.env._("deleted"))

    def _find_new_owners(self, lost, why):
        if not self:
            return
        needs = [issue._get_need() for issue in self]
        found = self.env["operation.exception.owner"]._resolve(needs, lost.ids)
        owners = {
            issue: (
                owner,
                covers,
                self.env._(
                    "%(reason)s (%(owner)s: %(why)s)",
                    reason=reason,
                    owner=issue.owner_id.name,
                    why=why,
                ),
            )
            for issue, (owner, covers, reason) in zip(self, found, strict=True)
        }
        self._set_owners(owners)

    def _get_need(self):
        self.ensure_one()
        vals = {"res_model": self.res_model, "res_id": self.res_id}
        return Need(self.company_id, self.type_id, self._get_document(vals))

    @api.model
    def _apply_absences(self):
        """Hand issues of absent owners to deputies, give back what is still open."""
        today = fields.Date.context_today(self)
        deputies = self.env["operation.exception.absence"]._get_deputies(today)
        covered = self.search(
            [("covered_owner_id", "!=", False), ("state", "in", OPEN_STATES)]
        )
        back = covered.filtered(lambda issue: issue.covered_owner_id.id not in deputies)
        Owner = self.env["operation.exception.owner"]
        back = back.filtered(
            lambda issue: Owner._is_accountable(issue.covered_owner_id)
        )
        reason = self.env._("Back from absence")
        back._set_owners(
            {issue: (issue.covered_owner_id.id, False, reason) for issue in back}
        )
        absent = self.search(
            [("owner_id", "in", list(deputies)), ("state", "in", OPEN_STATES)]
        )
        absent._give_to_deputies(Owner.sudo()._get_staff(absent.owner_id.ids))

    def _give_to_deputies(self, staff):
        owners = {}
        for issue in self:
            deputy = staff.stand_in(issue.owner_id.id, issue.company_id.id)
            covers = issue.covered_owner_id.id or issue.owner_id.id
            if deputy:
                owners[issue] = (deputy, covers, self.env._("Absence of the owner"))
        self._set_owners(owners)
