from datetime import timedelta

from odoo import api, fields, models

# Consumption that is entered later than this after its step says nothing in time.
LATE = timedelta(days=1)
# What was done longer ago is for the report, not for today.
RECENT = timedelta(days=30)


class MrpProduction(models.Model):
    """What goes other than planned while it happens."""

    _inherit = "mrp.production"

    alert_message = fields.Char(
        "Deviates",
        compute="_compute_alert_message",
        search="_search_alert_message",
        help="A short quantity, another consumption, a delayed step, a batch that is "
        "partly done, or consumption that is not recorded.",
    )

    @api.depends("state", "qty_producing", "product_qty", "closed_on")
    @api.depends_context("lang")
    def _compute_alert_message(self):
        # Plan and fact go with the order; no cost is told.
        alerts = self._origin.sudo()._get_alerts()
        for production in self:
            words = alerts.get(production._origin.id, {})
            production.alert_message = " ".join(words.values()) or False

    def _search_alert_message(self, operator, value):
        if operator != "in" or set(value) != {False}:
            return NotImplemented
        found = self.sudo()._search_to_alert(self.env.companies)
        return [("id", "not in", list(found._get_alerts()))]

    @api.model
    def _search_to_alert(self, companies):
        """Orders that can deviate now: begun, or done and not closed."""
        recent = fields.Datetime.now() - RECENT
        return self.search(
            [
                ("company_id", "in", companies.ids),
                "|",
                "&",
                ("state", "in", ["confirmed", "progress", "to_close"]),
                "|",
                ("state", "!=", "confirmed"),
                ("date_start", "<=", fields.Datetime.now()),
                "&",
                "&",
                ("state", "=", "done"),
                ("closed_on", "=", False),
                ("date_finished", ">=", recent),
            ]
        )

    def _get_alerts(self):
        """{order id: {kind: sentence}} of orders that deviate above tolerance now.

        Kinds: "short" (less was made than planned), "consumption" (other than planned
        for what is made), "step" (it takes longer, or should have ended), "batch" (part
        of it is made, the rest waits), "late" (a step is done for a day, and its
        consumption is not recorded). Read as superuser, in a flat number of queries.
        """
        words = self.env["mto.launch"]._get_words(self.browse())
        found = {}
        for production in self:
            alerts = {
                kind: sentence
                for kind, tell in self._get_alert_kinds()
                if (sentence := getattr(production, tell)(words))
            }
            if alerts:
                found[production.id] = alerts
        return found

    @api.model
    def _get_alert_kinds(self):
        """(kind, name of the method that tells it); the method takes the words."""
        return [
            ("short", "_tell_short_quantity"),
            ("consumption", "_tell_consumption"),
            ("step", "_tell_delayed_step"),
            ("batch", "_tell_partial_batch"),
            ("late", "_tell_late_consumption"),
        ]

    def _tell_short_quantity(self, words):
        if self.state != "done" or self.closed_on:
            return ""
        planned, actual = self._get_planned_quantity(), self._get_actual_quantity()
        least = planned * (1 - self.company_id.tolerance_quantity / 100)
        if actual >= least - 1e-6:
            return ""
        uom = self.product_id.uom_id
        return self.env._(
            "%(actual)s of %(planned)s made.",
            actual=words.quantity(actual, uom),
            planned=words.quantity(planned, uom),
        )

    def _tell_consumption(self, words):
        if not self.plan_ids or self.closed_on or not self._get_actual_quantity():
            return ""
        parts = [
            self.env._(
                "%(product)s: %(actual)s in place of %(planned)s",
                product=self.env["product.product"].browse(each.key[1]).display_name,
                actual=words.quantity(each.actual, self._get_part_uom(each)),
                planned=words.quantity(each.planned, self._get_part_uom(each)),
            )
            for each in self._get_deviations()
            # What is not entered yet is no deviation before the order is done.
            if each.key[0] == "component" and (each.actual or self.state == "done")
        ]
        return self.env._("Consumed %s.", ", ".join(parts)) if parts else ""

    def _get_part_uom(self, deviation):
        return self.env["product.product"].browse(deviation.key[1]).uom_id

    def _tell_delayed_step(self, words):
        if self.state in ("done", "cancel") or not self.plan_ids:
            return ""
        now = fields.Datetime.now()
        planned = {line._get_key(): line for line in self.plan_ids.line_ids}
        names = []
        for workorder in self.workorder_ids:
            line = planned.get(self._get_operation_key(workorder))
            if line and workorder._is_delayed(line, now):
                names.append(workorder.name)
        return self.env._("Delayed: %s.", ", ".join(names)) if names else ""

    def _tell_partial_batch(self, words):
        if self.state in ("done", "cancel") or self.date_start > fields.Datetime.now():
            return ""
        parts = self.production_group_id.production_ids - self
        done = parts.filtered(lambda part: part.state == "done")
        if not done:
            return ""
        uom = self.product_id.uom_id
        return self.env._(
            "%(made)s are made, %(rest)s wait.",
            made=words.quantity(sum(part._get_actual_quantity() for part in done), uom),
            rest=words.quantity(self.product_uom_qty, uom),
        )

    def _tell_late_consumption(self, words):
        if self.state not in ("progress", "to_close"):
            return ""
        ends = [
            workorder.date_finished
            for workorder in self.workorder_ids
            if workorder.state == "done" and workorder.date_finished
        ]
        if not ends or max(ends) > fields.Datetime.now() - LATE:
            return ""
        open_moves = self.move_raw_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        )
        if not open_moves:
            return ""
        return self.env._(
            "Work ended on %s, consumption is not recorded.", words.day(max(ends))
        )

    def _count_days_after_plan(self):
        """Calendar days since it should have ended; 0 before."""
        end = self.plan_ids.date_finished or self.date_finished
        actual = self.date_finished if self.state == "done" else fields.Datetime.now()
        return max((actual.date() - end.date()).days, 0) if end and actual else 0
