from dataclasses import replace

from odoo import models

from ..engine import COSTLY, Facts


class SupplyFacts(models.AbstractModel):
    _name = "mto.supply.facts"
    _description = "Facts that Cascade Rules Ask for"

    def _get_document_facts(self, demands):
        """Return {demand: facts} that its order and its product's category tell."""
        return {
            demand: Facts(
                levels=demand.levels,
                category=demand.product.categ_id._get_names_with_parents(),
                quantity=demand.order_line._get_quantity_in_product_unit(),
                warehouse=_get_names(demand.warehouse),
                unknown=demand.unknown,
                **self._get_customer_facts(demand.order_line.order_id.partner_id),
            )
            for demand in demands
        }

    def _get_customer_facts(self, partner):
        customers = partner | partner.commercial_partner_id
        return {
            "customer": _get_names(customers),
            "customer_tag": _get_names(customers.category_id),
        }

    def _add_product_facts(self, facts, needed):
        """Return {demand: facts}, with how its product is replenished.

        :param dict facts: {demand: facts} known so far
        :param needed: names of the facts that the rules ask for; no other is searched
        """
        demands = list(facts)
        if needed & COSTLY:
            self.env["mto.supply.policy"]._load_supply_kinds(demands)
        vendors = self._get_vendor_lines(demands, needed)
        delays = self._get_production_delays(demands, needed)
        result = {}
        for demand, known in facts.items():
            vendor_line = vendors.get(demand, self.env["product.supplierinfo"])
            vendor = vendor_line.partner_id
            result[demand] = replace(
                known,
                supply=demand.supply or "none",
                vendor=_get_names(vendor | vendor.commercial_partner_id),
                lead_time=delays.get(demand, vendor_line.delay),
                unit_cost=(
                    demand.product.with_company(demand.company).standard_price
                    if "unit_cost" in needed
                    else 0.0
                ),
            )
        return result

    def _get_vendor_lines(self, demands, needed):
        """Return {demand: vendor line} for the demands that are bought."""
        if not needed & {"vendor", "lead_time"}:
            return {}
        return {
            demand: demand.product.with_company(demand.company)._get_first_vendor_line()
            for demand in demands
            if demand.supply in ("buy", "subcontract")
        }

    def _get_production_delays(self, demands, needed):
        """Return {demand: days} for the demands that are made here."""
        made = [demand for demand in demands if demand.supply == "make"]
        if "lead_time" not in needed or not made:
            return {}
        result = {}
        groups = {}
        for demand in made:
            groups.setdefault((demand.company, demand.warehouse), []).append(demand)
        for (company, warehouse), group in groups.items():
            products = self.env["mto.supply.policy"]._get_products(group)
            boms = self.env["mrp.bom"]._bom_find(
                products,
                picking_type=warehouse.manu_type_id,
                company_id=company.id,
                bom_type="normal",
            )
            result.update((d, boms[d.product].produce_delay) for d in group)
        return result


def _get_names(records):
    return {record.id: record.name for record in records}
