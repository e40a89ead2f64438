import math
from dataclasses import dataclass, field
from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError

LINE_KEYS = {"line_id", "quantity", "date", "cancel"}
NEW_KEYS = {"product_id", "quantity", "product_uom_id", "price_unit"}
ORDER_KEYS = {"commitment_date", "partner_shipping_id"}


@dataclass
class Request:
    """A checked change of one order.

    ``lowered``, ``raised``: {order line: new quantity in its unit}. ``added``: values of
    new lines. ``dates``: {order line: datetime}. ``values``: of the order.
    """

    order: Any
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
        return self.lowered


class MtoChangeRequest(models.AbstractModel):
    """Reads what shall be changed, and refuses what cannot be."""

    _name = "mto.change.request"
    _description = "Reading of a Change"

    def _read(self, order, changes):
        """The ``Request`` of ``changes``, see ``sale.order.preview_change``.

        :raises odoo.exceptions.UserError: with what is wrong and what to do
        """
        self._check_order(order)
        request = Request(order)
        if not isinstance(changes, (list, tuple)):
            self._refuse(self.env._("Changes are a list, one dictionary each."))
        for change in changes:
            self._read_change(request, change)
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
        elif "warehouse_id" in keys:
            self._refuse(
                self.env._(
                    "Another warehouse delivers an order from the start: cancel it, set "
                    "it to quotation, change the warehouse and confirm it again."
                )
            )
        elif keys and keys <= ORDER_KEYS:
            request.values.update(self._read_values(change))
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
        if change.get("cancel") or "quantity" in change:
            quantity = 0.0 if change.get("cancel") else change["quantity"]
            quantity = self._read_quantity(line.product_uom_id, quantity)
            self._check_delivered(line, quantity)
            request.lowered.pop(line, None)
            request.raised.pop(line, None)
            order = line.product_uom_id.compare(quantity, line.product_uom_qty)
            if order:
                (request.lowered if order < 0 else request.raised)[line] = quantity

    def _find(self, records, res_id):
        return records.filtered(lambda record: record.id == res_id)

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

    def _read_values(self, change):
        values = dict(change)
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
