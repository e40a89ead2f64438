from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from odoo.addons.mto_cascade.engine import STOCK_THEN_ORDER, Flow
from odoo.addons.mto_cascade.models.mto_supply_network import REQUESTED

from ..engine import TINY, FreeSupply, OpenDemand, make_expected_pegs
from .mto_pegging import LINE, MOVE, STOCK

# Odoo reserves nothing for a draft: whatever is confirmed comes first. What somebody
# decided to serve first comes before all.
DRAFT_PRIORITY = 2
GIVEN_PRIORITY = -1

# Moves that need or bring something. A manufacturing order that replenishes a stock
# waits as a draft until somebody looks at it; its goods are expected all the same.
_IS_OPEN = SQL(
    """move.state NOT IN ('done', 'cancel') AND (move.state != 'draft'
       OR move.production_id IS NOT NULL
       OR move.raw_material_production_id IS NOT NULL)"""
)


class MtoExpectedSupply(models.AbstractModel):
    """What is expected to cover demands that nothing is linked with or reserved for.

    All demands for the same goods compete, so all of them are looked at: as plain rows
    of a few statements, whatever their number.
    """

    _name = "mto.expected.supply"
    _description = "Expected Supply"

    def _get_pegs(self, moves):
        """Return soft pegs around the demands ``moves``, and what must be walked.

        Of all goods that are needed below them, at any level, and of everybody who
        competes for these.

        :param moves: demands that lack supply
        :return: (list of ``Peg``, moves and purchase lines that are reached by them)
        """
        self.env.flush_all()
        products = self._get_products(moves)
        book = Book(self.env, products, moves.company_id.ids)
        pegs = make_expected_pegs(book.make_demands(), book.make_supplies())
        reached = book.get_reached(pegs, moves.ids)
        move_ids = [res_id for model, res_id in reached if model == MOVE]
        line_ids = [res_id for model, res_id in reached if model == LINE]
        return pegs, moves.browse(move_ids), self.env[LINE].browse(line_ids)

    def _get_pegs_above(self, moves, purchase_lines):
        """Return soft pegs that lead up from these supplies, at any level.

        :return: (list of ``Peg``, demands that are reached by them)
        """
        self.env.flush_all()
        companies = moves.company_id | purchase_lines.company_id
        products = self._get_products_above(
            moves.product_id | purchase_lines.product_id, companies
        )
        book = Book(self.env, products, companies.ids)
        pegs = make_expected_pegs(book.make_demands(), book.make_supplies())
        start = [(MOVE, move_id) for move_id in moves.ids]
        start += [(LINE, line_id) for line_id in purchase_lines.ids]
        return pegs, moves.browse(book.get_reached_above(pegs, start))

    def _get_stock_pegs(self, products, companies):
        """Whom free stock is expected to serve, in the order in which it is given.

        :return: {(product id, location id): [(key of a demand, quantity)]}
        """
        self.env.flush_all()
        book = Book(self.env, products.ids, companies.ids)
        result = defaultdict(list)
        for peg in make_expected_pegs(book.make_demands(), book.make_supplies()):
            if peg.supply[0] == STOCK:
                result[peg.supply[1:]].append((peg.demand, peg.quantity))
        return result

    def _get_products_above(self, products, companies):
        """Ids of the products and of all that is made of them in open orders."""
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE made (id) AS (
                    SELECT unnest(%(start)s)
                    UNION
                    SELECT move.product_id FROM made
                      JOIN stock_move component ON component.product_id = made.id
                       AND component.raw_material_production_id IS NOT NULL
                       AND component.company_id = ANY(%(companies)s)
                       AND component.state NOT IN ('done', 'cancel')
                      JOIN stock_move move
                        ON move.production_id = component.raw_material_production_id
                       AND %(is_open)s)
                SELECT id FROM made""",
                start=products.ids,
                companies=companies.ids,
                is_open=_IS_OPEN,
            )
        )
        return [product_id for (product_id,) in rows]

    def _get_products(self, moves):
        """Ids of the products of the moves and of all that is needed to make them."""
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE needed (id) AS (
                    SELECT unnest(%(start)s)
                    UNION
                    SELECT component.product_id FROM needed
                      JOIN stock_move move ON move.product_id = needed.id
                       AND move.production_id IS NOT NULL
                       AND move.company_id = ANY(%(companies)s) AND %(is_open)s
                      JOIN stock_move component
                        ON component.raw_material_production_id = move.production_id
                       AND component.state NOT IN ('done', 'cancel'))
                SELECT id FROM needed""",
                start=moves.product_id.ids,
                companies=moves.company_id.ids,
                is_open=_IS_OPEN,
            )
        )
        return [product_id for (product_id,) in rows]


