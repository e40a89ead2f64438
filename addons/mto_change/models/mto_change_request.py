import math
from dataclasses import dataclass, field
from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED

LINE_KEYS = {"line_id", "quantity", "date", "cancel", "product_id"}
NEW_KEYS = {"product_id", "quantity", "product_uom_id", "price_unit"}
ORDER_KEYS = {"commitment_date", "partner_shipping_id", "warehouse_id"}


@dataclass
class Request:
    """A checked change of one order.

    ``lowered``, ``raised``: {order line: new quantity in its unit}. ``added``: values
    of new lines. ``dates``: {order line: datetime}. ``values``: of the order.
    ``warehouse``: another one, that delivers what is not delivered yet.
    """

    order: Any
    warehouse: Any = None
    cancel: bool = False
    lowered: dict = field(default_factory=dict)
    raised: dict = field(default_factory=dict)
    added: list = field(default_factory=list)
    dates: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)

    def get_targets(self):
        """{order line: quantity, False for "nothing more"} of what becomes less."""
        if self.cancel:
            return dict.fromkeys(self.order.order_line, False)
        if self.warehouse:
            return dict.fromkeys(self.get_moving_lines(), False)
        return self.lowered

    def get_moving_lines(self):
        """Lines that another warehouse shall deliver."""
        return self.order.order_line.filtered(
            lambda line: not line.display_type
            and line.product_id.type == "consu"
            and line.product_uom_id.compare(line.product_uom_qty, line.qty_delivered)
            > 0
        )

    def has_dates(self):
        return bool(self.dates) or "commitment_date" in self.values


