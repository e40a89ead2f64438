"""Who answers: the first rung that names a person who can be held accountable."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """What must be known of a user to hold them accountable."""

    id: int
    active: bool = True
    internal: bool = True
    robot: bool = False
    companies: frozenset = frozenset()


@dataclass(frozen=True)
class Choice:
    """The owner, the rung that named them, and whom they stand in for."""

    owner: int
    rung: object
    covers: int | None = None


@dataclass
class Staff:
    """People by id, and {absent person: deputy or None} of today."""

    people: dict = field(default_factory=dict)
    deputies: dict = field(default_factory=dict)

    def is_accountable(self, user, company=None):
        """Whether a user is a person at work here: no robot, nobody from outside."""
        person = self.people.get(user)
        return (
            person is not None
            and person.active
            and person.internal
            and not person.robot
            and (company is None or company in person.companies)
        )

    def stand_in(self, user, company):
        """Who does the work of an accountable user today; None when nobody does.

        Follows deputies who are absent themselves, and ends where they go in a circle.
        """
        seen = set()
        while user in self.deputies:
            seen.add(user)
            user = self.deputies[user]
            if user in seen or not self.is_accountable(user, company):
                return None
        return user

    def climb(self, candidates, company):
        """Choose among (user, rung) pairs, strongest first.

        Somebody who is at work goes before somebody who is absent without a deputy.

        :returns: a Choice, or None when no candidate can be held accountable
        """
        reserve = None
        for user, rung in candidates:
            if not self.is_accountable(user, company):
                continue
            present = self.stand_in(user, company)
            if present is not None:
                return Choice(present, rung, user if present != user else None)
            reserve = reserve or Choice(user, rung)
        return reserve
