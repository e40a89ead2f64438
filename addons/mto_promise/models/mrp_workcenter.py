from collections import defaultdict

from odoo import models

from ..engine.hindrance import Absence


class MrpWorkcenter(models.Model):
    _inherit = "mrp.workcenter"

    def _get_absences(self, now):
        """When these work centers do nothing, from ``now`` on, in batch.

        :return: {work center: [Absence]}; without those that are always there
        """
        absences = defaultdict(list)
        centers = {center.resource_id: center for center in self}
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "in", self.resource_id.ids),
                ("time_type", "=", "leave"),
                ("date_to", ">", now),
            ],
            order="date_from, id",
        )
        for leave in leaves:
            center = centers[leave.resource_id]
            absences[center].append(Absence(center, leave.date_from, leave.date_to))
        for center in self.filtered(lambda c: c.working_state == "blocked"):
            absences[center].append(Absence(center, now))
        return absences

    def _mark_waiting(self):
        """The work of these centers is planned or done at another time than before."""
        works = self.env["mrp.workorder"].search(
            [
                ("workcenter_id", "in", self.ids),
                ("state", "in", ("blocked", "ready", "progress")),
            ]
        )
        self.env["mto.demand.change"]._mark("mrp.production", works.production_id.ids)

    def _write_multi(self, vals_list):
        # Blocked and unblocked; shop floor and cron alike write the stored state.
        changed = self.browse(
            center.id
            for center, vals in zip(self, vals_list, strict=True)
            if "working_state" in vals
        )
        if changed:
            changed.sudo()._mark_waiting()
        return super()._write_multi(vals_list)
