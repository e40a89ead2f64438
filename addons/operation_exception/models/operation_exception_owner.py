from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..engine.ladder import Choice, Person, Staff


@dataclass
class Need:
    """Somebody is needed who answers for a document."""

    company: Any
    type: Any
    # A recordset of one or none.
    document: Any = None
    candidates: list = field(default_factory=list)


class OperationExceptionOwner(models.AbstractModel):
    """Who answers for what goes wrong. Reads with sudo: who raises an issue may not
    see everybody who could own it, and only the choice is used."""

    _name = "operation.exception.owner"
    _description = "Owner Ladder of Open Issues"

    @api.model
    def _resolve(self, needs, excluded=()):
        """Find the owner of each need, in batch.

        :param list[Need] needs: what an owner is needed for
        :param excluded: ids of users who are not to be chosen
        :returns: a list of (owner id, id of the user they stand in for or False,
            reason in words), in the order of the needs; the owner is never missing
        :raises UserError: when the database has no active internal user at all
        """
        owner = self.sudo().with_context(active_test=False)
        for need in needs:
            need.candidates = []
        owner._collect(needs)
        fallbacks = {
            company: owner._get_fallbacks(company)
            for company in {need.company for need in needs}
        }
        for need in needs:
            need.candidates += fallbacks[need.company]
        users = {user for need in needs for user, _reason in need.candidates}
        staff = owner._get_staff(users, excluded)
        return [owner._choose(need, staff) for need in needs]

    def _choose(self, need, staff):
        choice = staff.climb(need.candidates, need.company.id)
        # Somebody of another company is better than nobody.
        choice = choice or staff.climb(need.candidates, None)
        choice = choice or self._get_anybody(staff)
        reason = choice.rung
        if choice.covers:
            absent = self.env["res.users"].browse(choice.covers).name
            reason = self.env._(
                "%(reason)s (stands in for %(absent)s)", reason=reason, absent=absent
            )
        return choice.owner, choice.covers or False, reason

    def _get_anybody(self, staff):
        """Return the first active colleague: all who should answer are gone."""
        gone = [user for user in staff.people if not staff.is_accountable(user)]
        user = self.env["res.users"].search(
            [
                ("active", "=", True),
                ("share", "=", False),
                ("id", "not in", [*gone, SUPERUSER_ID]),
            ],
            order="id",
            limit=1,
        )
        if not user:
            raise UserError(
                self.env._(
                    "Nobody can own an open issue: this database has no active "
                    "internal user. Activate one."
                )
            )
        return Choice(user.id, self.env._("Nobody else is left"))

    # Rungs

    def _collect(self, needs):
        """Add to each need the users that the rungs name for it, strongest first."""
        rungs = self.env["operation.exception.rung"].search([("active", "=", True)])
        documents = defaultdict(list)
        for need in needs:
            if need.document:
                documents[need.document._name, need.type].append(need.document)
        for rung in rungs:
            named = self._ask(rung, documents)
            for need in needs:
                if self._speaks(rung, need):
                    need.candidates += self._get_named(rung, need, named)

    def _ask(self, rung, documents):
        """Return {(model, type, document id): users} of a rung, in batch."""
        if rung.kind in ("team", "user"):
            return {}
        named = {}
        for (model, issue_type), records in documents.items():
            if rung.type_id not in (issue_type, rung.type_id.browse()):
                continue
            if rung._fits(model):
                together = self.env[model].browse(record.id for record in records)
                users = rung._get_users(together.exists(), issue_type)
                named |= {
                    (model, issue_type, key): found for key, found in users.items()
                }
        return named

    def _speaks(self, rung, need):
        return rung.type_id.id in (False, need.type.id) and rung.company_id.id in (
            False,
            need.company.id,
        )

    def _get_named(self, rung, need, named):
        if rung.kind in ("team", "user"):
            users = rung._get_fixed_user()
        elif need.document:
            key = (need.document._name, need.type, need.document.id)
            users = named.get(key, self.env["res.users"])
        else:
            return []
        return [(user.id, rung.name) for user in users]

    def _get_fallbacks(self, company):
        """Return (user id, reason) of those who answer when no rung names anybody.

        The person of the company's setting, then directors, then administrators, then
        everybody of the company.
        """
        chosen = company.exception_fallback_user_id
        found = [(user.id, self.env._("Answers for the rest")) for user in chosen]
        groups = [
            ("operation_exception.group_director", self.env._("Director")),
            ("base.group_system", self.env._("Administrator")),
        ]
        Users = self.env["res.users"]
        at_work = [
            ("active", "=", True),
            ("share", "=", False),
            ("id", "!=", SUPERUSER_ID),
        ]
        for xmlid, reason in groups:
            group = self.env.ref(xmlid, raise_if_not_found=False)
            if group:
                members = Users.search(
                    [*at_work, ("all_group_ids", "in", group.ids)], order="id", limit=20
                )
                found += [(user.id, reason) for user in members]
        colleagues = Users.search(
            [*at_work, ("company_ids", "in", company.ids)], order="id", limit=20
        )
        reason = self.env._("Colleague")
        return found + [(user.id, reason) for user in colleagues]

    # People

    def _get_staff(self, user_ids, excluded=()):
        """Return what must be known of users and of the deputies of those absent.

        Those excluded are as good as archived.
        """
        today = fields.Date.context_today(self)
        deputies = self.env["operation.exception.absence"]._get_deputies(today)
        users = self.env["res.users"].browse(set(user_ids) | set(deputies.values()))
        people = {user.id: self._get_person(user) for user in users.exists()}
        people |= {user: Person(user, active=False) for user in excluded}
        return Staff(people, deputies)

    def _get_person(self, user):
        return Person(
            id=user.id,
            active=user.active,
            internal=not user.share,
            robot=user.id == SUPERUSER_ID,
            companies=frozenset(user.company_ids.ids),
        )

    @api.model
    def _is_accountable(self, user):
        """Whether a user is a person at work here, who can own an issue."""
        user = user.sudo()
        if not user:
            return False
        staff = Staff({user.id: self._get_person(user)})
        return staff.is_accountable(user.id)
