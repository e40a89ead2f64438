import logging
from collections import Counter
from contextlib import contextmanager

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.stock.models.stock_rule import ProcurementException

from ..cascade import current, running, undone
from ..engine import Call, rounds

# Where mto_cascade can say that stock comes first.
STOCK_FIRST_POLICIES = [
    (model, field, ["stock_then_order"])
    for model, field in (
        ("mrp.bom.line", "supply_policy"),
        ("product.category", "supply_policy"),
        ("product.product", "variant_supply_policy"),
        ("product.template", "supply_policy"),
        ("sale.order.line", "supply_policy"),
        ("stock.warehouse", "supply_policy"),
    )
] + [
    ("res.company", "supply_preset", ["assemblies"]),
    # A rule may say so under conditions: any one counts.
    ("mto.supply.rule", "active", [True]),
]

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
        if cascade is None:
            with running(self.env) as cascade:
                self._prepare_cascade(cascade, procurements)
                if cascade.alone:
                    return super()._run_manufacture(procurements)
                cascade.queue.append(Call((), list(enumerate(procurements))))
                self._walk_cascade(cascade)
                return True
        if cascade.alone or cascade.take_pass() or cascade.creating is not None:
            return super()._run_manufacture(procurements)
        cascade.queue += cascade.calls(procurements)
        return True

    @api.model
    def _run_buy(self, procurements):
        cascade = current(self.env)
        if cascade is None or cascade.alone or cascade.take_pass():
            return super()._run_buy(procurements)
        cascade.purchases += cascade.calls(procurements)
        return True

    @api.model
    def _run_pull(self, procurements):
        cascade = current(self.env)
        if cascade is None or cascade.alone:
            return super()._run_pull(procurements)
        with cascade.pulling(procurements):
            return super()._run_pull(procurements)

    def _walk_cascade(self, cascade):
        while cascade.queue:
            self._supply_level(cascade, cascade.take_ready())
        self._buy_cascade(cascade)
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
        reserved.filtered(
            lambda move: move.state in ("confirmed", "partially_available")
        )._action_assign()
        self._link_and_tell(cascade)

    def _link_and_tell(self, cascade):
        """Say on new orders where they come from, in core's order.

        With mto_cascade, when it has linked what core had left without supply before.
        """
        links = cascade.take_links()
        stranded = self._link_supplied(links)
        events = [(rank, self._link_again, stranded.browse(ids)) for rank, ids in links]
        events = [event for event in events if event[2] & stranded] if stranded else []
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

    def _link_supplied(self, links):
        """Let mto_cascade check demands that have their supply: these need no order.

        :return: the other ones, that core's way left without
        """
        moves = self.env["stock.move"]
        if not hasattr(moves, "_link_supply"):
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
        (moves - stranded)._link_supply()
        return stranded

    @staticmethod
    def _link_again(moves):
        moves.exists()._link_supply()

    @staticmethod
    def _tell_origins(found):
        by_company = {}
        for order, procurement in found:
            by_company.setdefault(order.env.company, []).append((order, procurement))
        for entries in by_company.values():
            orders, procurements = zip(*entries, strict=True)
            orders[0].union(*orders)._post_run_manufacture(procurements)

    # -- purchases

    def _buy_cascade(self, cascade):
        """Buy for all orders at once what core buys order by order."""
        calls, cascade.purchases = cascade.purchases, []
        calls.sort(key=lambda call: call.rank)
        demands = [[demand for _place, demand in call.demands] for call in calls]
        if self._must_buy_in_turn(demands):
            for found in demands:
                with cascade.passing():
                    self._run_buy(found)
            return
        orders = self._find_requests(demands)
        for found in rounds(calls, self._get_purchase_key):
            with cascade.passing():
                self._run_buy(found)
        self._settle_requests(demands, orders)
        # While it is known that there is nothing to distribute to.
        self.env["purchase.order.line"]._recompute_model(["analytic_distribution"])

    @staticmethod
    def _get_purchase_key(demand):
        procurement, _rule = demand
        return procurement.product_id.id, procurement.company_id.id

    @staticmethod
    def _must_buy_in_turn(demands):
        """Whether prices depend on the date that the request has so far."""
        sellers = [
            procurement.product_id.sudo().seller_ids
            for found in demands
            for procurement, _rule in found
        ]
        return any(
            seller.date_start
            or seller.date_end
            or (
                seller.partner_id.group_rfq == "week"
                and seller.partner_id.group_on != "default"
            )
            for found in sellers
            for seller in found
        )

    def _find_requests(self, demands):
        """Return {request: (its date, that of its lines)} of those that may grow."""
        procurements = [procurement for found in demands for procurement, _ in found]
        products = self.env["product.product"].union(
            *(procurement.product_id for procurement in procurements)
        )
        domain = [
            ("state", "=", "draft"),
            ("partner_id", "in", products.sudo().seller_ids.partner_id.ids),
        ]
        references = [p.values.get("reference_ids") for p in procurements]
        if references and all(references):
            # Most vendors get a request for each reference.
            ids = {id_ for found in references for id_ in found.ids}
            domain += [
                "|",
                ("reference_ids", "in", list(ids)),
                ("partner_id.group_rfq", "!=", "default"),
            ]
        requests = self.env["purchase.order"].sudo().search(domain)
        return {
            request: (request.date_order, request.date_planned) for request in requests
        }

    def _settle_requests(self, demands, standing):
        """Give requests the dates and references that core gives them step by step.

        Core looks at the lines there are when it adds one, so that the date depends on
        the order in which lines come.
        """
        steps, found = {}, {}
        for call, bought in enumerate(demands):
            by_domain = {}
            for procurement, rule in bought:
                values = procurement.values
                if "supplier" not in values:
                    continue
                domain = rule._make_po_get_domain(
                    rule.company_id or procurement.company_id,
                    values,
                    values["supplier"].partner_id,
                )
                by_domain.setdefault(repr(domain), (domain, []))[1].append(procurement)
            for key, (domain, procurements) in by_domain.items():
                if key not in found:
                    found[key] = (
                        self.env["purchase.order"].sudo().search(list(domain), limit=1)
                    )
                steps.setdefault(found[key], []).append((call, procurements))
        for request, calls in steps.items():
            self._settle_request(request, calls, *standing.get(request, (None, None)))

    def _settle_request(self, request, calls, date_order, planned):
        references = self.env["stock.reference"]
        lines = set()
        for number, (_call, procurements) in enumerate(calls):
            if number or date_order:
                for procurement in procurements:
                    references |= procurement.values.get("reference_ids") or references
            if date_order is None:
                date_order = min(_order_date(p.values) for p in procurements)
            dates = []
            merged = self._merge_procurements(
                self._get_procurements_to_merge(procurements)
            )
            for procurement in merged:
                product = procurement.product_id
                if product in lines:
                    continue
                lines.add(product)
                dates.append(_planned_date(procurement.values))
                start = (planned or min(dates)) - relativedelta(
                    days=procurement.values["supplier"].delay
                )
                if start.date() < date_order.date():
                    date_order = start
            planned = min([*dates, *([planned] if planned else [])], default=planned)
        if request.date_order != date_order:
            request.date_order = date_order
        if missing := references - request.reference_ids:
            request.reference_ids = [
                Command.link(reference.id) for reference in missing
            ]

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
        self._enlarge(cascade, early)
        for order in made:
            cascade.unconfirmed = [order]
            with self._telling_path([], order):
                self._confirm_level(cascade)
        self._enlarge(cascade, late)

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
            productions[0].union(*productions).with_context(
                mto_cascade_link_later=True
            ).action_confirm()

    def _split_enlargements(self, cascade, more):
        """Tell demands that core meets before it confirms the order from later ones."""
        early, late = [], []
        for found in more:
            _call, (procurement, rule) = found[0]
            bom = rule._get_matching_bom(
                procurement.product_id, procurement.company_id, procurement.values
            )
            order = (
                self.env["mrp.production"]
                .sudo()
                .search(rule._make_mo_get_domain(procurement, bom), limit=1)
            )
            rank = cascade.rank_of_order(order)
            early.append([entry for entry in found if entry[0].rank < rank])
            late.append([entry for entry in found if entry[0].rank >= rank])
        return early, late

    def _enlarge(self, cascade, more):
        for found in filter(None, more):
            call, demands = self._join(found)
            with cascade.scope(call.rank), cascade.passing():
                self.with_context(mto_cascade_link_later=True)._run_manufacture(demands)

    def _split_level(self, calls):
        """Tell demands that get an order of their own from those that enlarge one.

        As in core: demands that one order asks for at once do not see each other.
        """
        new, more, first, stands = [], {}, {}, {}
        orders = self.env["mrp.production"].sudo()
        standing = self._find_standing_orders(calls)
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
                    stands[key] = (bom.id, procurement.product_id.id) in standing and (
                        bool(orders.search_count(domain, limit=1))
                    )
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

    def _find_standing_orders(self, calls):
        """Return {(bill of materials, product)} of open orders that may be enlarged."""
        products = {
            demand[0].product_id.id for call in calls for _place, demand in call.demands
        }
        groups = (
            self.env["mrp.production"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", list(products)),
                    ("state", "in", ["draft", "confirmed"]),
                    ("user_id", "=", False),
                    ("is_planned", "=", False),
                    ("reference_ids", "!=", False),
                ],
                ["bom_id", "product_id"],
            )
        )
        return {(bom.id, product.id) for bom, product in groups}

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

    # -- what may be met

    def _prepare_cascade(self, cascade, procurements):
        """Look down all bills of materials that the procurements may lead to."""
        products = self.env["product.product"].union(
            *(procurement.product_id for procurement, _rule in procurements)
        )
        children = self._read_products_below(products.sudo())
        cascade.products = list(children)
        cascade.reach = _reach(children)
        asked = [procurement.product_id.id for procurement, _rule in procurements]
        cascade.alone = self._needs_core_order(cascade, children, asked)

    def _read_products_below(self, products):
        """Return {product id: ids of the products of its bills of materials}.

        For the products and all below them, one level at a time.
        """
        children = {}
        while products:
            boms = (
                self.env["mrp.bom"]
                .sudo()
                .search([("product_tmpl_id", "in", products.product_tmpl_id.ids)])
            )
            by_template = boms.grouped("product_tmpl_id")
            found = set()
            for product in products:
                lines = by_template.get(product.product_tmpl_id, boms).bom_line_ids
                if product.product_tmpl_id not in by_template:
                    lines = lines.browse()
                children[product.id] = set(lines.product_id.ids)
                found |= children[product.id]
            products = products.browse(found - children.keys())
        return children

    def _needs_core_order(self, cascade, children, asked):
        """Whether what happens depends on the order in which core walks down."""
        if self._has_reordering_rules(cascade.products):
            return True
        if hasattr(self.env["stock.move"], "_link_supply") and self._makes_batches(
            cascade.products
        ):
            return True
        if self._takes_stock_first(cascade.products):
            return True
        in_stock = self._get_products_in_stock(cascade.products)
        return bool(in_stock) and (
            self._has_stock_first_rules(in_stock)
            or bool(in_stock & _below_shared(children, cascade.reach, asked))
        )

    def _makes_batches(self, product_ids):
        products = self.env["product.product"].sudo().browse(product_ids)
        return any(bom.enable_batch_size for bom in products.product_tmpl_id.bom_ids)

    def _has_reordering_rules(self, product_ids):
        return bool(
            self.env["stock.warehouse.orderpoint"]
            .sudo()
            .search_count(
                [("product_id", "in", product_ids), ("trigger", "=", "auto")], limit=1
            )
        )

    def _get_products_in_stock(self, product_ids):
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", product_ids),
                    ("quantity", ">", 0),
                    ("location_id.usage", "in", ("internal", "transit")),
                ],
                ["product_id"],
            )
        )
        return {product.id for [product] in groups}

    def _takes_stock_first(self, product_ids):
        """Whether mto_cascade shares out goods that are there or on their way.

        They do it in the order of their demands.
        """
        if not hasattr(self.env["stock.move"], "_link_supply"):
            return False
        first = any(
            self.env[model].sudo().search_count([(field, "in", values)], limit=1)
            for model, field, values in STOCK_FIRST_POLICIES
        )
        arriving = [
            ("product_id", "in", product_ids),
            ("state", "not in", ("draft", "done", "cancel")),
            ("location_dest_usage", "=", "internal"),
        ]
        requested = [("product_id", "in", product_ids), ("state", "=", "draft")]
        return first and bool(
            self._get_products_in_stock(product_ids)
            or self.env["stock.move"].sudo().search_count(arriving, limit=1)
            or self.env["purchase.order.line"].sudo().search_count(requested, limit=1)
        )

    def _has_stock_first_rules(self, product_ids):
        """Whether a rule takes from stock and orders the rest, for these products."""
        rules = self.sudo().search([("procure_method", "=", "mts_else_mto")])
        if not rules:
            return False
        routes = rules.route_id
        products = self.env["product.product"].sudo().browse(product_ids)
        return bool(
            routes & (products.route_ids | products.categ_id.total_route_ids)
            or routes.warehouse_ids
        )


def _log_once(error):
    """Say that a level was confirmed in core's way, the first time it fails so."""
    text = str(error)
    if text not in _logged:
        _logged.add(text)
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


def _planned_date(values):
    return fields.Datetime.to_datetime(values["date_planned"])


def _order_date(values):
    """Return when core would order what is needed, by the values of a procurement."""
    return values.get("date_order") or _planned_date(values) - relativedelta(
        days=int(values["supplier"].delay)
    )


def _below_shared(children, reach, asked):
    """Return the products below those that several orders may ask for.

    :param children: {product: products right below it}
    :param reach: {product: all products below it}
    :param asked: the products that are asked for, each as often as it is
    """
    parents = Counter(asked)
    for below in children.values():
        parents.update(below)
    shared = {product for product, count in parents.items() if count > 1}
    found = set()
    for product in shared:
        found |= reach.get(product, set())
    return found


def _reach(children):
    """Return {product: all products below it} of {product: products right below it}."""
    reach = {}

    def visit(product, path):
        if product not in reach and product not in path:
            below = set(children.get(product, ()))
            for child in children.get(product, ()):
                below |= visit(child, path | {product})
            reach[product] = below
        return reach.get(product, set())

    for product in children:
        visit(product, frozenset())
    return reach
