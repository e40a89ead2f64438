from odoo import models
from odoo.tools.misc import formatLang

from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED
from odoo.addons.mto_pegging.models.mto_pegging import LINE, MOVE, PRODUCTION, SOLD

SURPLUS, LOST = "mto_change.surplus-", "mto_change.lost-"


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
        issues = self._search_open(SURPLUS, references.production_ids)
        issues |= self._search_open(SURPLUS, references.purchase_ids)
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
        outputs = outputs.sudo().filtered(lambda m: m.state not in CLOSED)
        network = self.env["mto.supply.network"].sudo()
        requests = self.env[LINE].sudo()
        flow = network._load_open(self.env[MOVE].sudo(), (outputs, requests)).solve()
        return sum(flow.left(("move", move.id)) for move in outputs)

    # Who lost its supply

    def _report_lost(self, missing):
        """Open an issue for each demand that nothing supplies any more.

        :param dict missing: {stock move: quantity in the product's unit}
        """
        causes = []
        for move, quantity in missing.items():
            document = (
                move.raw_material_production_id
                or move.sale_line_id.order_id
                or move.picking_id
            )
            line = move.sale_line_id or move.demand_line_id
            causes.append(
                {
                    "key": f"{LOST}{move._name},{move.id}",
                    "type_code": "shortage",
                    "record": document,
                    "company": move.company_id,
                    "note": self.env._(
                        "Nothing supplies %(quantity)s %(unit)s of %(product)s any more.",
                        quantity=formatLang(self.env, quantity),
                        unit=move.product_id.uom_id.name,
                        product=move.product_id.display_name,
                    ),
                    **({"orders": line.order_id} if line else {}),
                }
            )
        if causes:
            self.env["operation.exception"]._raise_exceptions(causes)

    def _get_lost(self, moves):
        """Those of ``moves`` that an open issue says have lost their supply."""
        issues = self._search_open(LOST, moves)
        ids = {int(issue.key.rpartition(",")[2]) for issue in issues}
        return moves.filtered(lambda m: m.id in ids)

    def _clear_gone(self, moves):
        """Who does not wait any more has lost nothing."""
        gone = moves.exists().filtered(lambda m: m.state in CLOSED)
        if gone:
            self.env["operation.exception"]._clear_exceptions(
                [f"{LOST}{move._name},{move.id}" for move in gone],
                reason=self.env._("It is not needed any more."),
            )

    def _clear_lost(self, moves):
        self.env["operation.exception"]._clear_exceptions(
            [f"{LOST}{move._name},{move.id}" for move in moves],
            reason=self.env._("It is supplied again."),
        )
