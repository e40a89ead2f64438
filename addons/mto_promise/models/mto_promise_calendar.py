from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from ..engine import Hours, WorkCalendar

# Working days of a week in a calendar without fixed hours, and when its day is half over.
WORKING_DAYS = range(5)
NOON = 12.0
CALENDAR_FIELDS = ["tz", "flexible_hours", "hours_per_day"]


class PromiseCalendar(models.AbstractModel):
    """Working hours as facts for the engine.

    A key is (id of the working hours, id of the resource whose time off counts or False,
    id of the company whose general time off counts or False), None without hours.
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

        Three queries, however many keys there are.
        """
        keys = {key for key in keys if key}
        if not keys:
            return {}
        calendars = self.env["resource.calendar"].browse({key[0] for key in keys})
        calendars.fetch(CALENDAR_FIELDS)
        hours = self._load_hours(calendars)
        leaves = self._search_leaves(keys, start)
        return {
            key: WorkCalendar(
                key,
                hours[key[0]],
                calendars.browse(key[0]).tz,
                [
                    (leave.date_from, leave.date_to)
                    for leave in leaves
                    if self._counts(leave, key)
                ],
            )
            for key in keys
        }

    def _load_hours(self, calendars):
        hours = {calendar.id: [] for calendar in calendars}
        for calendar in calendars.filtered("flexible_hours"):
            half = min(calendar.hours_per_day, 24.0) / 2
            hours[calendar.id] = [
                Hours(weekday, NOON - half, NOON + half) for weekday in WORKING_DAYS
            ]
        attendances = self.env["resource.calendar.attendance"].search(
            Domain("calendar_id", "in", calendars.ids)
            & Domain("calendar_id.flexible_hours", "=", False)
            & Domain("display_type", "=", False)
            & Domain("day_period", "!=", "lunch")
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
        """What closes these calendars, not what is planned on a work centre."""
        resources = {key[1] for key in keys}
        return self.env["resource.calendar.leaves"].search(
            Domain("time_type", "=", "leave")
            & Domain("date_to", ">=", start - timedelta(days=1))
            & Domain("calendar_id", "in", [False, *{key[0] for key in keys}])
            & Domain("resource_id", "in", [False, *(resources - {False})])
        )

    def _counts(self, leave, key):
        calendar_id, resource_id, company_id = key
        if leave.resource_id:
            return leave.resource_id.id == resource_id
        if leave.calendar_id:
            return leave.calendar_id.id == calendar_id
        # A vendor does not close because the company does.
        return bool(company_id) and leave.company_id.id in (False, company_id)
