"""In which order sites go live.

Each site is assessed from 1 to 5 on four questions: how mature its processes are, how
good its master data, how complex its supply chain, how much change its people can take.
The least complex goes first, as a pilot that the others learn from.
"""

from dataclasses import dataclass, field

from .dependency import layers

LOWEST, HIGHEST = 1, 5


@dataclass
class Site:
    key: object
    name: str
    maturity: int
    data_quality: int
    supply_complexity: int
    capacity_for_change: int
    unit: str = ""


@dataclass
class Domain:
    key: object
    name: str
    predecessors: list = field(default_factory=list)


@dataclass
class Wave:
    pilot: bool
    sites: list
    domains: list
    # ("complexity", lowest, highest), ("domain", names), ("unit", name) or ("single",)
    reason: tuple


def get_complexity(maturity, data_quality, supply_complexity, capacity_for_change):
    """Return how hard a site is, from 4 (easy) to 20 (hard); 0 when not assessed."""
    scores = (maturity, data_quality, supply_complexity, capacity_for_change)
    if not all(LOWEST <= score <= HIGHEST for score in scores):
        return 0
    turn = LOWEST + HIGHEST
    return (
        (turn - maturity)
        + (turn - data_quality)
        + supply_complexity
        + (turn - capacity_for_change)
    )


def complexity_of(site):
    return get_complexity(
        site.maturity,
        site.data_quality,
        site.supply_complexity,
        site.capacity_for_change,
    )


def propose(strategy, sites, domains, sites_per_wave=3):
    """Return the waves in the order they should run.

    :param str strategy: single, domain, plant or unit
    :param int sites_per_wave: sites of a wave after the pilot, for plant
    :raises CycleError: when domains wait for each other
    """
    order = sorted(sites, key=lambda site: (complexity_of(site), site.name))
    keys = [domain.key for each in _get_layers(domains) for domain in each]
    if strategy == "domain":
        return _by_domain(order, domains)
    if strategy == "unit":
        return _by_unit(order, keys)
    if strategy == "plant":
        return _by_plant(order, keys, sites_per_wave)
    everything = [site.key for site in order]
    return [Wave(False, everything, keys, ("single",))] if order else []


def _get_layers(domains):
    by_key = {domain.key: domain for domain in domains}
    found = layers({domain.key: domain.predecessors for domain in domains})
    return [[by_key[key] for key in layer] for layer in found]


def _by_domain(sites, domains):
    keys = [site.key for site in sites]
    return [
        Wave(
            number == 0,
            keys,
            [domain.key for domain in layer],
            ("domain", ", ".join(domain.name for domain in layer)),
        )
        for number, layer in enumerate(_get_layers(domains) if sites else [])
    ]


def _by_unit(sites, domains):
    by_unit = {}
    for site in sites:
        by_unit.setdefault(site.unit or "", []).append(site)
    units = sorted(
        by_unit,
        key=lambda unit: (
            sum(map(complexity_of, by_unit[unit])) / len(by_unit[unit]),
            unit,
        ),
    )
    return [
        Wave(number == 0, [site.key for site in by_unit[unit]], domains, ("unit", unit))
        for number, unit in enumerate(units)
    ]


def _by_plant(sites, domains, sites_per_wave):
    size = max(1, sites_per_wave)
    groups = [sites[:1]] if sites else []
    groups += [sites[start : start + size] for start in range(1, len(sites), size)]
    return [
        Wave(
            number == 0,
            [site.key for site in group],
            domains,
            ("complexity", complexity_of(group[0]), complexity_of(group[-1])),
        )
        for number, group in enumerate(groups)
    ]
