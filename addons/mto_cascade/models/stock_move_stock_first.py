from collections import defaultdict

from odoo import Command, models

from ..engine import STOCK_THEN_ORDER
from ..marks import EXACT_QUANTITY, MARK
from .mto_supply_network import CLOSED, REQUESTED


class StockMove(models.Model):
    """Demands that take what is free in stock, and order the rest."""

    _inherit = "stock.move"

    # Stock first, then order

    def _is_stock_first_demand(self):
        """Whether the move is an open demand on stock that orders what is missing."""
        self.ensure_one()
        return (
            self.supply_policy == STOCK_THEN_ORDER
            and self._is_waiting_for_goods()
            and not self.picked
            and self.product_uom.compare(self.product_uom_qty, 0) > 0
            and self._leaves_stock()
        )

    def _is_waiting_for_goods(self):
        self.ensure_one()
        if self.state == "assigned":
            # Goods whose stock is not kept are always there, and ordered all the same.
            return self._should_bypass_reservation()
        return self.state in ("confirmed", "waiting", "partially_available")

    def _supply_from_stock_first(self):
        """Reserve what is free, link what arrives in time, order what is missing."""
        missing = self._take_what_is_free()
        self._run_supply(
            [move._prepare_missing_procurement(part) for move, part in missing.items()]
        )
        if missing:
            self.sorted("id")._relink_uncovered()

    def _take_what_is_free(self):
        """Reserve what is free in stock, link what arrives in time for nobody else.

        :return: {move: quantity that is missing then, in the product's unit}
        """
        demands = self.sorted("id")
        if not demands:
            return {}
        demands._claim_stock()
        network = self.env["mto.supply.network"]
        shares = network._share_free(demands)
        for move, part in shares.items():
            move._reserve_from_stock(part.from_stock)
            for supply, quantity in part.arrivals:
                network._link(supply, move)
                if supply._name == "purchase.order.line":
                    supply._take_surplus(quantity)
        demands._recompute_state()
        return {
            move: part.missing
            for move, part in shares.items()
            if move.product_id.uom_id.compare(part.missing, 0) > 0
        }

    def _relink_uncovered(self):
        """Link the demands whose missing part Odoo added to an existing order."""
        network = self.env["mto.supply.network"]
        network._relink(network._find_uncovered(self))

    def _run_supply(self, procurements):
        # Core sets 'no_procurement' where it merges a component that was added to a
        # running order. The orders made here must order their own components.
        if procurements:
            self.env["stock.rule"].with_context(no_procurement=False).run(
                procurements,
                raise_user_error=not self.env.context.get("from_orderpoint"),
            )

    def _reserve_from_stock(self, quantity):
        """Reserve up to ``quantity`` (in the product's unit) of free stock."""
        self.ensure_one()
        if self.product_id.uom_id.compare(quantity, 0) <= 0:
            return
        self.with_context(**{EXACT_QUANTITY: MARK})._update_reserved_quantity(
            quantity, self.location_id, strict=False
        )
        self._mark_reserved_lines()

    def _mark_reserved_lines(self):
        """Say on the lines what core says where it reserves."""
        self.ensure_one()
        if production := self.raw_material_production_id:
            self.move_line_ids.write(
                {"production_id": production.id, "workorder_id": self.workorder_id.id}
            )
        self.move_line_ids._apply_putaway_strategy()

    def _reserve_unordered_first(self):
        """Let demands take from stock what is not ordered for them, before others.

        Core goes by date: a demand that waits for what was ordered for it would take
        what another one counts on, and there would be too much of what was ordered.
        """
        demands = self.filtered(
            lambda m: m._is_stock_first_demand() and not m._should_bypass_reservation()
        )
        together = self.browse()
        for found in demands.grouped(lambda m: m._get_supply_pool()).values():
            if len(found) > 1 and any(move._has_open_supply() for move in found):
                together |= found
        together._reserve_unordered()

    def _has_open_supply(self):
        self.ensure_one()
        return any(origin.state not in CLOSED for origin in self.move_orig_ids) or any(
            line.state in REQUESTED for line in self.sudo().created_purchase_line_ids
        )

    def _reserve_part_from_stock(self):
        """Reserve the part that no open supply is ordered for.

        Core reserves a demand with linked supply out of that supply only, and one that
        is counted in dozens only in hundredths of a dozen.
        """
        demands = self.filtered(
            lambda m: (
                m._is_stock_first_demand()
                and (m.move_orig_ids or m.product_uom != m.product_id.uom_id)
                and not m._should_bypass_reservation()
            )
        )
        demands._reserve_unordered()

    def _reserve_unordered(self):
        """Reserve what is free, as far as no open supply is ordered for the demands."""
        if not self:
            return
        flow = self.env["mto.supply.network"]._load_open(self).solve()
        for move in self:
            move._reserve_from_stock(flow.missing(move.id))
        self._recompute_state()

    def _get_available_move_lines(
        self, assigned_moves_ids, partially_available_moves_ids
    ):
        """What a demand has from stock stays reserved when its supply arrives.

        Core counts all that is reserved as taken from the supply, and takes back what
        is more than has arrived: another demand would get it.
        """
        lines = super()._get_available_move_lines(
            assigned_moves_ids, partially_available_moves_ids
        )
        if self._is_stock_first_demand() and not self._should_bypass_reservation():
            for key, reserved in self._get_reserved_places().items():
                if key in lines:
                    lines[key] = max(lines[key], reserved)
        return lines

    def _get_reserved_places(self):
        """{(location, lot, package, owner): quantity reserved there}"""
        self.ensure_one()
        reserved = defaultdict(float)
        for line in self.move_line_ids:
            place = (line.location_id, line.lot_id, line.package_id, line.owner_id)
            reserved[place] += line.quantity_product_uom
        return reserved

    def _reserve_arrived(self):
        """Reserve for demands made to order what arrived for them and is free.

        Core counts what another demand of the same supply took from stock as taken
        from that supply.
        """
        demands = self.filtered(
            lambda m: (
                m._waits_for_supply()
                and not m._should_bypass_reservation()
                and m._has_arrived_supply()
            )
        )
        demands._read_shared_supply()
        demands = demands.filtered(lambda m: m._shares_supply())
        if not demands:
            return
        flow = self.env["mto.supply.network"]._load_waiting(demands).solve()
        for move in demands:
            arrived = move.move_orig_ids.filtered(lambda m: m.state == "done")
            move._reserve_from_stock(
                sum(
                    flow.quantities.get((("move", origin.id), move.id), 0.0)
                    for origin in arrived
                )
            )
        demands._recompute_state()

    def _restore_shares(self):
        """Link again who lost a share of its supply to a reservation."""
        linked = self.filtered(
            lambda m: (
                m.supply_policy == STOCK_THEN_ORDER
                or m.procure_method == "make_to_order"
            )
        )
        linked._read_shared_supply()
        shared = linked.filtered(lambda m: m._shares_supply())
        if shared:
            self.env["mto.supply.network"]._relink_neighbours(shared)

    def _claim_stock(self):
        """Let no other transaction promise the same goods: it waits, then retries."""
        self.env["mto.supply.claim"]._claim(self.product_id)

    def _claim_stock_in_use(self):
        """The same for demands that Odoo reserves, where policies are in use."""
        products = self.filtered(
            lambda m: (
                m.state in ("confirmed", "waiting", "partially_available")
                and not m._should_bypass_reservation()
            )
        ).product_id
        self.env["mto.supply.claim"]._claim_in_use(products)

    def _get_stock_first_relatives(self, merge):
        """Confirmed stock-first demands that a negative move in ``self`` can reduce."""
        reductions = self.filtered(
            lambda m: (
                m.state == "draft"
                and m.supply_policy == STOCK_THEN_ORDER
                and m._is_negative_demand()
            )
        )
        if not merge or not reductions:
            return self.browse()
        return reductions._get_siblings().filtered(
            lambda m: m._is_stock_first_demand() or m.state == "assigned"
        )

    def _get_siblings(self):
        """Other moves for the same order line, or for the same next step."""
        return (self.sale_line_id.move_ids | self.move_dest_ids.move_orig_ids).filtered(
            lambda m: m.product_id in self.product_id
        ) - self

    def _follow_raised_demand(self):
        """Let a growth carry the supply links of the demand that it raises.

        Core merges two moves only if they have the same.
        """
        for move in self:
            if (
                move.state != "draft"
                or move.supply_policy != STOCK_THEN_ORDER
                or move._is_negative_demand()
            ):
                continue
            raised = move._get_siblings().filtered(
                lambda m, move=move: (
                    m.supply_policy == STOCK_THEN_ORDER
                    and m.state not in ("draft", "done", "cancel")
                    and m.location_id == move.location_id
                    and m.product_id == move.product_id
                )
            )[:1]
            if raised:
                move.write(
                    {
                        "created_production_id": raised.created_production_id.id,
                        "created_purchase_line_ids": [
                            Command.set(raised.sudo().created_purchase_line_ids.ids)
                        ],
                    }
                )

    def _get_demanded_quantities(self, demanded=None):
        """Return {move id: demanded quantity in the product's unit}.

        :param dict demanded: {move id: quantity in the move's unit} where it differs
            from what the move says
        """
        return {
            move.id: move._to_product_uom(
                (demanded or {}).get(move.id, move.product_uom_qty)
            )
            for move in self
        }

    def _give_back_supply(self, before):
        """Order less for the demands that shrank, of what nobody else is linked to.

        Requests for quotation and transfers follow; what is made or ordered stays.
        """
        shrunk = {
            move: less
            for move in self
            if (less := before[move.id] - move._get_open_quantity())
            and move.product_id.uom_id.compare(less, 0) > 0
        }
        if not shrunk:
            return
        reduction = self.env["mto.supply.reduction"]
        procurements = []
        for move, less in shrunk.items():
            lines = move.sudo().created_purchase_line_ids
            less = reduction._order_less((self.browse(), lines), less)
            spare = min(less, move._get_spare_transfers())
            if move.product_id.uom_id.compare(spare, 0) > 0:
                procurements.append(move._prepare_missing_procurement(-spare))
        self._run_supply(procurements)

    def _get_spare_transfers(self):
        """What is brought from another place for this demand and nobody needs."""
        self.ensure_one()
        transfers = self.move_orig_ids.filtered(
            lambda m: m.state not in CLOSED and m._is_pulled()
        )
        if not transfers:
            return 0.0
        lines = self.env["purchase.order.line"]
        flow = self.env["mto.supply.reduction"]._get_open_flow(transfers, lines)
        return sum(flow.left(("move", move.id)) for move in transfers)

    def _get_open_quantity(self):
        self.ensure_one()
        return 0.0 if self.state in ("done", "cancel") else self.product_qty

    def _get_supply_pool(self):
        self.ensure_one()
        return (self.product_id, self.location_id)

    # Free stock for a demand that is made to order

    def _may_use_free_stock(self):
        """Whether the move is made for an order line, and stock would do as well."""
        self.ensure_one()
        return (
            self.procure_method == "make_to_order"
            and bool(self.demand_line_id)
            and self.demand_level == 0
            and not self.specification_key
            and self._is_waiting_for_goods()
            and not self.picked
            and not self._should_bypass_reservation()
            and self._leaves_stock()
        )

    def _use_free_stock(self):
        """Take what is free from stock now, and order as much less.

        What is started, or ordered from a vendor, stays and goes to stock. Callers
        have checked who asks.
        """
        demands = self.filtered(lambda m: m._may_use_free_stock()).sorted("id")
        demands._claim_stock()
        free = self.env["mto.supply.network"]._get_free(demands)
        reduction = self.env["mto.supply.reduction"]
        for move, quantity in free.items():
            if move.product_id.uom_id.compare(quantity, 0) <= 0:
                continue
            move._take_from_free_stock(quantity)
            reduction._order_less(
                (move.move_orig_ids, move.sudo().created_purchase_line_ids), quantity
            )
        demands._recompute_state()

    def _take_from_free_stock(self, quantity):
        """Reserve free stock; from now on the demand uses stock first."""
        self.ensure_one()
        self.write(
            {
                "supply_policy": STOCK_THEN_ORDER,
                "supply_reason": {
                    "code": "free_stock",
                    "record_id": self.env.uid,
                    "name": self.env.user.name,
                },
                "supply_rule_id": False,
                "procure_method": "make_to_stock",
            }
        )
        self._reserve_from_stock(quantity)

    def _prepare_missing_procurement(self, quantity):
        """Procurement of a missing quantity, with the values core gives a demand.

        In the unit of the product: one piece of a dozen has no exact number of dozens.
        """
        self.ensure_one()
        values = self._prepare_procurement_values()
        values["move_dest_ids"] = self
        values["partner_id"] = self._get_partner_id()
        # Not skipped: this is what the policy orders.
        values.pop("supply_policy", None)
        return self.env["stock.rule"].Procurement(
            self.product_id,
            self.product_id.uom_id.round(quantity),
            self.product_id.uom_id,
            self.location_id,
            self.rule_id.name or "/",
            self._prepare_procurement_origin(),
            self.company_id,
            values,
        )

    def _get_reserved_quantity(self):
        """In the product's unit, as its lines keep it.

        The quantity of the move is rounded to its own unit: 23 pieces are 1.92 dozen.
        """
        self.ensure_one()
        return sum(self.move_line_ids.mapped("quantity_product_uom"))

    def _to_product_uom(self, quantity):
        self.ensure_one()
        return self.product_uom._compute_quantity(
            quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )
