from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import MAKE_TO_STOCK, STOCK_THEN_ORDER
from ..marks import (
    ENLARGED_FOR,
    LINKING_LATER,
    MarkedIds,
    get_marked_ids,
    is_marked,
)


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env["mto.supply.resolver"]._forget_rules()
        return rules

    def write(self, vals):
        res = super().write(vals)
        self.env["mto.supply.resolver"]._forget_rules()
        return res

    def unlink(self):
        res = super().unlink()
        self.env["mto.supply.resolver"]._forget_rules()
        return res

    @api.model
    def run(self, procurements, raise_user_error=True):
        """An order made by policy orders its own components in turn.

        Core adds 'no_procurement' to the context to merge a component that was added
        to a running order, and it would reach the orders made for that component.
        """
        if self.env.context.get("no_procurement") and any(
            procurement.values["move_dest_ids"].filtered("supply_policy")
            for procurement in procurements
            if procurement.values.get("move_dest_ids")
        ):
            self = self.with_context(no_procurement=False)
        return super().run(procurements, raise_user_error=raise_user_error)

    @api.model
    def _run_manufacture(self, procurements):
        """Say which components orders are enlarged for (``change.production.qty``).

        Only where several products are ordered at once: what is ordered for one could
        be taken for what the other one needs below.
        """
        ids = self._get_enlarged_for(procurements)
        if ids != get_marked_ids(self.env, ENLARGED_FOR):
            self = self.with_context(**{ENLARGED_FOR: ids})
        return super()._run_manufacture(procurements)

    def _get_enlarged_for(self, procurements):
        if is_marked(self.env, LINKING_LATER):
            return MarkedIds()
        moves = self.env["stock.move"]
        demands = moves.union(
            *(p.values.get("move_dest_ids") or moves for p, _rule in procurements)
        ).filtered("raw_material_production_id")
        return MarkedIds(demands.ids if len(demands.product_id) > 1 else ())

    @api.model
    def _run_pull(self, procurements):
        for procurement, rule in procurements:
            rule._check_transfer_loop(procurement)
        return super()._run_pull(procurements)

    def _check_transfer_loop(self, procurement):
        """Refuse goods that places would bring to each other for ever.

        :raises odoo.exceptions.UserError: if the transfers that wait for the goods
            start where the rule would take them from
        """
        self.ensure_one()
        moves = procurement.values.get("move_dest_ids") or self.env["stock.move"]
        waiting = moves.browse()
        while moves:
            waiting |= moves
            moves = moves.move_dest_ids - waiting
        if (
            self.location_src_id
            in waiting.filtered(
                lambda m: m.product_id == procurement.product_id
            ).location_id
        ):
            raise UserError(
                self.env._(
                    "%(product)s would be brought in a circle: %(places)s. Give it a "
                    "vendor or a bill of materials in one of these places, or take one "
                    "of the resupply routes away.",
                    product=procurement.product_id.display_name,
                    places=" < ".join(
                        waiting.sorted("id").location_id.mapped("display_name")
                    ),
                )
            )

    @api.model
    def _skip_procurement(self, procurement):
        """Skip what a rule would order for a demand whose policy says otherwise.

        A rule that takes from stock and orders the rest asks for it whatever the
        procurement method of the demand. Make to stock orders nothing; stock first
        orders the missing quantity itself (``stock.move._link_supply``).
        """
        policy = procurement.values.get("supply_policy")
        if policy in (MAKE_TO_STOCK, STOCK_THEN_ORDER):
            return True
        return super()._skip_procurement(procurement)

    def _get_custom_move_fields(self):
        return [
            *super()._get_custom_move_fields(),
            *self.env["mrp.production"]._get_demand_fields(),
        ]

    def _prepare_mo_vals(self, *args, **kwargs):
        values = args[7] if len(args) > 7 else kwargs["values"]
        return {
            **super()._prepare_mo_vals(*args, **kwargs),
            **{
                name: values[name]
                for name in self.env["mrp.production"]._get_demand_fields()
                if name in values
            },
        }

    # Goods that differ

    def _make_mo_get_domain(self, procurement, bom):
        """Enlarge only an order for the same goods."""
        return (
            *super()._make_mo_get_domain(procurement, bom),
            (
                "specification_key",
                "=",
                procurement.values.get("specification_key") or False,
            ),
        )

    @api.model
    def _get_procurements_to_merge_groupby(self, procurement):
        key = self.env["purchase.order.line"]._get_bought_specification(
            procurement.values
        )
        return *super()._get_procurements_to_merge_groupby(procurement), key

    # What the vendor sells

    def _get_matching_supplier(
        self, product_id, product_qty, product_uom, company_id, values
    ):
        """A need below all minimums is ordered at the smallest valid one.

        Core falls back on the first price there is, whatever its dates and minimum.
        """
        supplier = super()._get_matching_supplier(
            product_id, product_qty, product_uom, company_id, values
        )
        if not values.get("ordered_by_policy") or values.get("supplierinfo_id"):
            return supplier
        planned = fields.Datetime.to_datetime(values["date_planned"]).date()
        return self._get_reached_price(
            supplier,
            product_id.with_company(company_id),
            product_qty,
            product_uom,
            self._get_partner_id(values, self),
            max(planned, fields.Date.today()),
            {"force_uom": values.get("force_uom")},
        )

    @api.model
    def _get_reached_price(
        self, supplier, product, quantity, uom, partner, date, params
    ):
        """Core's choice if the quantity reaches it, otherwise the smallest minimum."""
        reached = product._get_filtered_sellers(partner, quantity, date, uom, params)
        if supplier in reached:
            return supplier
        return supplier._get_lowest_price(product, partner, date, params) or supplier

    @api.model
    def _merge_procurements(self, procurements_to_merge):
        """Needs of one line are ordered by policy as soon as one of them is.

        Core keeps the values of any one of them.
        """
        merged = super()._merge_procurements(procurements_to_merge)
        for group, procurement in zip(procurements_to_merge, merged, strict=True):
            if any(p.values.get("ordered_by_policy") for p in group):
                procurement.values["ordered_by_policy"] = True
        return merged

    def _update_purchase_order_line(
        self, product_id, product_qty, product_uom, company_id, values, line
    ):
        shaped = values.get("ordered_by_policy") or (
            line.required_qty and values.get("move_dest_ids")
        )
        if not shaped:
            return super()._update_purchase_order_line(
                product_id, product_qty, product_uom, company_id, values, line
            )
        change = product_uom._compute_quantity(
            product_qty, product_id.uom_id, round=False
        )
        required, quantity = line.with_company(company_id)._get_changed_quantity(
            change, values
        )
        # Core adds a quantity to the line and finds the price of the sum.
        vals = super()._update_purchase_order_line(
            product_id,
            product_id.uom_id._compute_quantity(quantity, line.product_uom_id)
            - line.product_qty,
            line.product_uom_id,
            company_id,
            values,
            line,
        )
        uom = vals.get("product_uom_id") or line.product_uom_id
        vals.update(
            required_qty=required,
            product_uom_id=uom.id,
            product_qty=product_id.uom_id._compute_quantity(
                quantity, uom, rounding_method="HALF-UP"
            ),
        )
        if not vals["price_unit"]:
            # No price is valid for this quantity: the line keeps the one it has.
            del vals["price_unit"]
        return vals

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        """Goods for stock stay apart on their way through the warehouse."""
        return {
            **super()._push_prepare_move_copy_values(move_to_copy, new_date),
            "is_surplus": move_to_copy.is_surplus,
        }
