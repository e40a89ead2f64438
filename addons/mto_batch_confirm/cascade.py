"""One confirmation on its way down, while it runs.

Everything that is put off until its turn stands here; nothing of it is stored. It is
found by the cursor, whatever the environment of a method.
"""

from collections import defaultdict
from contextlib import contextmanager
from copy import copy
from weakref import WeakKeyDictionary

from .engine import LAST, Call, Claim, split_claims, split_ready


class MustGoInTurn(Exception):
    """What is confirmed depends on who comes first, in a way that only core knows."""


# By cursor: what a cursor caches is lost when a savepoint is rolled back.
_running = WeakKeyDictionary()


def current(env):
    """Return the `Cascade` that is running in this transaction, or None."""
    return _running.get(env.cr)


def get_policies(env):
    """Return what mto_cascade has to say of many demands at once; None without it."""
    return env["mto.supply.batch"] if "mto.supply.batch" in env else None


def link_later(records):
    """Have mto_cascade wait with links until it is told of many demands at once."""
    policies = get_policies(records.env)
    return records if policies is None else policies._link_later(records)


@contextmanager
def running(env):
    """Let a new `Cascade` run in this transaction for the time of a with block.

    One that rests meanwhile hands on what it has looked up.
    """
    resting = _running.get(env.cr)
    cascade = _running[env.cr] = Cascade(resting)
    try:
        yield cascade
    finally:
        if resting is None:
            _running.pop(env.cr, None)
        else:
            _running[env.cr] = resting


@contextmanager
def undone(env):
    """Undo what the with block did where it raises; without running precommit hooks.

    Odoo's own savepoint runs them, and changes of an order would be told in parts.
    """
    env.flush_all()
    data = {name: copy(value) for name, value in env.cr.precommit.data.items()}
    with env.cr.savepoint(flush=False) as savepoint:
        try:
            yield
        except Exception:
            env.transaction.clear()
            env.cr.precommit.data.clear()
            env.cr.precommit.data.update(data)
            savepoint.rollback()
            raise


def write_links(model, field, commands):
    """Write links of many records at once; the ORM writes them record by record.

    :param commands: list of (record, list of commands)
    """
    if not commands:
        return
    records = model.browse([record.id for record, _commands in commands])
    records.modified([field], before=True)
    model._fields[field].write_batch(commands)
    records.modified([field])
    records._validate_fields([field])


