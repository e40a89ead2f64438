from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import split_exactly
from .mto_pegging import LINE, MOVE, PRODUCTION, SOLD

# The column that names the document, by the model of a node.
COLUMNS = {PRODUCTION: "production_id", LINE: "purchase_line_id", MOVE: "move_id"}

# Fields that are read from here and must be read again when rows change.
DERIVED = {
    "mto.purchase.proposal",
    "mrp.production",
    "mrp.workorder",
    "purchase.order.line",
    "stock.picking",
}


class MtoDemandLine(models.Model):
    """So much of a document is for this order line: pegs, kept to be searched.

    Derived from links, reservations and quantities; ``mto.demand.change`` says when it
    is derived again, a nightly comparison says that this was done. Screens that show
    one document compute its pegs and do not read from here.
    """

    _name = "mto.demand.line"
    _inherit = "mto.derived"
    _description = "Customer Order Served by a Document"
    _log_access = False
    _order = "promise_date, id"

    production_id = fields.Many2one(
        "mrp.production", index="btree_not_null", ondelete="cascade"
    )
    purchase_line_id = fields.Many2one(
        "purchase.order.line", index="btree_not_null", ondelete="cascade"
    )
    move_id = fields.Many2one("stock.move", index="btree_not_null", ondelete="cascade")
    picking_id = fields.Many2one(
        "stock.picking", index="btree_not_null", ondelete="cascade"
    )
    sale_line_id = fields.Many2one(
        "sale.order.line", required=True, index=True, ondelete="cascade"
    )
    order_id = fields.Many2one("mto.customer.order", required=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    promise_date = fields.Datetime("Promised")
    quantity = fields.Float(digits="Product Unit", help="In the product's unit.")

    _one_document = models.Constraint(
        "CHECK (num_nonnulls(production_id, purchase_line_id, move_id) = 1)",
        "A row speaks of one document.",
    )
    _production_uniq = models.UniqueIndex(
        "(production_id, sale_line_id) WHERE production_id IS NOT NULL"
    )
    _purchase_line_uniq = models.UniqueIndex(
        "(purchase_line_id, sale_line_id) WHERE purchase_line_id IS NOT NULL"
    )
    _move_uniq = models.UniqueIndex("(move_id, sale_line_id) WHERE move_id IS NOT NULL")

    # Deriving

    def _derive(self, moves, purchase_lines, sale_lines):
        """Derive the rows of every chain that touches these records again.

        A chain is everything that links connect. What was cut off from it is found by
        the order lines it served before.

        :return: [((table or column, id, order line id), what was kept, what is true)]
            of all rows of the three tables that had to change; None for a row that was
            not there
        """
        pegging = self.env["mto.pegging"]
        moves |= sale_lines.move_ids
        moves, purchase_lines = pegging._walk(moves, purchase_lines, "connected")
        pegging._read_moves(moves)
        kept = self._search_rows(moves, purchase_lines)
        sale_lines |= kept.sale_line_id
        cut_off = self.search([("sale_line_id", "in", sale_lines.ids)])
        more = (
            cut_off.move_id
            | sale_lines.move_ids
            | cut_off.production_id.move_finished_ids
            | cut_off.production_id.move_raw_ids
        )
        more_lines = cut_off.purchase_line_id
        if more - moves or more_lines - purchase_lines:
            moves, purchase_lines = pegging._walk(
                moves | more, purchase_lines | more_lines, "connected"
            )
            kept = self._search_rows(moves, purchase_lines)
        graph = pegging._make_graph(moves, purchase_lines)
        sold = [key for key in graph.totals if key[0] == SOLD]
        shares = graph.get_shares(sold)
        sale_lines |= sale_lines.browse(res_id for _model, res_id in sold)
        rows = self._compute_rows(moves, purchase_lines, sale_lines, shares)
        progress = self.env["mto.order.progress"]
        changes = progress._derive(
            sale_lines | progress._find_lacking(moves.product_id)
        )
        changes += self.env["mto.purchase.need"]._derive(purchase_lines)
        self.env["mto.supply.snapshot"]._record(sale_lines.order_id, (graph, shares))
        kept = {row._get_key(): row for row in cut_off | kept}
        return changes + self._keep(kept, rows)

    def _search_rows(self, moves, purchase_lines):
        productions = moves.production_id | moves.raw_material_production_id
        return self.search(
            Domain("move_id", "in", moves.ids)
            | Domain("purchase_line_id", "in", purchase_lines.ids)
            | Domain("production_id", "in", productions.ids)
        )

    def _compute_rows(self, moves, purchase_lines, sale_lines, shares):
        """Return {(column, document id, order line id): values}."""
        productions = moves.production_id | moves.raw_material_production_id
        carried = moves.filtered(lambda m: m.picking_id and m.state != "cancel")
        lines = {line.id: line for line in sale_lines}
        rows = {}
        for documents in (productions, purchase_lines, carried):
            column = COLUMNS[documents._name]
            for document in documents:
                for line_id, quantity in self._get_served(document, shares).items():
                    rows[column, document.id, line_id] = self._prepare_row(
                        document, lines[line_id], quantity
                    )
        return rows

    def _get_served(self, document, shares):
        """Return {order line id: quantity in the unit of the document's product}."""
        served = shares.quantities.get((document._name, document.id), {})
        rounding = document.product_id.uom_id.rounding
        return {
            res_id: quantity
            for (_model, res_id), quantity in split_exactly(served, rounding).items()
            if quantity
        }

    def _prepare_row(self, document, line, quantity):
        order = line.order_id
        return {
            COLUMNS[document._name]: document.id,
            "picking_id": document.picking_id.id if document._name == MOVE else False,
            "sale_line_id": line.id,
            "order_id": order.id,
            "partner_id": order.partner_id.id,
            "company_id": order.company_id.id,
            "promise_date": line._get_promise_date(),
            "quantity": quantity,
        }

    def _keep(self, kept, truth):
        changes = super()._keep(kept, truth)
        if changes:
            self._forget()
        return changes

    def _get_key(self):
        column = next(name for name in COLUMNS.values() if self[name])
        return column, self[column].id, self.sale_line_id.id

    def _get_compared(self):
        return (
            round(self.quantity, 6),
            self.promise_date,
            self.partner_id.id,
            self.company_id.id,
            self.picking_id.id,
        )

    def _forget(self):
        """Documents that are in memory read their columns again."""
        names = list(self.env["mto.demand.columns"]._get_names())
        for model in DERIVED:
            self.env[model].invalidate_model(names, flush=False)

    def _lock(self):
        """Whether this transaction may derive: one at a time does."""
        query = SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s))", self._table)
        return self.env.execute_query(query)[0][0]
