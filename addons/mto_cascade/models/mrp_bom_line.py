from odoo import api, fields, models

from .supply_policy import SupplyDemand
from .supply_words import SUPPLY_POLICIES


class MrpBomLine(models.Model):
    _inherit = "mrp.bom.line"

    supply_policy = fields.Selection(
        SUPPLY_POLICIES,
        help="How this component is supplied where this bill of materials needs it; "
        "stronger than what the component's product says.\n"
        "Empty or Inherit: the product decides. The components of a kit follow their "
        "own lines.",
    )

    @api.readonly
    def get_supply_decision(self, warehouse_id=False):
        """How each component is supplied where its bill of materials needs it, and why.

        It answers for a sales order that the bill of materials is made for, in the
        company of the bill of materials (the current one if it has none), and needs
        read access to the lines only.

        :param int warehouse_id: warehouse to answer for; the company's first one if not
            given
        :return: one dictionary per line, in the order of ``self``, with the keys of
            ``product.product.get_supply_decision``; ``model`` is 'mrp.bom.line'
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a line may not be read
        :raises odoo.exceptions.MissingError: if the warehouse does not exist
        """
        self.check_access("read")
        warehouse = self.env["stock.warehouse"].browse(warehouse_id or ())
        warehouse.check_access("read")
        # As for a product: only the words are handed out.
        return self.sudo()._get_supply_answers(warehouse.sudo())

    def _get_supply_answers(self, warehouse):
        asked = {}
        for company, lines in self.grouped(
            lambda line: line.company_id or self.env.company
        ).items():
            asked.update(lines._prepare_supply_questions(company, warehouse))
        return self.env["mto.supply.policy"]._get_answers(
            [(line, *asked[line]) for line in self]
        )

    def _prepare_supply_questions(self, company, warehouse):
        """Return {line: (demand, core's answer)} in ``company``."""
        products = self.product_id.with_company(company)
        warehouse = warehouse or products._get_supply_warehouse()
        cores = products._get_core_component_answers(warehouse)
        return {
            line: (
                line._prepare_supply_demand(company, warehouse),
                cores[line.product_id.id],
            )
            for line in self
        }

    def _prepare_supply_demand(self, company, warehouse):
        """An order that may come: below the product that is sold, however deep.

        The components of a kit have the level of the kit.
        """
        self.ensure_one()
        return SupplyDemand(
            product=self.product_id.with_company(company),
            company=company,
            warehouse=warehouse,
            order_line=self.env["sale.order.line"],
            bom_line=self,
            levels=(0 if self.bom_id.type == "phantom" else 1, None),
            unknown=frozenset({"customer", "customer_tag", "quantity"}),
        )
