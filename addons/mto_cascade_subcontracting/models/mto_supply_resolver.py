from odoo import models


class SupplyResolver(models.AbstractModel):
    _inherit = "mto.supply.resolver"

    def _find_subcontracted(self, bought, memory):
        """Vendors who make the product themselves, from our bill of materials."""
        super()._find_subcontracted(bought, memory)
        company = self.env.company
        products = memory.products[company.id]
        asked = {
            id_
            for id_, date in bought
            if (company.id, id_, date) not in memory.subcontracted
            and any(bom.type == "subcontract" for bom in products[id_].bom_ids)
        }
        if not asked:
            return
        boms = self.env["mrp.bom"]._bom_find(
            self.env["product.product"].browse(asked),
            company_id=company.id,
            bom_type="subcontract",
        )
        for product_id, date in bought:
            key = (company.id, product_id, date)
            bom = boms.get(products[product_id])
            if bom and memory.vendors[key] and key not in memory.subcontracted:
                memory.subcontracted[key] = self._get_subcontract_bom(
                    products[product_id], bom, memory.vendors[key].partner_id
                ).id

    def _get_subcontract_bom(self, product, bom, vendor):
        """The bill of materials for this vendor; the first one is most often his."""
        partners = vendor
        while partners[-1].parent_id:
            partners |= partners[-1].parent_id
        if bom.subcontractor_ids & partners:
            return bom
        return bom._bom_subcontract_find(
            product, company_id=self.env.company.id, subcontractor=vendor
        )

    def _prepare_component_need(self, step, memory):
        """Components leave from the place of the subcontractor."""
        if step.supply != "subcontract":
            return super()._prepare_component_need(step, memory)
        company = self.env.company
        vendor_line = self.env["product.supplierinfo"].browse(step.vendor_line_id or ())
        source = (
            vendor_line.partner_id.with_company(company).property_stock_subcontractor
            or company.subcontracting_location_id
        )
        rule = self.env["stock.rule"].browse(step.supply_rule_id or ())
        warehouse = (
            rule.picking_type_id.warehouse_id
            or rule.warehouse_id
            or rule.warehouse_id.browse(step.need.warehouse_id or ())
        )
        return self._new_component_need(step, source.id, warehouse.id, memory)
