from odoo import api, fields, models

from ..engine import MAKE_TO_ORDER, STOCK_THEN_ORDER
from ..marks import LINKING_LATER, is_marked


class StockMove(models.Model):
    """Links each demand with its supply, and finds those that have lost it."""

    _inherit = "stock.move"

    # Linking

    def _link_supply(self, before=None):
        """Make sure that supply is linked to every demand in ``self``.

        A demand made to order that Odoo left without its supply gets the link. A
        demand that uses stock first reserves what is free, is linked with what arrives
        in time for nobody else, and orders the rest. Called once per confirmation, for
        all its moves; no query per move.

        :param dict before: {move id: quantity in the product's unit} of stock-first
            demands that may have shrunk: what they no longer need is given back
        """
        if is_marked(self.env, LINKING_LATER):
            return
        self._relink_stranded()
        demands = self.exists().filtered(lambda m: m._is_stock_first_demand())
        if before:
            former = self.browse(before).exists()
            former._give_back_supply(before)
            demands |= former.filtered(lambda m: m._is_stock_first_demand())
        demands._supply_from_stock_first()

    def _relink_stranded(self):
        """Link the make-to-order demands in ``self`` that lack supply.

        :return: {move: quantity no supply was found for, in the product's unit}
        """
        network = self.env["mto.supply.network"]
        stranded = network._find_stranded(self)
        if not stranded:
            return {}
        linked = network._relink(stranded)
        linked._reserve_linked()
        return network._find_stranded(self.browse([move.id for move in stranded]))

    def _reserve_linked(self):
        """Reserve what lies on the shelf of the supply that was just linked."""
        self._recompute_state()
        self.filtered(lambda m: m._has_arrived_supply())._action_assign()

    def _waits_for_supply(self):
        """Whether only linked supply can cover the move, and has not yet."""
        self.ensure_one()
        return (
            self.procure_method == "make_to_order"
            and self.state in ("waiting", "confirmed", "partially_available")
            and self.location_id.usage in ("internal", "transit")
            and not self.picked
            and not self.origin_returned_move_id
            and self.product_uom.compare(self.product_uom_qty, 0) > 0
        )

    def _has_lost_supply(self):
        """Whether somebody cancelled what was made or bought for the demand.

        Odoo waits for stock then.
        """
        self.ensure_one()
        return (
            self.supply_policy == MAKE_TO_ORDER
            and self.procure_method == "make_to_stock"
            and self.state in ("waiting", "confirmed", "partially_available")
            and not self.picked
        )

    def _may_be_stranded(self):
        """Whether the linked supply may be too small for all that it serves."""
        self.ensure_one()
        linked = self._get_linked_quantity()
        return self.product_id.uom_id.compare(linked, self.product_qty) < 0

    def _filter_perhaps_stranded(self):
        """Those of ``_may_be_stranded``, for open demands.

        Who is linked with the same supply has the same answer: one of them is asked.
        """
        result = self.browse()
        groups = self.sudo().grouped(
            lambda m: (m.move_orig_ids, m.created_purchase_line_ids)
        )
        for (origins, lines), moves in groups.items():
            # Not moves[0], which would read what it is linked with for itself alone.
            if not (origins or lines) or next(iter(moves))._may_be_stranded():
                result |= moves
        return self & result

    def _read_shared_supply(self):
        """Read at once whom the supply of the moves serves."""
        moves = self.sudo()
        return (
            moves.move_orig_ids.move_dest_ids
            | moves.created_purchase_line_ids.move_dest_ids
        )

    def _get_linked_quantity(self):
        """What is linked less what all others need that it serves, at least.

        In the product's unit.
        """
        self.ensure_one()
        move = self.sudo()
        origins = move.move_orig_ids.filtered(lambda m: m.state != "cancel")
        # A linked request for quotation follows the demand; a purchase is a receipt.
        lines = move.created_purchase_line_ids
        others = (origins.move_dest_ids | lines.move_dest_ids).filtered(
            lambda m: m != move and m.state != "cancel"
        )
        return (
            sum(origin._get_demanded_quantity() for origin in origins)
            + sum(line._get_requested_quantity() for line in lines)
            - sum(other._get_demanded_quantity() for other in others)
        )

    def _shares_supply(self):
        """Whether the linked supply serves other demands too."""
        self.ensure_one()
        return len(self._read_shared_supply()) > 1

    def _get_taken_quantity(self):
        """Quantity moved or reserved, in the product's unit."""
        self.ensure_one()
        if self.state == "done":
            return self._get_demanded_quantity()
        return self.product_qty - self._get_unreserved_quantity()

    def _get_demanded_quantity(self):
        """Quantity asked for, or moved when done, in the product's unit."""
        self.ensure_one()
        if self.state == "done":
            return self._to_product_uom(self.quantity)
        return self.product_qty

    def _get_unreserved_quantity(self):
        """Quantity asked for and not reserved, in the product's unit."""
        self.ensure_one()
        if self._should_bypass_reservation():
            return self.product_qty
        return max(self.product_qty - self._get_reserved_quantity(), 0.0)

    def _takes_from_stock(self):
        """Whether the move will take goods that lie in stock, reserved or not."""
        self.ensure_one()
        if not self._leaves_stock() or self._should_bypass_reservation():
            return False
        if not self.move_orig_ids or self.supply_policy == STOCK_THEN_ORDER:
            return self.procure_method == "make_to_stock"
        return self._has_arrived_supply()

    def _has_arrived_supply(self):
        self.ensure_one()
        return any(origin.state == "done" for origin in self.move_orig_ids)

    def _arrives_at(self, location):
        """Whether the goods reach ``location``, maybe after more steps."""
        self.ensure_one()
        return (self.location_final_id or self.location_dest_id)._child_of(
            location
        ) or self.location_dest_id._child_of(location)

    # Demands that lost their supply

    is_stranded = fields.Boolean(
        "Without Supply",
        compute="_compute_stranded",
        search="_search_is_stranded",
        compute_sudo=True,
        help="Neither reserved goods nor linked supply covers this demand. It would "
        "wait for ever.",
    )
    stranded_qty = fields.Float(
        "Without Supply (Quantity)",
        compute="_compute_stranded",
        compute_sudo=True,
        digits="Product Unit",
        help="The part without supply, in the unit of the product.",
    )

    @api.depends("state", "procure_method", "product_uom_qty", "quantity")
    @api.depends("move_orig_ids.state", "created_purchase_line_ids.state")
    def _compute_stranded(self):
        # What else the supply serves is not among the dependencies: read anew.
        missing = self.env["mto.supply.network"]._find_uncovered(self)
        for move in self:
            move.stranded_qty = missing.get(move, 0.0)
            move.is_stranded = move in missing

    def _search_is_stranded(self, operator, value):
        if operator != "in":
            return NotImplemented
        stranded = self.env["mto.supply.repair"]._search_stranded()
        return [("id", "in", stranded.ids)]

    def repair_mto_links(self):
        """Link demands that wait for ever with supply of their own order.

        What has no supply that could be linked is taken from stock as far as goods are
        free there. Nothing is ordered. Repeated, it changes nothing more. For
        manufacturing and inventory administrators.

        Examines the demands in ``self``, or all of the allowed companies if it is
        empty.

        :return: one dictionary per demand that lacks supply:

            - ``id``, ``model`` ('stock.move'), ``product_id``
            - ``missing_before``, ``missing_after``: quantities without supply, in
              the unit of the product, ``uom`` its name
            - ``status``: 'linked', 'from_stock' (at least a part of it) or
              'no_supply' (something is still missing)
            - ``supplies``: what is linked now: 'stock.move,12',
              'purchase.order.line,7'
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: for other users, and if a move may not be
            read
        """
        return self.env["mto.supply.repair"]._repair(self)

    def action_repair_mto_links(self):
        """Same for a person: tells in a message how many demands were repaired."""
        return self.env["mto.supply.repair"]._tell(self.repair_mto_links())
