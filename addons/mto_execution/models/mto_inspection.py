from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .mto_component_substitution import APPROVE_GROUP

WAITING = ("open", "failed")


class MtoInspection(models.Model):
    """One look at goods or work: passed, failed, or measured."""

    _name = "mto.inspection"
    _description = "Inspection"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "point_id"

    point_id = fields.Many2one(
        "mto.inspection.point", "Inspection Point", required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    picking_id = fields.Many2one(
        "stock.picking", "Receipt", readonly=True, index="btree_not_null"
    )
    production_id = fields.Many2one(
        "mrp.production",
        "Manufacturing Order",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    workorder_id = fields.Many2one(
        "mrp.workorder",
        "Step",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    lot_id = fields.Many2one("stock.lot", readonly=True, index="btree_not_null")
    test = fields.Selection(related="point_id.test")
    instruction = fields.Text(related="point_id.instruction")
    minimum = fields.Float(related="point_id.minimum")
    maximum = fields.Float(related="point_id.maximum")
    unit = fields.Char(related="point_id.unit")
    holds = fields.Boolean(readonly=True, index=True)
    value = fields.Float("Measured", digits=(16, 4), readonly=True)
    note = fields.Char(readonly=True)
    state = fields.Selection(
        selection=[
            ("open", "To Inspect"),
            ("passed", "Passed"),
            ("failed", "Failed"),
            ("accepted", "Accepted as It Is"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    checked_by_id = fields.Many2one("res.users", "Inspected by", readonly=True)
    checked_on = fields.Datetime("Inspected on", readonly=True)

    # The result

    def action_pass(self, note=False):
        """What was looked at is good. Needs write access to its document.

        :param str note: what was seen, in words
        :return: True
        :raises odoo.exceptions.UserError: for what was inspected, or is measured
        """
        self._check_may_inspect()
        self._refuse_unmeasured()
        self._record("passed", note=note)
        return True

    def action_fail(self, note=False):
        """What was looked at is not good: it is held, and somebody answers for it.

        Needs write access to its document.

        :param str note: what was seen, in words
        :return: True
        :raises odoo.exceptions.UserError: for what was inspected, without a note
        """
        self._check_may_inspect()
        if not (note or "").strip():
            raise UserError(self.env._("Say what is wrong."))
        self._record("failed", note=note)
        self.sudo()._follow_failure()
        return True

    def action_measure(self, value, note=False):
        """Enter what was measured: within its limits it passes, else it fails.

        Needs write access to its document.

        :param float value: in the unit of the inspection point
        :return: True
        :raises odoo.exceptions.UserError: for what was inspected already
        """
        self._check_may_inspect()
        for inspection in self:
            is_good = inspection.minimum <= value <= inspection.maximum
            inspection._record(
                "passed" if is_good else "failed", value=value, note=note
            )
            if not is_good:
                inspection.sudo()._follow_failure()
        return True

    def action_accept(self, reason):
        """Use what failed as it is. Needs the group *Approve Substitutes*.

        :param str reason: why, in words
        :return: True
        :raises odoo.exceptions.AccessError: without the group
        :raises odoo.exceptions.UserError: without a reason, or for what did not fail
        """
        self.check_access("read")
        if not self.env.user.has_group(APPROVE_GROUP):
            raise AccessError(
                self.env._(
                    'Only people of the group "Approve Substitutes" decide about goods '
                    "that failed."
                )
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it is accepted."))
        if self.filtered(lambda inspection: inspection.state != "failed"):
            raise UserError(self.env._("Only what failed can be accepted as it is."))
        self._write_result("accepted", note=reason)
        self.sudo()._clear_issues()
        return True

    def _check_may_inspect(self):
        self.check_access("read")
        for inspection in self:
            document = inspection.production_id or inspection.picking_id
            document.check_access("write")
            if inspection.state not in ("open", "failed"):
                raise UserError(self.env._("It was inspected already."))

    def _refuse_unmeasured(self):
        if self.filtered(lambda inspection: inspection.test == "measure"):
            raise UserError(self.env._("Enter what was measured."))

    def _record(self, state, **vals):
        self._write_result(state, **vals)
        if state == "passed":
            self.sudo()._clear_issues()

    def _write_result(self, state, **vals):
        # Checked by the callers; results are written by methods only.
        self.sudo().write(
            {
                **vals,
                "state": state,
                "checked_by_id": self.env.uid,
                "checked_on": fields.Datetime.now(),
            }
        )

    # What follows

    def _get_issue_key(self):
        return f"inspection-{self.id}"

    def _get_words(self):
        """ "Paint: failed (scratches); Bicycle, lot 12"."""
        self.ensure_one()
        goods = self.product_id.display_name
        if self.lot_id:
            goods = self.env._(
                "%(product)s, lot %(lot)s", product=goods, lot=self.lot_id.name
            )
        words = self.env._(
            "%(point)s: %(goods)s", point=self.point_id.name, goods=goods
        )
        if self.test == "measure" and self.state != "open":
            words += f" ({self.value:g} {self.unit or ''})".replace(" )", ")")
        return f"{words}: {self.note}" if self.note else words

    def _follow_failure(self):
        """Open an issue, and hold the orders that need the goods."""
        self.env["operation.exception"]._raise_exceptions(
            [
                {
                    "key": inspection._get_issue_key(),
                    "type_code": "inspection_failed",
                    "record": inspection.production_id or inspection.picking_id,
                    "company": inspection.company_id,
                    "note": inspection._get_words(),
                }
                for inspection in self
            ]
        )
        for inspection in self.filtered("holds"):
            orders = inspection._get_waiting_orders()
            if orders:
                orders.action_hold(inspection._get_words())

    def _get_waiting_orders(self):
        """Orders that can go on hold: its own, or those that the goods are for."""
        orders = self.production_id
        if self.picking_id:
            moves = self.picking_id.move_ids.filtered(
                lambda move: move.product_id == self.product_id
            )
            orders = moves.move_dest_ids.raw_material_production_id
        return orders.filtered(
            lambda order: order.state in ("confirmed", "progress", "to_close")
            and not order.is_on_hold
        )

    def _clear_issues(self):
        keys = [inspection._get_issue_key() for inspection in self]
        self.env["operation.exception"]._clear_exceptions(
            keys, self.env._("It passed, or was accepted as it is.")
        )

    @api.model
    def _refuse_waiting(self, inspections):
        """Raise for inspections that hold and are neither passed nor accepted."""
        waiting = inspections.filtered(lambda i: i.holds and i.state in WAITING)
        if waiting:
            raise UserError(
                "\n".join(
                    [
                        self.env._("Inspections are open or failed:"),
                        *(inspection._get_words() for inspection in waiting),
                        self.env._("Inspect first, or have it accepted as it is."),
                    ]
                )
            )

    def action_open_result(self):
        """Ask what was seen or measured."""
        self.ensure_one()
        wizard = self.env["mto.inspection.result"].create({"inspection_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.point_id.name,
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }
