from datetime import timedelta

from odoo import models, tools
from odoo.fields import Domain

from ..engine import Hours, WorkCalendar

# Working days of a calendar without fixed hours, and when its day is half over.
WORKING_DAYS = range(5)
NOON = 12.0
CALENDAR_FIELDS = ["tz", "flexible_hours", "hours_per_day"]
ATTENDANCE_FIELDS = ["calendar_id", "dayofweek", "hour_from", "hour_to", "week_type"]
LEAVE_FIELDS = [
    "calendar_id",
    "resource_id",
    "company_id",
    "date_from",
    "date_to",
    "time_type",
]


class PromiseCalendar(models.AbstractModel):
    """Working hours as facts for the engine.

    A key is (id of the working hours, id of the resource whose time off counts or
    False, id of the company whose general time off counts or False), None without
    hours.
    """

    _name = "mto.promise.calendar"
    _description = "Working Hours for Promises"

    def _get_company_key(self, company_id):
        """Key of the working hours of a company."""
        company = self.env["res.company"].browse(company_id)
        calendar = company.resource_calendar_id
        return (calendar.id, False, company.id) if calendar else None

    def _get_vendor_key(self, partner):
        """Key of the working hours that were entered on a vendor."""
        partner = (
            partner.supply_calendar_id and partner or partner.commercial_partner_id
        )
        calendar = partner.supply_calendar_id
        return (calendar.id, False, False) if calendar else None

    def _get_workcenter_key(self, workcenter):
        """Key of the working hours of a work centre."""
        calendar = workcenter.resource_calendar_id
        if not calendar:
            return self._get_company_key(workcenter.company_id.id)
        return (calendar.id, workcenter.resource_id.id, workcenter.company_id.id)

    def _load(self, keys, start):
        """Return {key: ``WorkCalendar``}, with time off that ends after ``start``.

        One query, however many keys there are; two more after hours were changed.
        """
        keys = {key for key in keys if key}
        if not keys:
            return {}
        hours = self.sudo()._load_hours()
        leaves = self._search_leaves(keys, start)
        closed = leaves.filtered(lambda leave: leave.time_type == "leave")
        return {
            key: WorkCalendar(
                key,
                *hours[key[0]],
                self._get_periods(closed, key),
                self._get_periods(leaves - closed, key),
            )
            for key in keys
        }

    def _get_periods(self, leaves, key):
        return [
            (leave.date_from, leave.date_to)
            for leave in leaves
            if self._counts(leave, key)
        ]

    @tools.ormcache()
    def _load_hours(self):
        """Return {calendar id: (its ``Hours``, time zone)}; kept until one changes."""
        calendars = self.env["resource.calendar"].with_context(active_test=False)
        calendars = calendars.search_fetch([], CALENDAR_FIELDS)
        hours = self._read_hours(calendars)
        return {
            calendar.id: (tuple(hours[calendar.id]), calendar.tz)
            for calendar in calendars
        }

    def _read_hours(self, calendars):
        hours = {calendar.id: [] for calendar in calendars}
        for calendar in calendars.filtered("flexible_hours"):
            half = min(calendar.hours_per_day, 24.0) / 2
            hours[calendar.id] = [
                Hours(weekday, NOON - half, NOON + half) for weekday in WORKING_DAYS
            ]
        fixed = calendars.filtered(lambda calendar: not calendar.flexible_hours)
        attendances = self.env["resource.calendar.attendance"].search_fetch(
            Domain("calendar_id", "in", fixed.ids)
            & Domain("display_type", "=", False)
            & Domain("day_period", "!=", "lunch"),
            ATTENDANCE_FIELDS,
        )
        for attendance in attendances:
            week = attendance.week_type
            hours[attendance.calendar_id.id].append(
                Hours(
                    int(attendance.dayofweek),
                    attendance.hour_from,
                    attendance.hour_to,
                    int(week) if week else None,
                )
            )
        return hours

    def _search_leaves(self, keys, start):
        """What closes these calendars, and the work that is planned on work centres.

        The work where the company wants it to count.
        """
        resources = {key[1] for key in keys}
        loaded = self._get_loaded_resources(keys)
        return self.env["resource.calendar.leaves"].search_fetch(
            (
                Domain("time_type", "=", "leave")
                | (
                    Domain("time_type", "=", "other")
                    & Domain("resource_id", "in", loaded)
                )
            )
            & Domain("date_to", ">=", start - timedelta(days=1))
            & Domain("calendar_id", "in", [False, *{key[0] for key in keys}])
            & Domain("resource_id", "in", [False, *(resources - {False})]),
            LEAVE_FIELDS,
        )

    def _get_loaded_resources(self, keys):
        """Ids of work centres' resources of companies that let their load count."""
        companies = self.env["res.company"].browse({key[2] for key in keys} - {False})
        counting = companies.filtered("promise_work_center_load")
        return [key[1] for key in keys if key[1] and key[2] in counting.ids]

    def _counts(self, leave, key):
        calendar_id, resource_id, company_id = key
        if leave.resource_id:
            return leave.resource_id.id == resource_id
        if leave.calendar_id:
            return leave.calendar_id.id == calendar_id
        # A vendor does not close because the company does.
        return bool(company_id) and leave.company_id.id in (False, company_id)
