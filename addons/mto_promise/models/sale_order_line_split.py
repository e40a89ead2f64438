from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError

# What a part keeps of the line: Odoo would compute some of it anew for the quantity.
KEPT = ("price_unit", "technical_price_unit", "discount", "name", "customer_lead")


class SaleOrderLine(models.Model):
    """A line that is delivered in two parts becomes two lines."""

    _inherit = "sale.order.line"

    def _split_delivery(self, quantity, first_date, second_date):
        """Deliver ``quantity`` on the first date and the rest on the second.

        Price, discount, taxes and texts stay. Of a confirmed line the open deliveries
        are divided; nothing is ordered or given back.

        :param quantity: in the unit of the line, with what is delivered already
        :param first_date: datetime (UTC), promised for this line
        :param second_date: promised for the new line
        :return: the new line
        :raises odoo.exceptions.UserError: where it cannot be divided
        """
        self.ensure_one()
        self._check_split(quantity)
        rest = self.product_uom_qty - quantity
        if self.order_id.picking_policy == "one":
            # One delivery for all would bring the parts together again.
            self.order_id.picking_policy = "direct"
        values = {"order_id": self.order_id.id, "sequence": self.sequence}
        if self.state != "sale":
            second = self.copy({**values, "product_uom_qty": rest, **self._get_kept()})
            self.write({"product_uom_qty": quantity, **self._get_kept()})
        else:
            second = self.copy({**values, "product_uom_qty": 0, **self._get_kept()})
        self.promised_date = first_date
        second.promised_date = second_date
        if self.state == "sale":
            self._divide_deliveries(second, quantity, rest)
        self.order_id._log_promises([self._tell_split(second)])
        return second

    def _get_kept(self):
        vals = {name: self[name] for name in KEPT if name in self._fields}
        return {**vals, "tax_ids": [(6, 0, self.tax_ids.ids)]}

    def _check_split(self, quantity):
        unit = self.product_uom_id
        if not (
            unit.compare(quantity, 0) > 0
            and unit.compare(quantity, self.product_uom_qty) < 0
        ):
            raise UserError(
                self.env._(
                    "Deliver more than 0 and less than %(quantity)s %(unit)s first.",
                    quantity=self.product_uom_qty,
                    unit=unit.name,
                )
            )
        if self.state == "cancel" or self.order_id.locked:
            raise UserError(
                self.env._(
                    "Order %s is locked or cancelled: unlock it first.",
                    self.order_id.name,
                )
            )
        if self.state == "sale":
            self._check_confirmed_split(quantity)

    def _check_confirmed_split(self, quantity):
        unit = self.product_uom_id
        if unit.compare(quantity, max(self.qty_delivered, self.qty_invoiced)) < 0:
            raise UserError(
                self.env._(
                    "%(quantity)s %(unit)s are delivered or invoiced already: the "
                    "first part cannot be less.",
                    quantity=max(self.qty_delivered, self.qty_invoiced),
                    unit=unit.name,
                )
            )
        moves = self._get_open_moves()
        if (
            moves.product_id != self.product_id
            or not moves
            or any(move.location_id.usage == "supplier" for move in moves)
        ):
            raise UserError(
                self.env._(
                    "The delivery of %s cannot be divided any more: kits, what the "
                    "vendor ships and orders that wait for their start are divided in "
                    "the quotation.",
                    self.product_id.display_name,
                )
            )

    def _get_open_moves(self):
        # A salesperson need not have rights on transfers.
        return self.sudo().move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and not move.origin_returned_move_id
                and not move.production_id
                and not move.raw_material_production_id
            )
        )

    def _divide_deliveries(self, second, quantity, rest):
        """Give the rest of each open delivery to the new line, links and all.

        The quantities of both lines then match their moves: core orders nothing, also
        when one of them is raised later.
        """
        steps = self._get_open_moves().grouped(
            lambda move: (move.location_id, move.location_dest_id)
        )
        wanted = self.product_uom_id._compute_quantity(
            rest, self.product_id.uom_id, rounding_method="HALF-UP"
        )
        parts = self.env["stock.move"].sudo()
        for moves in steps.values():
            parts |= self._divide_step(moves, second, wanted)
        kept = self._get_kept()
        # Core's own way to change a quantity whose deliveries are there already.
        first, other = (
            line.with_context(skip_procurement=True) for line in (self, second)
        )
        first.write({"product_uom_qty": quantity, **kept})
        other.write({"product_uom_qty": rest, **kept})
        (self | second)._plan_deliveries()
        parts._action_assign()
        self._get_open_moves()._action_assign()

    def _plan_deliveries(self):
        """Each part leaves for its own day: a person just chose it."""
        # A salesperson need not have rights on transfers.
        self.sudo()._set_deadlines()
        for line in self:
            moves = line._get_open_moves().filtered(
                lambda move: move.location_dest_id.usage == "customer"
            )
            moves.date = line.promised_date - timedelta(
                days=line.company_id.security_lead
            )

    def _divide_step(self, moves, second, wanted):
        parts = self.env["stock.move"].sudo()
        unit = self.product_id.uom_id
        moves._do_unreserve()
        for move in moves.sorted("id", reverse=True):
            if unit.compare(wanted, 0) <= 0:
                break
            taken = min(move.product_qty, wanted)
            wanted -= taken
            if unit.compare(taken, move.product_qty) == 0:
                parts |= move
            else:
                parts |= self._split_move(move, taken)
        if unit.compare(wanted, 0) > 0:
            raise UserError(
                self.env._(
                    "Less of %s is still to be delivered than the second part: a part "
                    "of it is on its way already.",
                    self.product_id.display_name,
                )
            )
        parts.write({"sale_line_id": second.id, "picking_id": False})
        parts._assign_picking()
        return parts

    def _split_move(self, move, quantity):
        created = move.create(move._split(quantity))
        created._action_confirm(merge=False)
        return created

    def _tell_split(self, second):
        return self.env._(
            "%(product)s is delivered in two parts: %(first)s on %(first_date)s, "
            "%(second)s on %(second_date)s.",
            product=self.product_id.display_name,
            first=f"{self._format_quantity(self.product_uom_qty)} "
            f"{self.product_uom_id.name}",
            first_date=self._format_day(self.promised_date),
            second=f"{self._format_quantity(second.product_uom_qty)} "
            f"{second.product_uom_id.name}",
            second_date=self._format_day(second.promised_date),
        )