class Book:
    """Who needs, has and brings some products: rows of the database, few statements."""

    def __init__(self, env, product_ids, company_ids):
        self.env = env
        self.product_ids = product_ids
        self.company_ids = company_ids
        self.moves = {row["id"]: row for row in self._read_moves()}
        self.lines = {row["id"]: row for row in self._read_lines()}
        self.origins = defaultdict(list)
        self.arrived = {}
        self._read_links()
        self.places = self._read_places()
        self.given = self._read_given()
        self._settle_links()

    # Reading

    def _read(self, query):
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()

    def _read_moves(self):
        return self._read(
            SQL(
                """SELECT move.id, move.product_id, move.company_id, move.state,
                    move.product_qty AS quantity, move.date, move.priority,
                    move.location_id AS source, move.location_dest_id AS next,
                    COALESCE(move.location_final_id, move.location_dest_id) AS place,
                    move.production_id AS production,
                    move.raw_material_production_id AS owner,
                    move.procure_method, move.supply_policy,
                    COALESCE(move.specification_key, '') AS specification,
                    template.is_storable AS is_kept,
                    production.product_id = move.product_id AS is_main,
                    COALESCE(held.quantity, 0) AS held
                FROM stock_move move
                JOIN product_product product ON product.id = move.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                LEFT JOIN mrp_production production
                  ON production.id = move.production_id
                LEFT JOIN (
                    SELECT move_id, SUM(quantity_product_uom) AS quantity
                      FROM stock_move_line
                     WHERE product_id = ANY(%(products)s)
                       AND state NOT IN ('done', 'cancel')
                     GROUP BY move_id) held ON held.move_id = move.id
                WHERE move.product_id = ANY(%(products)s)
                  AND move.company_id = ANY(%(companies)s) AND %(is_open)s""",
                products=self.product_ids,
                companies=self.company_ids,
                is_open=_IS_OPEN,
            )
        )

    def _read_lines(self):
        return self._read(
            SQL(
                """SELECT line.id, line.product_id, line.company_id,
                    line.product_uom_qty AS quantity, line.date_planned AS date,
                    COALESCE(line.location_final_id, type.default_location_dest_id)
                        AS place,
                    COALESCE(line.specification_key, '') AS specification,
                    template.is_storable AS is_kept,
                    ARRAY(SELECT rel.move_id
                            FROM stock_move_created_purchase_line_rel rel
                           WHERE rel.created_purchase_line_id = line.id) AS demands
                FROM purchase_order_line line
                JOIN purchase_order purchase ON purchase.id = line.order_id
                JOIN stock_picking_type type ON type.id = purchase.picking_type_id
                JOIN product_product product ON product.id = line.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE line.product_id = ANY(%(products)s)
                  AND line.company_id = ANY(%(companies)s)
                  AND purchase.state IN %(requested)s""",
                products=self.product_ids,
                companies=self.company_ids,
                requested=tuple(REQUESTED),
            )
        )

    def _read_links(self):
        """Links of open moves; of what has arrived, the part nobody has taken yet."""
        rows = self._read(
            SQL(
                """SELECT rel.move_dest_id AS demand, origin.id AS supply, origin.state,
                    CASE WHEN origin.state = 'done' THEN %(moved)s - (
                        SELECT COALESCE(SUM(%(taken)s), 0)
                          FROM stock_move_move_rel other
                          JOIN stock_move taker ON taker.id = other.move_dest_id
                         WHERE other.move_orig_id = origin.id
                           AND taker.state = 'done') END AS quantity
                FROM stock_move_move_rel rel
                JOIN stock_move origin ON origin.id = rel.move_orig_id
                WHERE rel.move_dest_id = ANY(%(demands)s)
                  AND origin.state != 'cancel'""",
                moved=_get_moved("origin"),
                taken=_get_moved("taker"),
                demands=list(self.moves),
            )
        )
        for row in rows:
            self.origins[row["demand"]].append((MOVE, row["supply"]))
            if row["state"] == "done":
                self.arrived[MOVE, row["supply"]] = row["quantity"]
        for line in self.lines.values():
            for move_id in line["demands"]:
                self.origins[move_id].append((LINE, line["id"]))

    def _read_places(self):
        """{location id: location} of all places, as superuser."""
        ids = {row["source"] for row in self.moves.values()}
        ids |= {row["next"] for row in self.moves.values()}
        ids |= {
            row["place"]
            for row in (*self.moves.values(), *self.lines.values())
            if row["place"]
        }
        self.quants = self._read_quants()
        ids |= {row["place"] for row in self.quants}
        locations = self.env["stock.location"].sudo().browse(ids)
        return {location.id: Place(location) for location in locations}

    def _read_quants(self):
        return self._read(
            SQL(
                """SELECT quant.product_id, quant.company_id,
                    quant.location_id AS place,
                    COALESCE(SUM(quant.quantity), 0)
                        - COALESCE(SUM(quant.reserved_quantity), 0) AS quantity
                FROM stock_quant quant
                JOIN stock_location location ON location.id = quant.location_id
                WHERE quant.product_id = ANY(%(products)s)
                  AND quant.company_id = ANY(%(companies)s)
                  AND quant.owner_id IS NULL
                  AND location.usage IN ('internal', 'transit')
                GROUP BY 1, 2, 3""",
                products=self.product_ids,
                companies=self.company_ids,
            )
        )

    def _read_given(self):
        """[(move id, keys of open supply, quantity)] that somebody decided."""
        overrides = self.env["mto.peg.override"]
        products = self.env["product.product"].browse(self.product_ids)
        demands = overrides._find(products).demand_ids
        moves = demands.filtered(lambda move: move.id in self.moves)
        return [
            (move.id, keys, quantity)
            for move, keys, quantity in overrides._get_given(moves)
        ]

    # What links settle

    def _settle_links(self):
        """What links leave open of each demand, and free of each supply.

        ``linked``: {(supply, demand): quantity} of what links settle.
        """
        self.missing, self.free = {}, {}
        linked = {}
        for move_id, row in self._sort_demands():
            need = self._get_need(row)
            self.missing[move_id] = need
            if self.origins.get(move_id):
                linked[move_id] = need
        capacities = {
            (MOVE, move_id): row["quantity"] for move_id, row in self.moves.items()
        }
        for line_id, row in self.lines.items():
            capacities[LINE, line_id] = row["quantity"]
        links = [
            (origin, move_id) for move_id in linked for origin in self.origins[move_id]
        ]
        held = defaultdict(float)
        for move_id in linked:
            for origin in self.origins[move_id]:
                if origin in self.arrived:
                    held[origin] += self.moves[move_id]["held"]
        for key, quantity in self.arrived.items():
            capacities[key] = max(quantity - held[key], 0.0)
        flow = Flow(linked, capacities, links, self.given)
        for move_id in linked:
            self.missing[move_id] = flow.missing(move_id)
        self.free = {key: flow.left(key) for key in capacities}
        self.linked = flow.quantities
        self.promised = {key: capacities[key] - self.free[key] for key in self.arrived}

    def _sort_demands(self):
        rows = [
            (move_id, row)
            for move_id, row in self.moves.items()
            if self._needs_goods(row)
        ]
        return sorted(rows, key=lambda item: (item[1]["date"], item[0]))

    def _needs_goods(self, row):
        return not row["production"] and self.places[row["source"]].is_stock

    def _get_need(self, row):
        """What is neither moved nor reserved of an open move."""
        return max(row["quantity"] - row["held"], 0.0)

    # Facts for the engine

    def make_demands(self):
        """Demands that Odoo will serve from whatever is free."""
        first = defaultdict(float)
        for move_id, _supplies, quantity in self.given:
            first[move_id] += quantity
        demands = []
        for move_id, missing in self.missing.items():
            row = self.moves[move_id]
            if missing <= TINY or not self._may_use_stock(row):
                continue
            given = min(first[move_id], missing) if move_id in first else 0.0
            for quantity, rank in (
                (given, GIVEN_PRIORITY),
                (missing - given, _get_rank(row)),
            ):
                if quantity > TINY:
                    demands.append(self._make_demand(move_id, quantity, rank))
        return demands

    def _make_demand(self, move_id, quantity, rank):
        row = self.moves[move_id]
        return OpenDemand(
            (MOVE, move_id),
            self._get_goods(row),
            quantity,
            self.places[row["source"]].path,
            row["date"],
            rank,
            row["owner"],
        )

    def _may_use_stock(self, row):
        """Core reserves for a demand with origins, or made to order, out of these."""
        if not row["is_kept"] or self._stays_inside(row):
            return False
        if row["supply_policy"] == STOCK_THEN_ORDER:
            return True
        has_origin = any(key[0] == MOVE for key in self.origins.get(row["id"], ()))
        return row["procure_method"] != "make_to_order" and not has_origin

    def _stays_inside(self, row):
        """Goods that only change their shelf need no supply and bring none."""
        stock = self.places[row["source"]].stock_path
        return bool(stock) and self.places[row["next"]].path.startswith(stock)

    def make_supplies(self):
        """Stock that is free, and what arrives for nobody."""
        return [*self._make_stock(), *self._make_arrivals(), *self._make_requests()]

    def _make_stock(self):
        promised = self._get_promised_stock()
        for row in self.quants:
            goods = (row["product_id"], row["company_id"], "")
            quantity = row["quantity"]
            taken = min(promised.get(goods, 0.0), max(quantity, 0.0))
            if taken:
                promised[goods] -= taken
            yield FreeSupply(
                (STOCK, row["product_id"], row["place"]),
                goods,
                quantity - taken,
                self.places[row["place"]].path,
            )

    def _get_promised_stock(self):
        """Goods that have arrived for a demand and are not reserved yet."""
        result = defaultdict(float)
        for move_id in self.missing:
            row = self.moves[move_id]
            for key in self.origins.get(move_id, ()):
                if quantity := self.promised.pop(key, 0.0):
                    result[row["product_id"], row["company_id"], ""] += quantity
        return result

    def _make_arrivals(self):
        for move_id, row in self.moves.items():
            if row["owner"] or self._stays_inside(row):
                continue
            yield FreeSupply(
                (MOVE, move_id),
                self._get_goods(row),
                self.free[MOVE, move_id],
                self.places[row["place"]].path,
                row["date"],
                self.places[row["source"]].path,
                row["production"],
            )

    def _make_requests(self):
        for line_id, row in self.lines.items():
            if row["place"]:
                yield FreeSupply(
                    (LINE, line_id),
                    self._get_goods(row),
                    self.free[LINE, line_id],
                    self.places[row["place"]].path,
                    row["date"],
                )

    def _get_goods(self, row):
        return (row["product_id"], row["company_id"], row["specification"])

    # What the pegs lead to

    def get_reached(self, pegs, move_ids):
        """Supplies that ``pegs`` lead to from the moves, over any number of levels."""
        below = defaultdict(list)
        for peg in pegs:
            below[peg.demand].append(peg.supply)
        components = defaultdict(list)
        for move_id, row in self.moves.items():
            if row["owner"]:
                components[row["owner"]].append((MOVE, move_id))
        stack = [(MOVE, move_id) for move_id in move_ids]
        seen, reached = set(stack), []
        while stack:
            key = stack.pop()
            row = self.moves.get(key[1]) if key[0] == MOVE else None
            soft = [supply for supply in below[key] if supply[0] != STOCK]
            reached += soft
            steps = soft
            if row:
                steps = [*soft, *self.origins.get(key[1], ())]
                steps += components.get(row["production"], ())
            for step in steps:
                if step not in seen:
                    seen.add(step)
                    stack.append(step)
        return dict.fromkeys(reached)

    def get_reached_above(self, pegs, keys):
        """Ids of demands that ``pegs`` lead to from these supplies, at any level."""
        above = defaultdict(list)
        for peg in pegs:
            above[peg.supply].append(peg.demand)
        soft = {peg.demand for peg in pegs}
        for move_id, origins in self.origins.items():
            for origin in origins:
                above[origin].append((MOVE, move_id))
        finished = defaultdict(list)
        for move_id, row in self.moves.items():
            if row["production"]:
                finished[row["production"]].append((MOVE, move_id))
        stack, seen = list(keys), set(keys)
        while stack:
            key = stack.pop()
            row = self.moves.get(key[1]) if key[0] == MOVE else None
            steps = [*above[key], *(finished[row["owner"]] if row else ())]
            for step in steps:
                if step not in seen:
                    seen.add(step)
                    stack.append(step)
        return sorted(move_id for _model, move_id in (seen & soft) - set(keys))


class Place:
    """What is asked of a location, read once."""

    def __init__(self, location):
        self.path = location.parent_path or ""
        self.is_stock = (
            location.usage in ("internal", "transit")
            and not location.should_bypass_reservation()
        )
        stock = location.warehouse_id.lot_stock_id.parent_path or ""
        self.stock_path = stock if stock and self.path.startswith(stock) else ""


def _get_moved(alias):
    """Quantity that a done move has moved, in the product's unit."""
    return SQL(
        """COALESCE(%(move)s.product_qty * %(move)s.quantity
            / NULLIF(%(move)s.product_uom_qty, 0), %(move)s.quantity)""",
        move=SQL.identifier(alias),
    )


def _get_rank(row):
    if row["state"] == "draft":
        return DRAFT_PRIORITY
    return 0 if row["priority"] == "1" else 1
