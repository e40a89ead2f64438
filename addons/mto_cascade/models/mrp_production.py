from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..marks import LINKING_LATER, MARK
from .mto_supply_network import CLOSED


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    # What core drops below the first level: for whom, how deep, on whose click.
    # Filled by ``stock.rule._prepare_mo_vals``; a duplicate serves nobody yet.
    demand_line_id = fields.Many2one(
        "sale.order.line",
        "Sales Order Line Served",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The first order line that asked for this order, at any level.",
    )
    demand_level = fields.Integer(
        "Level below the Sold Product",
        readonly=True,
        copy=False,
        help="0 makes the sold product itself, 1 a component of it, and so on. The "
        "components of a kit have the level of the kit.",
    )
    demand_user_id = fields.Many2one(
        "res.users",
        "Asked for by",
        readonly=True,
        copy=False,
        help="Who confirmed or changed the order: Odoo makes the order as itself.",
    )
    specification_key = fields.Char(
        readonly=True,
        copy=False,
        help="Orders with different keys are for goods that differ; empty for none.",
    )

    specification = fields.Html(
        compute="_compute_specification",
        sanitize=False,
        help="What the sales order lines ask for beyond the product: typed values, "
        "options, notes and files.",
    )

    @api.depends("demand_line_id", "move_dest_ids", "move_finished_ids.move_dest_ids")
    @api.depends_context("lang")
    def _compute_specification(self):
        specifications = self._origin._get_specifications()
        for production in self:
            found = specifications.get(production._origin.id)
            production.specification = found and self.env["ir.qweb"]._render(
                "mto_cascade.specification",
                {"specifications": found, "production": production._origin},
            )

    def _get_specifications(self):
        """{production id: specifications of the lines it serves}, without empty ones.

        See ``sale.order.line._get_specifications``.
        """
        # As superuser: who makes the goods must know what to make, whichever sales
        # orders he may read. Only the specification is handed out, no price.
        productions = self.sudo()
        demands = (
            productions.move_dest_ids | productions.move_finished_ids.move_dest_ids
        )
        demands.fetch(["demand_line_id"])
        lines = {
            production: production._get_served_lines() for production in productions
        }
        found = self.env["sale.order.line"].sudo().union(*lines.values())
        found = found._get_specifications() if found else {}
        return {
            production.id: [found[line.id] for line in served if line.id in found]
            for production, served in lines.items()
            if any(line.id in found for line in served)
        }

    def _get_served_lines(self):
        """The sales order lines this order is for: one, or several that share it."""
        self.ensure_one()
        demands = self.move_dest_ids | self.move_finished_ids.move_dest_ids
        return self.demand_line_id | demands.demand_line_id

    def _get_specification_attachments(self):
        """Files of the specification, for whoever may read the order: see above."""
        files = self.env["ir.attachment"].sudo()
        for specifications in self._get_specifications().values():
            for specification in specifications:
                files |= specification["files"]
        return files

    @api.model
    def _get_demand_fields(self):
        """Names of the fields that say whose demand this is, here and on moves."""
        return [
            "demand_line_id",
            "demand_level",
            "demand_user_id",
            "specification_key",
        ]

    def _prepare_demand_values(self):
        """The demand of a component, as values of its move."""
        self.ensure_one()
        return {
            "demand_line_id": self.demand_line_id.id,
            "demand_level": self.demand_level + 1 if self.demand_line_id else 0,
            "demand_user_id": self.demand_user_id.id,
            "specification_key": self.specification_key,
        }

    def _get_move_raw_values(self, *args, **kwargs):
        return {
            **super()._get_move_raw_values(*args, **kwargs),
            **self._prepare_demand_values(),
        }

    def _get_backorder_mo_vals(self):
        return {
            **super()._get_backorder_mo_vals(),
            **{
                name: self[name].id if self._fields[name].relational else self[name]
                for name in self._get_demand_fields()
            },
        }

    def _pre_action_split_merge_hook(self, merge=False, split=False):
        res = super()._pre_action_split_merge_hook(merge=merge, split=split)
        if (
            merge
            and len({production.specification_key or "" for production in self}) > 1
        ):
            raise UserError(
                self.env._(
                    "These manufacturing orders are for goods of different "
                    "specifications and cannot be merged: %s",
                    ", ".join(self.mapped("name")),
                )
            )
        return res

    def _is_not_started(self):
        """Whether nobody has worked on the order yet."""
        self.ensure_one()
        return (
            self.state in ("draft", "confirmed")
            and self.product_uom_id.is_zero(self.qty_producing)
            and not any(
                order.state in ("progress", "done") for order in self.workorder_ids
            )
        )

    # Where core loses links to supply that is not there yet

    def action_merge(self):
        """The merged order serves whom the first of them served, from their supply."""
        first = self.filtered("demand_line_id").sorted("id")[:1]
        values = first and {
            name: first[name].id if first._fields[name].relational else first[name]
            for name in self._get_demand_fields()
        }
        # Core makes the outputs of the new order anew, for the demands that this field
        # names: the first order of a demand only, and none of a split demand.
        outputs = self.move_finished_ids.filtered(
            lambda m: m.product_id == m.production_id.product_id
        )
        demands = outputs.move_dest_ids.filtered(lambda m: m.state not in CLOSED)
        (demands - self.move_dest_ids).created_production_id = self[:1]
        # What the merged orders hold is given to the new one when they are cancelled.
        action = super(
            MrpProduction, self.with_context(**{LINKING_LATER: MARK})
        ).action_merge()
        merged = self.browse(action["res_id"])
        if values:
            merged.write(values)
            merged.move_raw_ids.write(merged._prepare_demand_values())
        merged.move_raw_ids._link_supply()
        return action

    def _prepare_merge_orig_links(self):
        """Keep the requests for quotation of components that have no receipt yet."""
        links = super()._prepare_merge_orig_links()
        for move in self.move_raw_ids:
            if lines := move.sudo().created_purchase_line_ids:
                kept = links[move.bom_line_id.id]
                kept["created_purchase_line_ids"] = [
                    *(kept.get("created_purchase_line_ids") or []),
                    *(Command.link(line.id) for line in lines),
                ]
        return links

    def _split_productions(self, *args, **kwargs):
        productions = super()._split_productions(*args, **kwargs)
        productions.move_raw_ids._link_supply()
        return productions
