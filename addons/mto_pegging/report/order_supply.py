from collections import defaultdict

from odoo import fields, models

from odoo.addons.mto_cascade.engine.tree import TreeRow

from ..engine import make_rows
from ..models.mto_peg_override import GROUP
from ..models.mto_pegging import LINE, MOVE, PRODUCTION, SOLD, STOCK

FINISHED = ("done", "cancel")


class MtoOrderSupply(models.AbstractModel):
    """ "Supply of this order": everything that serves it, as a tree."""

    _name = "mto.order.supply"
    _inherit = "mto.supply.tree"
    _description = "Supply of this order"

    # Whether what is expected is shown beside what is linked or reserved.
    _with_expected = False
    # The tree that tells the same records the other way.
    _other_tree = "mto.order.supply.expected"

    def _get_tree(self, res_ids):
        lines = self._get_lines(res_ids)
        # Checked there; rows tell documents, quantities and dates, no cost, no price.
        return self.sudo()._get_order_tree(lines.sudo())

    def _get_lines(self, res_ids):
        """The order lines to show; raises where the reader may not see them."""
        orders = self.env["sale.order"].browse(res_ids)
        orders.check_access("read")
        # Whoever may read an order sees all of its lines.
        return orders.sudo().order_line

    def _get_order_tree(self, lines):
        """The tree of sales order lines, as superuser."""
        graph, shares = self.env["mto.pegging"]._get_supply(lines, self._with_expected)
        supplied = lines.filtered(lambda line: line.move_ids)
        records = self.env["mto.pegging"]._browse(shares.order)
        supply_rows = make_rows(
            [(SOLD, line.id) for line in supplied],
            [peg for peg, _passed in shares.pegs],
            graph.totals,
            lambda key: self._is_merged(records[key]),
        )
        nodes = self.env["mto.pegging"]._prepare_nodes(shares.order)
        rows = [self._make_row(row, graph, nodes, records) for row in supply_rows]
        self._mark_gaps(rows, supply_rows, graph)
        return {
            "title": self._get_title(lines),
            "summary": self._get_summary(supplied, rows, supply_rows),
            "columns": self._get_columns(),
            "timeline": self._get_timeline(),
            "rows": rows,
            "messages": self._get_messages(shares, nodes),
            "empty": self._get_empty(),
            "switch": self._get_switch(),
            "actions": self._get_actions(lines.order_id),
        }

    def _is_merged(self, record):
        """Whether the node is shown in one row with the supply that covers it.

        Deliveries stay rows of their own; a component is shown with what supplies it.
        """
        if record._name != MOVE:
            return False
        return not record.sale_line_id or record.location_dest_id.usage == "internal"

    # One row

    def _make_row(self, row, graph, nodes, records):
        first, last = nodes[row.chain[0]], nodes[row.chain[-1]]
        record = records[row.chain[-1]]
        needed = first["date_needed"]
        if first["model"] != SOLD:
            needed = self._get_need(records[key] for key in row.chain)
        slack = self._get_slack(needed, last["date_end"])
        document = self._get_document(record)
        is_finished = self._is_finished(record)
        lateness = self._get_lateness(slack, last, is_finished)
        total = graph.totals.get(row.chain[-1], 0.0)
        cells = {
            "product": self._get_product_words(row, first),
            "quantity": {
                "value": round(row.quantity, 6),
                "total": self._get_shared_total(row, graph),
                "uom": first["uom"],
            },
            "document": last["name"] if document or last["model"] == STOCK else False,
            "state": lateness or self._get_state_words(record),
            "start": last["date_start"],
            "end": last["date_end"],
            "needed": needed,
            "slack": slack if slack is not None and not is_finished else False,
            "responsible": self._get_responsible(record).name or False,
            "progress": self._get_progress(record, total),
            "cover": self._get_cover(row, records),
        }
        return TreeRow(
            cells,
            parent=row.parent,
            tone=self._get_tone(row, lateness, is_finished),
            problem=bool(lateness),
            document=document,
            key=row.chain[-1],
        )

    def _get_product_words(self, row, node):
        if row.repeated:
            return self.env._("%s (shown above)", node["product"])
        return node["product"]

    def _get_tone(self, row, lateness, is_finished):
        if lateness:
            return "danger"
        if row.repeated:
            return "muted"
        return "success" if is_finished else ""

    def _get_need(self, records):
        """When the goods are needed: the date of the demand they go to."""
        for record in records:
            if record._name == MOVE:
                return fields.Datetime.to_string(record.date)
        return False

    def _get_slack(self, needed, end):
        """Calendar days of the reader from the planned end to the date of need.

        None where one of them is not known.
        """
        if not (needed and end):
            return None
        return self._count_days(end, needed)

    def _get_lateness(self, slack, node, is_finished):
        if is_finished:
            return False
        if node["date_end"] and _to_date(node["date_end"]) < fields.Datetime.now():
            return self.env._("Overdue")
        if slack is not None and slack < 0:
            return self.env._("Late")
        return False

    def _get_shared_total(self, row, graph):
        """Quantity of the whole document, False where all of it serves this row."""
        total = graph.totals.get(row.chain[-1], row.quantity)
        return round(total, 6) if total - row.quantity > 1e-6 else False

    def _is_finished(self, record):
        if record._name == STOCK:
            return True
        if record._name == LINE:
            return record.product_qty <= record.qty_received
        if record._name == SOLD:
            return record.qty_delivered >= record.product_uom_qty
        return record.state in FINISHED

    def _get_state_words(self, record):
        if record._name == STOCK:
            return self.env._("In stock")
        if record._name == LINE:
            return self._get_purchase_words(record)
        if record._name == SOLD:
            return self._get_sold_words(record)
        if record._name == MOVE:
            return self._get_move_words(record)
        selection = record._fields["state"]._description_selection(self.env)
        return dict(selection).get(record.state, record.state)

    def _get_move_words(self, move):
        return {
            "draft": self.env._("Draft"),
            "waiting": self.env._("Waiting for goods"),
            "confirmed": self.env._("Waiting for goods"),
            "partially_available": self.env._("Partly reserved"),
            "assigned": self.env._("Ready"),
            "done": self.env._("Done"),
            "cancel": self.env._("Cancelled"),
        }[move.state]

    def _get_purchase_words(self, line):
        if line.state == "cancel":
            return self.env._("Cancelled")
        if line.state != "purchase":
            return self.env._("To order")
        if self._is_finished(line):
            return self.env._("Received")
        return self.env._("Ordered")

    def _get_sold_words(self, line):
        if self._is_finished(line):
            return self.env._("Delivered")
        if line.qty_delivered:
            return self.env._("Partly delivered")
        return self.env._("In progress")

    def _get_responsible(self, record):
        if record._name == PRODUCTION:
            return record.user_id
        if record._name in (LINE, SOLD):
            return record.order_id.user_id
        if record._name == MOVE:
            return record.picking_id.user_id
        return self.env["res.users"]

    def _get_progress(self, record, total):
        """Fraction that is done of the whole document, False where it tells nothing."""
        if record._name == PRODUCTION:
            return _divide(record.qty_produced, record.product_qty)
        if record._name == LINE:
            return _divide(record.qty_received, record.product_qty)
        if record._name == SOLD:
            return _divide(record.qty_delivered, record.product_uom_qty)
        if record._name == MOVE:
            return _divide(record._get_taken_quantity(), total)
        return False

    def _get_cover(self, row, records):
        """How sure the supply of the row is; a demand alone has none."""
        pegs = [peg for peg in row.pegs if peg.demand[0] == MOVE]
        if not pegs:
            return False
        if not all(peg.hard for peg in pegs):
            return self.env._("Expected")
        if pegs[0].supply[0] == STOCK or self._is_held(records[pegs[0].demand]):
            return self.env._("Reserved")
        return self.env._("Linked")

    def _is_held(self, move):
        """Whether the goods lie there for the demand, or were taken by it."""
        return move.state == "done" or (
            move.state == "assigned" and not move._should_bypass_reservation()
        )

    def _get_document(self, record):
        """(model, id) that a click opens; a component has none but its order's."""
        if record._name == STOCK:
            return None
        if record._name == MOVE:
            return (
                ("stock.picking", record.picking_id.id) if record.picking_id else None
            )
        if record._name in (LINE, SOLD):
            return (record.order_id._name, record.order_id.id)
        return (record._name, record.id)

    def _mark_gaps(self, rows, supply_rows, graph):
        """Say what nothing supplies, on the row of the demand."""
        for row, supply_row in zip(rows, supply_rows, strict=True):
            missing = sum(graph.unsupplied.get(key, 0.0) for key in supply_row.chain)
            if missing > 1e-6:
                row.tone, row.problem = "danger", True
                row.cells["state"] = self.env._(
                    "Missing: %(quantity)g %(unit)s",
                    quantity=missing,
                    unit=row.cells["quantity"]["uom"],
                )

    # Around the rows

    def _get_title(self, lines):
        return self.env._("Supply of %s", ", ".join(lines.order_id.mapped("name")))

    def _get_columns(self):
        return [
            self._column("product", self.env._("Product"), "text"),
            self._column(
                "quantity", self.env._("Quantity"), "quantity", with_total=True
            ),
            self._column("document", self.env._("Document"), "document"),
            self._column("state", self.env._("State"), "state"),
            self._column("start", self.env._("Start"), "date", optional=True),
            self._column("end", self.env._("End"), "date"),
            self._column("needed", self.env._("Needed"), "date"),
            self._column("slack", self.env._("Days of Slack"), "number"),
            self._column(
                "responsible", self.env._("Responsible"), "text", optional=True
            ),
            self._column("progress", self.env._("Progress"), "progress"),
            self._column("cover", self.env._("Supply"), "text", optional=True),
        ]

    def _get_timeline(self):
        return {
            "start": "start",
            "end": "end",
            "needed": "needed",
            "columns": ["product", "document", "state"],
        }

    def _get_summary(self, lines, rows, supply_rows):
        """How far the order is, each document counted once."""
        done = defaultdict(dict)
        for row, supply_row in zip(rows, supply_rows, strict=True):
            model, _res_id = supply_row.chain[-1]
            if row.cells["progress"] is not False and row.document:
                done[model][row.key] = row.cells["progress"]
        summary = [
            {
                "label": self.env._("Customer"),
                "value": ", ".join(lines.order_id.partner_id.mapped("display_name")),
                "tone": "",
            }
        ]
        for model, label in (
            (LINE, self.env._("Received")),
            (PRODUCTION, self.env._("Produced")),
            (MOVE, self.env._("Ready")),
            (SOLD, self.env._("Delivered")),
        ):
            parts = list(done[model].values())
            if parts:
                value = f"{sum(parts) / len(parts):.0%}"
                summary.append({"label": label, "value": value, "tone": ""})
        return summary

    def _get_messages(self, shares, nodes):
        return [
            {
                "tone": "warning",
                "text": self.env._(
                    "%(supply)s and %(demand)s are linked in a circle. The link that "
                    "closes it is left out.",
                    supply=nodes[peg.supply]["name"],
                    demand=nodes[peg.demand]["name"],
                ),
            }
            for peg in shares.loops
            if peg.hard
        ]

    def _get_switch(self):
        """The same tree, told the other way; see ``mto.supply.tree``."""
        return {
            "label": self.env._("Expected to cover"),
            "title": self.env._(
                "Also show free stock and open supply that no demand is linked "
                "with, in the order in which goods will be reserved"
            ),
            "report": self._other_tree,
            "active": self._with_expected,
        }

    def _get_actions(self, orders):
        """What may be decided about the orders; see ``mto.supply.tree``."""
        if not self.env.user.has_group(GROUP):
            return []
        keep = {
            "label": self.env._("Keep for This Order"),
            "action": "mto_pegging.mto_serve_first_keep_action",
            "context": {"default_order_ids": orders.ids},
        }
        if len(orders) != 1:
            return [keep]
        first = {
            "label": self.env._("Serve This First"),
            "action": "mto_pegging.mto_serve_first_action",
            "context": {"default_order_id": orders.id},
        }
        return [first, keep]

    def _get_empty(self):
        return {
            "title": self.env._("Nothing supplies this order yet"),
            "text": self.env._(
                "Confirm the quotation: deliveries, manufacturing orders and purchases "
                "appear here, level by level, with quantities and dates."
            ),
        }


