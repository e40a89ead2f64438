"""Supply paths, links and promises: what only the suite can see."""

from functools import cached_property

from odoo.tools.translate import LazyTranslate

from odoo.addons.mto_cascade.engine import decide
from odoo.addons.mto_cascade.models.mto_supply_check import ADVICE, PathItem
from odoo.addons.rollout_readiness.checks import structure
from odoo.addons.rollout_readiness.checks.base import Check

_lt = LazyTranslate(__name__)

NOT_REPLENISHED = "not_replenished"
# As many problems of one product: where the first stand many more may follow.
TOLD = 50
ORDERED = ("make_to_order", "stock_then_order")
# Months after which a review of lead times is old.
REVIEWED = 12
# Days from which a part takes long to buy.
LONG = 14


class SupplyCheck(Check):
    """A check that asks the suite about all goods that are sold."""

    # Its engines think between their queries; on a busy server that takes a while.
    seconds = 120

    @cached_property
    def warehouses(self):
        """Those of the site, or the one that the company sells from."""
        found = self.scope.warehouses
        return found or self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )

    @cached_property
    def products(self):
        return self.env["product.product"].search(
            [
                ("sale_ok", "=", True),
                ("type", "=", "consu"),
                ("company_id", "in", (False, self.company.id)),
            ]
        )

    @property
    def ordered(self):
        """What is sold and made or bought for the order, wholly or where stock ends."""
        ids = self._remember("ordered", self._find_ordered)
        return self.env["product.product"].browse(ids)

    def _find_ordered(self):
        found = self.products.browse()
        for warehouse in self.warehouses:
            products = self.products.with_company(self.company)
            cores = products._get_core_answers(warehouse)
            found |= self._filter_ordered(products, warehouse, cores)
        return found.ids

    def _filter_ordered(self, products, warehouse, cores):
        """As `get_supply_decision`, without its words.

        :param dict cores: {product id: what Odoo's own rules say}
        """
        demands = {
            product: product._prepare_supply_demand(self.company, warehouse)
            for product in products
        }
        Policy = self.env["mto.supply.policy"]
        decisions = Policy._get_decisions(list(demands.values()))
        found = []
        for product, demand in demands.items():
            decision = decisions[demand]
            if not decision.by_policy:
                decision = decide((), cores[product.id])
            if decision.policy in ORDERED:
                found.append(product.id)
        return products.browse(found)

    def _remember(self, key, find):
        """Return plain values that other checks of the run have found already."""
        memory = self.scope.memory
        if key not in memory:
            memory[key] = find()
        return memory[key]

    def count(self):
        return len(self.products)


class PathCheck(SupplyCheck):
    @property
    def findings(self):
        """[(id of the product that is sold, code of what is wrong, id of the part)]"""
        return self._remember("findings", self._find_findings)

    def _find_findings(self):
        found = []
        Engine = self.env["mto.supply.check"]
        for warehouse in self.warehouses:
            needs = self.products._prepare_supply_needs(self.company, warehouse)
            items = {
                product.id: PathItem(need)
                for product, need in zip(self.products, needs, strict=True)
            }
            reports = Engine._find_problems(items, TOLD, self.company)
            found += [
                (product_id, finding.problem.code, finding.labels[-1])
                for product_id, report in reports.items()
                for finding in report.findings
                if finding.problem.code not in ADVICE
            ]
        return found


class CompletePath(PathCheck):
    code = "B01"
    area = "boms"
    name = _lt("Each product that is sold can be supplied, down to the last part")
    reason = _lt("One part without a vendor stops the whole order, and too late.")
    things = _lt("products that are sold")
    fault = _lt("something below has no vendor, no bill of materials or no rule")
    advice = _lt("Open it: what is missing stands above the product, path and part.")
    model = "product.product"
    severity = "blocker"
    gates = ("G3", "G6")
    fix = "product.product_normal_action"

    def find(self):
        return {
            product_id
            for product_id, code, _part in self.findings
            if code != NOT_REPLENISHED
        }


class StockedReplenished(PathCheck):
    code = "B16"
    area = "replenishment"
    name = _lt("Each part that is taken from stock is replenished")
    reason = _lt("The first order empties the shelf, the second one waits for ever.")
    things = _lt("products that are sold")
    fault = _lt("a part is taken from stock, and no reordering rule brings it back")
    advice = _lt("Create a reordering rule for the part.")
    model = "product.product"
    gates = ("G3", "G7")
    owner = "procurement"
    fix = "product.product_normal_action"

    def find(self):
        """The parts themselves: they get the rule."""
        return {part for _id, code, part in self.findings if code == NOT_REPLENISHED}


