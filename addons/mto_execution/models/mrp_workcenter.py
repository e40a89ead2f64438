from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_datetime

# So far ahead a planned downtime is told on the dispatch list.
AHEAD = timedelta(days=14)


class MrpWorkcenter(models.Model):
    """Equipment, and when the work center does not work."""

    _inherit = "mrp.workcenter"

    equipment_ids = fields.One2many("mto.workcenter.equipment", "workcenter_id")
    downtime_message = fields.Char(
        "Planned Downtime",
        compute="_compute_downtime_message",
        help="The next time that the work center does not work, within two weeks. "
        "Dates are promised around it.",
    )

    @api.depends_context("lang", "tz")
    def _compute_downtime_message(self):
        leaves = self._get_next_downtimes()
        for workcenter in self:
            leave = leaves.get(workcenter.resource_id.id)
            workcenter.downtime_message = leave and workcenter._get_downtime_words(
                leave
            )

    def _get_next_downtimes(self):
        """{resource id: the first leave that has not ended}."""
        now = fields.Datetime.now()
        # Whoever works there may know when it does not work.
        leaves = (
            self.env["resource.calendar.leaves"]
            .sudo()
            .search(
                [
                    ("resource_id", "in", self.resource_id.ids),
                    ("time_type", "=", "leave"),
                    ("date_to", ">=", now),
                    ("date_from", "<=", now + AHEAD),
                ],
                order="date_from desc, id desc",
            )
        )
        return {leave.resource_id.id: leave for leave in leaves}

    def _get_downtime_words(self, leave):
        return self.env._(
            "Does not work from %(start)s to %(end)s: %(reason)s",
            start=format_datetime(self.env, leave.date_from, dt_format="short"),
            end=format_datetime(self.env, leave.date_to, dt_format="short"),
            reason=leave.equipment_id.name or leave.name or self.env._("downtime"),
        )

    def action_view_downtimes(self):
        """Planned downtimes of the work center, to plan another."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Planned Downtime of %s", self.name),
            "res_model": "resource.calendar.leaves",
            "views": [
                (
                    self.env.ref("mto_execution.resource_calendar_leaves_view_list").id,
                    "list",
                )
            ],
            "domain": [
                ("resource_id", "=", self.resource_id.id),
                ("time_type", "=", "leave"),
            ],
            "context": {
                "default_resource_id": self.resource_id.id,
                "default_calendar_id": self.resource_calendar_id.id,
                "default_company_id": self.company_id.id,
                "default_time_type": "leave",
            },
        }
