from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from odoo.addons.mto_pegging.engine import make_expected_pegs
from odoo.addons.mto_pegging.models.mto_expected_supply import Book, _get_rank
from odoo.addons.mto_pegging.models.mto_pegging import LINE, MOVE

from ..engine import Arrival, Component, Facts, Maker, Order, check_launch
from .launch_words import LaunchWords

CLOSED = ("done", "cancel")


class MtoLaunch(models.AbstractModel):
    """Can these orders start? Facts for the engine, in a flat number of statements."""

    _name = "mto.launch"
    _description = "Can We Start?"

    def _get_checks(self, productions):
        """Return {production id: ``Check``} of orders that are not done or cancelled.

        :param productions: as superuser; the caller checks what the user may read
        """
        productions = productions.filtered(lambda p: p.state not in CLOSED)
        if not productions:
            return {}
        self.env.flush_all()
        rows = self._read_components(productions)
        facts, held = self._make_facts(productions, rows)
        units = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        return check_launch(
            [self._make_order(production, units) for production in productions],
            [self._make_component(row, held) for row in rows],
            facts,
        )

    def _get_words(self, productions):
        """Checks of the orders and the words for them.

        :rtype: LaunchWords
        """
        return LaunchWords(self.env, productions, self._get_checks(productions))

    def _make_order(self, production, units):
        """What is counted starts in whole pieces, what is measured as it is rounded."""
        product = production.product_id
        is_counted = units and product.uom_id._has_common_reference(units)
        step = 1.0 if is_counted else product.uom_id.rounding
        return Order(production.id, production.product_uom_qty, step)

    def _read_components(self, productions):
        """Rows of all components; of what was consumed, the quantity."""
        self.env.cr.execute(
            SQL(
                """SELECT move.id, move.raw_material_production_id AS owner,
                    move.product_id, move.company_id, move.state,
                    move.product_qty AS quantity,
                    template.is_storable AS is_kept,
                    CASE WHEN move.state = 'done' THEN COALESCE(
                        move.product_qty * move.quantity
                            / NULLIF(move.product_uom_qty, 0), move.quantity)
                        ELSE 0 END AS consumed
                FROM stock_move move
                JOIN product_product product ON product.id = move.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                JOIN stock_location place ON place.id = move.location_dest_id
                WHERE move.raw_material_production_id IN %s
                  AND move.state != 'cancel' AND place.usage != 'inventory'
                ORDER BY move.sequence, move.id""",
                tuple(productions.ids),
            )
        )
        return self.env.cr.dictfetchall()

    def _make_component(self, row, held):
        is_done = row["state"] == "done"
        required = row["consumed"] if is_done else row["quantity"]
        key = (MOVE, row["id"])
        return Component(
            key,
            row["owner"],
            row["product_id"],
            required,
            row["consumed"] if is_done else held.get(key, 0.0),
            # What takes nothing out of a stock (a subcontractor's) misses nothing.
            row["is_kept"] and (is_done or key in held),
        )

    def _make_facts(self, productions, rows):
        """(Facts, {demand: quantity that is reserved or has arrived for it})."""
        open_rows = [row for row in rows if row["state"] != "done"]
        if not open_rows:
            return Facts({}, {}, {}, {}, self.env.cr.now()), {}
        moves = self.env[MOVE].browse([row["id"] for row in open_rows])
        products = self.env["mto.expected.supply"]._get_products(moves)
        book = LaunchBook(self.env, products, productions.company_id.ids)
        return book.make_facts(), book.held


class LaunchBook(Book):
    """Who needs, has and brings the components, as facts of the launch check."""

    def make_facts(self):
        self.held = self._get_held()
        return Facts(
            pegs=self._get_pegs(),
            arrivals=self._make_arrival_facts(),
            makers=self._make_makers(),
            open=self._get_open(),
            now=self.env.cr.now(),
        )

    def _get_held(self):
        """{demand: what is reserved, or has arrived for it and waits}."""
        held = {
            (MOVE, move_id): self.moves[move_id]["held"] for move_id in self.missing
        }
        for (supply, move_id), quantity in self.linked.items():
            if supply in self.arrived:
                held[MOVE, move_id] += quantity
        return held

    def get_turn(self, move_id):
        """Sorts demands as free stock is handed out."""
        row = self.moves[move_id]
        return _get_rank(row), row["date"], move_id

    def _get_open(self):
        return {
            key: self.moves[key[1]]["quantity"] - held
            for key, held in self.held.items()
            if self.moves[key[1]]["is_kept"]
        }

    def _get_pegs(self):
        """{demand: [(supply, quantity)]}: linked first, then what is expected."""
        pegs = defaultdict(list)
        for (supply, move_id), quantity in self.linked.items():
            if supply not in self.arrived:
                pegs[MOVE, move_id].append((supply, quantity))
        for peg in make_expected_pegs(self.make_demands(), self.make_supplies()):
            pegs[peg.demand].append((peg.supply, peg.quantity))
        return pegs

    def _make_arrival_facts(self):
        arrivals = {}
        for move_id, row in self.moves.items():
            if not row["owner"]:
                key = (MOVE, move_id)
                carries = key if key in self.held else None
                arrivals[key] = Arrival(key, row["date"], row["production"], carries)
        for line_id, row in self.lines.items():
            arrivals[LINE, line_id] = Arrival((LINE, line_id), row["date"])
        return arrivals

    def _make_makers(self):
        needs = defaultdict(list)
        for move_id, row in self.moves.items():
            if row["owner"] and (MOVE, move_id) in self.held:
                needs[row["owner"]].append((MOVE, move_id))
        ids = {row["production"] for row in self.moves.values() if row["production"]}
        productions = self.env["mrp.production"].browse(sorted(ids))
        return {
            production.id: Maker(
                production.date_start,
                production.date_finished or production.date_start,
                tuple(needs[production.id]),
                production.state in ("progress", "to_close"),
            )
            for production in productions
        }