class PromiseKept(SupplyCheck):
    code = "B14"
    area = "replenishment"
    name = _lt("The customer lead time is as long as the lead times below it")
    reason = _lt("What is promised sooner than it can be made is late from the start.")
    things = _lt("products that are made to order")
    fault = _lt("its lead times add up to more than the customer lead time")
    advice = _lt("Raise the customer lead time, or stock the parts that take longest.")
    model = "product.template"
    severity = "critical"
    gates = ("G3", "G6")
    owner = "sales"
    fix = "product.product_template_action_all"
    absence = _lt("the earliest date is promised, not the customer lead time")

    def is_absent(self):
        return self.company.promise_default == "earliest"

    @cached_property
    def templates(self):
        return self.ordered.product_tmpl_id

    def count(self):
        return len(self.templates)

    def find(self):
        found = set()
        for warehouse in self.warehouses:
            waits = self.templates._get_waits(warehouse)
            found |= {
                template.id
                for template, wait in waits.items()
                if wait["days"] > template.sale_delay
            }
        return found


class LeadTimesReviewed(SupplyCheck):
    code = "M08"
    area = "items"
    name = _lt("The lead times of what is made to order were reviewed")
    reason = _lt("Dates are as good as the days that somebody entered once.")
    things = _lt("products that are made to order")
    fault = _lt("its lead times were never reviewed, or not within a year")
    advice = _lt("Look at the customer's clock of the product, and mark it reviewed.")
    model = "product.template"
    gates = ("G2", "G4")
    owner = "production"
    fix = "product.product_template_action_all"
    columns = {"reviewed": ("product.template", "t", "lead_time_review_date")}

    def count(self):
        return len(self.ordered.product_tmpl_id)

    def find(self):
        rows = self._query(
            f"""SELECT t.id FROM product_template t WHERE t.id IN %s
                 AND coalesce(%s, '-infinity')
                     < current_date - interval '{REVIEWED} months'""",
            tuple(self.ordered.product_tmpl_id.ids) or (0,),
            self._sql("%(reviewed)s"),
        )
        return [row_id for [row_id] in rows]


# Bought components of active bills, by the vendor that is asked first.
LONG_LEAD = f"""
    SELECT p.id FROM product_product p
      JOIN product_template t ON t.id = p.product_tmpl_id
      JOIN (SELECT DISTINCT ON (i.product_tmpl_id) i.product_tmpl_id, i.delay
              FROM product_supplierinfo i
             WHERE i.company_id IS NULL OR i.company_id = %(company)s
          ORDER BY i.product_tmpl_id, i.sequence, i.min_qty DESC, i.price) v
        ON v.product_tmpl_id = t.id AND v.delay > {LONG}
     WHERE p.active AND t.active AND p.id IN (
           SELECT bl.product_id FROM mrp_bom_line bl
             JOIN mrp_bom b ON b.id = bl.bom_id AND b.active
            WHERE b.company_id = %(company)s OR b.company_id IS NULL)
       AND t.id NOT IN (SELECT b.product_tmpl_id FROM mrp_bom b WHERE b.active)"""


class LongLeadDecided(SupplyCheck):
    code = "B15"
    area = "replenishment"
    name = _lt("Parts that take long are ordered on demand on purpose")
    reason = _lt("One part that takes weeks decides the date of all that it goes into.")
    things = _lt("components that take more than two weeks to buy, on demand")
    fault = _lt("nobody decided it on the product, nor reviewed its lead time")
    advice = _lt("Choose a policy on the product (stock it?), or mark it reviewed.")
    model = "product.product"
    severity = "minor"
    gates = ("G3",)
    owner = "procurement"
    fix = "product.product_normal_action"
    columns = {
        "policy": ("product.template", "t", "supply_policy"),
        "reviewed": ("product.template", "t", "lead_time_review_date"),
    }

    @cached_property
    def on_demand(self):
        rows = self._query("%s", self._sql(LONG_LEAD))
        parts = self.env["product.product"].browse(row_id for [row_id] in rows)
        parts = parts.with_company(self.company)
        found = parts.browse()
        for warehouse in self.warehouses:
            cores = parts._get_core_component_answers(warehouse)
            found |= self._filter_ordered(parts, warehouse, cores)
        return found

    def count(self):
        return len(self.on_demand)

    def find(self):
        rows = self._query(
            f"""SELECT p.id FROM product_product p
                  JOIN product_template t ON t.id = p.product_tmpl_id
                 WHERE p.id IN %s AND %s AND coalesce(%s, '-infinity')
                       < current_date - interval '{REVIEWED} months'""",
            tuple(self.on_demand.ids) or (0,),
            self._sql("coalesce(%(policy)s, 'inherit') = 'inherit'"),
            self._sql("%(reviewed)s"),
        )
        return [row_id for [row_id] in rows]


