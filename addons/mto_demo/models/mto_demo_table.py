from odoo import api, fields, models


class MtoDemo(models.AbstractModel):
    """The bicycle case, read back from the database."""

    _inherit = "mto.demo"

    @api.model
    @api.readonly
    def get_bicycle_table(self):
        """What became of the order for 20 bicycles; everything is read, nothing kept.

        :return dict: the order's `id`, `model` ('sale.order') and `name`, and

            - `order`: {customer, product, quantity, uom, date 'YYYY-MM-DD', state}
            - `manufacturing_orders`: one per order made for it, {level, id, model,
              name, product, quantity, uom, state, warehouse, start, end}; level 1 makes
              the sold product, start and end are 'YYYY-MM-DD' or False
            - `purchase_lines`: one per line bought for it, {id, model, order, vendor,
              product, quantity, uom, state, order_by, expected}
            - `from_stock`: one per component taken from stock, {id, model, product,
              needed, quantity, uom}
            - `missing`: one per component that stock does not cover and nobody makes,
              {id, model, product, needed, quantity, uom}, quantity being what is short

            Quantities are in the product's unit, except that of a purchase line, which
            is in the line's unit; `uom` is its name.
        :raise AccessError: when the caller may not read sales, manufacturing or
            purchase orders
        """
        return self._get_order_table(self.env.ref("mto_demo.order_bicycle"))

    def _get_order_table(self, order):
        supply = self._get_supply(order)
        components = self._get_component_rows(supply)
        return {
            **self._identify(order),
            "name": order.name,
            "order": self._get_order_row(order),
            "manufacturing_orders": [
                {"level": level, **self._get_production_row(production)}
                for level, productions in enumerate(supply["levels"], start=1)
                for production in productions
            ],
            "purchase_lines": [
                self._get_purchase_row(line) for line in supply["purchase_lines"]
            ],
            "from_stock": [
                self._get_component_row(row, row["reserved"])
                for row in components
                if row["product"].uom_id.compare(row["reserved"], 0) > 0
            ],
            "missing": [
                self._get_component_row(row, row["short"])
                for row in components
                if row["product"].uom_id.compare(row["short"], 0) > 0
            ],
        }

    def _get_productions(self, order):
        """All manufacturing orders made for the order, subcontracted ones included."""
        levels = self._get_supply(order)["levels"]
        return self.env["mrp.production"].union(*levels)

    def _get_purchase_lines(self, order):
        """All purchase lines made for the order."""
        return self._get_supply(order)["purchase_lines"]

    def _get_supply(self, order):
        """Follow the links of the order's deliveries down to what supplies them.

        :return dict: `levels`, a list of mrp.production recordsets, the sold product's
            first; `purchase_lines`
        """
        demands = order.order_line.move_ids.filtered(lambda m: m.state != "cancel")
        seen = self.env["stock.move"]
        lines = self.env["purchase.order.line"]
        levels = []
        while demands:
            productions = self.env["mrp.production"]
            # Transfers and receipts between two levels belong to the upper one.
            while demands:
                seen |= demands
                origins = demands.move_orig_ids
                lines |= demands.created_purchase_line_ids | origins.purchase_line_id
                productions |= origins.production_id
                demands = origins.filtered(lambda m: not m.production_id) - seen
            productions = productions.filtered(lambda p: p.state != "cancel")
            productions -= self.env["mrp.production"].union(*levels)
            if productions:
                levels.append(productions)
            demands = productions.move_raw_ids - seen
        # What is ordered because stock was not enough names the order, but no demand
        # of it: core's "if unavailable, trigger another rule" leaves no link.
        # Below a subcontractor the documents name only the order they were made for.
        productions = self.env["mrp.production"].union(*levels)
        references = order.stock_reference_ids | productions.move_raw_ids.reference_ids
        lines |= self._get_unlinked_purchase_lines(references)
        unlinked = references.production_ids.filtered(lambda p: p.state != "cancel")
        unlinked -= productions
        if unlinked:
            levels.append(unlinked)
        return {
            "levels": levels,
            "purchase_lines": lines.filtered(lambda line: line.state != "cancel"),
        }

    def _get_unlinked_purchase_lines(self, references):
        return self.env["purchase.order.line"].search(
            [
                ("order_id.reference_ids", "in", references.ids),
                ("move_dest_ids", "=", False),
            ]
        )

    def _get_component_rows(self, supply):
        """Needed, reserved and short quantity of each component, over all levels."""
        productions = self.env["mrp.production"].union(*supply["levels"])
        moves = productions.move_raw_ids.filtered(lambda m: m.state != "cancel")
        made = productions.product_id
        rows = []
        for product, demands in moves.grouped("product_id").items():
            needed = sum(demands.mapped("product_qty"))
            reserved = sum(
                move.product_uom._compute_quantity(move.quantity, product.uom_id)
                for move in demands
            )
            short = 0 if product in made else needed - reserved
            rows.append(
                {
                    "product": product,
                    "needed": needed,
                    "reserved": reserved,
                    "short": short,
                }
            )
        return rows

    # Rows

    def _identify(self, record):
        return {"id": record.id, "model": record._name}

    def _to_date(self, moment):
        """A day of the caller's calendar, 'YYYY-MM-DD', or False."""
        if not moment:
            return False
        local = fields.Datetime.context_timestamp(self, moment)
        return fields.Date.to_string(local.date())

    def _get_order_row(self, order):
        line = order.order_line[:1]
        return {
            "customer": order.partner_id.name,
            "product": line.product_id.display_name,
            "quantity": line.product_uom_qty,
            "uom": line.product_uom_id.name,
            "date": self._to_date(order.commitment_date or order.expected_date),
            "state": order.state,
        }

    def _get_production_row(self, production):
        return {
            **self._identify(production),
            "name": production.name,
            "product": production.product_id.display_name,
            "quantity": production.product_uom_qty,
            "uom": production.product_id.uom_id.name,
            "state": production.state,
            "warehouse": production.warehouse_id.name,
            "start": self._to_date(production.date_start),
            "end": self._to_date(production.date_finished),
        }

    def _get_purchase_row(self, line):
        return {
            **self._identify(line),
            "order": line.order_id.name,
            "vendor": line.partner_id.name,
            "product": line.product_id.display_name,
            "quantity": line.product_qty,
            "uom": line.product_uom_id.name,
            "state": line.state,
            "order_by": self._to_date(line.order_id.date_order),
            "expected": self._to_date(line.date_planned),
        }

    def _get_component_row(self, row, quantity):
        product = row["product"]
        return {
            **self._identify(product),
            "product": product.display_name,
            "needed": row["needed"],
            "quantity": quantity,
            "uom": product.uom_id.name,
        }
