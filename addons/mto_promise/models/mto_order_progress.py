from collections import defaultdict
from dataclasses import replace
from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.mto_cascade.models.mto_supply_network import REQUESTED
from odoo.addons.mto_pegging.engine import Plan, get_chain
from odoo.addons.mto_pegging.models.mto_pegging import LINE, MOVE, PRODUCTION, SOLD

from ..engine.delay import SILENT_DAYS
from ..engine.hindrance import find_start

# Detectors whose issues follow each pass of the queue.
FOLLOWING = [
    "operation.exception.detector.late.promise",
    "operation.exception.detector.delayed.supply",
]
OPEN_WORK = ("blocked", "ready", "progress")


class MtoOrderProgress(models.Model):
    """What a delivery waits for, over all levels, and what follows from it."""

    _inherit = "mto.order.progress"

    chain = fields.Json(
        help="The documents between the delivery and what it waits for: model and id "
        "of each, the nearest to the customer first."
    )
    workcenter_id = fields.Many2one("mrp.workcenter", ondelete="set null")

    # What is planned, as it really is

    def _make_plans(self, records, unsupplied):
        """As planned, but receipts as vendors say and work where machines are there."""
        plans = super()._make_plans(records, unsupplied)
        plans |= self._make_missing_plans(records, unsupplied, plans)
        open_records = {
            key: records[key] for key, plan in plans.items() if not plan.is_done
        }
        for key, record in open_records.items():
            date = self._get_vendor_date(record)
            if date:
                plans[key] = replace(plans[key], start=date, end=date)
        made = {key: r for key, r in open_records.items() if key[0] == PRODUCTION}
        plans |= self._make_work_plans(made, plans)
        return plans

    def _make_missing_plans(self, records, unsupplied, plans):
        """What nothing brings yet, or nothing any more, comes after its lead time."""
        now = fields.Datetime.now()
        missing = {}
        for key in unsupplied:
            move = records.get(key)
            plan = plans.get(key)
            if move is None or key[0] != MOVE or (plan and plan.is_done):
                continue
            date = max(move.date, now + timedelta(days=self._get_lead_days(move)))
            missing[key] = Plan(date, date)
        return missing

    def _get_lead_days(self, move):
        """Days until the product can be there: of its first vendor, else its BoM."""
        product = move.product_id.with_company(move.company_id)
        vendor = product._prepare_sellers(False)[:1]
        return vendor.delay if vendor else product.bom_ids[:1].produce_delay

    def _get_vendor_date(self, record):
        """When the vendor brings it, False where the plan says so already."""
        if record._name == MOVE and record._follows_vendor():
            return record.purchase_line_id.date_planned
        if record._name == LINE and record.state in REQUESTED:
            # Not even ordered: the vendor needs the whole lead time from now on.
            days = timedelta(days=record.selected_seller_id.delay)
            return max(record.date_planned, fields.Datetime.now() + days)
        return False

    def _make_work_plans(self, productions, plans):
        now = fields.Datetime.now()
        records = self.env[PRODUCTION].union(*productions.values())
        absences = records.workorder_ids.workcenter_id._get_absences(now)
        return {
            key: self._make_work_plan(production, plans[key], absences, now)
            for key, production in productions.items()
        }

    def _make_work_plan(self, production, plan, absences, now):
        """The plan of a manufacturing order behind what keeps it from working."""
        if plan.is_started:
            rest = (plan.end - plan.start) * (1 - production._get_progress())
            end = max(plan.end, now + rest)
            plan = replace(plan, start=end - rest, end=end)
        shift, reason = timedelta(), None
        for work in production.workorder_ids:
            away = absences.get(work.workcenter_id)
            if not away or work.state not in OPEN_WORK:
                continue
            start = max(work.date_start or plan.start, now)
            length = timedelta(minutes=work.duration_expected or 1)
            begin, cause = find_start(start, length, away, now)
            cause = cause or self._find_passed(away, now, start)
            if cause and (reason is None or begin - start > shift):
                shift, reason = begin - start, cause
        if reason is None:
            return plan
        return replace(
            plan, start=plan.start + shift, end=plan.end + shift, reason=reason
        )

    def _find_passed(self, absences, now, start):
        """The absence that work was planned behind already."""
        passed = [a for a in absences if a.end and now < a.end <= start]
        return max(passed, key=lambda absence: absence.end, default=None)

    # What is kept

    def _compute_values(self, lines, outlook):
        values = super()._compute_values(lines, outlook)
        for line, vals in values.items():
            vals |= self._prepare_chain(line, outlook)
        return values

    def _prepare_chain(self, line, outlook):
        """The documents from the delivery to the cause, for the words of a reader."""
        keys = get_chain((SOLD, line.id), outlook.expected)
        plan = outlook.plans.get(keys[-1])
        reason = plan and plan.reason
        chain = []
        for key in keys[1:]:
            document = self._get_told_document(outlook.records[key], key == keys[-1])
            if document and document not in chain:
                chain.append(document)
        return {"chain": chain, "workcenter_id": reason and reason.place.id}

    def _get_told_document(self, record, is_cause):
        """[model, id] of what a step of the chain is told as; steps between are not."""
        if record._name in (PRODUCTION, LINE):
            return [record._name, record.id]
        if record._name == MOVE and record.picking_id:
            if is_cause or record.purchase_line_id:
                return ["stock.picking", record.picking_id.id]
        return None

    def _derive(self, lines):
        res = super()._derive(lines)
        # Also of lines that are delivered: their issues are over.
        self._follow_issues(lines.order_id)
        return res

    def _follow_outlook(self, lines, outlook):
        res = super()._follow_outlook(lines, outlook)
        self.env["mto.promise.change"]._keep_first(
            lines.filtered(lambda line: line._promises_goods())
        )
        moving = lines.filtered("company_id.promise_move_dates")
        self.env["mto.date.move"]._move_all(moving, outlook)
        return res

    def _follow_issues(self, orders):
        """Open and close the issues of these orders now, not at the next look."""
        settings = self.env["operation.exception.detector"]._get_open_settings(
            orders.company_id, FOLLOWING
        )
        for setting in settings:
            theirs = orders.filtered_domain(
                [("company_id", "=", setting.company_id.id)]
            )
            self.env[setting.detector]._follow_orders(setting, theirs)

    # What is late

    def _find_late(self, company, orders=None):
        """Rows of a company that are late, by so much that somebody has to act.

        :param orders: only of these ``sale.order``
        :return: rows, the latest first
        """
        self.flush_model()
        ids = self.env.execute_query(
            SQL(
                """SELECT progress.id FROM mto_order_progress progress
                     JOIN sale_order_line line ON line.id = progress.sale_line_id
                    WHERE line.company_id = %s AND NOT progress.is_held AND %s
                      AND GREATEST(progress.expected_date, now() AT TIME ZONE 'UTC')
                          > progress.promise_date + %s * interval '1 day'
                 ORDER BY progress.expected_date - progress.promise_date DESC""",
                company.id,
                SQL("line.order_id IN %s", tuple(orders.ids))
                if orders
                else SQL("TRUE"),
                SILENT_DAYS - 1,
            )
        )
        rows = self.browse(row_id for (row_id,) in ids)
        return rows.filtered(lambda row: row._is_worth_telling())

    def _is_worth_telling(self):
        self.ensure_one()
        return bool(self.expected_date) and self._count_days_late() >= SILENT_DAYS

    def _count_days_late(self):
        """Working days between the promise and the projected day."""
        self.ensure_one()
        return self.sale_line_id._count_days(self.promise_date, self._get_projected())

    def _get_projected(self):
        """When the line is expected: nothing is delivered in the past."""
        self.ensure_one()
        return self.expected_date and max(self.expected_date, fields.Datetime.now())

    def _get_value(self):
        """What is still to deliver, untaxed, in the currency of the company."""
        self.ensure_one()
        line = self.sale_line_id
        left = 1 - line.qty_delivered / line.product_uom_qty
        return line.currency_id._convert(
            line.price_subtotal * left, line.company_id.currency_id, line.company_id
        )

    def _get_cause_document(self):
        """The document that is waited for, or an empty recordset."""
        self.ensure_one()
        return self.production_id or self.purchase_id or self.picking_id

    # Words

    def _tell_all(self):
        """Return {row: one sentence on its cause}, in the language of the reader."""
        orders = self.sale_line_id.order_id
        history = self.env["mto.supply.snapshot"]._get_history(orders)
        known = self._get_chain_records()
        return {row: row._tell(history, known) for row in self}

    def _get_chain_records(self):
        """{(model, id): record} of the documents of all chains that are still there."""
        ids = defaultdict(set)
        for row in self:
            for model, res_id in row.chain or ():
                ids[model].add(res_id)
        return {
            (model, record.id): record
            for model, found in ids.items()
            for record in self.env[model].browse(found).exists()
        }

    def _tell(self, history, known):
        self.ensure_one()
        if self.is_missing:
            return self.env._(
                "Nothing supplies %s yet.", self.waits_product_id.display_name
            )
        chain = [known.get((model, res_id)) for model, res_id in self.chain or ()]
        documents = [document for document in chain if document]
        if not documents:
            return ""
        names = self._name_documents(documents)
        sentence = self._join_names(names)
        detail = self._tell_cause(documents[-1], history)
        return f"{sentence}{detail}."

    def _name_documents(self, documents):
        """Names; a receipt and the purchase behind it are one step."""
        names = []
        for index, document in enumerate(documents):
            before = documents[index - 1] if index else None
            if document._name == LINE:
                if before is not None and before._name == "stock.picking":
                    continue
                names.append(
                    self.env._(
                        "%(purchase)s of %(vendor)s",
                        purchase=document.order_id.name,
                        vendor=document.order_id.partner_id.name,
                    )
                )
            elif document._name == "stock.picking" and document.picking_type_code == (
                "incoming"
            ):
                names.append(
                    self.env._(
                        "receipt %(receipt)s of %(vendor)s",
                        receipt=document.name,
                        vendor=document.partner_id.name or "",
                    )
                )
            else:
                names.append(document.display_name)
        return names

    def _join_names(self, names):
        if len(names) == 1:
            return self.env._("It waits for %s", names[0])
        sentence = self.env._(
            "%(first)s waits for %(second)s", first=names[0], second=names[1]
        )
        for name in names[2:]:
            sentence = self.env._(
                "%(sentence)s, which waits for %(name)s", sentence=sentence, name=name
            )
        return sentence

    def _tell_cause(self, document, history):
        """What is wrong with the last document of the chain: the end of a sentence."""
        line = self.sale_line_id
        if self.workcenter_id and document._name == PRODUCTION:
            return self._tell_workcenter()
        before = self._get_first_date(document, history)
        now = self._get_planned_date(document)
        if before and now and line._to_day(before) < line._to_day(now):
            return self.env._(
                ", moved from %(before)s to %(after)s",
                before=line._format_day(before),
                after=line._format_day(now),
            )
        if now:
            return self.env._(", planned for %s", line._format_day(now))
        return ""

    def _tell_workcenter(self):
        line, place = self.sale_line_id, self.workcenter_id
        absences = place._get_absences(fields.Datetime.now()).get(place, [])
        ends = [absence.end for absence in absences if absence.end]
        if place.working_state == "blocked" or not ends:
            return self.env._(
                ", which waits for the work center %s: it is blocked", place.name
            )
        return self.env._(
            ", which waits for the work center %(place)s: away until %(date)s",
            place=place.name,
            date=line._format_day(max(ends)),
        )

    def _get_first_date(self, document, history):
        """The date of a document when the order was confirmed, if it is known."""
        _since, first, _last = history.get(
            self.sale_line_id.order_id.id, (False, {}, {})
        )
        row = first.get(f"{document._name},{document.id}") or {}
        return fields.Datetime.to_datetime(row.get("date") or False)

    def _get_planned_date(self, document):
        name = {LINE: "date_planned", PRODUCTION: "date_finished"}.get(document._name)
        return document[name] if name else document.scheduled_date