class MtoOrderSupplyExpected(models.AbstractModel):
    """The same with what is expected to cover demands on stock."""

    _name = "mto.order.supply.expected"
    _inherit = "mto.order.supply"
    _description = "Supply of this order"

    _with_expected = True
    _other_tree = "mto.order.supply"


class MtoOrderLineSupply(models.AbstractModel):
    """The supply of single lines of orders."""

    _name = "mto.order.line.supply"
    _inherit = "mto.order.supply"
    _description = "Supply of this line"

    _other_tree = "mto.order.line.supply.expected"

    def _get_lines(self, res_ids):
        lines = self.env["sale.order.line"].browse(res_ids)
        lines.check_access("read")
        return lines

    def _get_title(self, lines):
        return self.env._(
            "Supply of %(order)s: %(products)s",
            order=", ".join(lines.order_id.mapped("name")),
            products=", ".join(lines.product_id.mapped("display_name")),
        )


class MtoOrderLineSupplyExpected(models.AbstractModel):
    """The same with what is expected to cover demands on stock."""

    _name = "mto.order.line.supply.expected"
    _inherit = "mto.order.line.supply"
    _description = "Supply of this line"

    _with_expected = True
    _other_tree = "mto.order.line.supply"


def _divide(part, whole):
    return min(part / whole, 1.0) if whole else False


def _to_date(text):
    return fields.Datetime.to_datetime(text)
