from datetime import datetime, time

import pytz

from odoo import fields, models
from odoo.exceptions import UserError

# Keys of a line of ``get_promise`` that are dates.
DATES = ("wanted_date", "promised_date", "feasible_date", "projected_date")


class MtoPromise(models.AbstractModel):
    """Promises as public methods hand them out, see ``sale.order.get_promise``."""

    _inherit = "mto.promise"

    def _parse_wanted(self, wanted_date):
        """Return the moment in UTC of what a caller gave; None for nothing.

        A day alone is its noon, in the time zone of the user.
        """
        if not wanted_date:
            return None
        try:
            moment = fields.Datetime.to_datetime(wanted_date)
        except (TypeError, ValueError):
            raise UserError(
                self.env._(
                    "%s is no date. Give it as YYYY-MM-DD, or as YYYY-MM-DD HH:MM:SS in "
                    "UTC.",
                    wanted_date,
                )
            ) from None
        if len(str(wanted_date)) > len("YYYY-MM-DD"):
            return moment
        zone = pytz.timezone(self.env.user.tz or "UTC")
        noon = zone.localize(datetime.combine(moment.date(), time(12)))
        return noon.astimezone(pytz.utc).replace(tzinfo=None)

    def _prepare_answer(self, promise, line_id=False, promised=False, message=False):
        """What ``get_promise`` tells of a ``Promise``."""
        product = self.env["product.product"].sudo().browse(promise.demand.product_id)
        limiting = promise.limiting
        return {
            "line_id": line_id,
            "product": self._get_name(product.id),
            "quantity": promise.quantity,
            "uom": product.uom_id.name,
            "wanted_date": self._tell_moment(promise.wanted),
            "promised_date": self._tell_moment(promised),
            "feasible_date": self._tell_moment(promise.feasible),
            "projected_date": False,
            "days_late": self._count_days_late(promise.feasible, promise.wanted),
            "quantity_on_wanted_date": promise.quantity_on_wanted,
            "limiting_component": bool(limiting)
            and self._get_name(limiting.product_id),
            "critical_path": [self._prepare_step(step) for step in promise.path],
            "assumed": [self._get_remark(remark) for remark in promise.assumed],
            "message": message or self._get_message(promise),
        }

    def _prepare_step(self, step):
        document = step.document
        return {
            "product": self._get_name(step.product_id),
            "supply": step.supply,
            "document": bool(document) and f"{document[0]},{document[1]}",
            "start": self._tell_moment(step.start),
            "end": self._tell_moment(step.end),
            "days": round(step.days, 2),
        }

    def _tell_moment(self, moment):
        return fields.Datetime.to_string(moment) if moment else False

    def _count_days_late(self, moment, promised):
        """Days between two moments, in the time zone of the user; 0 if in time."""
        if not moment or not promised:
            return 0
        days = [
            fields.Datetime.context_timestamp(self, one).date()
            for one in (moment, promised)
        ]
        return max((days[0] - days[1]).days, 0)
