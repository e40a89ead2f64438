from odoo import models
from odoo.tools.misc import formatLang

from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED
from odoo.addons.mto_pegging.models.mto_pegging import LINE, MOVE, PRODUCTION, SOLD

SURPLUS, LOST = "mto_change.surplus-", "mto_change.lost-"
DATE, STRUCTURE = "mto_change.date-", "mto_change.structure-"
# Issues that are settled when the document is done.
UNTIL_DONE = (SURPLUS, DATE, STRUCTURE)


class MtoChangeIssue(models.AbstractModel):
    """Open issues about what a change leaves over, and about who lost its supply."""

    _name = "mto.change.issue"
    _description = "Open Issues of Changes"

    # What is left over

    def _report(self, plan, choices):
        """Open an issue for each document with something left over to decide on."""
        preview = self.env["mto.change.preview"].sudo()
        causes = []
        for key, row in preview._get_kept_rows(plan).items():
            if row["action"] == "decide" and choices.get(key, "decide") == "decide":
                document = self._get_document(key)
                causes.append(
                    {
                        "key": f"{SURPLUS}{document._name},{document.id}",
                        "type_code": "change_decision",
                        "record": document,
                        "note": f"{row['product']}: {row['reason']}.",
                        "company": document.company_id,
                        **self._get_orders(plan),
                    }
                )
        if causes:
            self.env["operation.exception"]._raise_exceptions(causes)

    def _get_document(self, key):
        record = self.env[key[0]].sudo().browse(key[1])
        return record.order_id if key[0] == LINE else record

    def _get_orders(self, plan):
        """The orders that were changed, as a value of a cause."""
        lines = (
            self.env[SOLD]
            .sudo()
            .browse(
                peg.demand[1]
                for peg in plan.pegs
                if peg.demand[0] == SOLD and peg.supply in plan.start
            )
        )
        return {"orders": lines.order_id} if lines else {}

    def _settle(self, references):
        """Close the issues of documents that have nothing left over any more.

        :param references: of the orders that may have taken it (stock.reference)
        """
        references = references.sudo()
        self._close_needed([*references.production_ids, *references.purchase_ids])

    def _settle_passed(self, plan):
        """The same for documents of which something was passed to other demands."""
        supplies = {supply for supply, _demand in plan.impact.passed}
        self._close_needed(
            {self._get_supplying_document(plan.records[key]) for key in supplies}
        )

    def _get_supplying_document(self, record):
        """The purchase of a line or of a receipt, else the record itself."""
        record = self.env["mto.change.preview"].sudo()._get_document(record)
        return record.order_id if record._name == LINE else record

    def _filter_undecided(self, documents):
        """{document}: those with something left over, says an open issue."""
        keys = set(self._search_open(SURPLUS, documents).mapped("key"))
        return {d for d in documents if f"{SURPLUS}{d._name},{d.id}" in keys}

    def _close_needed(self, documents):
        issues = self._search_open(SURPLUS, documents)
        settled = [issue.key for issue in issues if not self._has_surplus(issue)]
        if settled:
            self.env["operation.exception"]._clear_exceptions(
                settled, reason=self.env._("What was left over is needed again.")
            )

    def _search_open(self, prefix, documents):
        issues = self.env["operation.exception"].sudo()
        if not documents:
            return issues
        return issues.search(
            [
                ("key", "in", [f"{prefix}{d._name},{d.id}" for d in documents]),
                ("state", "!=", "closed"),
            ]
        )

    def _has_surplus(self, issue):
        model, _comma, res_id = issue.key.removeprefix(SURPLUS).partition(",")
        document = self.env[model].sudo().browse(int(res_id)).exists()
        return bool(self._get_surplus(document))

    def _get_surplus(self, document):
        """What no demand needs of what the document brings, in the product's unit."""
        if document._name == PRODUCTION:
            outputs = document.move_finished_ids.filtered(
                lambda m: m.product_id == document.product_id
            )
        else:
            outputs = document.order_line.move_ids
        return self._get_left_over(outputs)

    def _get_undecided_surplus(self, line):
        """What is too much of a purchase line, says an open issue, as above.

        What a buyer asked for beyond the demands is wanted.
        """
        if not self._search_open(SURPLUS, line.order_id):
            return 0.0
        wanted = line._get_product_quantity() - line.required_qty
        return max(
            self._get_left_over(line.move_ids)
            - (max(wanted, 0.0) if line.required_qty else 0.0),
            0.0,
        )

    def _get_left_over(self, outputs):
        outputs = outputs.sudo().filtered(lambda m: m.state not in CLOSED)
        network = self.env["mto.supply.network"].sudo()
        requests = self.env[LINE].sudo()
        flow = network._load_open(self.env[MOVE].sudo(), (outputs, requests)).solve()
        return sum(flow.left(("move", move.id)) for move in outputs)

    def _move_on(self, rests):
        """The issue of a split order is about the part that has something left over.

        :param dict rests: {manufacturing order: its backorders}
        """
        for issue in self._search_open(SURPLUS, self.env[PRODUCTION].union(*rests)):
            production = self.env[PRODUCTION].sudo().browse(issue.res_id)
            for rest in rests[production].sudo():
                if self._get_surplus(rest):
                    issue.write(
                        {
                            "key": f"{SURPLUS}{PRODUCTION},{rest.id}",
                            **issue._get_document_values(rest),
                        }
                    )
                    break

    def _close_done(self, documents):
        """Close what is open about documents that are done or cancelled."""
        keys = [
            f"{prefix}{document._name},{document.id}"
            for document in documents
            for prefix in UNTIL_DONE
        ]
        if keys:
            self.env["operation.exception"]._clear_exceptions(
                keys, reason=self.env._("The document is done or cancelled.")
            )

    def _close_received(self, purchases):
        """Close what is open about purchases of which nothing is to come any more."""
        done = purchases.sudo().filtered(
            lambda order: all(
                move.state in CLOSED for move in order.order_line.move_ids
            )
        )
        if done:
            self._close_done(done)

    # What comes too late, or too early

    def _report_dates(self, plan):
        """Open an issue for each document that a person has to move, or to speed up.

        :param plan: ``mto.change.dates`` plan
        """
        dates = self.env["mto.change.dates"]
        notes = {
            record: (keys[0], dates._get_stuck_reason(plan, keys[0]))
            for record, keys in dates._get_stuck(plan).items()
            if dates._is_decision(plan, keys[0])
        }
        for key in plan.redating.late:
            record = plan.records[key]
            if key in plan.dates and record._name in (PRODUCTION, LINE):
                notes[record] = (key, dates._get_reason(plan, key))
        orders = self.env[SOLD].union(*plan.lines).order_id
        causes = [
            {
                "key": f"{DATE}{document._name},{document.id}",
                "type_code": "change_decision",
                "record": document,
                "note": f"{record.product_id.display_name}: {reason}.",
                "company": document.company_id,
                "orders": orders,
            }
            for record, (_key, reason) in notes.items()
            for document in [record.order_id if record._name == LINE else record]
        ]
        if causes:
            self.env["operation.exception"]._raise_exceptions(causes)

    # Who lost its supply

    def _report_lost(self, missing):
        """Open an issue for each document that waits for what nothing supplies.

        :param dict missing: {stock move: quantity in the product's unit}
        """
        moves = self.env[MOVE].sudo().concat(*missing)
        causes = [
            self._prepare_lost_cause(waiting, demands, missing)
            for waiting, demands in moves.grouped(self._get_waiting).items()
        ]
        if causes:
            self.env["operation.exception"]._raise_exceptions(causes)

    def _prepare_lost_cause(self, waiting, demands, missing):
        orders = demands.sale_line_id.order_id | demands.demand_line_id.order_id
        return {
            "key": self._get_lost_key(waiting),
            "type_code": "shortage",
            "record": waiting.order_id if waiting._name == SOLD else waiting,
            "company": demands.company_id[:1],
            "note": "\n".join(
                self.env._(
                    "Nothing supplies %(quantity)s %(unit)s of %(product)s any more.",
                    quantity=formatLang(self.env, missing[move]),
                    unit=move.product_id.uom_id.name,
                    product=move.product_id.display_name,
                )
                for move in demands
            ),
            **({"orders": orders} if orders else {}),
        }

    def _get_waiting(self, move):
        """The document that waits for the goods of a demand."""
        moves = seen = move
        while moves:
            if found := moves.raw_material_production_id[:1] or moves.sale_line_id[:1]:
                return found
            # What is sent back and comes again goes in a circle.
            moves = moves.move_dest_ids - seen
            seen |= moves
        # What was moved by code may be of no transfer.
        return move.picking_id or move

    def _get_lost_key(self, waiting):
        return f"{LOST}{waiting._name},{waiting.id}"

    def _search_lost(self, moves):
        """{document that waits: its open issue} of demands that lost their supply."""
        issues = self.env["operation.exception"].sudo()
        keys = {
            self._get_lost_key(waiting): waiting
            for waiting in {self._get_waiting(move) for move in moves.sudo()}
            if waiting
        }
        if not keys:
            return {}
        found = issues.search([("key", "in", list(keys)), ("state", "!=", "closed")])
        return {keys[issue.key]: issue for issue in found}

    def _get_lost(self, moves):
        """Those of ``moves`` whose document lost supply, says an open issue."""
        lost = self._search_lost(moves)
        return moves.filtered(lambda m: lost and self._get_waiting(m.sudo()) in lost)

    def _get_demands(self, waiting):
        """What a document waits for."""
        if waiting._name == PRODUCTION:
            moves = waiting.move_raw_ids
        elif waiting._name == MOVE:
            moves = waiting
        else:
            moves = waiting.move_ids
        moves |= moves.move_orig_ids
        return moves.filtered(
            lambda m: m.state not in (*CLOSED, "draft") and m._leaves_stock()
        )

    def _settle_lost(self, moves):
        """Close the issues of documents that are supplied again, or need nothing."""
        resupply = self.env["mto.change.resupply"]
        settled = [
            issue.key
            for waiting, issue in self._search_lost(moves.exists()).items()
            if not resupply._find_missing(self._get_demands(waiting.sudo()))
        ]
        if settled:
            self.env["operation.exception"]._clear_exceptions(
                settled, reason=self.env._("It is supplied again, or not needed.")
            )
