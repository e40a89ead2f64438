from odoo import models

from odoo.addons.mto_cascade.engine import MAKE_TO_ORDER


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_supply_decisions(self, warehouse=None):
        """What has the dropship route is shipped by its vendor when it is sold."""
        answers = super()._get_supply_decisions(warehouse)
        # As in mto_cascade: rules tell the words, nothing of them is handed out.
        warehouse = (warehouse or self._get_supply_warehouse()).sudo()
        company = warehouse.company_id or self.env.company.sudo()
        products = self.sudo().with_company(company)
        rules = products._get_dropship_rules(warehouse)
        return [
            {**answer, **product._prepare_dropship_answer(rules[product.id])}
            if product.id in rules
            else answer
            for product, answer in zip(products, answers, strict=True)
        ]

    def _get_dropship_rules(self, warehouse, routes=None):
        """Return {product id: rule by which a vendor ships it to a customer}.

        Without those that are not shipped by a vendor. A kit is only when the route is
        chosen for the demand: its components are asked for, by routes of their own.

        :param routes: routes chosen for the demand itself
        """
        goods = self.filtered(
            lambda product: product.type == "consu" and (routes or not product.is_kits)
        )
        customers = (
            self.env.ref("stock.stock_location_customers", raise_if_not_found=False)
            or self.env["stock.location"]
        )
        rules = goods._get_supply_rules(warehouse, customers, routes)
        return {id_: rule for id_, rule in rules.items() if rule.action == "buy"}

    def _prepare_dropship_answer(self, rule):
        """What differs in the answer for goods that never enter our stock."""
        self.ensure_one()
        shipped = self.env._("Shipped by the vendor to the customer")
        # The components of a kit have vendors, the kit has not.
        can_be_supplied = bool(self.seller_ids or self.is_kits)
        return {
            "policy": MAKE_TO_ORDER,
            "procure_method": "make_to_order",
            "level": "core",
            "reason": {
                "code": "dropship_route",
                "record_id": False,
                "name": rule.route_id.name or False,
                "facts": [],
            },
            "supply": "dropship",
            "can_be_supplied": can_be_supplied,
            "explanation": shipped
            if can_be_supplied
            else self.env._("%s. No vendor: cannot be supplied", shipped),
        }
