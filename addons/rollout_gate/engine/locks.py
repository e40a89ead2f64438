"""Whether a document is held: which site it is of, and whether that is live."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Site:
    """A site as locks know it.

    :param warehouses: keys of its warehouses; none: the whole company, but for the
        warehouses of other sites
    :param held: a lock is on, and it is not live yet
    :param window: (from, to) of its cutover, in UTC, or nothing
    """

    key: object
    company: object
    warehouses: tuple = ()
    held: bool = False
    window: tuple[datetime, datetime] | tuple = ()

    def is_held(self, now):
        if self.held and self.window:
            start, end = self.window
            return not start <= now <= end
        return self.held


@dataclass(frozen=True)
class Freeze:
    """A design that is signed: only approved changes."""

    key: object
    companies: tuple


def find_holding(sites, company, warehouse, now):
    """Return the site that holds a document back, or None.

    A document without a warehouse belongs to its company: it passes as soon as one site
    of the company may work.
    """
    mine = [site for site in sites if site.company == company]
    if not warehouse:
        held = [site for site in mine if site.is_held(now)]
        return held[0] if held and len(held) == len(mine) else None
    named = [site for site in mine if warehouse in site.warehouses]
    whole = [site for site in mine if not site.warehouses]
    return next((site for site in named or whole if site.is_held(now)), None)


def find_freezes(freezes, company):
    """Return the freezes a record of a company is under; of no company: all."""
    return [each for each in freezes if not company or company in each.companies]
