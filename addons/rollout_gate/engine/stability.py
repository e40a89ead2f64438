"""Whether a site runs well enough for the next one to follow."""

# What has to hold at the pilot before the next wave begins.
MEASURES = ("procurement", "stock_accuracy", "reconciliation")


def get_unstable(periods, needed, measures=MEASURES):
    """Return the measures that did not hold in each of the last periods.

    A measure with fewer periods than needed is not stable.

    :param dict periods: {measure: [whether it held], oldest first}
    :param int needed: how many periods in a row
    """
    return [
        measure
        for measure in measures
        if len(periods.get(measure, ())) < max(1, needed)
        or not all(periods[measure][-max(1, needed) :])
    ]
