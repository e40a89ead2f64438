from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import formatLang

from ..engine import STOCK_THEN_ORDER, changed_order, surplus
from .mto_supply_network import REQUESTED


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    # In the unit of the product: 7 pieces have no exact number of dozens, and a buyer
    # can change the unit of the line.
    required_qty = fields.Float(
        "Required",
        readonly=True,
        copy=False,
        help="What demands asked for, in the unit of the product. Empty where no "
        "supply policy ordered.",
    )
    # As superuser: who may read the line need not read the moves, only their sum.
    surplus_qty = fields.Float(
        "To Stock",
        compute="_compute_surplus_qty",
        compute_sudo=True,
        digits="Product Unit",
        help="What is ordered beyond the demands, in the unit of the product: because "
        "of the vendor's minimum or packs, or because the buyer wants more. It goes to "
        "stock and is free.",
    )
    quantity_explanation = fields.Char(
        "Ordered for",
        compute="_compute_surplus_qty",
        compute_sudo=True,
        help="How much of the line demands asked for, and how much goes to stock.",
    )

    specification_key = fields.Char(readonly=True, copy=False)

    @api.depends(
        "product_qty",
        "product_uom_id",
        "required_qty",
        "move_dest_ids.state",
        "move_dest_ids.product_qty",
    )
    @api.depends_context("lang")
    def _compute_surplus_qty(self):
        for line in self:
            required = line._get_open_required_qty()
            line.surplus_qty = bool(line.required_qty) and surplus(
                line._get_product_quantity(), required
            )
            line.quantity_explanation = line._explain_quantity(required)

    def _explain_quantity(self, required):
        self.ensure_one()
        if not self.required_qty:
            return False
        return self.env._(
            "%(required)s %(unit)s for demands, %(surplus)s to stock",
            required=self._format_quantity(required),
            surplus=self._format_quantity(self.surplus_qty),
            unit=self.product_id.uom_id.name,
        )

    def _format_quantity(self, quantity):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        whole = round(quantity, digits) == int(quantity)
        return formatLang(self.env, quantity, digits=0 if whole else digits)

    def _get_product_quantity(self):
        """What is ordered, in the unit of the product, not rounded."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self.product_qty, self.product_id.uom_id, round=False
        )

    def _get_open_required_qty(self):
        """What is still required: a demand that was cancelled requires nothing."""
        self.ensure_one()
        if not self.move_dest_ids:
            return self.required_qty
        return min(self.required_qty, self._get_demanded_qty(self.move_dest_ids))

    def _get_demanded_qty(self, move_dests):
        demands = move_dests.filtered(
            lambda move: (
                move.state != "cancel" and move.location_dest_id.usage != "supplier"
            )
        )
        return sum(demands.mapped("product_qty"))

    def _get_required_before(self):
        """What was required before the first policy ordered on this line, or since.

        What Odoo's own routes ordered here for demands is required like the rest.
        """
        self.ensure_one()
        if self.required_qty:
            return self.required_qty
        return min(
            self._get_demanded_qty(self.move_dest_ids), self._get_product_quantity()
        )

    # What the vendor sells

    @api.model
    def _prepare_purchase_order_line_from_procurement(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
        po,
    ):
        required = False
        if values.get("ordered_by_policy"):
            required = product_uom._compute_quantity(
                product_qty, product_id.uom_id, round=False
            )
            product_qty, product_uom = self._get_offered_quantity(
                product_id.with_company(company_id), required, product_uom, values, po
            )
        res = super()._prepare_purchase_order_line_from_procurement(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
            po,
        )
        if required:
            res["required_qty"] = required
        res["specification_key"] = self._get_bought_specification(values)
        return res

    @api.model
    def _get_bought_specification(self, values):
        """Key of the goods that a procurement buys, or False.

        Only what is sold as it is bought is bought to specification: the components
        of goods that differ do not differ.
        """
        if values.get("demand_level"):
            return False
        return values.get("specification_key") or False

    def _find_candidate(
        self,
        product_id,
        product_qty,
        product_uom,
        location_id,
        name,
        origin,
        company_id,
        values,
    ):
        """Only a line for the same goods grows."""
        key = self._get_bought_specification(values) or False
        lines = self.filtered(lambda line: (line.specification_key or False) == key)
        return super(PurchaseOrderLine, lines)._find_candidate(
            product_id,
            product_qty,
            product_uom,
            location_id,
            name,
            origin,
            company_id,
            values,
        )

    @api.model
    def _get_offered_quantity(self, product, required, uom, values, order):
        """(quantity, unit) of a new line for ``required``; the price goes to values."""
        # The date for which core looks up the price of the line.
        today = fields.Date.today()
        date = order.date_order and max(order.date_order.date(), today) or today
        return self._get_offer_on(product, required, uom, values, date)

    @api.model
    def _get_offer_on(self, product, required, uom, values, date):
        """(quantity, unit) of a new line whose price is that of ``date``."""
        price, quantity = values["supplier"]._get_purchase_quantity(
            product,
            required,
            partner=values["supplier"].partner_id,
            date=date,
            uom=uom if values.get("force_uom") else values["supplier"].product_uom_id,
            forced=values.get("force_uom"),
        )
        if price:
            values["supplier"] = price
        if not values.get("force_uom"):
            uom = values["supplier"].product_uom_id
        quantity = product.uom_id._compute_quantity(
            quantity, uom, rounding_method="HALF-UP"
        )
        return quantity, uom

    def _get_changed_quantity(self, change, values):
        """(required, quantity) in the product's unit after the need changed.

        :param float change: of the need, in the product's unit
        """
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        prices = values["supplier"]
        offer = {
            "partner": values["supplier"].partner_id,
            "date": self.order_id.date_order and self.order_id.date_order.date(),
            "uom": self.product_uom_id,
            "forced": values.get("force_uom"),
        }
        before = self._get_required_before()
        after = max(before + change, 0.0)
        offered = before
        if self.required_qty:
            _price, offered = prices._get_purchase_quantity(product, before, **offer)
        ordered = self._get_product_quantity()
        _price, quantity = prices._get_vendor_offer(
            product,
            lambda terms: changed_order(ordered, before, offered, after, terms),
            **offer,
        )
        return after, quantity

    def _merge_po_line(self, rfq_line):
        if self.required_qty or rfq_line.required_qty:
            self.required_qty = (
                self._get_required_before() + rfq_line._get_required_before()
            )
        super()._merge_po_line(rfq_line)

    # What the receipt brings to whom

    def _get_move_dests_initial_demand(self, move_dests):
        """Attach to the demands what they asked for; the rest goes to stock.

        A demand that stock covers in part asked for less than its quantity. Replaces
        core's quantity only on lines of our policies, and not rounded: 7 of a dozen.
        """
        if not self.required_qty:
            stock_first = move_dests.filtered(
                lambda m: m.supply_policy == STOCK_THEN_ORDER and m.state != "done"
            )
            return super()._get_move_dests_initial_demand(
                move_dests - stock_first
            ) + self._get_stock_first_need(stock_first)
        required = min(
            self.required_qty,
            self._get_demanded_qty(move_dests),
            self._get_product_quantity(),
        )
        attached = self.product_id.uom_id._compute_quantity(
            required, self.product_uom_id, round=False
        )
        # Core subtracts what is already on its way from the part to attach only: a
        # line raised after its confirmation would receive the surplus twice.
        return max(attached, self._get_qty_procurement())

    def _get_stock_first_need(self, demands):
        """What demands linked with goods bought for stock need of it, in our unit.

        Core attaches the whole demand to the receipt, and would return the rest.
        """
        if not demands:
            return 0.0
        flow = self.env["mto.supply.network"]._load_open(demands).solve()
        attached = self.move_ids.filtered(
            lambda m: m.state != "cancel" and m.move_dest_ids & demands
        )
        need = sum(flow.missing(move.id) for move in demands) + sum(
            move._get_demanded_quantity() for move in attached
        )
        return self.product_id.uom_id._compute_quantity(
            min(need, self._get_product_quantity()), self.product_uom_id, round=False
        )

    def _prepare_stock_moves(self, picking):
        """Keep the part for stock apart from the part for demands.

        Core would merge the two, and the demands be linked to all of it.
        """
        values_list = super()._prepare_stock_moves(picking)
        if not self.required_qty:
            return values_list
        result = []
        for values in values_list:
            if values["move_dest_ids"] is False:
                result += self._prepare_surplus_moves(values)
            else:
                result.append(values)
        return result

    def _prepare_surplus_moves(self, values):
        """A reduction takes from the part for stock first, then from the demands."""
        uom = self.env["uom.uom"].browse(values["product_uom"])
        quantity = values["product_uom_qty"]
        surplus_moves = self.move_ids.filtered(
            lambda move: move.is_surplus and move.state not in ("done", "cancel")
        )
        to_stock = max(
            quantity,
            -sum(
                move.product_uom._compute_quantity(move.product_uom_qty, uom)
                for move in surplus_moves
            ),
        )
        parts = ((to_stock, True), (quantity - to_stock, False))
        return [
            {**values, "product_uom_qty": part, "is_surplus": is_surplus}
            for part, is_surplus in parts
            if not uom.is_zero(part)
        ]

    # Where the line stands in the supply network

    def _get_requested_quantity(self):
        """Quantity of a request for quotation, in the product's unit; else zero."""
        self.ensure_one()
        if self.state not in REQUESTED or self.display_type:
            return 0.0
        return self.product_uom_id._compute_quantity(
            self.product_qty, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _get_spare_quantity(self, left):
        """What can be asked for less, of ``left`` that no demand needs.

        Only what was ordered for demands: the rest was bought for stock.
        """
        self.ensure_one()
        if self.required_qty:
            return min(left, self.required_qty)
        demands = self.move_dest_ids
        # Odoo sets a cancelled demand to be taken from stock.
        by_route = not self.orderpoint_id and all(
            move.procure_method == "make_to_order" and not move.supply_policy
            for move in demands
            if move.state != "cancel"
        )
        return left if demands and by_route else 0.0

    def _request_less(self, quantity):
        """Ask the vendor for ``quantity`` (in the product's unit) less.

        A line that asks for nothing stays, as where Odoo reduces it itself.
        """
        self.ensure_one()
        self._write_less(self._get_less_values({self: quantity}))

    @api.model
    def _get_less_values(self, quantities):
        """{line: values with that much less}; nothing for lines that stay as they are.

        :param dict quantities: {line: quantity in the product's unit}
        """
        return {
            line: line._prepare_less_values(quantity)
            for line, quantity in quantities.items()
            if line.product_id.uom_id.compare(quantity, 0) > 0
        }

    @api.model
    def _write_less(self, values_by_line):
        """Write lines that get the same values together."""
        alike = defaultdict(list)
        for line, values in values_by_line.items():
            alike[tuple(values.items())].append(line)
        for values, lines in alike.items():
            self.browse().concat(*lines).write(dict(values))

    def _prepare_less_values(self, quantity):
        """Values of the line with ``quantity`` (in the product's unit) less."""
        self.ensure_one()
        total = self._get_product_quantity() - quantity
        vals = {}
        price = self.product_id.seller_ids.filtered(
            lambda seller: seller.partner_id == self.order_id.partner_id
        )[:1]
        if self.required_qty:
            vals["required_qty"] = max(self.required_qty - quantity, 0.0)
            if price:
                vals["required_qty"], total = self._get_changed_quantity(
                    -quantity, {"supplier": price}
                )
        vals["product_qty"] = self.product_id.uom_id._compute_quantity(
            total, self.product_uom_id, rounding_method="HALF-UP"
        )
        return vals

    def _arrives_at(self, location):
        """Whether the goods reach ``location``, maybe after more steps."""
        self.ensure_one()
        order = self.order_id
        destination = self.location_final_id or order._get_final_location_record()
        return bool(destination) and destination._child_of(location)

    def _take_surplus(self, quantity):
        """Goods bought beyond the demands are promised: required from now on.

        :param float quantity: in the product's unit
        """
        self.ensure_one()
        if self.required_qty:
            self.required_qty += quantity
