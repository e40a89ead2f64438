from collections import defaultdict

from odoo import fields, models

from odoo.addons.mto_cascade.models.mto_supply_check import PathItem

from ..engine import (
    NOT_CONFIRMED,
    OVERDUE,
    Item,
    Ledger,
    Promise,
    Promiser,
    Remark,
    Scheduler,
    Source,
    Structure,
    free_sources,
)


class MtoPromise(models.AbstractModel):
    """When a product can be had: loads the facts, asks the engine, tells in words.

    Facts are read once for all demands, a level of the structure at a time; the engine
    thinks without a query.
    """

    _name = "mto.promise"
    _description = "Promise"

    def _get_promises(self, demands, lines=None, memory=None):
        """Return {demand.key: ``Promise``}: when each demand can be met, and why then.

        Demands of one ``group`` share one stock, in their order. Nothing is written.
        Callers have checked that the order lines or products may be read: vendors,
        bills of materials, stock and orders are read as superuser, and nothing is
        handed out of them but dates, quantities, products and names of documents; no
        price, no cost, no vendor.

        :param demands: ``engine.PromiseDemand``s, quantities in the product's unit,
            moments in UTC
        :param lines: {demand.key: order line}, which may be unsaved, where ``line_id``
            does not say it
        :param memory: of ``_read_goods``, with what was read before
        """
        demands = list(demands)
        promise = self.sudo()
        found = dict(
            zip(demands, promise._prepare_items(demands, lines or {}), strict=True)
        )
        Structure_ = promise.env["mto.promise.structure"]
        if memory is None:
            companies = promise.env["res.company"].browse(
                {demand.company_id for demand in demands}
            )
            memory = Structure_._new_memory(companies)
        Structure_._build(found.values(), memory)
        return promise._answer(found, memory)

    def _read_goods(self, products, company):
        """Read what promises of products need, down to their last components.

        Callers check that the user may read the products.

        :return: a memory for ``_get_promises`` of demands of this company alone
        """
        promise = self.sudo()
        memory = promise.env["mto.promise.structure"]._new_memory(company.sudo())
        resolver = promise.env["mto.supply.resolver"]._in_company(company.id)
        resolver._load(set(products.ids), memory.resolver)
        return memory

    def _new_promise(self, demand):
        """An answer to what asks for nothing."""
        return Promise(demand)

    def _prepare_items(self, demands, lines):
        """The needs of the demands, as ``mto.supply.check`` walks them."""
        items = []
        for demand in demands:
            line = lines.get(demand.key) or self.env["sale.order.line"].browse(
                demand.line_id or ()
            )
            line = line.sudo()
            need = self._prepare_need(demand, line)
            items.append(PathItem(need, 0, False, line))
        return items

    def _prepare_need(self, demand, line):
        """What is needed today: prices that are valid now, whenever it is wanted."""
        if line:
            return line._prepare_supply_need()._replace(date=False)
        company = self.env["res.company"].browse(demand.company_id)
        warehouse = self.env["stock.warehouse"].browse(demand.warehouse_id or ())
        product = self.env["product.product"].browse(demand.product_id)
        return product._prepare_supply_needs(company, warehouse)[0]

    def _answer(self, found, memory):
        """Ask the engine: {demand: item} with all that is known of them."""
        # To the minute, so that who asks twice is told the same.
        now = fields.Datetime.now().replace(second=0)
        structure = Structure(memory.nodes)
        scheduler = Scheduler(structure, self._load_calendars(memory, now))
        ledger = Ledger(self._load_sources(memory, now))
        promisers = defaultdict(lambda: Promiser(scheduler, ledger.fork(), now))
        Calendar = self.env["mto.promise.calendar"]
        answers = {}
        for demand, item in found.items():
            company = self.env["res.company"].browse(demand.company_id)
            asked = Item(
                demand,
                memory.keys[item],
                company.security_lead,
                Calendar._get_company_key(company.id),
            )
            answers[demand.key] = promisers[demand.group].promise(asked)
        return answers

    def _load_calendars(self, memory, now):
        keys = set()
        for node in memory.nodes.values():
            keys |= {node.calendar, node.vendor_calendar}
            keys |= {operation.calendar for operation in node.operations}
        return self.env["mto.promise.calendar"]._load(keys, now)

    # What is free

    def _load_sources(self, memory, now):
        """Return {(product id, location id): ``Source``s nobody else was promised}."""
        places = defaultdict(set)
        for (product_id, location_id), company_id in memory.pools.items():
            places[location_id, company_id].add(product_id)
        sources = {}
        for (location_id, company_id), product_ids in places.items():
            pools = self.env["mto.supply.network"]._get_pools(
                self.env["product.product"].browse(sorted(product_ids)),
                self.env["stock.location"].browse(location_id),
                self.env["res.company"].browse(company_id),
            )
            for product, pool in pools.items():
                sources[product.id, location_id] = self._make_sources(
                    product, pool, now
                )
        return sources

    def _make_sources(self, product, pool, now):
        arrivals = [
            self._make_source(product, arrival, now)
            for arrival in pool.arrivals
            # What is made to a specification fits nobody else.
            if not arrival.specification
        ]
        return free_sources(pool.on_hand, pool.committed, arrivals)

    def _make_source(self, product, arrival, now):
        document = self._get_document(arrival.key)
        moment = self._get_arrival_moment(arrival) or now
        remarks = []
        if arrival.key._name == "purchase.order.line":
            # A line whose goods no receipt announces yet: a request for quotation.
            remarks.append(Remark(NOT_CONFIRMED, product.id, *document))
        if moment < now:
            remarks.append(Remark(OVERDUE, product.id, *document, (moment,)))
        return Source(arrival.quantity, max(moment, now), document, tuple(remarks))

    def _get_arrival_moment(self, arrival):
        """A receipt keeps its date when its vendor confirms another one."""
        if arrival.key._name == "stock.move" and arrival.key.purchase_line_id:
            return arrival.key.purchase_line_id.date_planned
        return arrival.date

    def _get_document(self, record):
        """(model, id) of the document that brings an arrival."""
        if record._name == "purchase.order.line":
            return ("purchase.order", record.order_id.id)
        production = record.production_id
        purchase = record.purchase_line_id.order_id
        document = production or purchase or record.picking_id or record
        return (document._name, document.id)

    def _get_document_name(self, document):
        """Return 'P00012' of (model, id), whoever asks; False without a document."""
        return bool(document) and self.env[document[0]].sudo().browse(document[1]).name
