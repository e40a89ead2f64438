from collections import defaultdict
from typing import Any, NamedTuple

from odoo import fields, models
from odoo.tools.misc import formatLang

from odoo.addons.mto_cascade.engine.confirmation import Confirmation
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED
from odoo.addons.mto_pegging.models.mto_pegging import LINE, MOVE, PRODUCTION, SOLD

from ..engine import BY_ITSELF, DECIDE, TINY, make_fingerprint
from .mto_change_dates import DATES, KEEP

REDUCE = "reduce"
# Told apart from what is increased.
NEW = "new"


class Plans(NamedTuple):
    """What becomes of quantities, and of dates."""

    less: Any
    dates: Any


class MtoChangePreview(models.AbstractModel):
    """What a change does, as data and in words: for the screen, the log and clients."""

    _name = "mto.change.preview"
    _description = "Preview of a Change"

    def _preview(self, request, kept=()):
        """(answer as ``sale.order.preview_change`` describes it, ``Plans``).

        Runs as superuser; the caller has checked the order.
        """
        self = self.sudo()
        dates = self.env["mto.change.dates"]
        plan = self.env["mto.change"]._plan_lines(
            request.get_targets(),
            kept,
            [*request.raised, *dates._get_promises(request)],
        )
        rows = self._get_line_rows(request)
        rows |= self._get_less_rows(plan)
        rows |= self._get_kept_rows(plan)
        asked = self._add_more(request, plan, rows)
        date_plan = self._add_dates(request, plan, rows)
        self._add_places(request, rows)
        promise = self._add_promise(request, asked, rows)
        documents = self._sort(plan, rows, date_plan.lines)
        return {
            "id": request.order.id,
            "model": request.order._name,
            "fingerprint": self._get_fingerprint(request, plan),
            "documents": documents,
            "summary": self._summarize(documents, promise),
            "decisions": self._get_decisions(documents),
        }, Plans(plan, date_plan)

    # Rows

    def _make_row(self, record, action, before, after, reason, **values):
        product = record.product_id
        return {
            "node": f"{record._name},{record.id}",
            "model": record._name,
            "res_id": record.id,
            "name": self._get_name(record),
            "level": 0,
            "product_id": product.id,
            "product": product.display_name,
            "uom": product.uom_id.name,
            "quantity_before": _clean(before),
            "quantity_after": _clean(after),
            "date_before": False,
            "date_after": False,
            "action": action,
            "reason": reason,
            **values,
        }

    def _get_name(self, record):
        if record._name == PRODUCTION:
            return record.name
        if record._name == MOVE:
            return record.picking_id.name or record.reference or record.display_name
        return record.order_id.name

    def _get_line_rows(self, request):
        """{key: row} of the order lines themselves."""
        targets = dict(request.raised)
        lowered = {} if request.warehouse else request.get_targets()
        for line, target in lowered.items():
            if not line.display_type and line.product_id:
                targets[line] = target or 0.0
        rows = {}
        for line, target in targets.items():
            unit = line.product_id.uom_id
            before, after = (
                line.product_uom_id._compute_quantity(quantity, unit, round=False)
                for quantity in (line.product_uom_qty, target)
            )
            action = (
                "increase" if after > before else "cancel" if not after else "reduce"
            )
            rows[SOLD, line.id] = self._make_row(
                line.sudo(), action, before, after, self.env._("Asked for")
            )
        return rows

    def _get_less_rows(self, plan):
        rows = {}
        for key, less in plan.impact.less.items():
            record = plan.records[key]
            if not self._is_shown(record):
                continue
            before, after = plan.nodes[key].quantity, plan.get_after(key)
            if key[0] == LINE and after:
                after = self._get_requested_after(plan, record, less)
            rows[key] = self._make_row(
                record,
                "reduce" if after > TINY else "cancel",
                before,
                after,
                self._get_less_reason(record, less),
                **self._get_dates(record),
            )
        return rows

    def _is_shown(self, record):
        """Components and outputs follow their manufacturing order."""
        return record._name in (PRODUCTION, LINE) or (
            record._name == MOVE
            and not record.raw_material_production_id
            and not record.production_id
        )

    def _get_requested_after(self, plan, line, less):
        """What the vendor is asked for then, in his packs, in the product's unit."""
        values = line._prepare_less_values(less)
        return line.product_uom_id._compute_quantity(
            values["product_qty"], line.product_id.uom_id
        )

    def _get_dates(self, record):
        date = fields.Datetime.to_string(record[DATES[record._name]]) or False
        return {"date_before": date, "date_after": date}

    def _get_kept_rows(self, plan):
        """Documents that stay although less of them is needed."""
        passed = defaultdict(dict)
        for (supply, demand), quantity in plan.impact.passed.items():
            passed[supply][demand] = quantity
        rows = {}
        for key in dict.fromkeys([*plan.impact.surplus, *passed]):
            record = plan.records[key]
            if self._is_told_surplus(plan, key, record):
                document = self._get_document(record)
                row = self._make_kept_row(plan, key, document, passed[key])
                place = (document._name, document.id)
                rows[place] = (
                    self._join_kept_rows(rows[place], row) if (place in rows) else row
                )
        return rows

    def _make_kept_row(self, plan, key, document, passed):
        surplus = plan.impact.surplus.get(key, 0.0)
        quantity = plan.nodes[key].quantity
        if document._name == LINE:
            quantity = document._get_product_quantity()
        return self._make_row(
            document,
            self._get_kept_action(plan, key, surplus),
            quantity,
            quantity,
            self._get_kept_reason(plan, key, surplus, passed),
            **self._get_dates(document),
            surplus=_clean(surplus),
        )

    def _join_kept_rows(self, one, other):
        """Several receipts of one purchase line: what is open counts first."""
        order = ("decide", KEEP, "reassign")
        first, second = sorted((one, other), key=lambda row: order.index(row["action"]))
        if first["action"] == second["action"]:
            first["surplus"] += second["surplus"]
        first["reason"] = f"{first['reason']}. {second['reason']}"
        return first

    def _is_told_surplus(self, plan, key, record):
        """Not what lies in stock, nor what was ordered for stock anyway."""
        if record._name == MOVE:
            return bool(record.purchase_line_id) or record._brings_bought()
        return record._name == PRODUCTION or (record._name == LINE and key in plan.kept)

    def _get_document(self, record):
        if record._name == MOVE:
            line_id = record._get_purchase_line_and_partner_from_chain()[0]
            return record.env[LINE].browse(line_id)
        return record

    def _get_kept_action(self, plan, key, surplus):
        if surplus <= TINY:
            return "reassign"
        is_open = plan.nodes[key].rule == DECIDE and key not in plan.kept
        return "decide" if is_open else KEEP

    # What is needed more

    def _add_more(self, request, plan, rows):
        """Add what raised and added lines create or enlarge to the rows.

        :return: [(order line, procurement)] of what is needed more
        """
        asked = self._get_procurements(request, plan)
        self._add_line_rows(request, rows)
        if asked:
            for number, delta in enumerate(self._play(request, asked)):
                self._add_delta(rows, delta, number)
        return asked

    def _add_line_rows(self, request, rows):
        for number, values in enumerate(request.added):
            product = self.env["product.product"].browse(values["product_id"])
            unit = self.env["uom.uom"].browse(values["product_uom_id"])
            quantity = unit._compute_quantity(
                values["product_uom_qty"], product.uom_id, round=False
            )
            key = f"line,{number}"
            rows[key] = self._make_new_row(
                key,
                SOLD,
                0,
                {
                    "product_id": product.id,
                    "product": product.display_name,
                    "uom": product.uom_id.name,
                    "quantity": quantity,
                },
                self.env._("Asked for"),
            )

    def _get_line_key(self, line):
        """The key of the row of a line; one that is added is not there yet."""
        return (SOLD, line.id) if line.id else line.id.ref

    def _make_new_row(self, node, model, level, told, reason):
        return {
            "node": f"new,{node}",
            "model": model,
            "res_id": False,
            "name": self.env._("New"),
            "level": level,
            "product_id": told["product_id"],
            "product": told["product"],
            "uom": told["uom"],
            "quantity_before": 0.0,
            "quantity_after": _clean(told["quantity"]),
            "date_before": False,
            "date_after": False,
            "action": "increase",
            "reason": reason,
        }

    def _get_procurements(self, request, plan):
        """[(line, procurement)] of what is needed more."""
        if request.warehouse:
            return self._get_procurements_elsewhere(request)
        lines = dict(request.raised)
        for number, values in enumerate(request.added):
            line = self.env[SOLD].new(
                {**values, "order_id": request.order.id}, ref=f"line,{number}"
            )
            lines[line] = values["product_uom_qty"]
        more = {}
        for line, quantity in lines.items():
            line = line.sudo().with_company(request.order.company_id)
            if line.product_id.type == "consu":
                there = line.product_uom_qty if line in request.raised else 0.0
                more[line] = quantity - there
        return self._make_procurements(self._net_left_over(more))

    def _make_procurements(self, more, **values):
        """[(line, procurement)] of {order line: quantity in its unit}.

        :param values: of the procurements, in place of those of the line
        """
        result = []
        for line, quantity in more.items():
            if line.product_uom_id.compare(quantity, 0) <= 0:
                continue
            quantity, unit = line.product_uom_id._adjust_uom_quantities(
                quantity, line.product_id.uom_id
            )
            result += [
                (line, procurement)
                for procurement in line._create_procurements(
                    quantity, unit, {**line._prepare_procurement_values(), **values}
                )
            ]
        return result

    def _get_procurements_elsewhere(self, request):
        """[(line, procurement)] of what another warehouse delivers."""
        lines = request.get_moving_lines().sudo()
        lines = lines.with_company(request.order.company_id)
        return self._make_procurements(
            {line: line.product_uom_qty - line.qty_delivered for line in lines},
            warehouse_id=request.warehouse,
        )

    def _net_left_over(self, more):
        """What is left over of the lines' own supply is taken first.

        :param dict more: {order line: quantity in its unit}
        :return: the same, without what is left over
        """
        moves = {
            line: line.move_ids.filtered(lambda m: m.state not in CLOSED)
            for line in more
        }
        supplies = self.env[MOVE].union(*(own.move_orig_ids for own in moves.values()))
        supplies = supplies.filtered(lambda m: m.state != "cancel")
        if not supplies:
            return more
        loaded = self.env["mto.supply.network"]._load_waiting(
            self.env[MOVE].union(*moves.values()), (supplies, self.env[LINE])
        )
        flow = loaded.solve()
        left = {supply: flow.left(("move", supply.id)) for supply in supplies}
        return {
            line: quantity - self._take(line, quantity, moves[line].move_orig_ids, left)
            for line, quantity in more.items()
        }

    def _take(self, line, quantity, supplies, left):
        """Take what a line gets of ``left``, {supply: quantity}; in its unit."""
        unit = line.product_id.uom_id
        need = line.product_uom_id._compute_quantity(quantity, unit, round=False)
        taken = 0.0
        for supply in supplies.filtered(lambda m: m in left):
            if supply.product_id == line.product_id:
                part = min(left[supply], need - taken)
                left[supply] -= part
                taken += part
        return unit._compute_quantity(taken, line.product_uom_id, round=False)

    def _play(self, request, asked):
        """What ordering this would make or enlarge."""
        preview = self.env["mto.supply.preview"]
        products = self.env["product.product"].union(
            *(procurement.product_id for _line, procurement in asked)
        )

        def play(answers):
            answers.memo["order_lines"].update((line.id, line) for line, _p in asked)
            needs = [preview._make_need(answers, *pair) for pair in asked]
            return Confirmation(answers).confirm(needs)

        return self.env["mto.supply.plan"]._play(products, play)

    def _add_delta(self, rows, delta, number):
        told = self.env["mto.supply.preview"]._render_delta(delta)
        record = self._find_enlarged(told)
        level = min((one["level"] for one in told["serves"]), default=0)
        if record:
            key = (record._name, record.id)
            before = self._get_quantity(record)
            row = rows.get(key) or self._make_row(
                record, "increase", before, before, "", **self._get_dates(record)
            )
            row["quantity_after"] = _clean(row["quantity_after"] + told["quantity"])
            if row["quantity_after"] > row["quantity_before"]:
                row["action"] = "increase"
            row["level"] = level + 1
            row["reason"] = self._get_more_reason(told)
            rows[key] = row
            return
        model = LINE if told["model"] == "purchase.order" else told["model"]
        rows["new", number] = self._make_new_row(
            number, model, level + 1, told, self._get_more_reason(told)
        )

    def _get_more_reason(self, told):
        return self.env._("%s more needed", self._tell(told))

    def _find_enlarged(self, told):
        if not told["id"]:
            return None
        if told["line_id"]:
            return self.env[LINE].browse(told["line_id"])
        if told["model"] == PRODUCTION:
            return self.env[PRODUCTION].browse(told["id"])
        return None

    def _get_quantity(self, record):
        if record._name == LINE:
            return record._get_requested_quantity()
        return record.product_uom_qty

    # Dates and places

    def _add_dates(self, request, plan, rows):
        """What moves with the date that the customer is told; returns the plan."""
        dates = self.env["mto.change.dates"]
        date_plan = dates._plan_lines(dates._get_promises(request), plan, plan.kept)
        dates._get_rows(date_plan, rows)
        return date_plan

    def _add_places(self, request, rows):
        """Deliveries that go to another address, lines that leave another warehouse."""
        if "partner_shipping_id" in request.values:
            partner = self.env["res.partner"].browse(
                request.values["partner_shipping_id"]
            )
            reason = self.env._("Goes to %s", partner.display_name)
            lines = request.order.order_line.sudo()
            for line in lines:
                for move in self.env["mto.change.dates"]._get_deliveries(line):
                    self._add_place(rows, move, move.product_qty, reason)
        if request.warehouse:
            reason = self.env._("Delivered from %s", request.warehouse.display_name)
            for line in request.get_moving_lines().sudo():
                quantity = line.product_uom_id._compute_quantity(
                    line.product_uom_qty, line.product_id.uom_id, round=False
                )
                self._add_place(rows, line, quantity, reason)

    def _add_place(self, rows, record, quantity, reason):
        row = rows.get((record._name, record.id))
        if row:
            row["reason"] = f"{row['reason']}. {reason}"
            return
        row = self._make_row(record, "reassign", quantity, quantity, reason)
        rows[record._name, record.id] = row

    # What is promised

    def _add_promise(self, request, asked, rows):
        """What becomes of the promise, in words; its dates are told in ``rows``.

        Who gets less gets it when it was promised. When more can be had is told with
        mto_promise (mto_change_promise).

        :param asked: [(order line, procurement)] of what is needed more
        :param rows: see ``_get_line_key`` for those of the lines
        """
        more = request.raised or request.added or request.warehouse
        if request.cancel or request.has_dates() or more:
            return False
        is_left = any(
            request.lowered.get(line, line.product_uom_qty)
            for line in request.order.order_line
        )
        return is_left and self.env._("promise unchanged")

    # Order of the rows

    def _sort(self, plan, rows, lines):
        """Rows in the order of reading: each below what it serves first.

        :param lines: order lines that have no row, but another date
        """
        children = defaultdict(list)
        for peg in plan.pegs:
            children[peg.demand].append(peg.supply)
        result, seen = [], set()
        roots = [*rows, *((SOLD, line.id) for line in lines)]
        stack = [(key, 0) for key in reversed(roots) if key[0] == SOLD]
        while stack:
            key, level = stack.pop()
            if key in seen:
                continue
            seen.add(key)
            record = plan.records.get(key)
            shown = self._find_row(rows, record, key)
            if shown and shown not in result:
                shown["level"] = level
                result.append(shown)
            below = level + bool(shown)
            stack += [(child, below) for child in reversed(children[key])]
        return result + [row for row in rows.values() if row not in result]

    def _find_row(self, rows, record, key):
        if record is not None and record._name == MOVE and record.purchase_line_id:
            key = (LINE, record.purchase_line_id.id)
        return rows.get(key)

    # Fingerprint

    def _get_fingerprint(self, request, plan):
        facts = {
            f"{SOLD},{line.id}": [line.product_uom_qty, line.state]
            for line in request.order.order_line
        }
        facts["change"] = [
            request.cancel,
            *sorted(
                (line.id, target)
                for line, target in [*request.lowered.items(), *request.raised.items()]
            ),
            *([vals["product_id"], vals["product_uom_qty"]] for vals in request.added),
            *sorted((name, str(value)) for name, value in request.values.items()),
            *sorted((line.id, str(date)) for line, date in request.dates.items()),
            request.warehouse.id,
        ]
        for key, node in plan.nodes.items():
            record = plan.records[key]
            if key[0] in (PRODUCTION, LINE) or self._is_shown(record):
                facts[f"{key[0]},{key[1]}"] = [round(node.quantity, 6), node.rule]
                if request.has_dates():
                    facts[f"{key[0]},{key[1]}"].append(str(record[DATES[key[0]]]))
        return make_fingerprint(facts)

    # Decisions

    def _get_decisions(self, documents):
        return [
            {"node": row["node"], "options": self._get_options(row)}
            for row in documents
            if row["action"] == "decide"
        ]

    def _get_options(self, row):
        """What a person may choose: closed vocabulary, the first one is the default."""
        if not row.get("surplus"):
            # Only its date: whoever owns it speaks with the vendor or the shop floor.
            return [{"action": "decide", "label": self.env._("Let its owner decide")}]
        keep = {"action": KEEP, "label": self.env._("Keep in stock")}
        later = {"action": "decide", "label": self.env._("Let its owner decide")}
        if row["model"] == PRODUCTION:
            less = {"action": REDUCE, "label": self.env._("Make less")}
            return [later, keep, less]
        return [later, keep]

    # Words

    def _tell(self, row, name="quantity"):
        return (
            f"{formatLang(self.env, row[name], digits=_digits(row[name]))} {row['uom']}"
        )

    def _tell_quantity(self, record, quantity):
        digits = _digits(quantity)
        number = formatLang(self.env, quantity, digits=digits)
        return f"{number} {record.product_id.uom_id.name}"

    def _get_less_reason(self, record, less):
        quantity = self._tell_quantity(record, less)
        if record._name == PRODUCTION:
            return self.env._("Not started, %s less needed", quantity)
        if record._name == LINE:
            return self.env._("Not ordered yet, %s less needed", quantity)
        return self.env._("Moves %s less", quantity)

    def _get_kept_reason(self, plan, key, surplus, passed):
        record = plan.records[key]
        words = [
            self.env._(
                "%(quantity)s go to %(name)s instead",
                quantity=self._tell_quantity(record, quantity),
                name=self._get_taker_name(plan.records[demand]),
            )
            for demand, quantity in passed.items()
        ]
        if surplus > TINY:
            words.insert(0, self._get_surplus_reason(plan, key, surplus))
        return ". ".join(words)

    def _get_taker_name(self, move):
        return (
            move.sale_line_id.order_id.name
            or move.raw_material_production_id.name
            or self._get_name(move)
        )

    def _get_surplus_reason(self, plan, key, surplus):
        record = plan.records[key]
        quantity = self._tell_quantity(record, surplus)
        if key in plan.kept:
            return self.env._("Kept: %s go to stock", quantity)
        is_step = record._name == MOVE and not record.purchase_line_id
        if record.state == "done" or is_step:
            return self.env._("Done already: %s stay in stock", quantity)
        if plan.nodes[key].rule == BY_ITSELF:
            return self.env._("Made in whole batches: %s go to stock", quantity)
        if record._name == MOVE:
            return self.env._("Ordered from the vendor: %s are too much", quantity)
        if plan.nodes[key].rule == DECIDE:
            return self.env._("Started: %s are too much", quantity)
        return self.env._("Made for stock: %s go there", quantity)

    def _summarize(self, documents, promise=False):
        """One sentence: what happens to how many documents, and what is left over.

        :param promise: what becomes of the promise, in words
        """
        kinds = defaultdict(lambda: defaultdict(list))
        for row in documents:
            is_new = row["action"] == "increase" and not row["res_id"]
            kinds[row["model"]][NEW if is_new else row["action"]].append(row)
        words = [
            words
            for model, actions in kinds.items()
            if (words := self._tell_kind(model, actions))
        ]
        surplus = sum(
            row.get("surplus", 0.0) for row in documents if row["action"] == "decide"
        )
        if surplus > TINY:
            words.append(
                self.env._(
                    "%s too much to decide on",
                    formatLang(self.env, surplus, digits=_digits(surplus)),
                )
            )
        if not words:
            words.append(self.env._("no document that supplies the order is changed"))
        text = "; ".join([*words, promise] if promise else words)
        return f"{text[0].upper()}{text[1:]}."

    def _tell_kind(self, model, actions):
        """How many documents of a kind, by what happens to them.

        :param actions: {action: [rows]}
        """
        kinds = {
            PRODUCTION: self.env._("manufacturing orders"),
            LINE: self.env._("purchase lines"),
            MOVE: self.env._("transfers"),
        }
        if model not in kinds:
            return False
        labels = {
            "reduce": self.env._("reduced"),
            "cancel": self.env._("cancelled"),
            "increase": self.env._("increased"),
            NEW: self.env._("new"),
            "reschedule": self.env._("rescheduled"),
            "reassign": self.env._("for other orders"),
            KEEP: self.env._("to stock"),
            "decide": self.env._("to be decided"),
            "update": self.env._("with the new structure"),
        }
        told = ", ".join(
            self._tell_action(action, labels[action], rows)
            for action, rows in actions.items()
        )
        return f"{kinds[model]}: {told}"

    def _tell_action(self, action, label, rows):
        """How many documents, and by how much where they are of one product."""
        text = f"{len(rows)} {label}"
        is_one = len({row["product_id"] for row in rows}) == 1
        if action not in (REDUCE, "increase") or not is_one:
            return text
        quantity = sum(
            abs(row["quantity_after"] - row["quantity_before"]) for row in rows
        )
        number = formatLang(self.env, quantity, digits=_digits(quantity))
        return self.env._(
            "%(documents)s by %(quantity)s %(unit)s",
            documents=text,
            quantity=number,
            unit=rows[0]["uom"],
        )


def _clean(quantity):
    return round(quantity, 6) + 0.0


def _digits(quantity):
    return 0 if round(quantity, 6) == round(quantity) else 2
