from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine import start_moment

ENGINEERING = {
    "to_engineer",
    "engineer_id",
    "engineering_due_date",
    "engineering_days",
}
ENGINEERED = {"engineering_done_on", "engineering_done_by_id"}


class SaleOrderLine(models.Model):
    """Lines that wait: for the start of their order, or to be engineered."""

    _inherit = "sale.order.line"

    to_engineer = fields.Boolean(
        "To be Engineered",
        copy=False,
        help="The bill of materials is not finished yet. The line is confirmed with "
        "the order, but nothing is made or bought for it until it is.",
    )
    engineer_id = fields.Many2one(
        "res.users",
        copy=False,
        check_company=True,
        domain=[("share", "=", False)],
        help="Makes the bill of materials and says when it is finished.",
    )
    engineering_due_date = fields.Date("Engineering Due", copy=False)
    engineering_days = fields.Float(
        "Estimated Days", copy=False, help="Estimated work of the engineer, in days."
    )
    engineering_done_on = fields.Datetime("Engineered On", copy=False, readonly=True)
    engineering_done_by_id = fields.Many2one(
        "res.users", "Engineered By", copy=False, readonly=True
    )
    engineering_activity_id = fields.Many2one(
        "mail.activity",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_system",
    )
    is_held = fields.Boolean(
        "Waiting",
        compute="_compute_is_held",
        help="Nothing is ordered for the line yet: its order waits for its start, or "
        "the line is to be engineered.",
    )
    engineering_bom_id = fields.Many2one(
        "mrp.bom",
        "Bill of Materials so Far",
        compute="_compute_engineering_bom_id",
        groups="mrp.group_mrp_user",
    )
    _to_engineer_idx = models.Index(
        "(engineer_id) WHERE to_engineer IS TRUE AND engineering_done_on IS NULL"
    )
    _engineering_days_positive = models.Constraint(
        "CHECK (engineering_days >= 0)", "Estimated days cannot be negative."
    )

    # Confirm now, start later; to be engineered

    def _waits_for_engineering(self):
        """Whether the bill of materials of the line has still to be finished."""
        self.ensure_one()
        return self.to_engineer and not self.engineering_done_on

    def _is_held(self):
        """Whether a confirmation orders nothing for the line yet."""
        self.ensure_one()
        return self._waits_for_engineering() or self.order_id._waits_for_start()

    @api.depends(
        "state",
        "to_engineer",
        "engineering_done_on",
        "order_id.start_later",
        "order_id.started_on",
    )
    def _compute_is_held(self):
        for line in self:
            line.is_held = line.state == "sale" and line._is_held()

    def _action_launch_stock_rule(self, **kwargs):
        """Order nothing for lines that wait; their whole quantity counts later."""
        held = self.filtered(lambda line: line._is_held())
        (self - held)._check_raised_supply(kwargs.get("previous_product_uom_qty"))
        if not held:
            return super()._action_launch_stock_rule(**kwargs)
        orders = held.order_id.filtered(lambda order: order._waits_for_start())
        orders._claim_start()
        rest = self - held
        return not rest or super(SaleOrderLine, rest)._action_launch_stock_rule(
            **kwargs
        )

    def _purchase_service_generation(self):
        """Buy no service for lines that wait."""
        rest = self.filtered(lambda line: not line._is_held())
        return super(SaleOrderLine, rest)._purchase_service_generation()

    def _launch_supply(self):
        """Order what confirmed lines need that wait no longer (sudo).

        As at the confirmation, after which a company may lock its orders.
        """
        locked = self.order_id.filtered("locked").with_context(tracking_disable=True)
        locked.locked = False
        self._action_launch_stock_rule()
        self._purchase_service_generation()
        locked.locked = True

    def _get_start_moment(self):
        """When supply of the line starts, False if with the confirmation.

        A line to be engineered starts when it should be finished, at the earliest now.
        """
        self.ensure_one()
        moments = [self.order_id._get_start_moment()]
        if self.to_engineer:
            done, due = self.engineering_done_on, self.engineering_due_date
            moments.append(start_moment(fields.Datetime.now(), done, due))
        return max(filter(None, moments), default=False)

    def _expected_date(self):
        """Delivery of what starts later counts from its start."""
        expected = super()._expected_date()
        start = self._get_start_moment()
        if not start:
            return expected
        return max(expected, start + timedelta(days=self.customer_lead or 0.0))

    def _get_promise_date(self):
        """When the customer may expect the line: as agreed, else by the lead time.

        :return: datetime in UTC
        """
        self.ensure_one()
        return self.order_id.commitment_date or self._expected_date()

    def _inverse_customer_lead(self):
        later = self.filtered(lambda line: line._get_start_moment())
        res = super(SaleOrderLine, self - later)._inverse_customer_lead()
        for line in later:
            if line.state == "sale" and not line.order_id.commitment_date:
                line.move_ids.date_deadline = line._expected_date()
        return res

    @api.constrains(
        "to_engineer",
        "engineer_id",
        "engineering_due_date",
        "engineering_days",
        "product_id",
    )
    def _check_engineering(self):
        for line in self.filtered("to_engineer"):
            if line.display_type or line.product_id.type != "consu":
                raise ValidationError(
                    self.env._(
                        "Only goods can be engineered: %s has no bill of materials.",
                        line.product_id.display_name or line.name,
                    )
                )
            if not (
                line.engineer_id
                and line.engineering_due_date
                and line.engineering_days > 0
            ):
                raise ValidationError(
                    self.env._(
                        "%s is to be engineered: say by whom, until when and in how "
                        "many days.",
                        line.product_id.display_name,
                    )
                )

    @api.model
    def _check_not_engineered_by_hand(self, vals_list):
        if not self.env.su and any(ENGINEERED & vals.keys() for vals in vals_list):
            raise AccessError(
                self.env._(
                    "Who engineered a line and when is noted by the button BoM "
                    "Finished only."
                )
            )

    @api.model
    def _may_plan_start(self):
        """Whether the user may say when confirmed orders and lines start."""
        user = self.env.user
        return (
            self.env.su
            or user.has_group("sales_team.group_sale_salesman")
            or user.has_group("mrp.group_mrp_manager")
        )

    def _check_engineering_change(self, vals):
        """Refuse to hold a line that runs, or to start one without the button.

        Warehouse and shop floor may write order lines too, to update deliveries.
        """
        self._check_not_engineered_by_hand([vals])
        if ENGINEERING.isdisjoint(vals):
            return
        confirmed = self.filtered(lambda line: line.state == "sale")
        others = confirmed.filtered(lambda line: line.engineer_id != self.env.user)
        if others and not self._may_plan_start():
            raise AccessError(
                self.env._(
                    "Only its engineer, a salesperson or a manufacturing administrator "
                    "may change the engineering of a confirmed line."
                )
            )
        if "to_engineer" not in vals:
            return
        for line in confirmed:
            if (
                bool(vals["to_engineer"]) == line.to_engineer
                or line.order_id._waits_for_start()
            ):
                continue
            values = {
                "product": line.product_id.display_name,
                "order": line.order_id.name,
            }
            if line.to_engineer:
                message = self.env._(
                    "%(product)s of order %(order)s is confirmed as to be engineered: "
                    "press BoM Finished to start it.",
                    **values,
                )
            else:
                message = self.env._(
                    "The supply of %(product)s in order %(order)s is ordered already. "
                    "Add a line to be engineered instead.",
                    **values,
                )
            raise UserError(message)

    def _follow_engineering_change(self):
        """Keep activities and delivery status in step with what waits."""
        self.env["mto.waiting.activity"]._sync_engineering(self)
        orders = self.order_id.filtered(lambda order: order.state == "sale")
        orders._renew_delivery_status()

    # The list of what is to be engineered

    @api.depends("product_id", "company_id")
    def _compute_engineering_bom_id(self):
        for line, bom in self._get_engineering_boms().items():
            line.engineering_bom_id = bom

    def _get_engineering_boms(self):
        """{line: the bill of materials that would supply it now}"""
        found = {}
        for company, lines in self.grouped("company_id").items():
            boms = self.env["mrp.bom"]._bom_find(
                lines.product_id, company_id=company.id
            )
            found.update((line, boms[line.product_id]) for line in lines)
        return found

    def action_open_engineering_bom(self):
        """Open the bill of materials of the line, or a new one for its product.

        :return: window action
        """
        self.ensure_one()
        product = self.product_id
        bom = self._get_engineering_boms()[self]
        several = len(product.product_tmpl_id.product_variant_ids) > 1
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.bom",
            "views": [(False, "form")],
            "res_id": bom.id,
            "context": {
                "default_product_tmpl_id": product.product_tmpl_id.id,
                "default_product_id": several and product.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_finish_engineering(self):
        """Say that the bill of materials is finished: supply of the line starts.

        Lines of an order that waits for its start wait on with it; a line of a
        quotation will no longer wait when it is confirmed. For the engineer of the
        line and for manufacturing administrators, with read access to the lines. A
        line that does not wait for engineering is left alone.

        :return: True
        :raises odoo.exceptions.UserError: if a product has no bill of materials with
            components
        :raises odoo.exceptions.AccessError: for anybody else
        """
        self.check_access("read")
        lines = self.filtered(lambda line: line._waits_for_engineering())
        manager = self.env.su or self.env.user.has_group("mrp.group_mrp_manager")
        for line in lines:
            if not manager and line.engineer_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(product)s is engineered by %(user)s: ask them or a "
                        "manufacturing administrator to say that it is finished.",
                        product=line.product_id.display_name,
                        user=line.engineer_id.name,
                    )
                )
        # After the check: engineers may not write the supply of an order.
        lines = lines.sudo()
        lines._check_engineering_boms()
        lines._finish_engineering()
        return True

    def _check_engineering_boms(self):
        """Raise unless each product has a bill of materials with components."""
        for line, bom in self._get_engineering_boms().items():
            product = line.product_id
            if bom.bom_line_ids.filtered(lambda b, p=product: not b._skip_bom_line(p)):
                continue
            if bom:
                message = self.env._(
                    "The bill of materials of %s has no components yet. Add them, then "
                    "say that it is finished.",
                    product.display_name,
                )
            else:
                message = self.env._(
                    "%s has no bill of materials yet. Create one, or put the product "
                    "that was engineered on the order line, then say that it is "
                    "finished.",
                    product.display_name,
                )
            raise UserError(message)

    def _finish_engineering(self):
        if not self:
            return
        self.write(
            {
                "engineering_done_on": fields.Datetime.now(),
                "engineering_done_by_id": self.env.uid,
            }
        )
        # Now, so that a second press at the same moment waits, runs again and finds
        # nothing to finish.
        self.flush_recordset(ENGINEERED)
        self._launch_supply()
        self._follow_engineering_change()
        self.order_id._message_log_batch(
            {
                order.id: self.env._(
                    "Engineered: %s. Its supply is ordered from now on.",
                    ", ".join(lines.product_id.mapped("display_name")),
                )
                for order, lines in self.grouped("order_id").items()
            }
        )
