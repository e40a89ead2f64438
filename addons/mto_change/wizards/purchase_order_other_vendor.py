from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mto_cascade.marks import MARK
from odoo.addons.mto_pegging.models.mto_pegging import LINE

from ..models.mto_change_application import APPLYING


class PurchaseOrderOtherVendor(models.TransientModel):
    """Another vendor brings what is still to come; orders keep their shares."""

    _name = "purchase.order.other.vendor"
    _description = "Other Vendor"

    purchase_id = fields.Many2one("purchase.order", required=True, readonly=True)
    # Read as the user: whoever may not see a purchase learns nothing of it here.
    current_vendor_id = fields.Many2one(
        related="purchase_id.partner_id", related_sudo=False
    )
    partner_id = fields.Many2one(
        "res.partner", "Other Vendor", required=True, domain="[('id', 'in', known_ids)]"
    )
    known_ids = fields.Many2many("res.partner", compute="_compute_known")
    reason = fields.Char(help="Why; it is kept in the chatter of both purchases.")
    currency_id = fields.Many2one(
        related="purchase_id.company_id.currency_id", related_sudo=False
    )
    share_ids = fields.One2many(
        "purchase.order.other.vendor.share",
        "wizard_id",
        "For Whom",
        compute="_compute_shares",
        compute_sudo=False,
        store=True,
        readonly=True,
    )
    cost_difference = fields.Monetary(
        "Costs More", compute="_compute_cost", help="In the currency of the company."
    )

    @api.depends("purchase_id")
    def _compute_known(self):
        for wizard in self:
            products = wizard.purchase_id._get_replaceable_lines().product_id
            wizard.known_ids = (
                products.seller_ids.partner_id - wizard.purchase_id.partner_id
            )

    @api.depends("partner_id", "purchase_id")
    def _compute_shares(self):
        for wizard in self:
            wizard.share_ids = [
                Command.clear(),
                *(Command.create(values) for values in wizard._prepare_shares()),
            ]

    @api.depends("share_ids.cost_before", "share_ids.cost_after")
    def _compute_cost(self):
        for wizard in self:
            shares = wizard.share_ids
            wizard.cost_difference = sum(shares.mapped("cost_after")) - sum(
                shares.mapped("cost_before")
            )

    # What it means

    def _prepare_shares(self):
        """A row for each order (or for stock) and product."""
        lines = self.purchase_id._get_replaceable_lines()._origin
        if not lines or not self.partner_id:
            return []
        answers = {answer["id"]: answer["demand"] for answer in lines.get_demand()}
        return [
            values
            for line in lines
            for values in self._prepare_line_shares(line, answers[line.id])
        ]

    def _prepare_line_shares(self, line, demand):
        price, date = self._get_offer(line)
        before = line._get_product_price()
        quantity = self._get_open_quantity(line)
        result = []
        for row in demand:
            part = min(row["quantity"], quantity)
            quantity -= part
            result.append((row["order"], row["customer"], row["promise_date"], part))
        if line.product_id.uom_id.compare(quantity, 0) > 0:
            result.append((self.env._("Stock"), False, False, quantity))
        return [
            {
                "line_id": line.id,
                "order_name": name,
                "customer": customer,
                "promise_date": promise and fields.Datetime.to_datetime(promise),
                "quantity": part,
                "date_before": self._get_arrival(line),
                "date_after": date,
                "cost_before": part * before,
                "cost_after": part * price,
            }
            for name, customer, promise, part in result
            if line.product_id.uom_id.compare(part, 0) > 0
        ]

    def _get_open_quantity(self, line):
        """What is requested of the other vendor, in the unit of the product."""
        return line.product_uom_id._compute_quantity(
            line._get_replaceable_quantity(), line.product_id.uom_id, round=False
        )

    def _get_arrival(self, line):
        """When the first vendor brings it: a plan of yesterday is none any more."""
        earliest = fields.Datetime.now()
        if line.state != "purchase":
            earliest = self.env["mto.change.dates"]._get_earliest_arrival(line)
        return max(line.date_planned or earliest, earliest)

    def _get_offer(self, line):
        """(price per unit of the product in company currency, arrival)"""
        seller = self._select_seller(line)
        company = line.company_id
        if not seller:
            return line.product_id.standard_price, fields.Datetime.now()
        price = seller.currency_id._convert(
            seller.price_discounted,
            company.currency_id,
            company,
            fields.Date.today(),
        )
        return price, fields.Datetime.now() + timedelta(days=seller.delay)

    def _select_seller(self, line):
        return line.product_id.with_company(line.company_id)._select_seller(
            partner_id=self.partner_id,
            quantity=line._get_replaceable_quantity(),
            date=fields.Date.today(),
            uom_id=line.product_uom_id,
        )

    # What it does

    def action_apply(self):
        """Request the open goods from the other vendor, for the same demands.

        :return: action that opens the request
        """
        self.ensure_one()
        purchase = self.purchase_id
        purchase.check_access("write")
        lines = purchase._get_replaceable_lines()
        if not lines:
            raise UserError(
                self.env._("%s is waiting for no goods any more.", purchase.name)
            )
        if self.partner_id == purchase.partner_id:
            raise UserError(self.env._("Choose another vendor than before."))
        resupply = self.env["mto.change.resupply"]
        served = {line: line._get_open_demands() for line in lines}
        everybody = self.env["stock.move"].sudo().union(*served.values())
        ordered = resupply._filter_ordered(everybody)
        replacement = self._create_replacement(lines)
        self._end_lines(lines)
        self._pass_on(replacement, lines, served)
        self.env["mto.change.issue"]._close_received(purchase)
        resupply._wait_for_supply(ordered.exists())
        resupply._resupply(everybody, ordered)
        self._tell(replacement)
        return {
            "type": "ir.actions.act_window",
            "res_model": replacement._name,
            "res_id": replacement.id,
            "views": [(False, "form")],
        }

    def _create_replacement(self, lines):
        purchase = self.purchase_id
        return self.env["purchase.order"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": purchase.company_id.id,
                "picking_type_id": purchase.picking_type_id.id,
                "dest_address_id": purchase.dest_address_id.id,
                "origin": purchase.origin,
                "reference_ids": [Command.set(purchase.reference_ids.ids)],
                "user_id": self.env.uid,
                "order_line": [
                    Command.create(self._prepare_line(line)) for line in lines
                ],
            }
        )

    def _prepare_line(self, line):
        received = line.product_uom_id._compute_quantity(
            line.qty_received, line.product_id.uom_id, round=False
        )
        return {
            "product_id": line.product_id.id,
            "product_qty": line._get_replaceable_quantity(),
            "product_uom_id": line.product_uom_id.id,
            "required_qty": min(
                max(line.required_qty - received, 0.0), self._get_open_quantity(line)
            ),
            "specification_key": line.specification_key,
            "propagate_cancel": line.propagate_cancel,
        }

    def _end_lines(self, lines):
        """The first vendor brings no more than what has come."""
        purchase = self.purchase_id.with_context(**{APPLYING: MARK})
        rest = purchase.order_line - lines
        if not rest.filtered("product_id") and not any(lines.mapped("qty_received")):
            lines._let_go()
            purchase.button_cancel()
            return
        for line in lines.with_env(purchase.env):
            line.product_qty = line.qty_received

    def _pass_on(self, replacement, lines, served):
        """Demands wait for the new lines from now on."""
        network = self.env["mto.supply.network"].sudo()
        for line, new in zip(lines, replacement.order_line, strict=True):
            for demand in served[line].exists():
                if demand.state not in ("done", "cancel"):
                    network._link(new, demand)

    def _tell(self, replacement):
        for purchase, text in (
            (self.purchase_id, self.env._("Replaced by %s", replacement.name)),
            (replacement, self.env._("Replaces %s", self.purchase_id.name)),
        ):
            purchase.message_post(
                body=f"{text}. {self.reason}" if self.reason else f"{text}."
            )


class PurchaseOrderOtherVendorShare(models.TransientModel):
    """What another vendor means for one order."""

    _name = "purchase.order.other.vendor.share"
    _description = "Share of a Purchase at Another Vendor"

    wizard_id = fields.Many2one("purchase.order.other.vendor", ondelete="cascade")
    line_id = fields.Many2one(LINE, readonly=True)
    product_id = fields.Many2one(related="line_id.product_id", related_sudo=False)
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    order_name = fields.Char("Order", readonly=True)
    customer = fields.Char(readonly=True)
    promise_date = fields.Datetime("Promised", readonly=True)
    quantity = fields.Float(digits="Product Unit", readonly=True)
    date_before = fields.Datetime("Arrives Now", readonly=True)
    date_after = fields.Datetime("Arrives Then", readonly=True)
    cost_before = fields.Monetary("Cost Now", readonly=True)
    cost_after = fields.Monetary("Cost Then", readonly=True)