class Cascade:
    """What a confirmation has still to do, and what it looked up."""

    def __init__(self, known=None):
        self.queue = []  # Calls to manufacture
        self.purchases = []  # Calls to buy
        self.claims = []  # Claims on stock
        self.claimed = []  # (rank, id of a move) that ordered what stock did not have
        self.reservations = []  # (rank, id of a move)
        self.triggers = []  # (rank, ids of moves) that reordering rules look at
        self.merges = []  # (rank, ids of moves, ids of moves to merge them into)
        self.links = []  # (rank, ids of moves) that another module links in the end
        self.created = []  # ids of orders, in the order of their ranks
        self.known = known  # the cascade that has looked up what may be met
        self.children = {}  # {product id: set of ids of products right below it}
        self.reach = {}  # {product id: set of ids of products below it}
        self.found = {}  # what was looked up: {(method, arguments): result}
        self.products = []  # ids of all products that may be met
        self.resting = False  # between walks: things are looked up, nothing put off
        self.joins_transfers = False  # while moves get the same transfer anyway
        self.made = {}  # {field: ids of orders that have their lines}
        self.creating = (
            None  # {id of a procurement's values: rank}, while orders are made
        )
        self.unconfirmed = []  # orders that are made and wait for their confirmation
        self.inserting = False  # while the rows of new orders are written
        self.told = {}  # {rank: [(order, procurement)]}, to say where they come from
        self.posts = None  # notes on new orders, while they are collected
        self.dated_again = {}  # {id of an order: rank of what gave it its last end}
        self.enlarged = None  # id of the order that a demand enlarges
        self.wizards = None  # wizards that enlarge orders, while they are collected
        self.grown_lines = (
            None  # {id: (line of a request, values)}, while they are collected
        )
        self.assigns_later = False  # before core reserves for demands that grew
        self.raised = set()  # ids of moves of which the reservation is put off then
        self.grown = set()  # ids of products of which standing orders need more
        self.replenished = set()  # ids of products with an automatic reordering rule
        self.asked = set()  # ids of products that were made or bought for demands
        self.vendors = set()  # ids of partners who were asked to deliver
        self.pending = set()  # ids of moves that core would not have confirmed yet
        self.must_suffice = set()  # products of which there must be enough for all
        self.free = {}  # {(product, place): quantity that is free}, where rules use it
        self.wanted = defaultdict(float)  # {(product, place): quantity}, of the same
        self.shares_stock = False  # whether it may show that core's way must be gone
        self.alone = False  # core's way: each order on its own
        self._rank_of_group = {}
        self._passes = False
        self._scope = None
        self._scopes = {}
        self._places = {}
        self._pulls = [{}]

    # -- what core does now

    @contextmanager
    def passing(self):
        """Let the next call to manufacture or buy through to core."""
        self._passes = True
        try:
            yield
        finally:
            self._passes = False

    def take_pass(self):
        """Tell whether this call is let through; the next one is not."""
        passes, self._passes = self._passes, False
        return passes

    def remember(self):
        """Return what `recall` needs to undo what a level adds."""
        return {
            name: copy(value)
            for name, value in vars(self).items()
            if name not in ("found", "reach", "products", "children", "known")
        }

    def recall(self, before):
        vars(self).update(before)

    # -- ranks

    def note(self, values):
        """Note the place of a procurement: Odoo looks up the rule of each in turn."""
        self._places[id(values)] = (len(self._places), values)

    def add_order(self, production, rank):
        self._rank_of_group[production.production_group_id.id] = rank

    def rank_of(self, group_id):
        """Return the rank of the order whose production group this is."""
        if self._scope is not None:
            return self._scope
        if group_id in self._scopes:
            return self._scopes[group_id]
        return self._rank_of_group.get(group_id, ())

    def rank_of_order(self, production):
        """Return the rank of an order; of one that stood before, the first there is."""
        return self._rank_of_group.get(production.production_group_id.id, ())

    @contextmanager
    def scope(self, rank):
        """Let all that is asked for be asked for by a call of this rank."""
        before, self._scope = self._scope, rank
        try:
            yield
        finally:
            self._scope = before

    @contextmanager
    def scopes(self, ranks):
        """Let what each order asks for be asked for by a call of the rank given.

        :param ranks: {id of its production group: rank}
        """
        before, self._scopes = self._scopes, ranks
        try:
            yield
        finally:
            self._scopes = before

    @contextmanager
    def collecting(self, collects):
        """Give the list of the wizards that would enlarge orders inside.

        :param collects: whether they wait; otherwise they do it, and the list is empty
        """
        found = []
        self.wizards = found if collects else None
        try:
            yield found
        finally:
            self.wizards = None

    @contextmanager
    def growing(self):
        """Give {id: (line, values)} of what is written inside on lines that grow."""
        self.grown_lines = found = {}
        try:
            yield found
        finally:
            self.grown_lines = None

    @contextmanager
    def writing(self):
        """What is written inside on lines that grow does not wait."""
        waiting, self.grown_lines = self.grown_lines, None
        try:
            yield
        finally:
            self.grown_lines = waiting

    def ask(self, procurements):
        """Return the `Call`s of procurements that are made or bought later."""
        self.asked |= {procurement.product_id.id for procurement, _rule in procurements}
        return self.calls(procurements)

    def calls(self, procurements):
        """Return the `Call`s that these procurements of one kind of rule come from.

        :param procurements: list of (procurement, rule)
        """
        by_group = defaultdict(list)
        for entry in procurements:
            by_group[entry[0].values.get("production_group_id")].append(entry)
        calls = []
        for group_id, entries in by_group.items():
            place = min(self._place(procurement) for procurement, _rule in entries)
            path = self._pulls[-1].get(group_id, ())
            rank = (*self.rank_of(group_id), *path, place)
            calls.append(Call(rank, list(enumerate(entries))))
        return calls

    @contextmanager
    def pulling(self, procurements):
        """What is asked for inside is asked for by the transfers of these."""
        length = {
            group: len(self.rank_of(group)) for group in self._groups(procurements)
        }
        paths = {
            call.demands[0][1][0].values.get("production_group_id"): call.rank
            for call in self.calls(procurements)
        }
        self._pulls.append(
            {group: rank[length[group] :] for group, rank in paths.items()}
        )
        try:
            yield
        finally:
            self._pulls.pop()

    @property
    def is_pulling(self):
        """Whether transfers are being made whose supply has still to be ordered."""
        return not self.alone and len(self._pulls) > 1

    @staticmethod
    def _groups(procurements):
        return {entry[0].values.get("production_group_id") for entry in procurements}

    def _place(self, procurement):
        return self._places.get(id(procurement.values), (0,))[0]

    def knows(self, product_ids):
        """Whether all these products were looked up when the walk began."""
        return set(product_ids) <= self.reach.keys()

    # -- what is put off

    def take_ready(self):
        """Return the calls to manufacture whose turn it is; the others stay queued."""
        ready, self.queue = split_ready(
            self.queue,
            _product_of,
            self.reach,
            {claim.product for claim in self.claims},
        )
        return ready

    def take_claims(self):
        """Return the claims on stock whose turn it is; the others stay queued."""
        queued = {
            _product_of(demand)
            for call in self.queue
            for _place, demand in call.demands
        }
        ready, self.claims = split_claims(self.claims, queued, self.reach)
        return ready

    def claim_later(self, moves):
        """Put off what moves take from stock, and order, when they are confirmed."""
        for move in moves:
            rank = self._rank_at_the_end(move.production_group_id.id)
            self.claims.append(Claim(rank, move.id, move.product_id.id))

    def claim_raised_later(self, moves):
        """The same for moves that grew: each before what the next one asks for."""
        for move in moves:
            rank = self._rank_by_now(move.production_group_id.id)
            self.claims.append(Claim(rank, move.id, move.product_id.id))

    def take_assignment(self):
        """Tell whether the next reservation is put off; the one after it is not."""
        later, self.assigns_later = self.assigns_later, False
        return later

    def reserve_raised_later(self, moves):
        """Put off what core reserves for moves that have grown, before it orders."""
        for move in moves:
            rank = self._rank_by_now(move.production_group_id.id)
            self.reservations.append((rank, move.id))
            self.raised.add(move.id)

    def reserve_later(self, moves):
        """Put off a reservation until everything below the orders is done."""
        for move in moves:
            rank = self._rank_at_the_end(move.production_group_id.id)
            self.reservations.append((rank, move.id))

    def tell_later(self, production, procurement, rank):
        """Put off the note on an order where it comes from, of a call's demand."""
        self.told.setdefault((*rank[:-1], LAST), []).append((production, procurement))

    def date_again(self, production, rank):
        """Note that an order has got another end, by a call of this rank."""
        before = self.dated_again.get(production.id, rank)
        self.dated_again[production.id] = max(before, rank)

    def link_later(self, moves):
        """Put off what mto_cascade does for moves of which the supply is not there."""
        for group, found in moves.grouped("production_group_id").items():
            self.links.append((self._rank_at_the_end(group.id), found.ids))

    def take_links(self):
        """Return [(rank, ids of moves that were confirmed at once)]."""
        found, self.links = self.links, []
        return found

    def merge_later(self, moves, merge_into):
        """Put off a merge of moves that one order asked for."""
        for group, found in moves.grouped("production_group_id").items():
            rank = self._rank_at_the_end(group.id)
            self.merges.append((rank, found.ids, merge_into and merge_into.ids))

    def trigger_later(self, moves):
        """Put off what reordering rules do about moves that were confirmed."""
        for group, found in moves.grouped("production_group_id").items():
            rank = (*self._rank_at_the_end(group.id), LAST)
            self.triggers.append((rank, found.ids))

    def take_triggers(self):
        """Return [(rank, ids of moves)], in Odoo's order."""
        found, self.triggers = sorted(self.triggers), []
        return found

    def _rank_at_the_end(self, group_id):
        """Return the rank of what is done when all that was asked for is there."""
        return (*self.rank_of(group_id), *self._pulls[-1].get(group_id, ()), LAST)

    def _rank_by_now(self, group_id):
        """Return the rank of what is done between two rules that are looked up."""
        return (*self.rank_of(group_id), len(self._places))

    def take_merges(self):
        """Return [(ids of moves, ids of moves to merge them into)], in Odoo's order."""
        found, self.merges = sorted(self.merges, key=lambda entry: entry[0]), []
        return [(ids, into) for _rank, ids, into in found]

    def take_reservations(self):
        """Return the ids of the moves to reserve, in Odoo's order."""
        found, self.reservations = sorted(self.reservations), []
        return [move_id for _rank, move_id in found]


def _product_of(demand):
    return demand[0].product_id.id