class MtoChangeRequest(models.AbstractModel):
    """Reads what shall be changed, and refuses what cannot be."""

    _name = "mto.change.request"
    _description = "Reading of a Change"

    def _read(self, order, changes):
        """The ``Request`` of ``changes``, see ``sale.order.preview_change``.

        :raises odoo.exceptions.UserError: with what is wrong and what to do
        """
        self._check_order(order)
        request = Request(order, self.env["stock.warehouse"])
        if not isinstance(changes, (list, tuple)):
            self._refuse(self.env._("Changes are a list, one dictionary each."))
        for change in changes:
            self._read_change(request, change)
        self._check_warehouse(request)
        return request

    def _check_order(self, order):
        if order.state != "sale":
            self._refuse(
                self.env._(
                    "%s is not confirmed: change the quotation itself.", order.name
                )
            )
        if order.locked:
            self._refuse(
                self.env._("%s is locked. Unlock it to change it.", order.name)
            )

    def _refuse(self, message):
        raise UserError(message)

    def _read_change(self, request, change):
        keys = set(change) if isinstance(change, dict) else set()
        if keys == {"cancel"}:
            request.cancel = bool(change["cancel"])
        elif "line_id" in keys and keys <= LINE_KEYS:
            self._read_line(request, change)
        elif {"product_id", "quantity"} <= keys <= NEW_KEYS:
            request.added.append(self._read_new_line(request.order, change))
        elif keys and keys <= ORDER_KEYS:
            request.values.update(self._read_values(change))
            if "warehouse_id" in keys:
                request.warehouse = self._read_warehouse(request.order, change)
        else:
            self._refuse(
                self.env._(
                    "This change cannot be read: %s. Name a line, a product with a "
                    "quantity, values of the order, or 'cancel'.",
                    change,
                )
            )

    # Lines

    def _read_line(self, request, change):
        line = self._find(request.order.order_line, change["line_id"])
        if not line or line.display_type:
            self._refuse(
                self.env._(
                    "Line %(line)s is not a line of %(order)s.",
                    line=change["line_id"],
                    order=request.order.name,
                )
            )
        if "date" in change:
            self._read_line_date(request, line, change["date"])
        if "product_id" in change:
            self._read_exchange(request, line, change)
        elif change.get("cancel") or "quantity" in change:
            quantity = 0.0 if change.get("cancel") else change["quantity"]
            quantity = self._read_quantity(line.product_uom_id, quantity)
            self._check_delivered(line, quantity)
            request.lowered.pop(line, None)
            request.raised.pop(line, None)
            order = line.product_uom_id.compare(quantity, line.product_uom_qty)
            if order:
                (request.lowered if order < 0 else request.raised)[line] = quantity

    def _read_exchange(self, request, line, change):
        """Another variant or product: what is not delivered yet becomes a new line."""
        quantity = self._read_quantity(
            line.product_uom_id, change.get("quantity", line.product_uom_qty)
        )
        self._check_delivered(line, quantity)
        if self.env["product.product"].browse(change["product_id"]) == line.product_id:
            self._refuse(
                self.env._("%s is ordered already.", line.product_id.display_name)
            )
        values = self._read_new_line(
            request.order,
            {
                "product_id": change["product_id"],
                "quantity": quantity - line.qty_delivered,
                "product_uom_id": line.product_uom_id.id,
            },
        )
        request.lowered[line] = line.qty_delivered
        request.added.append({**values, "sequence": line.sequence})

    def _find(self, records, res_id):
        # Not by filtering: what is read of one is read of all.
        found = (record for record in records if record.id == res_id)
        return next(found, records.browse())

    def _read_line_date(self, request, line, date):
        if "wanted_date" not in line._fields:
            self._refuse(
                self.env._(
                    "Lines have no date of their own here. Change the delivery date "
                    "of the order."
                )
            )
        request.dates[line] = self._read_date(date)

    def _read_quantity(self, unit, quantity):
        if (
            isinstance(quantity, bool)
            or not isinstance(quantity, (int, float))
            or not math.isfinite(quantity)
            or quantity < 0
        ):
            self._refuse(
                self.env._("A quantity is a number and not negative: %s.", quantity)
            )
        return unit.round(quantity)

    def _check_delivered(self, line, quantity):
        if line.product_uom_id.compare(quantity, line.qty_delivered) < 0:
            self._refuse(
                self.env._(
                    "%(delivered)s %(unit)s of %(product)s are delivered already. Keep "
                    "at least that, and return the goods in the inventory.",
                    delivered=f"{line.qty_delivered:g}",
                    unit=line.product_uom_id.name,
                    product=line.product_id.display_name,
                )
            )

    def _read_new_line(self, order, change):
        product = self._browse("product.product", change["product_id"])
        if not product.active or not product.sale_ok:
            self._refuse(self.env._("%s is not sold any more.", product.display_name))
        if product.company_id and product.company_id != order.company_id:
            self._refuse(
                self.env._(
                    "%(product)s belongs to another company than %(order)s.",
                    product=product.display_name,
                    order=order.name,
                )
            )
        unit = product.uom_id
        if change.get("product_uom_id"):
            unit = self._browse("uom.uom", change["product_uom_id"])
            if not unit._has_common_reference(product.uom_id):
                self._refuse(
                    self.env._(
                        "%(product)s cannot be counted in %(unit)s.",
                        product=product.display_name,
                        unit=unit.name,
                    )
                )
        values = {
            "product_id": product.id,
            "product_uom_id": unit.id,
            "product_uom_qty": self._read_quantity(unit, change["quantity"]),
        }
        if "price_unit" in change:
            values["price_unit"] = change["price_unit"]
        return values

    def _browse(self, model, res_id):
        record = self.env[model].browse(res_id if isinstance(res_id, int) else False)
        record = record.exists()
        if not record:
            self._refuse(
                self.env._(
                    "There is no %(model)s %(id)s.",
                    model=self.env[model]._description,
                    id=res_id,
                )
            )
        record.check_access("read")
        return record

    # The order

    def _read_warehouse(self, order, change):
        warehouse = self._browse("stock.warehouse", change["warehouse_id"])
        if warehouse.company_id != order.company_id:
            self._refuse(
                self.env._(
                    "%(warehouse)s belongs to another company than %(order)s.",
                    warehouse=warehouse.display_name,
                    order=order.name,
                )
            )
        return warehouse - order.warehouse_id

    def _check_warehouse(self, request):
        """Another warehouse is a change of its own: what else changes is seen then."""
        if not request.warehouse:
            return
        if (
            request.cancel
            or request.lowered
            or request.raised
            or request.added
            or request.has_dates()
        ):
            self._refuse(
                self.env._(
                    "Change the warehouse first, and quantities or dates afterwards."
                )
            )
        picked = request.get_moving_lines().sudo().move_ids.filtered("picked")
        if picked.filtered(lambda m: m.state not in CLOSED):
            self._refuse(
                self.env._(
                    "%s is being picked already: finish or reset it first.",
                    ", ".join(picked.picking_id.mapped("name")),
                )
            )

    def _read_values(self, change):
        values = {key: change[key] for key in change if key != "warehouse_id"}
        if "commitment_date" in values:
            values["commitment_date"] = self._read_date(values["commitment_date"])
        if "partner_shipping_id" in values:
            partner = self._browse("res.partner", values["partner_shipping_id"])
            values["partner_shipping_id"] = partner.id
        return values

    def _read_date(self, value):
        try:
            return fields.Datetime.to_datetime(value) or False
        except (ValueError, TypeError):
            return self._refuse(self.env._("%s is no date.", value))
