from odoo import api, fields, models


class MrpProduction(models.Model):
    """Inspections of the steps and of what is made."""

    _inherit = "mrp.production"

    inspection_ids = fields.One2many("mto.inspection", "production_id", "Inspections")
    inspection_count = fields.Integer(compute="_compute_inspection_count")
    inspection_open_count = fields.Integer(compute="_compute_inspection_count")

    @api.depends("inspection_ids.state")
    def _compute_inspection_count(self):
        for production in self:
            inspections = production.inspection_ids
            production.inspection_count = len(inspections)
            production.inspection_open_count = len(
                inspections.filtered(lambda i: i.state in ("open", "failed"))
            )

    def _make_inspections(self):
        """What has to be looked at, for orders that begin; what is there stays.

        :return: the inspections that were made
        """
        Points = self.env["mto.inspection.point"]
        companies = self.company_id
        finished = Points._get_points("finished", companies)
        steps = Points._get_points("operation", companies)
        nothing = self.env["mto.inspection"].sudo()
        if not (finished or steps):
            return nothing
        # Whoever starts the order makes what has to be looked at.
        productions = self.sudo()
        known = {
            (inspection.point_id, inspection.production_id, inspection.workorder_id)
            for inspection in productions.inspection_ids
        }
        wanted = [*productions._get_finished_points(finished)]
        wanted += productions.workorder_ids._get_points(steps)
        return nothing.create(
            [
                production._prepare_inspection(point, workorder)
                for point, production, workorder in wanted
                if (point, production, workorder) not in known
            ]
        )

    def _get_finished_points(self, points):
        nothing = self.env["mrp.workorder"]
        for production in self:
            for point in points:
                if point._applies_to(production.product_id, production.company_id):
                    yield point, production, nothing

    def _prepare_inspection(self, point, workorder):
        return {
            "point_id": point.id,
            "company_id": self.company_id.id,
            "product_id": self.product_id.id,
            "quantity": self.product_uom_qty,
            "production_id": self.id,
            "workorder_id": workorder.id,
            "holds": point.holds,
        }

    def _refuse_uninspected(self):
        """Raise where an inspection that holds did not pass."""
        self._make_inspections()
        # Whoever finishes the order need not read all inspections.
        self.env["mto.inspection"]._refuse_waiting(self.sudo().inspection_ids)

    def _ask_to_inspect(self):
        """The action that shows what is to be inspected first, or False.

        Raising would take back what was only just made: nobody could inspect it.
        """
        fresh = self._make_inspections().filtered("holds")
        if not fresh:
            self._refuse_uninspected()
            return False
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Inspect First"),
            "res_model": "mto.inspection",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", fresh.ids)],
        }

    def _action_cancel(self):
        res = super()._action_cancel()
        cancelled = self.filtered(lambda p: p.state == "cancel")
        # Nothing is left to look at; what was looked at stays.
        cancelled.sudo().inspection_ids.filtered(lambda i: i.state == "open").unlink()
        return res

    def action_view_inspections(self):
        """What was, or has to be, inspected of the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Inspections"),
            "res_model": "mto.inspection",
            "views": [(False, "list"), (False, "form")],
            "domain": [("production_id", "=", self.id)],
        }