class BomApproved(Check):
    code = "B13"
    area = "boms"
    name = _lt("What is made to order is made by an approved bill of materials")
    reason = _lt("Who approves a bill answers for its parts and steps.")
    things = _lt("bills of materials of products made to order")
    fault = _lt("never approved, or changed since")
    advice = _lt("Look at what has changed on the bill, and approve it.")
    model = "mrp.bom"
    severity = "critical"
    gates = ("G3", "G6")
    needs = ("mto_execution",)
    fix = "mrp.mrp_bom_form_action"
    key = "b.id"
    rows = "mrp_bom b"
    scope_sql = """b.active AND b.type = 'normal'
        AND (b.company_id = %(company)s OR b.company_id IS NULL)
        AND b.product_tmpl_id IN (%(mto)s)"""
    wrong = "b.approved_content IS NULL"
    absence = _lt("no bill of materials is approved in this company")

    def is_absent(self):
        [[is_used]] = self._query(
            """SELECT EXISTS (SELECT FROM mrp_bom b
                WHERE b.active AND b.approved_content IS NOT NULL
                  AND (b.company_id = %s OR b.company_id IS NULL))""",
            self.company.id,
        )
        return not is_used

    def find(self):
        """Those that were never approved by a query; the others are compared."""
        return {*super().find(), *self._find_changed()}

    def _find_changed(self):
        rows = self._query(
            "SELECT b.id FROM mrp_bom b WHERE %s AND b.approved_content IS NOT NULL",
            self._where(),
        )
        boms = self.env["mrp.bom"].browse(row_id for [row_id] in rows)
        return boms.filtered(lambda bom: bom.approval_state == "changed").ids


class LinksIntact(SupplyCheck):
    code = "O01"
    area = "orders"
    name = _lt("Each demand of a confirmed order has its supply")
    reason = _lt("What lost its link waits for ever, with the goods on the shelf.")
    things = _lt("open demands that only their own supply can cover")
    fault = _lt("nothing is linked that will supply it")
    advice = _lt("Let the suite link it again, with Repair Links.")
    model = "stock.move"
    severity = "blocker"
    gates = ("G5", "G6", "G7")
    hours = 4
    fix = "stock.stock_move_action"

    @cached_property
    def demands(self):
        demands = self.env["mto.supply.repair"]._search_suspects()
        if self.scope.warehouses:
            demands = demands.filtered(
                lambda move: move.location_id.warehouse_id in self.scope.warehouses
            )
        return demands

    def count(self):
        return len(self.demands)

    def find(self):
        stranded = self.env["mto.supply.repair"]._search_stranded()
        return set(stranded.ids) & set(self.demands.ids)


class PromiseProjected(SupplyCheck):
    code = "O08"
    area = "orders"
    name = _lt("Open orders are expected by the date that was promised")
    reason = _lt("A customer who is told in time can plan; one who waits is lost.")
    things = _lt("open order lines")
    fault = _lt("expected later than promised")
    advice = _lt("Clear what it waits for, or agree on a new date with the customer.")
    model = "sale.order.line"
    gates = ("G7",)
    owner = "sales"
    hours = 4
    fix = "sale.action_orders"
    fix_through = "order_id"

    @cached_property
    def delays(self):
        lines = self.env["sale.order.line"].search(
            [
                ("state", "=", "sale"),
                ("company_id", "=", self.company.id),
                ("product_id.type", "=", "consu"),
                ("order_id.delivery_status", "!=", "full"),
            ]
        )
        if self.scope.warehouses:
            lines = lines.filtered(
                lambda line: line.order_id.warehouse_id in self.scope.warehouses
            )
        # As the queue left it: looking anew would write.
        return lines._get_delays()

    def count(self):
        return len(self.delays)

    def find(self):
        return [
            line.id for line, delay in self.delays.items() if delay["days_late"] > 0
        ]


class IssuesInTime(Check):
    code = "L13"
    area = "orders"
    name = _lt("Open issues are solved in time")
    reason = _lt("An issue past its date is one that nobody works on.")
    things = _lt("open issues")
    fault = _lt("past its due date")
    advice = _lt("Solve it, hand it over, or set a new date with a reason.")
    model = "operation.exception"
    severity = "critical"
    gates = ("G7",)
    owner = "site_owner"
    hours = 4
    key = "e.id"
    rows = "operation_exception e"
    scope_sql = "e.state <> 'closed' AND e.company_id = %(company)s"
    wrong = "e.due_date < now() at time zone 'utc'"


class MakeToOrderRoute(structure.MakeToOrderRoute):
    """Where policies decide, no route of Odoo's is needed."""

    code = "F01"
    absence = _lt("a policy of this company decides how orders are supplied")

    def is_absent(self):
        return bool(self.company.supply_preset)
