from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import Deviation, is_above

REOPEN_GROUP = "mto_execution.group_reopen"


class MrpProduction(models.Model):
    """Closing: what happened is recorded for good."""

    _inherit = "mrp.production"

    closing_ids = fields.One2many(
        "mto.production.closing", "production_id", "Closings", readonly=True
    )
    closing_count = fields.Integer(compute="_compute_closing_count")

    @api.depends("closing_ids")
    def _compute_closing_count(self):
        counts = dict(
            self.env["mto.production.closing"]._read_group(
                [("production_id", "in", self.ids)], ["production_id"], ["__count"]
            )
        )
        for production in self:
            production.closing_count = counts.get(production._origin, 0)

    # Closing

    def action_close_order(self):
        """Close orders that are done: record plan and fact, and freeze them.

        Afterwards quantities, components, dates, times and cost inputs of the order,
        its moves and its work orders are refused by any path; valuation, lots, returns
        and unbuild orders go on. Orders that are closed stay as they are, also when two
        people close at the same moment. Needs write access.

        :return: True; or, where the company wants reasons for deviations above its
            tolerance, the action of the dialog that asks for them
        :raises odoo.exceptions.UserError: for an order that is not done
        """
        self._check_workshop_access()
        self._lock_orders()
        open_orders = self.filtered(lambda p: p.state != "done")
        if open_orders:
            raise UserError(
                self.env._(
                    "Only orders that are done can be closed: %s.",
                    open_orders._name_list(),
                )
            )
        fresh = self.filtered(lambda p: not p.closed_on)
        unexplained = fresh.filtered(
            lambda p: p.company_id.sudo().deviation_reason_required
            and p.sudo()._get_deviations()
        )
        if unexplained:
            return self.env["mto.production.close"]._open(fresh, unexplained)
        fresh._close_orders({})
        return True

    def _close_orders(self, reasons, automatic=False):
        """Write the records; ``reasons``: {(production id, key): (reason id, note)}."""
        if not self:
            return
        # Checked by the callers. Nobody has the right to create a closing.
        productions = self.sudo()
        # What is recorded is what is written.
        self.env.flush_all()
        numbers = productions._get_closing_numbers()
        self.env["mto.production.closing"].sudo().create(
            [
                production._prepare_closing(numbers[production.id], reasons)
                for production in productions
            ]
        )
        productions.write(
            {"closed_on": fields.Datetime.now(), "closed_by_id": self.env.uid}
        )
        body = self.env._("Closed.")
        if automatic:
            body = self.env._("Closed by itself: done as planned, within tolerance.")
        self._message_log_batch(bodies=dict.fromkeys(self.ids, body))

    def _get_closing_numbers(self):
        """{order: number of its next closing}."""
        counts = dict(
            self.env["mto.production.closing"]._read_group(
                [("production_id", "in", self.ids)], ["production_id"], ["__count"]
            )
        )
        return {production.id: counts.get(production, 0) + 1 for production in self}

    def _prepare_closing(self, number, reasons):
        deviations = self._compare()
        start, end = self._get_actual_dates()
        plan = self.plan_ids or self
        orders = self.customer_order_ids
        return {
            "production_id": self.id,
            "number": number,
            "company_id": self.company_id.id,
            "product_id": self.product_id.id,
            "bom_id": self.bom_id.id,
            "customer_order_id": orders[:1].id,
            "customer_id": self.customer_ids[:1].id,
            "customer_orders": ", ".join(orders.mapped("name")),
            "is_planned": bool(self.plan_ids),
            "planned_start": plan.date_start,
            "planned_end": plan.date_finished,
            "actual_start": start,
            "actual_end": end,
            "closed_by_id": self.env.uid,
            "line_ids": [
                fields.Command.create(line)
                for line in self._prepare_closing_lines(deviations, reasons)
            ],
        }

    def _prepare_closing_lines(self, deviations, reasons):
        scrapped = {row["product_id"]: row["quantity"] for row in self._prepare_scrap()}
        deviations = [self._get_output_deviation(), *deviations]
        for deviation in [*deviations, *self._get_only_scrapped(scrapped, deviations)]:
            reason, note = reasons.get((self.id, deviation.key), (False, False))
            subject = self._prepare_closing_subject(deviation.key)
            yield {
                **subject,
                "scrapped": scrapped.get(subject.get("product_id"), 0.0),
                "planned": deviation.planned,
                "actual": deviation.actual,
                "planned_cost": deviation.planned_cost,
                "actual_cost": deviation.actual_cost,
                "reason_id": reason,
                "note": note,
            }

    def _get_only_scrapped(self, scrapped, deviations):
        """Lines of goods that were scrapped and neither planned nor consumed."""
        known = {each.key[1] for each in deviations if each.key[0] != "operation"}
        return [
            Deviation(("component", product_id), 0.0, 0.0, 0.0, 0.0, False)
            for product_id in scrapped
            if product_id not in known
        ]

    def _prepare_closing_subject(self, key):
        """What a line is about: the product, a component or an operation."""
        if key[0] != "operation":
            return {"kind": key[0], "product_id": key[1]}
        workcenter = self._get_workcenter(key)
        return {
            "kind": "operation",
            "operation": key[2],
            "workcenter_id": workcenter.id,
        }

    def _get_output_deviation(self):
        return Deviation(
            ("output", self.product_id.id),
            self._get_planned_quantity(),
            self._get_actual_quantity(),
            0.0,
            0.0,
            True,
        )

    # Deviations

    def _get_deviations(self):
        """What is above the company's tolerance.

        Components and operations are compared with the plan for the quantity that was
        produced: 18 of 20 need 18 sets of components.

        :rtype: list of ``Deviation``
        """
        self.ensure_one()
        company = self.company_id
        output = self._get_output_deviation()
        share = output.actual / output.planned if output.planned else 1.0
        found = [output] if is_above(output, company.tolerance_quantity) else []
        for deviation in self._compare():
            target = Deviation(
                deviation.key,
                deviation.planned * share,
                deviation.actual,
                deviation.planned_cost * share,
                deviation.actual_cost,
                deviation.is_planned,
            )
            is_time = deviation.key[0] == "operation"
            tolerance = (
                company.tolerance_time if is_time else company.tolerance_quantity
            )
            if is_above(target, tolerance):
                found.append(target)
        return found

    def _auto_close(self):
        """Close what is done as planned, where the company wants that."""
        done = self.filtered(
            lambda p: p.state == "done"
            and not p.closed_on
            and p.company_id.sudo().auto_close
            and not p.launch_override_on
        )
        if done:
            done.filtered(lambda p: not p.sudo()._get_deviations())._close_orders(
                {}, automatic=True
            )

    # Reopening

    def action_reopen_order(self, reason):
        """Open closed orders again, and record why. Needs the group *Reopen*.

        The record of the closing stays; the next one has a higher number.

        :param str reason: why, in words
        :return: True; orders that are not closed stay as they are
        :raises odoo.exceptions.AccessError: without the group
        :raises odoo.exceptions.UserError: without a reason
        """
        self._check_workshop_access()
        if not self.env.user.has_group(REOPEN_GROUP):
            raise AccessError(
                self.env._('Only people of the group "Reopen" may reopen an order.')
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the order is reopened."))
        self._lock_orders()
        # Checked above; nobody has the right to write the trail.
        closed = self.filtered("closed_on").sudo()
        self.env["mto.production.reopening"].sudo().create(
            [
                {
                    "closing_id": production.closing_ids[:1].id,
                    "reason": reason,
                    "reopened_by_id": self.env.uid,
                }
                for production in closed
            ]
        )
        closed.write({"closed_on": False, "closed_by_id": False})
        for production in closed:
            production.message_post(body=self.env._("Reopened: %s", reason))
        return True

    def action_open_reopen(self):
        """Ask why the orders are reopened."""
        return self.env["mto.production.ask"]._open(
            self, "reopen", self.env._("Reopen")
        )

    def action_open_cancel(self):
        """Ask why the orders are cancelled."""
        return self.env["mto.production.ask"]._open(
            self, "cancel", self.env._("Cancel")
        )

    def action_view_closings(self):
        """Plan and fact of the closings of the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Closings"),
            "res_model": "mto.production.closing",
            "views": [(False, "list"), (False, "form")],
            "domain": [("production_id", "=", self.id)],
        }
