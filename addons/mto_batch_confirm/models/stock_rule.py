import logging
import traceback
from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.stock.models.stock_rule import ProcurementException

from ..cascade import (
    MustGoInTurn,
    current,
    get_policies,
    link_later,
    running,
    undone,
)
from ..engine import LAST, Call

_logger = logging.getLogger(__name__)
_logged = set()


class StockRule(models.Model):
    _inherit = "stock.rule"

    # -- the walk

    @api.model
    def _run_manufacture(self, procurements):
        """Make the orders of all that is asked for, and of what they ask for.

        The first call of a confirmation walks down level by level; the calls that it
        leads to are queued until it is their turn.
        """
        cascade = current(self.env)
        if cascade is None or cascade.resting:
            with running(self.env) as cascade:
                if self._run_cascade(cascade, procurements):
                    return True
                return super()._run_manufacture(procurements)
        if cascade.alone or cascade.take_pass() or cascade.creating is not None:
            return super()._run_manufacture(procurements)
        cascade.queue += cascade.ask(procurements)
        return True

    @api.model
    def _run_buy(self, procurements):
        cascade = current(self.env)
        if cascade is None or cascade.alone or cascade.take_pass():
            return super()._run_buy(procurements)
        cascade.purchases += cascade.ask(procurements)
        return True

    @api.model
    def _run_pull(self, procurements):
        cascade = current(self.env)
        if cascade is None or cascade.alone:
            return super()._run_pull(procurements)
        with cascade.pulling(procurements):
            return super()._run_pull(procurements)

    def _run_cascade(self, cascade, procurements):
        """Walk down level by level; tell whether that could be done.

        Otherwise nothing has happened, and what follows goes core's way.
        """
        self.env["mto.batch.scope"]._look_down(cascade, procurements)
        if cascade.alone:
            return False
        before = cascade.remember()
        cascade.queue.append(Call((), list(enumerate(procurements))))
        if not cascade.shares_stock:
            self._walk_cascade(cascade)
            return True
        try:
            with undone(self.env):
                self._walk_cascade(cascade)
        except MustGoInTurn:
            cascade.recall(before)
            cascade.alone = True
            return False
        return True

    def _walk_cascade(self, cascade):
        while cascade.queue or cascade.claims:
            if claims := cascade.take_claims():
                self.env["mto.batch.claim"]._serve(cascade, claims)
            if calls := cascade.take_ready():
                self._supply_level(cascade, calls)
        self.env["mto.batch.purchase"]._buy(cascade)
        cascade.alone = True
        self._finish_moves(cascade)

    def _finish_moves(self, cascade):
        """Do for moves what had to wait for their supply, in core's order."""
        moves = self.env["stock.move"]
        for ids, into in cascade.take_merges():
            if into:
                moves.browse(ids)._merge_moves(merge_into=moves.browse(into))
            else:
                moves.browse(ids).exists()._merge_alike()
        reserved = moves.browse(cascade.take_reservations()).exists()
        self.env["mto.batch.claim"]._check_reservations(cascade, reserved)
        reserved.filtered(
            lambda move: (
                move.state in ("confirmed", "partially_available")
                or move.id in cascade.raised
            )
        )._action_assign()
        if cascade.must_suffice:
            self.env["mto.batch.claim"]._check_enough(cascade, reserved)
        self.env["mto.batch.replenishment"]._replay(cascade)
        self._link_and_tell(cascade)

    def _link_and_tell(self, cascade):
        """Say on new orders where they come from, in core's order.

        With mto_cascade, when it has linked what core had left without supply before.
        """
        links = cascade.take_links()
        stranded = self._link_supplied(links)
        events = [(rank, self._link_again, stranded.browse(ids)) for rank, ids in links]
        events = [event for event in events if event[2] & stranded] if stranded else []
        uncovered = self.env["mto.batch.claim"]._get_uncovered(cascade)
        events += [(rank, self._cover, moves) for rank, moves in uncovered]
        events += [
            (rank, self._tell_origins, found) for rank, found in cascade.told.items()
        ]
        cascade.posts = []
        for _rank, method, found in sorted(events, key=lambda event: event[0]):
            method(found)
        posts, cascade.posts = cascade.posts, None
        if posts:
            orders = posts[0][0].browse([order.id for order, _values in posts])
            orders._post_at_once(posts)
        self._hand_on_deadlines(cascade, links)

    def _hand_on_deadlines(self, cascade, links):
        """Give demands the deadline of the order that they had been linked with.

        Core writes it to all that wait for an order when the order gets another end.
        Here the order has got its last one before mto_cascade links it.
        """
        linked = {}
        for rank, ids in links:
            for id_ in ids:
                linked[id_] = min(rank, linked.get(id_, rank))
        orders = self.env["mrp.production"].sudo().browse(cascade.dated_again)
        for order in orders.filtered("date_deadline"):
            for move in order.move_finished_ids:
                told = {"date_deadline_propagate_ids": set(move.ids)}
                for demand in move.move_dest_ids.with_context(**told):
                    if (
                        linked.get(demand.id, (LAST,)) < cascade.dated_again[order.id]
                        and demand.state not in ("done", "cancel")
                        and demand.date_deadline != order.date_deadline
                    ):
                        demand.date_deadline = order.date_deadline

    def _link_supplied(self, links):
        """Let mto_cascade check demands that have their supply: these need no order.

        :return: the other ones, that core's way left without
        """
        policies = get_policies(self.env)
        moves = self.env["stock.move"]
        if policies is None:
            return moves
        moves = moves.browse(dict.fromkeys(id_ for _rank, ids in links for id_ in ids))
        moves = moves.exists()
        products = moves.filtered(
            lambda m: (
                m.procure_method == "make_to_order"
                and not m.move_orig_ids
                and not m.sudo().created_purchase_line_ids
            )
        ).product_id
        stranded = moves.filtered(lambda m: m.product_id in products)
        policies._link(moves - stranded)
        return stranded

    @staticmethod
    def _link_again(moves):
        get_policies(moves.env)._link(moves.exists())

    @staticmethod
    def _cover(moves):
        get_policies(moves.env)._cover(moves)

    @staticmethod
    def _tell_origins(found):
        by_company = {}
        for order, procurement in found:
            by_company.setdefault(order.env.company, []).append((order, procurement))
        for entries in by_company.values():
            orders, procurements = zip(*entries, strict=True)
            orders[0].union(*orders)._post_run_manufacture(procurements)

    # -- one level

    def _supply_level(self, cascade, calls):
        """Make the orders of one level, enlarge those that stand, and confirm them.

        What fails is done again in core's way, order by order: either one of them
        fails alone as well, and is told by its path, or something cannot be done for
        many at once, and works.
        """
        before = cascade.remember()
        try:
            with undone(self.env):
                self._supply_at_once(cascade, calls)
        except (UserError, ProcurementException, ValueError) as error:
            cascade.recall(before)
            self._supply_in_turn(cascade, calls)
            _log_once(error)

    def _supply_at_once(self, cascade, calls):
        new, more = self._split_level(calls)
        self._create_level(cascade, new)
        early, late = self._split_enlargements(cascade, more)
        self._enlarge(cascade, early)
        self._confirm_level(cascade)
        self._enlarge(cascade, late)

    def _supply_in_turn(self, cascade, calls):
        """Make, enlarge and confirm one order after the other.

        :raise UserError: with the way from the sold product to what cannot be supplied
        """
        new, more = self._split_level(calls)
        made = []
        for entry in new:
            with self._telling_path([entry[2][0]]):
                self._create_level(cascade, [entry])
                made += cascade.unconfirmed
        early, late = self._split_enlargements(cascade, more)
        self._enlarge_in_turn(cascade, early)
        for order in made:
            cascade.unconfirmed = [order]
            with self._telling_path([], order):
                self._confirm_level(cascade)
        self._enlarge_in_turn(cascade, late)

    @contextmanager
    def _telling_path(self, procurements, order=None):
        """Add to an error which way leads to what caused it."""
        try:
            yield
        except (UserError, ProcurementException) as error:
            if order is None:
                procurement = procurements[0]
                group = self.env["mrp.production.group"].browse(
                    procurement.values.get("production_group_id") or ()
                )
                below, origin = procurement.product_id.display_name, procurement.origin
            else:
                group = order.production_group_id.parent_ids[:1]
                below, origin = order.product_id.display_name, order.origin
            names = [below, *_path_names(group.sudo())]
            path = " > ".join(filter(None, [origin, *reversed(names)]))
            if isinstance(error, ProcurementException):
                raise ProcurementException(
                    [
                        (procurement, f"{path}\n{text}")
                        for procurement, text in error.procurement_exceptions
                    ]
                ) from error
            raise type(error)(f"{path}\n{error.args[0]}") from error

    def _create_level(self, cascade, new):
        cascade.unconfirmed = []
        if not new:
            return
        cascade.creating = {
            id(demand[0].values): (*call.rank, place) for call, place, demand in new
        }
        try:
            self._run_manufacture([demand for _call, _place, demand in new])
        finally:
            cascade.creating = None

    def _confirm_level(self, cascade):
        by_company = {}
        for production in cascade.unconfirmed:
            by_company.setdefault(production.company_id, []).append(production)
        for productions in by_company.values():
            link_later(productions[0].union(*productions)).action_confirm()

    def _split_enlargements(self, cascade, more):
        """Tell demands that core meets before it confirms the order from later ones.

        :return: two lists of (order, list of (call, demand))
        """
        early, late = [], []
        standing = self._find_standing_orders(
            demand for found in more for _call, demand in found
        )
        for found in more:
            _call, (procurement, rule) = found[0]
            bom = rule._get_matching_bom(
                procurement.product_id, procurement.company_id, procurement.values
            )
            order = self._find_standing_order(
                standing, procurement, bom, rule._make_mo_get_domain(procurement, bom)
            )
            rank = cascade.rank_of_order(order)
            before = [entry for entry in found if entry[0].rank < rank]
            after = [entry for entry in found if entry[0].rank >= rank]
            early += [(order, before)] if before else []
            late += [(order, after)] if after else []
        return early, late

    def _enlarge(self, cascade, more):
        """Enlarge orders that stand, all at once; core does it order by order.

        :param more: list of (order, list of (call, demand))
        """
        wizards = []
        can_wait = self.env["change.production.qty"]._can_wait()
        with self._watching_dates(cascade, more):
            for order, found in more:
                call, demands = self._join(found)
                # Of demands in several units, each sees what the one before it did.
                with cascade.collecting(can_wait and len(demands) == 1) as collected:
                    self._enlarge_one(cascade, order, call, demands)
                    wizards += [(call.rank, wizard) for wizard in collected]
            if wizards:
                self.env["change.production.qty"]._change_at_once(cascade, wizards)

    def _enlarge_in_turn(self, cascade, more):
        with self._watching_dates(cascade, more):
            for order, found in more:
                call, demands = self._join(found)
                with self._telling_path([demands[0][0]]):
                    self._enlarge_one(cascade, order, call, demands)

    @contextmanager
    def _watching_dates(self, cascade, more):
        """Remember which orders end later for what they make more, and since when."""
        before = {order: order.date_finished for order, _found in more}
        yield
        for order, found in more:
            if order.state != "draft" and order.date_finished != before[order]:
                cascade.date_again(order, max(call.rank for call, _demand in found))

    def _enlarge_one(self, cascade, order, call, demands):
        cascade.enlarged = order.id
        try:
            with cascade.scope(call.rank), cascade.passing():
                link_later(self)._run_manufacture(demands)
        finally:
            cascade.enlarged = None

    def _split_level(self, calls):
        """Tell demands that get an order of their own from those that enlarge one.

        As in core: demands that one order asks for at once do not see each other.
        """
        new, more, first, stands = [], {}, {}, {}
        standing = self._find_standing_orders(
            demand for call in calls for _place, demand in call.demands
        )
        for call in calls:
            for place, demand in call.demands:
                procurement, rule = demand
                if procurement.product_uom.compare(procurement.product_qty, 0) <= 0:
                    continue
                bom = rule._get_matching_bom(
                    procurement.product_id, procurement.company_id, procurement.values
                )
                domain = rule._make_mo_get_domain(procurement, bom)
                key = repr(domain)
                if key not in stands:
                    order = self._find_standing_order(
                        standing, procurement, bom, domain
                    )
                    stands[key] = bool(order)
                own = procurement.origin == "MPS" or bom.enable_batch_size
                if own or (
                    not stands[key] and first.setdefault(key, call.rank) == call.rank
                ):
                    new.append((call, place, demand))
                else:
                    more.setdefault(key, []).append((call, demand))
        return new, list(more.values())

    def _join(self, found):
        """Return the demands that enlarge one order as a single one."""
        calls, demands = zip(*found, strict=True)
        procurement, rule = demands[0]
        units = {demand[0].product_uom for demand in demands}
        if len(units) > 1:
            return calls[0], list(demands)
        total = sum(demand[0].product_qty for demand in demands)
        return calls[0], [(procurement._replace(product_qty=total), rule)]

    def _find_standing_orders(self, demands):
        """Return {(bill of materials, product): open orders that may be enlarged}."""
        procurements = [procurement for procurement, _rule in demands]
        references = [p.values.get("reference_ids") for p in procurements]
        if not any(references):
            return {}
        domain = [
            ("product_id", "in", list({p.product_id.id for p in procurements})),
            ("state", "in", ["draft", "confirmed"]),
            ("user_id", "=", False),
            ("is_planned", "=", False),
            (
                "reference_ids",
                "in",
                list({id_ for found in references if found for id_ in found.ids}),
            ),
        ]
        orders = self.env["mrp.production"].sudo().search(domain)
        return orders.grouped(lambda order: (order.bom_id.id, order.product_id.id))

    def _find_standing_order(self, standing, procurement, bom, domain):
        """Return the order that core finds for a procurement, or none."""
        orders = standing.get((bom.id, procurement.product_id.id))
        if not orders:
            return self.env["mrp.production"]
        return orders.filtered_domain(list(domain))[:1]

    # -- what core asks on the way

    def _should_auto_confirm_procurement_mo(self, p):
        confirm = super()._should_auto_confirm_procurement_mo(p)
        cascade = current(self.env)
        if not cascade or cascade.creating is None:
            return confirm
        if confirm:
            cascade.unconfirmed.append(p)
        return False

    def _make_mo_get_domain(self, procurement, bom):
        domain = super()._make_mo_get_domain(procurement, bom)
        cascade = current(self.env)
        if cascade and cascade.creating is not None:
            # Looked for already, for all demands of the level at once.
            return (*domain, ("id", "in", []))
        if cascade and cascade.enlarged:
            return (("id", "=", cascade.enlarged),)
        return domain

    @api.model
    def _get_rule(self, product_id, location_id, values):
        cascade = current(self.env)
        if cascade:
            cascade.note(values)
        return super()._get_rule(product_id, location_id, values)

    # -- what is looked up once

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        cascade = current(self.env)
        if cascade is None:
            return super()._read_group(domain, groupby, aggregates, *args, **kwargs)
        key = (
            "stock.rule._read_group",
            *self._get_cascade_key(),
            repr((domain, groupby, aggregates, args, kwargs)),
        )
        if key not in cascade.found:
            cascade.found[key] = super()._read_group(
                domain, groupby, aggregates, *args, **kwargs
            )
        return [
            tuple(
                value.with_env(self.env)
                if isinstance(value, models.BaseModel)
                else value
                for value in group
            )
            for group in cascade.found[key]
        ]

    @api.model
    def search(self, domain, offset=0, limit=None, order=None):
        cascade = current(self.env)
        if cascade is None:
            return super().search(domain, offset, limit, order)
        key = (
            "stock.rule.search",
            *self._get_cascade_key(),
            repr((domain, offset, limit, order)),
        )
        if key not in cascade.found:
            cascade.found[key] = super().search(domain, offset, limit, order).ids
        return self.browse(cascade.found[key])

    def _get_cascade_key(self):
        context = self.env.context
        return (
            self.env.uid,
            self.env.su,
            tuple(context.get("allowed_company_ids") or ()),
            context.get("active_test", True),
        )


def _log_once(error):
    """Say that a level was confirmed in core's way, the first time it fails so.

    The text may name the orders of the level: what counts is where it fails.
    """
    text = str(error)
    walk = traceback.walk_tb(error.__traceback__)
    place = tuple((frame.f_code, line) for frame, line in walk)
    if place not in _logged:
        _logged.add(place)
        _logger.warning(
            "Orders of one level could not be confirmed at once, but one by one: %s",
            text,
            exc_info=error,
        )


def _path_names(group):
    """Return the names of the products made by an order and above it, upwards."""
    names, seen = [], group.browse()
    while group and group not in seen:
        names += group.production_ids[:1].product_id.mapped("display_name")
        seen |= group
        group = group.parent_ids[:1]
    return names
