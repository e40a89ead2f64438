from dataclasses import dataclass

from odoo import fields, models

from ..engine import Plan, Shares, project_dates
from .mto_pegging import LINE, MOVE, PRODUCTION, SOLD

# The column that names the document that is waited for.
DOCUMENTS = {
    PRODUCTION: "production_id",
    "purchase.order": "purchase_id",
    "stock.picking": "picking_id",
}


@dataclass(frozen=True)
class Outlook:
    """What supplies order lines, and when each part of it is expected.

    ``records``: {key of a node: record}, ``plans``: {key: ``Plan``}, ``expected``:
    {key: ``Projection``}.
    """

    shares: Shares
    records: dict
    plans: dict
    expected: dict


class MtoOrderProgress(models.Model):
    """How far an open order line is and what it waits for: kept to be searched.

    Derived with the rows of ``mto.demand.line``, by the same queue, and every night,
    because what is late depends on the day.
    """

    _name = "mto.order.progress"
    _inherit = "mto.derived"
    _description = "Progress of an Order Line"
    _log_access = False

    sale_line_id = fields.Many2one(
        "sale.order.line", required=True, ondelete="cascade", index=True
    )
    promise_date = fields.Datetime()
    expected_date = fields.Datetime()
    has_supply = fields.Boolean()
    is_held = fields.Boolean()
    is_missing = fields.Boolean()
    overdue_on = fields.Datetime(
        help="When the next document is late: not started, ordered or received."
    )
    can_start = fields.Boolean()
    waits_product_id = fields.Many2one("product.product", ondelete="set null")
    production_id = fields.Many2one(
        "mrp.production", index="btree_not_null", ondelete="set null"
    )
    purchase_id = fields.Many2one(
        "purchase.order", index="btree_not_null", ondelete="set null"
    )
    picking_id = fields.Many2one(
        "stock.picking", index="btree_not_null", ondelete="set null"
    )
    waits_date = fields.Datetime()
    owner_id = fields.Many2one("res.users", ondelete="set null")
    produced = fields.Float(aggregator="avg")
    received = fields.Float(aggregator="avg")
    ready = fields.Float(aggregator="avg")

    _line_uniq = models.UniqueIndex("(sale_line_id)")

    def _derive(self, lines):
        """Keep the progress of those of ``lines`` that are open, drop the others'.

        :return: what was kept and is not true, see ``mto.demand.line._derive``;
            expected dates and what follows from them change with the day and are not
            told
        """
        open_lines = lines.filtered(lambda line: line._is_open_for_delivery())
        kept = {row.sale_line_id: row for row in self._search_lines(lines)}
        outlook = self._project(open_lines)
        changes = self._keep(kept, self._compute_values(open_lines, outlook))
        self._follow_outlook(open_lines, outlook)
        return changes

    def _get_key(self):
        return "progress", self.sale_line_id.id, self.sale_line_id.id

    def _get_compared(self):
        """What no day changes."""
        return (
            self.has_supply,
            self.is_held,
            self.promise_date,
            *(round(self[name], 6) for name in ("produced", "received", "ready")),
        )

    def _follow_outlook(self, lines, outlook):
        """A hook for what has to happen when ``lines`` are expected anew."""

    def _find_lacking(self, products):
        """Order lines that nothing supplies with one of ``products``: it may be now."""
        rows = self.search(
            [("is_missing", "=", True), ("waits_product_id", "in", products.ids)]
        )
        return rows.sale_line_id

    def _search_lines(self, lines):
        return self.search([("sale_line_id", "in", lines.ids)])

    def _project(self, lines):
        """When ``lines`` and everything that serves them is expected.

        :rtype: Outlook
        """
        # What is on hand or on its way is not missing, although nothing links it.
        graph, shares = self.env["mto.pegging"]._get_supply(lines, soft=True)
        records = self.env["mto.pegging"]._browse(shares.order)
        plans = self._make_plans(records, graph.unsupplied)
        expected = project_dates(
            shares.order,
            [peg for peg, _passed in shares.pegs],
            plans,
            graph.unsupplied,
            fields.Datetime.now(),
        )
        return Outlook(shares, records, plans, expected)

    def _compute_values(self, lines, outlook):
        """Return {order line: values of its row}."""
        shares, records = outlook.shares, outlook.records
        served = {(SOLD, line.id): [] for line in lines}
        for key in shares.order:
            for root, quantity in shares.quantities[key].items():
                if root in served and quantity:
                    served[root].append(records[key])
        return {
            line: self._prepare_values(
                line,
                outlook.expected.get((SOLD, line.id)),
                served[SOLD, line.id],
                records,
            )
            for line in lines
        }

    # What is told of a line

    def _prepare_values(self, line, projection, documents, records):
        has_supply = any(record._name != SOLD for record in documents)
        vals = {
            "sale_line_id": line.id,
            "has_supply": has_supply,
            "is_held": line._is_held(),
            "overdue_on": self._get_overdue_date(documents),
            "promise_date": line._get_promise_date(),
            "expected_date": projection.date if projection else False,
            "is_missing": bool(projection and projection.missing is not None),
            "can_start": any(self._can_start(record) for record in documents),
            "produced": has_supply and self._get_share_done(documents, PRODUCTION),
            "received": has_supply and self._get_share_done(documents, LINE),
            "ready": self._get_share_ready(documents, line),
        }
        vals |= self._prepare_cause(projection, records)
        return vals

    def _prepare_cause(self, projection, records):
        """What is waited for: nothing supplies it, or it is there last."""
        key = projection and (projection.missing or projection.cause)
        record = records[key] if key else None
        document = self._get_document(record)
        vals = dict.fromkeys(DOCUMENTS.values(), False)
        if document:
            vals[DOCUMENTS[document._name]] = document.id
        return {
            **vals,
            "waits_product_id": record.product_id.id if record else False,
            "waits_date": projection.date
            if projection and not projection.missing
            else False,
            "owner_id": document.user_id.id if document else False,
        }

    def _get_document(self, record):
        if not record or record._name == PRODUCTION:
            return record
        if record._name == LINE:
            return record.order_id
        if record._name == MOVE:
            return (
                record.raw_material_production_id
                or record.production_id
                or record.picking_id
            )
        return None

    def _make_plans(self, records, unsupplied):
        """Return {key: Plan} of those of ``records`` ({key: record}) that have one.

        :param unsupplied: keys of demands that nothing, or not enough, supplies
        """
        return {
            key: plan
            for key, record in records.items()
            if (plan := self._make_plan(record))
        }

    def _make_plan(self, record):
        if record._name == PRODUCTION:
            return Plan(
                record.date_start,
                record.date_finished or record.date_start,
                record.state in ("done", "cancel"),
                record.state in ("progress", "to_close"),
                is_made=True,
            )
        if record._name == LINE:
            date = record.date_planned or record.order_id.date_order
            is_done = 0 < record.product_qty <= record.qty_received
            return Plan(date, date, is_done)
        if record._name == MOVE:
            production = record.raw_material_production_id
            is_done = record.state == "done" or production.state in ("done", "cancel")
            if is_done or record.picking_id or record.production_id:
                return Plan(record.date, record.date, is_done)
        return None

    def _get_overdue_date(self, documents):
        """The first day on which something is late that can still be in time."""
        dates = [self._get_due_date(record) for record in documents]
        return min((date for date in dates if date), default=False)

    def _get_due_date(self, record):
        """When an open document has to be started, ordered, finished or received."""
        if record._name == PRODUCTION:
            if record.state == "confirmed":
                return record.date_start
            return record.state == "progress" and record.date_finished
        if record._name == LINE and record.product_qty > record.qty_received:
            if record.state == "purchase":
                return record.date_planned
            return record.order_id.date_order
        return False

    def _can_start(self, record):
        return (
            record._name == PRODUCTION
            and record.state == "confirmed"
            and record.reservation_state == "assigned"
        )

    def _get_share_done(self, documents, model):
        """Fraction of the work of one kind that is done; all where there is none."""
        done, whole = {
            PRODUCTION: ("qty_produced", "product_qty"),
            LINE: ("qty_received", "product_qty"),
        }[model]
        parts = [
            min(record[done] / record[whole], 1.0)
            for record in documents
            if record._name == model and record[whole]
        ]
        return sum(parts) / len(parts) if parts else 1.0

    def _get_share_ready(self, documents, line):
        """Fraction of the deliveries that is reserved or gone."""
        moves = [
            record
            for record in documents
            if record._name == MOVE and record.sale_line_id == line
        ]
        last = [move for move in moves if move.location_dest_id.usage != "internal"]
        total = sum(move._get_demanded_quantity() for move in last)
        taken = sum(move._get_taken_quantity() for move in last)
        return min(taken / total, 1.0) if total else 0.0
