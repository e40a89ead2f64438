from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from .mto_pegging import LINE, MOVE, PRODUCTION, STOCK

# Offers that are told; a common part can be held by thousands.
MOST_OFFERS = 200


class MtoCustomerOrder(models.Model):
    """An order that is served before others: what it could take, what that changes."""

    _inherit = "mto.customer.order"

    @api.readonly
    def get_serve_first_offers(self):
        """What each order could take from other orders to be served first.

        Of all levels, what is there first and then by date; what would come no earlier
        than the order's own supply is left out, and so is what is kept for its order or
        already picked. At most 200 offers per order. Needs the right to decide who is
        served first.

        :return: one dictionary per order, in the order of ``self``:

            - ``id``, ``model``, ``name``
            - ``offers``: ``demand`` and ``holder`` ('stock.move,12': who would take and
              who has it), ``supply`` ('purchase.order.line,3'; 'product.product,7' for
              goods in stock), ``document`` (its name), ``product_id``, ``product``,
              ``quantity`` (what the holder has of it, in the product's unit ``uom``),
              ``suggested`` (what the order would take if it took all that it can use),
              ``available_date`` (UTC, False for what is there), ``own_date`` (when the
              order's own supply is there, UTC, False where something lacks) and
              ``orders`` (``order``, ``order_id``, ``customer``, ``quantity``: whom the
              holder serves; empty for none)
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: without that right, and if an order may not
            be read
        """
        self._check_may_serve_first()
        # Checked above; who decides need not see sales orders or purchases.
        return [order.sudo()._prepare_offers() for order in self]

    def _check_may_serve_first(self):
        self.env["mto.peg.override"]._check_may_decide()
        self.check_access("read")

    def _get_sold_lines(self):
        return self.env["sale.order"].browse(self.ids).order_line

    def _prepare_offers(self, document=None, holder=None):
        """See ``get_serve_first_offers``.

        :param document: only supply of this manufacturing order, purchase or transfer
        :param holder: only what serves this order (``mto.customer.order``)
        """
        self.ensure_one()
        exchange = self.env["mto.peg.exchange"]
        market = exchange._get_market(self._get_sold_lines(), document)
        offers = market.offers
        if holder:
            offers = [
                offer
                for offer in offers
                if holder.id in {ln.order_id.id for ln in market.served[offer.holder]}
            ]
        chosen = exchange._choose(market, offers)
        offers = sorted(offers, key=lambda offer: offer not in chosen)[:MOST_OFFERS]
        return {
            "id": self.id,
            "model": self._name,
            "name": self.name,
            "offers": [self._prepare_offer(o, market, chosen) for o in offers],
        }

    def _prepare_offer(self, offer, market, chosen):
        demand = self.env[MOVE].browse(offer.demand[1])
        product = demand.product_id
        supply, own = offer.supply, market.own[offer.demand]
        is_stock = supply[0] == STOCK
        return {
            "demand": f"{MOVE},{demand.id}",
            "holder": f"{MOVE},{offer.holder[1]}",
            "supply": f"{supply[0]},{supply[1]}",
            "document": self.env._("Stock")
            if is_stock
            else market.nodes[supply]["name"],
            "product_id": product.id,
            "product": product.display_name,
            "quantity": product.uom_id.round(offer.quantity),
            "suggested": product.uom_id.round(chosen.get(offer, 0.0)),
            "uom": product.uom_id.name,
            "available_date": offer.date if offer.date not in (None, "9") else False,
            "own_date": own or False,
            "orders": [
                {
                    "order": line.order_id.name,
                    "order_id": line.order_id.id,
                    "customer": line.order_id.partner_id.display_name,
                    "quantity": product.uom_id.round(quantity),
                }
                for line, quantity in market.served[offer.holder].items()
            ],
        }

    def preview_serve_first(self, exchanges):
        """What giving this order what others have would change, for each order.

        Nothing is kept: the exchange is made, looked at and taken back. Needs the right
        to decide who is served first, and one order.

        :param list[dict] exchanges: ``demand``, ``holder``, ``supply`` as
            ``get_serve_first_offers`` tells them, and ``quantity`` in the product's
            unit
        :return: a list with one dictionary: ``id``, ``model``, ``name``, and
            ``effects``, the order that is served first at the top: ``order``,
            ``order_id``, ``customer``, ``takes`` and ``gives`` (lists of
            ``product_id``, ``product``, ``quantity``, ``uom``, ``document``),
            ``promise_date``, ``date_before`` and ``date_after`` (when all of the order
            is expected, UTC, False for unknown), ``is_missing`` (whether something
            lacks then), ``days_late`` (behind the promise, False for unknown)
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: without that right
        :raises odoo.exceptions.UserError: if the goods are not there to be given
        :raises odoo.exceptions.ValidationError: for malformed exchanges
        """
        self.ensure_one()
        self._check_may_serve_first()
        # Checked above, see get_serve_first_offers.
        order = self.sudo()
        found = order._read_exchanges(exchanges)
        effects = self.env["mto.peg.exchange"].sudo()._preview(found)
        return [order._prepare_answer(effects)]

    def apply_serve_first(self, exchanges, reason):
        """Give this order what others have; their owners are told.

        Links and reservations are swapped: what the order needs no more of its own goes
        to who gave. Takes the claims of the products, so that two planners cannot give
        away the same share. Needs the right to decide who is served first, one order.

        :param list[dict] exchanges: see ``preview_serve_first``
        :param str reason: why; told to the owners
        :return: see ``preview_serve_first``; what was changed
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: without that right
        :raises odoo.exceptions.UserError: without a reason, and if the goods are no
            longer there to be given
        :raises odoo.exceptions.ValidationError: for malformed exchanges
        """
        self.ensure_one()
        self._check_may_serve_first()
        self._check_reason(reason)
        # Checked above, see get_serve_first_offers.
        order = self.sudo()
        found = order._read_exchanges(exchanges)
        exchange = self.env["mto.peg.exchange"].sudo()
        products = self.env["product.product"].union(*(e[0].product_id for e in found))
        self.env["mto.supply.claim"].sudo()._claim(products)
        effects = exchange._make_effects(found)
        before = exchange._get_dates(effects)
        exchange._exchange(found, reason.strip(), order._get_sold_lines())
        after = exchange._get_dates(effects)
        told = exchange._prepare_effects(effects, before, after)
        order._tell_owners(told, reason.strip())
        return [order._prepare_answer(told)]

    def apply_keep(self, reason):
        """Let nobody give away what these orders have now, and reserve it first.

        Needs the right to decide who is served first.

        :param str reason: why
        :return: one dictionary per order: ``id``, ``model``, ``name``, ``kept`` (list
            of ``product_id``, ``product``, ``quantity``, ``uom``; empty where nothing
            was left to be kept)
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: without that right
        :raises odoo.exceptions.UserError: without a reason
        """
        self._check_may_serve_first()
        self._check_reason(reason)
        exchange = self.env["mto.peg.exchange"].sudo()
        answers = []
        for order in self.sudo():
            lines = order._get_sold_lines()
            kept = exchange._keep(lines, reason.strip())
            if kept:
                lines.order_id.message_post(
                    body=self.env._("What this order has is kept for it: %s", reason)
                )
            answers.append(
                {
                    "id": order.id,
                    "model": self._name,
                    "name": order.name,
                    "kept": [override._prepare_part() for override in kept],
                }
            )
        return answers

    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(
                self.env._("Say why: the owners of the other orders are told.")
            )

    def _prepare_answer(self, effects):
        return {
            "id": self.id,
            "model": self._name,
            "name": self.name,
            "effects": effects,
        }

    # What callers hand in

    def _read_exchanges(self, exchanges):
        """[(demand, holder, supply key, quantity)] of what a caller asks for.

        Only demands that serve this order, within the companies of the user.
        """
        found = [self._read_exchange(item) for item in exchanges]
        found = [item for item in found if item[3]]
        if not found:
            raise UserError(
                self.env._("Choose what to take: no quantity is above zero.")
            )
        _graph, shares = self.env["mto.pegging"]._get_supply(self._get_sold_lines())
        companies = self.env.companies
        for demand, holder, _supply, _quantity in found:
            if (MOVE, demand.id) not in shares.quantities:
                raise ValidationError(
                    self.env._(
                        "%(demand)s does not serve %(order)s.",
                        demand=demand.display_name,
                        order=self.name,
                    )
                )
            if demand.product_id != holder.product_id or not (
                demand.company_id | holder.company_id <= companies
            ):
                raise ValidationError(
                    self.env._(
                        "%(demand)s and %(holder)s are of another product or company.",
                        demand=demand.display_name,
                        holder=holder.display_name,
                    )
                )
        return found

    def _read_exchange(self, item):
        try:
            demand = self._read_key(item["demand"], (MOVE,))
            holder = self._read_key(item["holder"], (MOVE,))
            models_of_supply = (MOVE, PRODUCTION, LINE, STOCK)
            supply = self._read_key(item["supply"], models_of_supply)
            quantity = float(item["quantity"])
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(
                self.env._("Not an exchange: %(item)s", item=item)
            ) from error
        unit = demand.product_id.uom_id
        if not 0 <= quantity < float("inf"):
            raise ValidationError(
                self.env._("A quantity to take cannot be %s.", quantity)
            )
        return demand, holder, (supply._name, supply.id), unit.round(quantity)

    def _read_key(self, key, models_known):
        """The record of a key like 'stock.move,12'."""
        model, res_id = key.split(",")
        if model not in models_known:
            raise ValueError(key)
        record = self.env[model].browse(int(res_id)).exists()
        if not record:
            raise ValidationError(self.env._("%s is gone. Look again.", key))
        return record

    # Telling

    def _tell_owners(self, effects, reason):
        """Post on each order what was decided; its salesperson is notified."""
        me = self.env.user.partner_id
        for effect in effects:
            order = self.env["sale.order"].browse(effect["order_id"])
            order.message_post(
                body=self._get_words(effect, reason),
                partner_ids=(order.user_id.partner_id - me).ids,
                author_id=me.id,
            )

    def _get_words(self, effect, reason):
        takes, gives = (
            ", ".join(
                f"{part['quantity']:g} {part['uom']} {part['product']}"
                f" ({part['document']})"
                for part in effect[kind]
            )
            for kind in ("takes", "gives")
        )
        if takes:
            what = self.env._("This order is served first with %s.", takes)
        else:
            what = self.env._(
                "%(order)s is served first and takes %(parts)s.",
                order=self.name,
                parts=gives,
            )
        when = self.env._(
            "Expected: %(after)s instead of %(before)s.",
            after=self._say_day(effect["date_after"]),
            before=self._say_day(effect["date_before"]),
        )
        why = self.env._("Reason: %s", reason)
        return f"{what} {when} {why}"

    def _say_day(self, text):
        return self.env["mto.order.supply"]._format_moment(text) or self.env._(
            "no date"
        )
