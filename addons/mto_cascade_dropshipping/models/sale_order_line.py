from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_supply_answers(self):
        """No policy decides a line that the vendor ships: it is not our stock's."""
        shipped = self._get_dropship_rules()
        return [
            {**answer, **line.product_id._prepare_dropship_answer(shipped[line])}
            if line in shipped
            else answer
            for line, answer in zip(self, super()._get_supply_answers(), strict=True)
        ]

    def _get_dropship_rules(self):
        """Return {line: rule by which the vendor ships it}, of such lines only."""
        result = {}
        asked = self.filtered(
            lambda line: line.product_id and not line._is_shipped_by_us()
        )
        for key, lines in asked.grouped(lambda line: line._get_dropship_key()).items():
            company, warehouse, routes = key
            products = lines.product_id.with_company(company)
            rules = products._get_dropship_rules(warehouse, routes)
            result.update(
                (line, rules[line.product_id.id])
                for line in lines
                if line.product_id.id in rules
            )
        return result

    def _get_dropship_key(self):
        """What the rule depends on beside the product.

        Odoo gives a line with the dropship route no warehouse.
        """
        self.ensure_one()
        warehouse = self.warehouse_id or self.order_id.warehouse_id
        return self.company_id, warehouse, self.route_ids

    def _is_shipped_by_us(self):
        """Whether goods of ours are on the way: another route changes nothing now."""
        self.ensure_one()
        return any(
            move.state != "cancel" and move._leaves_stock() for move in self.move_ids
        )
