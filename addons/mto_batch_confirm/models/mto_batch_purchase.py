from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command

from ..engine import rounds


class MtoBatchPurchase(models.AbstractModel):
    """What a confirmation buys: in as few calls as lead to the same lines and dates."""

    _name = "mto.batch.purchase"
    _description = "Purchases of a Confirmation"

    @api.model
    def _buy(self, cascade):
        """Buy for all orders at once what core buys order by order."""
        calls, cascade.purchases = cascade.purchases, []
        calls.sort(key=lambda call: call.rank)
        demands = [[demand for _place, demand in call.demands] for call in calls]
        cascade.vendors = set(self._get_sellers(demands).partner_id.ids)
        if self._must_buy_in_turn(demands):
            for found in demands:
                with cascade.passing():
                    self.env["stock.rule"]._run_buy(found)
            return
        orders = self._find_requests(demands)
        for found in rounds(calls, self._get_purchase_key):
            with cascade.passing(), cascade.growing() as grown:
                self.env["stock.rule"]._run_buy(found)
            self._grow_lines(list(grown.values()))
        self._settle_requests(demands, orders)
        # While it is known that there is nothing to distribute to.
        self.env["purchase.order.line"]._recompute_model(["analytic_distribution"])

    @staticmethod
    def _get_purchase_key(demand):
        procurement, _rule = demand
        return procurement.product_id.id, procurement.company_id.id

    def _get_sellers(self, demands):
        products = self.env["product.product"].union(
            *(procurement.product_id for found in demands for procurement, _ in found)
        )
        return products.sudo().seller_ids

    def _must_buy_in_turn(self, demands):
        """Whether prices depend on the date that the request has so far."""
        return any(
            seller.date_start
            or seller.date_end
            or (
                seller.partner_id.group_rfq == "week"
                and seller.partner_id.group_on != "default"
            )
            for seller in self._get_sellers(demands)
        )

    def _find_requests(self, demands):
        """Return {request: (its date, that of its lines, their products)}.

        Of those that may grow.
        """
        procurements = [procurement for found in demands for procurement, _ in found]
        products = self.env["product.product"].union(
            *(procurement.product_id for procurement in procurements)
        )
        domain = [
            ("state", "=", "draft"),
            ("partner_id", "in", products.sudo().seller_ids.partner_id.ids),
        ]
        references = [p.values.get("reference_ids") for p in procurements]
        if references and all(references):
            # Most vendors get a request for each reference.
            ids = {id_ for found in references for id_ in found.ids}
            domain += [
                "|",
                ("reference_ids", "in", list(ids)),
                ("partner_id.group_rfq", "!=", "default"),
            ]
        requests = self.env["purchase.order"].sudo().search(domain)
        self._read_at_once(requests.order_line)
        return {
            request: (
                request.date_order,
                request.date_planned,
                request.order_line.product_id,
            )
            for request in requests
        }

    def _read_at_once(self, lines):
        """Read what a line needs that grows: core reads it line by line."""
        lines.fetch(
            [
                name
                for name, field in lines._fields.items()
                if field.store and (field.prefetch is True or field.type == "many2many")
            ]
        )
        lines.product_id.mapped("supplier_taxes_id")

    def _grow_lines(self, grown):
        """Write what lines of requests have grown to; core writes line by line.

        :param grown: list of (line, values)
        """
        written = defaultdict(list)
        for line, vals in grown:
            linked = set(line.move_dest_ids.ids)
            if all(command[1] in linked for command in vals["move_dest_ids"]):
                del vals["move_dest_ids"]
                written[tuple(sorted(vals.items()))].append(line.id)
            else:
                line.write(vals)
        for vals, ids in written.items():
            grown[0][0].browse(ids).write(dict(vals))

    def _settle_requests(self, demands, standing):
        """Give requests the dates and references that core gives them step by step.

        Core looks at the lines there are when it adds one, so that the date depends on
        the order in which lines come.
        """
        steps, found = {}, {}
        for call, bought in enumerate(demands):
            by_domain = {}
            for procurement, rule in bought:
                values = procurement.values
                if "supplier" not in values:
                    continue
                domain = rule._make_po_get_domain(
                    rule.company_id or procurement.company_id,
                    values,
                    values["supplier"].partner_id,
                )
                by_domain.setdefault(repr(domain), (domain, []))[1].append(procurement)
            for key, (domain, procurements) in by_domain.items():
                if key not in found:
                    found[key] = (
                        self.env["purchase.order"].sudo().search(list(domain), limit=1)
                    )
                steps.setdefault(found[key], []).append((call, procurements))
        new = (None, None, self.env["product.product"])
        for request, calls in steps.items():
            self._settle_request(request, calls, *standing.get(request, new))

    def _settle_request(self, request, calls, date_order, planned, products):
        references = self.env["stock.reference"]
        lines = set(products)
        for number, (_call, procurements) in enumerate(calls):
            if number or date_order:
                for procurement in procurements:
                    references |= procurement.values.get("reference_ids") or references
            if date_order is None:
                date_order = min(_order_date(p.values) for p in procurements)
            dates = []
            rules = self.env["stock.rule"]
            merged = rules._merge_procurements(
                rules._get_procurements_to_merge(procurements)
            )
            for procurement in merged:
                product = procurement.product_id
                if product in lines:
                    continue
                lines.add(product)
                dates.append(_planned_date(procurement.values))
                start = (planned or min(dates)) - relativedelta(
                    days=procurement.values["supplier"].delay
                )
                if start.date() < date_order.date():
                    date_order = start
            planned = min([*dates, *([planned] if planned else [])], default=planned)
        if request.date_order != date_order:
            request.date_order = date_order
        if missing := references - request.reference_ids:
            request.reference_ids = [
                Command.link(reference.id) for reference in missing
            ]


def _planned_date(values):
    return fields.Datetime.to_datetime(values["date_planned"])


def _order_date(values):
    """Return when core would order what is needed, by the values of a procurement."""
    return values.get("date_order") or _planned_date(values) - relativedelta(
        days=int(values["supplier"].delay)
    )
