from odoo import api, models

from ..models.supply_words import policy_label


class ReportBomStructure(models.AbstractModel):
    _inherit = "report.mrp.report_bom_structure"

    @api.model
    def _get_bom_data(self, bom, warehouse, *args, **kwargs):
        """Tell the policy of each component once the whole structure is there."""
        data = super()._get_bom_data(bom, warehouse, *args, **kwargs)
        bom_line = args[2] if len(args) > 2 else kwargs.get("bom_line")
        data["bom_line_id"] = bom_line.id if bom_line else False
        is_whole = not (args[3] if len(args) > 3 else kwargs.get("level"))
        if is_whole and data["product"] and not self.env.context.get("minimized"):
            self._add_supply(data, warehouse)
        return data

    @api.model
    def _get_component_data(
        self, parent_bom, parent_product, warehouse, bom_line, *args
    ):
        data = super()._get_component_data(
            parent_bom, parent_product, warehouse, bom_line, *args
        )
        data["bom_line_id"] = bom_line.id
        return data

    def _add_supply(self, data, warehouse):
        """Add the decision of each line, in batch: one question per level.

        ``supply_policy`` (label), ``supply_why`` (sentence) and ``supply_how`` (how it
        is replenished). Answers for the product sold from ``warehouse``; it is made
        here, so that its components are told also where it comes from stock.
        """
        # Rules and vendors tell the words; only the words are shown.
        Structure = self.env["mto.supply.structure"].sudo()
        root = Structure._prepare_root(data["product"].sudo(), warehouse.sudo())
        root.is_made = True
        level = [(data, root)]
        while level:
            Structure._load_answers([node for _line, node in level])
            for line, node in level:
                line.update(self._prepare_supply(node))
            level = self._get_supply_components(level)

    def _get_supply_components(self, level):
        """Return [(line of the report, node)] of the next level, read together."""
        below = [
            (component, line, node)
            for line, node in level
            for component in line.get("components", ())
        ]
        products = self.env["product.product"].browse(
            c["product_id"] for c, *_ in below
        )
        bom_lines = self.env["mrp.bom.line"].browse(c["bom_line_id"] for c, *_ in below)
        return [
            (component, self._prepare_supply_node(product, bom_line, line, node))
            for (component, line, node), product, bom_line in zip(
                below, products.sudo(), bom_lines.sudo(), strict=True
            )
        ]

    def _prepare_supply_node(self, product, bom_line, line, parent):
        Structure = self.env["mto.supply.structure"].sudo()
        node = Structure._prepare_root(product, parent.warehouse)
        node.bom_line = bom_line
        node.parent = parent
        node.level = parent.level + (not line.get("phantom_bom"))
        return node

    def _prepare_supply(self, node):
        if node.not_needed:
            return {
                "supply_policy": "",
                "supply_how": "",
                "supply_why": self.env._(
                    "Not ordered: %(product)s comes from stock", product=node.not_needed
                ),
            }
        answer = node.answer
        has_policy = answer["supply"] not in ("kit", "service")
        return {
            "supply_policy": has_policy and policy_label(self.env, answer["policy"]),
            "supply_how": answer["supply"],
            "supply_why": answer["explanation"],
        }

    @api.model
    def _get_bom_array_lines(self, data, level, unfolded_ids, unfolded, *args):
        """The same on paper: core's lines are the components from top to bottom."""
        lines = super()._get_bom_array_lines(data, level, unfolded_ids, unfolded, *args)
        if level == 1:
            told = [line for line in lines if line["type"] in ("bom", "component")]
            for line, component in zip(told, _flatten(data), strict=True):
                line["supply_policy"] = component.get("supply_policy")
                line["supply_why"] = component.get("supply_why")
        return lines


def _flatten(data):
    for component in data.get("components", ()):
        yield component
        yield from _flatten(component)
