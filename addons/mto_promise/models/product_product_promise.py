from math import inf, isfinite

from odoo import api, models
from odoo.exceptions import UserError

from ..engine import PromiseDemand


class ProductProduct(models.Model):
    _inherit = "product.product"

    @api.readonly
    def get_promise(self, quantity=1.0, warehouse_id=False, wanted_date=False):
        """When a quantity of each product could be had, and why not before.

        For web shops and configurators: as a quotation of this product alone would
        answer. Needs read access to the products only.

        :param float quantity: in the unit of each product
        :param int warehouse_id: warehouse that delivers; the company's first one if not
            given
        :param str wanted_date: as of ``sale.order.get_promise``
        :return: one dictionary per product, in the order of ``self``, with ``id``,
            ``model`` ('product.product'), ``name`` and the keys of a line of
            ``sale.order.get_promise``; ``line_id``, ``promised_date`` and
            ``projected_date`` are False. A service has no date and no message.
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a product may not be read, and for
            customers on the portal; a web shop asks as superuser
        :raises odoo.exceptions.MissingError: if the warehouse does not exist
        :raises odoo.exceptions.UserError: if ``wanted_date`` is no date or ``quantity``
            no number
        """
        self.check_access("read")
        self.env["mto.promise"]._check_may_ask()
        warehouse = self.env["stock.warehouse"].browse(warehouse_id or ())
        warehouse.check_access("read")
        Promise = self.env["mto.promise"]
        wanted = Promise._parse_wanted(wanted_date)
        demands = self._prepare_promise_demands(
            self._check_quantity(quantity),
            warehouse or self._get_supply_warehouse(),
            wanted,
        )
        # Checked above; only what is described here is handed out.
        goods = self.sudo().filtered(lambda product: product.type == "consu")
        found = {d.key: Promise._new_promise(d) for d in demands}
        found |= Promise._get_promises(d for d in demands if d.key in goods.ids)
        messages = Promise._get_messages(found.values())
        return [
            {
                "id": product.id,
                "model": product._name,
                "name": product.display_name,
                **Promise._prepare_answer(
                    found[product.id], message=messages[product.id]
                ),
            }
            for product in self
        ]

    def _check_quantity(self, quantity):
        try:
            number = float(quantity)
        except (TypeError, ValueError):
            number = inf
        if not isfinite(number):
            raise UserError(self.env._("%s is no quantity. Give a number.", quantity))
        return number

    def _prepare_promise_demands(self, quantity, warehouse, wanted=None):
        """One demand per product, each on a stock of its own."""
        company = warehouse.sudo().company_id or self.env.company
        return [
            PromiseDemand(
                product.id,
                product.id,
                quantity,
                warehouse.id,
                company.id,
                wanted,
                group=product.id,
            )
            for product in self
        ]
