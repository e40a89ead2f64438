"""When something that starts later starts."""

from datetime import datetime, time


def start_moment(now, started, wanted):
    """When it started, else when it should, at the earliest now.

    :param datetime.datetime now: in UTC
    :param started: datetime in UTC, or False as long as it waits
    :param wanted: the day it should start, or False; noon in UTC stands for it, which
        is the same calendar day almost everywhere
    :rtype: datetime.datetime
    """
    if started:
        return started
    return max(now, datetime.combine(wanted, time(12))) if wanted else now
