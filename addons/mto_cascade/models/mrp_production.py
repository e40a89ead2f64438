from odoo import Command, api, fields, models


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

    # Where core loses links to supply that is not there yet

    def action_merge(self):
        # What the merged orders hold is given to the new one when they are cancelled.
        action = super(
            MrpProduction, self.with_context(mto_cascade_link_later=True)
        ).action_merge()
        self.browse(action["res_id"]).move_raw_ids._link_supply()
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
