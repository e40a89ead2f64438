from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from odoo import fields, models

from odoo.addons.mto_cascade.marks import MARK
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED
from odoo.addons.mto_pegging.models.mto_pegging import LINE, MOVE, PRODUCTION

from ..engine import BY_ITSELF, DECIDE, LEAVE, DatedNode, Redating, redate
from .mto_change_application import APPLYING

KEEP = "keep_surplus"
# Where the date of a document stands: when its goods are there.
DATES = {PRODUCTION: "date_finished", LINE: "date_planned", MOVE: "date"}


@dataclass
class DatePlan:
    """``redating`` of documents; ``dates``: {key: (before, after)} of what moves.

    ``records``: {key: record}. ``lines``: order lines whose deliveries move.
    """

    redating: Redating = field(default_factory=Redating)
    dates: dict = field(default_factory=dict)
    records: dict = field(default_factory=dict)
    lines: dict = field(default_factory=dict)


class MtoChangeDates(models.AbstractModel):
    """What supplies an order moves with the date that the customer is told.

    Callers have checked who asks and pass records as superuser.
    """

    _name = "mto.change.dates"
    _description = "Dates That Follow a Change"

    # Plans

    def _plan_lines(self, promises, plan, kept=(), nodes=None):
        """Plan of order lines that are promised for another date.

        :param dict promises: {order line: (date before, date after)}
        :param plan: ``mto.change`` plan that holds the lines
        :param kept: keys of documents that stay where they are
        :param nodes: dates as they were before, see ``_make_nodes``
        :rtype: DatePlan
        """
        shifts = {
            line.sudo(): after - before
            for line, (before, after) in promises.items()
            if before and after and before != after
        }
        if not shifts:
            return DatePlan()
        start = self._get_start(shifts, plan)
        nodes = self._make_nodes(plan) if nodes is None else nodes
        redating = redate(nodes, plan.pegs, start, kept)
        return DatePlan(
            redating,
            {
                key: (nodes[key].date, nodes[key].date + shift)
                for key, shift in redating.moved.items()
                if not nodes[key].follows and nodes[key].date
            },
            plan.records,
            shifts,
        )

    def _get_start(self, shifts, plan):
        """{key of a delivery: by how much it moves}"""
        return {
            (MOVE, move.id): shift
            for line, shift in shifts.items()
            for move in self._get_deliveries(line)
            if (MOVE, move.id) in plan.records
        }

    def _get_deliveries(self, line):
        return line.move_ids.filtered(
            lambda m: m.state not in CLOSED
            and not m.production_id
            # Where goods are picked first, the delivery comes when they are.
            and (m.location_final_id or m.location_dest_id).usage == "customer"
        )

    def _make_nodes(self, plan):
        """{key: dates of the document} as they are now."""
        return {
            key: self._make_node(record)
            for key, record in plan.records.items()
            # What the same change cancels has no date any more.
            if not (key in plan.impact.less and not plan.get_after(key))
        }

    def _make_node(self, record):
        name = record._name
        key = (name, record.id)
        if name == PRODUCTION:
            end = record.date_finished or record.date_start
            length = end - record.date_start
            return DatedNode(
                key,
                end,
                self._get_rule(record),
                record.date_start,
                fields.Datetime.now() + length,
            )
        if name == LINE:
            return DatedNode(
                key,
                record.date_planned,
                self._get_rule(record),
                earliest=self._get_earliest_arrival(record),
            )
        if name == MOVE:
            bought = self.env["mto.change"]._is_bought(record)
            return DatedNode(
                key,
                record.purchase_line_id.date_planned if bought else record.date,
                self._get_rule(record),
                follows=bool(record.raw_material_production_id),
            )
        return DatedNode(key)

    def _get_rule(self, record):
        """The rule of the document, and what a person placed in time stays there."""
        rule = self.env["mto.change"]._get_rule(record)
        if rule == BY_ITSELF and self._is_placed_by_hand(record):
            return DECIDE
        if record._name == MOVE and record.production_id:
            return LEAVE
        return rule

    def _is_placed_by_hand(self, record):
        if record._name != PRODUCTION:
            return False
        by_hand = "is_date_by_hand" in record._fields and record.is_date_by_hand
        return record.is_planned or by_hand

    def _get_earliest_arrival(self, line):
        """When a vendor can bring what is requested today, by the lead time."""
        delays = [
            seller.delay
            for seller in line.product_id.seller_ids
            if seller.partner_id == line.partner_id
        ]
        return fields.Datetime.now() + timedelta(days=min(delays, default=0))

    # What is promised

    def _get_promises(self, request):
        """{order line: (date it is promised for, date it will be)} of a request."""
        result = {}
        if not request.has_dates():
            return result
        for line in request.order.order_line:
            if line.display_type or line.product_id.type != "consu":
                continue
            after = self._get_new_promise(request, line)
            if after:
                result[line] = (line._get_promise_date(), after)
        return result

    def _get_new_promise(self, request, line):
        if line in request.dates:
            after = request.dates[line]
            return after or request.values.get(
                "commitment_date", line.order_id.commitment_date
            )
        if "commitment_date" not in request.values or self._has_own_date(line):
            return None
        return request.values["commitment_date"] or line._expected_date()

    def _has_own_date(self, line):
        return any(
            name in line._fields and line[name]
            for name in ("promised_date", "wanted_date")
        )

    # Application

    def _apply(self, plan):
        """Move what may move by itself; what stays becomes an open issue."""
        if not plan.dates and not plan.redating.stuck:
            return
        self = self.sudo().with_context(**{APPLYING: MARK, "skip_activity": True})
        for key, (before, after) in plan.dates.items():
            record = self.env[key[0]].browse(key[1]).exists()
            if record and record.state not in CLOSED:
                self._move(record, before, after)
        self.env["mto.change.issue"]._report_dates(plan)

    def _move(self, record, before, after):
        if record._name == PRODUCTION:
            self._move_production(record, after - before)
        else:
            name = DATES[record._name]
            if record[name] != after:
                record[name] = after

    def _move_production(self, production, shift):
        values = {"date_start": production.date_start + shift}
        if "is_date_by_hand" in production._fields:
            values["is_date_by_hand"] = False
        deadline = production.date_deadline
        production.write(values)
        if deadline:
            production.date_deadline = deadline + shift

    # Rows of a preview

    def _get_rows(self, plan, rows):
        """Add what moves, and what should, to the rows of a preview."""
        preview = self.env["mto.change.preview"]
        for key, (before, after) in plan.dates.items():
            record = plan.records[key]
            if preview._is_shown(record):
                row = self._find_row(rows, record, self._get_reason(plan, key))
                row["date_before"] = fields.Datetime.to_string(before)
                row["date_after"] = fields.Datetime.to_string(after)
        for key in plan.redating.kept:
            record = plan.records[key]
            if preview._is_shown(record):
                reason = self.env._("Kept: its date stays")
                self._find_row(rows, record, reason)["action"] = KEEP
        for record, keys in self._get_stuck(plan).items():
            row = self._find_row(rows, record, self._get_stuck_reason(plan, keys[0]))
            if self._is_decision(plan, keys[0]):
                row["action"] = "decide"
                row.setdefault("surplus", 0.0)

    def _find_row(self, rows, record, reason):
        """The row of the document: what is told of its quantity stays first."""
        preview = self.env["mto.change.preview"]
        key = (record._name, record.id)
        row = rows.get(key)
        if row:
            row["reason"] = f"{row['reason']}. {reason}"
            return row
        quantity = self._get_quantity(record)
        rows[key] = preview._make_row(
            record,
            "reschedule",
            quantity,
            quantity,
            reason,
            **preview._get_dates(record),
        )
        return rows[key]

    def _get_quantity(self, record):
        if record._name == LINE:
            return record._get_product_quantity()
        return record.product_qty if record._name == MOVE else record.product_uom_qty

    def _get_stuck(self, plan):
        """{document that should move: keys}; receipts speak for their purchase."""
        result = defaultdict(list)
        change = self.env["mto.change"]
        for key in plan.redating.stuck:
            record = plan.records[key]
            if record._name == MOVE and change._is_bought(record):
                record = record.purchase_line_id
            result[record].append(key)
        return result

    def _is_decision(self, plan, key):
        """Started work that is done early waits; a purchase may come later too."""
        is_late = key in plan.redating.late
        return is_late or plan.records[key]._name != PRODUCTION

    # Words

    def _get_reason(self, plan, key):
        record = plan.records[key]
        if record._name == MOVE and record.sale_line_id in plan.lines:
            return self.env._("Follows the delivery date")
        reason = self.env._("Follows what it is needed for")
        late = plan.redating.late.get(key)
        return f"{reason}. {self._tell_late(late)}" if late else reason

    def _get_stuck_reason(self, plan, key):
        record = plan.records[key]
        if record._name == PRODUCTION:
            placed = self._is_placed_by_hand(record) and record._is_not_started()
            reason = (
                self.env._("Its date was set by hand")
                if placed
                else self.env._("Started: it stays")
            )
        else:
            reason = self.env._("Ordered from the vendor: it stays")
        late = plan.redating.late.get(key)
        if late:
            return f"{reason}. {self._tell_late(late)}"
        shift = plan.redating.stuck[key]
        if shift > timedelta(0):
            early = self.env._("Needed %s later", self._tell_days(shift))
            return f"{reason}. {early}"
        return reason

    def _tell_late(self, late):
        return self.env._("%s after it is needed", self._tell_days(late))

    def _tell_days(self, period):
        days = f"{max(period / timedelta(days=1), 0.1):.1f}".removesuffix(".0")
        return self.env._("1 day") if days == "1" else self.env._("%s days", days)
