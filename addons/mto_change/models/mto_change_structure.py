from collections import defaultdict
from dataclasses import dataclass, field

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.mto_cascade.marks import MARK
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED
from odoo.addons.mto_pegging.models.mto_pegging import MOVE, PRODUCTION

from ..engine import BY_ITSELF, make_fingerprint
from .mto_change_application import APPLYING
from .mto_change_issue import STRUCTURE
from .mto_change_preview import _clean

UPDATE, DECIDE = "update", "decide"
# Why a structure is taken, in the words of who asked for it; it grants nothing.
REASON = "mto_change_reason"
# Of a hundred orders nobody reads all names.
MOST_NAMES = 10


@dataclass
class Difference:
    """What a manufacturing order has, and what its bill of materials says now.

    ``components``: {product: (before, after)} in its unit, of those that differ.
    ``operations``: (names that come, names that go).
    """

    components: dict = field(default_factory=dict)
    operations: tuple = ((), ())

    def __bool__(self):
        return bool(self.components or any(self.operations))


class MtoChangeStructure(models.AbstractModel):
    """Open manufacturing orders that follow an older structure.

    Callers have checked who asks.
    """

    _name = "mto.change.structure"
    _description = "Consequences of a Changed Structure"

    # What differs

    def _get_open(self, boms):
        return self.env[PRODUCTION].search(
            [
                ("bom_id", "in", boms.ids),
                ("state", "not in", CLOSED),
                ("company_id", "in", self.env.companies.ids),
            ],
            order="id",
        )

    def _get_differences(self, productions):
        """{manufacturing order: ``Difference``} of those that differ."""
        exploded = {}
        result = {}
        for production in productions:
            bom, product = production.bom_id, production.product_id
            if (bom, product) not in exploded:
                exploded[bom, product] = self._explode(bom, product)
            difference = self._get_difference(production, exploded[bom, product])
            if difference:
                result[production] = difference
        return result

    def _explode(self, bom, product):
        """{component: quantity of its unit} for one batch of the bill of materials."""
        result = {}
        for line, values in bom.explode(product, bom.product_qty)[1]:
            part = line.product_id
            quantity = line.product_uom_id._compute_quantity(
                values["qty"], part.uom_id, round=False
            )
            result[part] = result.get(part, 0.0) + quantity
        return result

    def _get_difference(self, production, exploded):
        bom = production.bom_id
        batches = (
            production.product_uom_id._compute_quantity(
                production.product_qty, bom.product_uom_id, round=False
            )
            / bom.product_qty
        )
        before = {}
        for move in production.move_raw_ids:
            if move.state != "cancel":
                part = move.product_id
                before[part] = before.get(part, 0.0) + move.product_qty
        components = {}
        for part in before.keys() | exploded.keys():
            then = part.uom_id.round(
                exploded.get(part, 0.0) * batches, rounding_method="UP"
            )
            now = before.get(part, 0.0)
            if part.uom_id.compare(now, then):
                components[part] = (now, then)
        return Difference(
            dict(sorted(components.items(), key=lambda item: item[0].id)),
            self._get_operations(production),
        )

    def _get_operations(self, production):
        wanted = production.bom_id.operation_ids.filtered(
            lambda one: not one._skip_operation_line(production.product_id)
        )
        there = production.workorder_ids.operation_id
        return (
            tuple((wanted - there).mapped("name")),
            tuple((there - wanted).mapped("name")),
        )

    # What is below

    def _plan(self, productions, kept=()):
        """Plan of what supplies components that are needed less or not any more."""
        start = {}
        for production, difference in self._get_differences(productions).items():
            start.update(self._get_start(production, difference))
        moves = self.env[MOVE].sudo().browse(key[1] for key in start)
        change = self.env["mto.change"].sudo()
        return change._plan(moves, lambda _graph: start, list(start), kept)

    def _get_start(self, production, difference):
        start = {}
        for part, (now, then) in difference.components.items():
            less = now - then
            moves = production.move_raw_ids.filtered(
                lambda m, part=part: m.product_id == part and m.state not in CLOSED
            )
            for move in moves.sorted("id", reverse=True):
                taken = min(less, move.product_qty)
                if part.uom_id.compare(taken, 0) > 0:
                    start[MOVE, move.id] = taken
                    less -= taken
        return start

    def _give_up(self, productions):
        """Components are needed less, and so is what supplies them.

        Before core asks for what is needed more: targets are absolute.
        """
        plan = self._plan(productions)
        if not plan.start:
            return
        applying = self.with_context(**{APPLYING: MARK})
        moves = applying.env[MOVE].sudo()
        for (_model, res_id), less in plan.start.items():
            move = moves.browse(res_id)
            move.product_uom_qty -= move._from_product_uom(less)
        self.env["mto.change.application"]._apply(plan)

    # Preview

    def _preview(self, bom):
        """(answer as ``mrp.bom.preview_change`` describes it, orders to update)."""
        self = self.sudo()
        differences = self._get_differences(self._get_open(bom.sudo()))
        rules = {mo: self.env["mto.change"]._get_rule(mo) for mo in differences}
        free = self.env[PRODUCTION].union(
            *(mo for mo, rule in rules.items() if rule == BY_ITSELF)
        )
        documents = []
        for production, difference in differences.items():
            documents += self._get_rows(production, difference, production in free)
        documents += self._get_rows_below(free)
        return {
            "id": bom.id,
            "model": bom._name,
            "fingerprint": self._get_fingerprint(differences, rules),
            "documents": documents,
            "summary": self._summarize(documents),
            "decisions": [
                {"node": row["node"], "options": self._get_options()}
                for row in documents
                if row["action"] == DECIDE and row["model"] == PRODUCTION
            ],
        }, free

    def _get_rows(self, production, difference, is_free):
        preview = self.env["mto.change.preview"]
        quantity = production.product_uom_qty
        if not is_free:
            reason = self.env._("Started by the old structure")
        elif self.env["mto.change"]._get_rule(production) == BY_ITSELF:
            reason = self.env._("Not started: takes the new structure")
        else:
            reason = self.env._("Started, takes the new structure: so decided")
        coming, going = difference.operations
        reason += "".join(
            [
                *(f". {self.env._('New operation: %s', name)}" for name in coming),
                *(f". {self.env._('No more: %s', name)}" for name in going),
            ]
        )
        rows = [
            preview._make_row(
                production,
                UPDATE if is_free else DECIDE,
                quantity,
                quantity,
                reason,
                **preview._get_dates(production),
            )
        ]
        for part, (now, then) in difference.components.items():
            rows.append(self._get_component_row(production, part, now, then))
        return rows

    def _get_component_row(self, production, part, now, then):
        move = production.move_raw_ids.filtered(
            lambda m: m.product_id == part and m.state != "cancel"
        )[:1]
        action = "increase" if then > now else "reduce" if then else "cancel"
        node = f"{MOVE},{move.id}" if move else f"new,{production.id}-{part.id}"
        return {
            "node": node,
            "model": MOVE,
            "res_id": move.id,
            "name": production.name,
            "level": 1,
            "product_id": part.id,
            "product": part.display_name,
            "uom": part.uom_id.name,
            "quantity_before": _clean(now),
            "quantity_after": _clean(then),
            "date_before": False,
            "date_after": False,
            "action": action,
            "reason": self.env._("As the bill of materials says now"),
        }

    def _get_rows_below(self, productions):
        preview = self.env["mto.change.preview"]
        plan = self._plan(productions)
        rows = preview._get_less_rows(plan) | preview._get_kept_rows(plan)
        return [{**row, "level": 2} for row in rows.values()]

    def _get_fingerprint(self, differences, rules):
        return make_fingerprint(
            {
                f"{PRODUCTION},{production.id}": [
                    rules[production],
                    [
                        [part.id, _clean(now), _clean(then)]
                        for part, (now, then) in difference.components.items()
                    ],
                    *difference.operations,
                ]
                for production, difference in differences.items()
            }
        )

    def _summarize(self, documents):
        productions = [row for row in documents if row["model"] == PRODUCTION]
        updated = sum(row["action"] == UPDATE for row in productions)
        open_ones = sum(row["action"] == DECIDE for row in productions)
        if not (updated or open_ones):
            return self.env._("No open manufacturing order has an older structure.")
        return self.env._(
            "%(updated)s manufacturing orders are not started and take the new "
            "structure; %(open)s are started and need a decision.",
            updated=updated,
            open=open_ones,
        )

    def _get_options(self):
        return [
            {"action": DECIDE, "label": self.env._("Let its owner decide")},
            {"action": UPDATE, "label": self.env._("Take the new structure")},
            {"action": "keep_surplus", "label": self.env._("Finish as begun")},
        ]

    # Application

    def _check_choices(self, choices, answer):
        known = {row["node"]: row["action"] for row in answer["documents"]}
        for node, action in choices.items():
            if known.get(node) not in (UPDATE, DECIDE) or action not in (
                UPDATE,
                DECIDE,
                "keep_surplus",
            ):
                raise UserError(
                    self.env._("There is nothing to decide about %s.", node)
                )

    def _report_started(self, productions):
        """Open an issue for each started order that follows an older structure."""
        productions = productions.sudo()
        started = productions.filtered(
            lambda mo: self.env["mto.change"]._get_rule(mo) != BY_ITSELF
        )
        differences = self._get_differences(started) if started else {}
        self._keep_new(self.env[PRODUCTION].union(*differences))
        causes = [
            {
                "key": f"{STRUCTURE}{production._name},{production.id}",
                "type_code": "change_decision",
                "record": production,
                "company": production.company_id,
                "note": self._tell_difference(difference),
            }
            for production, difference in differences.items()
        ]
        if causes:
            self.env["operation.exception"]._raise_exceptions(causes)
        self._settle(productions - self.env[PRODUCTION].union(*differences))

    def _tell_outdated(self, productions):
        """Say on the bill of materials that orders wait for somebody to update them.

        :param productions: orders that follow an older structure since just now
        """
        for bom, orders in productions.grouped("bom_id").items():
            bom.message_post(
                body=self.env._(
                    "Open manufacturing orders of the older structure: %(orders)s. "
                    '"Open Orders" shows what the new one changes, and applies it.',
                    orders=self._tell_names(orders),
                )
            )

    def _tell_names(self, records):
        names = records[:MOST_NAMES].mapped("display_name")
        if len(records) > MOST_NAMES:
            names.append(self.env._("%s more", len(records) - MOST_NAMES))
        return ", ".join(names)

    # What is kept

    def _read_change(self, productions, follow=False):
        """{order: (orders it is supplied by, rows of what the structure changes)}

        :param follow: they take the new structure, also what is started
        """
        differences = self._get_differences(productions)
        result = {}
        for order, served in self._get_by_order(differences).items():
            rows = [
                row
                for production in served
                for row in self._get_rows(production, differences[production], follow)
            ]
            if follow:
                rows += self._get_rows_below(served)
            result[order] = (served, rows)
        return result

    def _get_by_order(self, productions):
        """{confirmed order: the manufacturing orders that supply it}"""
        result = defaultdict(self.env[PRODUCTION].browse)
        for production in productions:
            for order in production.reference_ids.sale_ids:
                if order.state == "sale":
                    result[order] |= production
        return result

    def _keep_change(self, changes, way, reason=False):
        """Keep what a structure changed with each order that it touches.

        :param dict changes: of ``_read_change``
        """
        for order, (productions, rows) in changes.items():
            why = reason or self.env._(
                "Bill of materials changed: %s",
                ", ".join(productions.bom_id.mapped("display_name")),
            )
            self.env["mto.order.change"]._keep(order, rows, way, why)

    def _keep_new(self, productions):
        """Keep what a changed structure leaves to a person, when it is asked first."""
        asked = self.env["mto.change.issue"]._search_open(STRUCTURE, productions)
        new = productions.filtered(lambda mo: mo.id not in asked.mapped("res_id"))
        self._keep_change(self._read_change(new), "saved")

    def _settle(self, productions):
        """Close the issues of orders that follow the structure of today."""
        keys = [f"{STRUCTURE}{mo._name},{mo.id}" for mo in productions]
        if keys:
            self.env["operation.exception"]._clear_exceptions(
                keys, reason=self.env._("It follows the bill of materials.")
            )

    def _tell_difference(self, difference):
        words = [self.env._("The bill of materials was changed after the start.")]
        words += [
            self.env._(
                "%(product)s: %(now)s here, %(then)s there.",
                product=part.display_name,
                now=f"{now:g}",
                then=f"{then:g}",
            )
            for part, (now, then) in difference.components.items()
        ]
        return "\n".join(words)
