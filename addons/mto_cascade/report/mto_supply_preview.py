from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..engine import CoreAnswer, decide
from ..engine.confirmation import Confirmation
from ..engine.documents import Need, Node, PurchaseLine
from ..engine.factory import Served
from ..models.mto_supply_check import get_serious
from ..models.mto_supply_plan import NO_ORDER
from ..models.supply_words import supply_sentence

SUPPLY_OF_KIND = {
    "make": "manufacture",
    "buy": "buy",
    "subcontract": "subcontract",
    "transfer": "transfer",
}
# How many problems of one line or product are told: more than on other screens, since
# each stands on a row of its own.
TOLD = 100
COST_GROUP = "mto_cascade.group_supply_cost"


class SupplyPreview(models.AbstractModel):
    """What will be created, as data: for screens, files and API clients.

    Records come as superuser, from methods that have checked who asks; ``shows_cost``
    is what the caller may see.
    """

    _name = "mto.supply.preview"
    _description = "What Will Be Created"

    @api.model
    def _shows_cost(self):
        """Whether the user may see what things cost."""
        return self.env.user.has_group(COST_GROUP)

    # Orders

    @api.model
    def _preview_orders(self, orders, shows_cost=False):
        """Confirm quotations one after the other without making a record.

        :return: as ``sale.order.preview_cascade``
        """
        quotations = orders.filtered(lambda order: order.state in ("draft", "sent"))
        asked = {order: self._get_procurements(order) for order in quotations}
        products = quotations.order_line.product_id
        played = self.env["mto.supply.plan"]._play(
            products, lambda answers: self._play_orders(answers, asked)
        )
        # What was read for the game is known to the check.
        known = next((answers.memory for *_rest, answers in played.values()), None)
        found = quotations._find_supply_problems(told=TOLD, known=known)
        nothing = {"problems": [], "more": 0}
        return [
            self._render(
                order,
                *played.get(order, ([], [], [], None)),
                found.get(order, nothing),
                shows_cost,
            )
            for order in orders
        ]

    def _get_procurements(self, order):
        """[(line, what confirming it would ask of the rules)]

        As ``sale.order.line._action_launch_stock_rule``.
        """
        result = []
        for line in order.order_line:
            line = line.with_company(line.company_id)
            if line.display_type or line.product_id.type != "consu":
                continue
            # Nobody knows yet what it is made of.
            if line._waits_for_engineering():
                continue
            # Asked only where something may be delivered: it searches line by line.
            delivered = line.move_ids and line._get_qty_procurement(False) or 0.0
            missing = line.product_uom_qty - delivered
            if line.product_uom_id.compare(missing, 0) <= 0:
                continue
            quantity, uom = line.product_uom_id._adjust_uom_quantities(
                missing, line.product_id.uom_id
            )
            values = line._prepare_procurement_values()
            result += [
                (line, procurement)
                for procurement in line._create_procurements(quantity, uom, values)
            ]
        return result

    def _play_orders(self, answers, asked):
        """{order: what ``_render`` shows}"""
        game = Confirmation(answers)
        result = {}
        for order, procurements in asked.items():
            answers.memo["order_lines"].update(
                (line.id, line) for line, _procurement in procurements
            )
            needs = [self._make_need(answers, *pair) for pair in procurements]
            nodes = [need.node for need in needs]
            deltas = game.confirm(needs)
            result[order] = (nodes, deltas, game.triggered, answers)
        return result

    def _make_need(self, answers, line, procurement):
        plan = self.env["mto.supply.plan"]
        values = procurement.values
        product = plan._make_product(answers, procurement.product_id)
        unit = plan._make_unit(answers, procurement.product_uom)
        references = line.order_id.stock_reference_ids.ids
        served = Served(line.id, 0, values.get("specification_key") or "")
        company_id = procurement.company_id.id
        node = Node(product, order_line=line.id, company=company_id)
        node.quantity = unit.convert(procurement.product_qty, product.unit, "HALF-UP")
        return Need(
            product,
            procurement.product_qty,
            unit,
            procurement.location_id.id,
            fields.Datetime.to_datetime(values["date_planned"]),
            node,
            company_id,
            warehouse=values["warehouse_id"].id,
            routes=tuple(values["route_ids"].ids),
            package=values["packaging_uom_id"].id,
            references=frozenset(references or [("new", line.order_id.id)]),
            served=served,
            sale_line=line.id,
            description=values["product_description_variants"],
            never=tuple(values["never_product_template_attribute_value_ids"].ids),
            of_order=True,
        )

    # Products

    @api.model
    def _preview_products(self, products, quantity, warehouse, shows_cost=False):
        """One node per product, as if it were sold alone.

        :return: as ``product.product.get_supply_path``
        """
        self._check_quantity(quantity)
        company = warehouse.company_id or self.env.company
        place = self.env.ref("stock.stock_location_customers")

        def play(answers):
            result = {}
            for product in products:
                need = self._make_free_need(
                    answers, product, quantity, warehouse, company, place
                )
                game = Confirmation(answers)
                deltas = game.confirm([need])
                result[product] = ([need.node], deltas, game.triggered, answers)
            return result

        plan = self.env["mto.supply.plan"].with_company(company)
        played = plan._play(products, play)
        known = next((answers.memory for *_rest, answers in played.values()), None)
        found = products.with_company(company)._find_supply_problems(
            warehouse, told=TOLD, known=known
        )
        nodes = []
        for product in products:
            rendered = self._render(
                product, *played[product], found[product], shows_cost
            )
            [node] = rendered["lines"]
            nodes.append({**rendered, "totals": rendered["documents"], **node})
        return nodes

    # Bills of materials

    @api.model
    def _preview_boms(self, asked, quantity, shows_cost=False):
        """One node per product of a bill of materials, as if it were made from it.

        Each is played for itself: what is made from one bill of materials here may be
        a component of another one there.

        :param asked: [(bill of materials, product, warehouse)]
        :return: as ``product.product.get_supply_path``, with ``id`` and ``model`` of
            the bill of materials
        """
        self._check_quantity(quantity)
        nodes = []
        for bom, product, warehouse in asked:
            company = warehouse.company_id or self.env.company
            preview = self.with_company(company)
            nodes.append(
                preview._preview_bom(bom, product, quantity, warehouse, shows_cost)
            )
        return nodes

    def _preview_bom(self, bom, product, quantity, warehouse, shows_cost):
        def play(answers):
            need = self._make_bom_need(answers, bom, product, quantity, warehouse)
            game = Confirmation(answers)
            deltas = game.confirm([need])
            return [need.node], deltas, game.triggered, answers

        plan = self.env["mto.supply.plan"]
        played = plan._play(product, play, {product: bom})
        found = self.env["mto.supply.check"]._get_bom_problems(
            bom, warehouse, told=TOLD, known=played[-1].memory
        )
        rendered = self._render(bom, *played, found[bom, product], shows_cost)
        [node] = rendered["lines"]
        return {**rendered, "totals": rendered["documents"], **node}

    def _make_bom_need(self, answers, bom, product, quantity, warehouse):
        """Wanted where manufacturing brings it; what is not made here, as if sold."""
        customers = self.env.ref("stock.stock_location_customers")
        need = self._make_free_need(
            answers, product, quantity, warehouse, self.env.company, customers
        )
        rule = warehouse.manufacture_pull_id
        if bom.type == "normal" and rule:
            need.place = rule.location_dest_id.id
            need.routes = tuple(rule.route_id.ids)
            need.of_order = False
            need.node.to_supply = quantity
        return need

    def _check_quantity(self, quantity):
        if quantity <= 0:
            raise UserError(
                self.env._("Ask for a quantity above zero, not %s.", quantity)
            )

    def _make_free_need(self, answers, product, quantity, warehouse, company, place):
        plan = self.env["mto.supply.plan"]
        made = plan._make_product(answers, product)
        node = Node(made, order_line=NO_ORDER, company=company.id)
        node.quantity = quantity
        return Need(
            made,
            quantity,
            made.unit,
            place.id,
            fields.Datetime.now(),
            node,
            company.id,
            warehouse=warehouse.id,
            references=frozenset([("new", product.id)]),
            served=Served(NO_ORDER),
            of_order=True,
        )

    # Showing

    def _render(self, record, nodes, deltas, triggered, answers, found, shows_cost):
        supplies = [self._render_delta(delta) for delta in deltas]
        return {
            "id": record.id,
            "model": record._name,
            "name": record.display_name,
            "lines": [self._render_tree(answers, node, shows_cost) for node in nodes],
            "documents": self._count_documents(deltas),
            "supplies": supplies,
            "triggered": [
                self._render_triggered(answers, one, shows_cost) for one in triggered
            ],
            "problems": self._join_problems(found, nodes),
            "more": found["more"],
        }

    def _render_triggered(self, answers, triggered, shows_cost):
        orderpoint = self.env["stock.warehouse.orderpoint"].browse(triggered.rule)
        node = Node(triggered.product, company=triggered.company)
        node.quantity = node.to_supply = triggered.quantity
        node.warehouse = orderpoint.warehouse_id.id
        kinds = orderpoint.product_id.with_company(triggered.company)._get_supply_kinds(
            orderpoint.warehouse_id
        )
        node.supply = SUPPLY_OF_KIND.get(kinds[triggered.product.id], "none")
        return {
            **self._render_node(answers, node, shows_cost),
            "reason": {
                "code": "reordering_rule",
                "record_id": orderpoint.id,
                "name": orderpoint.name,
                "facts": [],
            },
            "explanation": self.env._(
                "Reordering rule %(name)s: the forecast falls below %(minimum)s",
                name=orderpoint.name,
                minimum=formatLang(self.env, orderpoint.product_min_qty),
            ),
        }

    def _render_delta(self, delta):
        supply = delta.supply
        document = getattr(supply, "order", None) or supply
        return {
            "key": self._get_key(supply.key),
            "model": document.key[0],
            "id": document.id,
            "name": document.name,
            "line_id": supply.id if isinstance(supply, PurchaseLine) else False,
            "status": "new" if delta.is_new else "enlarged",
            "product_id": supply.product.id,
            "product": supply.product.name,
            "quantity": delta.quantity,
            "uom": supply.product.unit.name,
            "serves": [
                {"order_line_id": self._get_line_id(one), "level": one.level}
                for one in delta.serves
            ],
        }

    def _get_line_id(self, served):
        return False if served.line == NO_ORDER else served.line

    def _get_key(self, key):
        return ",".join(str(part) for part in key)

    def _count_documents(self, deltas):
        """{model: number of new documents}"""
        made = {}
        for delta in deltas:
            document = getattr(delta.supply, "order", None) or delta.supply
            if not document.id:
                made.setdefault(document.key[0], set()).add(document.key)
        return {model: len(keys) for model, keys in made.items()}

    def _render_tree(self, answers, root, shows_cost):
        rendered = {}
        for node in root.walk():
            rendered[node] = self._render_node(answers, node, shows_cost)
            if node is not root:
                rendered[node.parent]["children"].append(rendered[node])
        return rendered[root]

    def _render_node(self, answers, node, shows_cost):
        product = node.product
        vals = {
            "product_id": product.id,
            "product": product.name,
            "level": node.level,
            "quantity": node.quantity,
            "uom": product.unit.name,
            **self._render_decision(node),
            "supply": self._get_supply(node),
            "from_stock": node.from_stock,
            "from_arrivals": node.from_arrivals,
            "available": node.available,
            "to_supply": node.to_supply,
            "order_line_id": node.order_line if node.order_line != NO_ORDER else False,
            "bom_line_id": node.bom_line,
            "warehouse_id": node.warehouse,
            "bom_id": node.recipe.id if node.recipe else False,
            "documents": [self._get_key(key) for key in node.documents],
            **self._render_joins(answers, node),
            "problem": next(iter(node.problems), False),
            "children": [],
        }
        if shows_cost:
            record = answers.memory.products[node.company][product.id]
            vals["cost"] = node.quantity * record.standard_price
        return vals

    def _get_supply(self, node):
        """Nothing is supplied where stock and arrivals suffice."""
        if not node.product.is_goods:
            return "service"
        if node.supply in ("kit", "none") or node.to_supply:
            return node.supply
        return "stock" if node.decision.why else node.supply

    def _render_decision(self, node):
        if not node.decision.why:
            return {"policy": False, "reason": {}, "explanation": ""}
        demand, decision = node.decision.why
        if not decision.by_policy:
            rule = self.env["stock.rule"].browse(node.rule_id or ())
            core = CoreAnswer(node.core_method, rule.route_id.name or "")
            decision = decide((), core)
        reason = decision.reason
        return {
            "policy": decision.policy,
            "reason": self.env["mto.supply.policy"]._prepare_reason(reason),
            "explanation": supply_sentence(
                self.env, decision.policy, reason, demand.supply
            ),
        }

    def _render_joins(self, answers, node):
        """Model, id and name of the document that was there before, if there is one."""
        for key in node.joined:
            document = self._find_document(answers, key)
            if document:
                return {
                    "joins": document.id,
                    "joins_model": document._name,
                    "joins_name": document.display_name,
                }
        return {"joins": False, "joins_model": False, "joins_name": False}

    def _find_document(self, answers, key):
        kind, *number = key
        if number[0] == "new" or number[0] < 0:
            return None
        if kind == "mrp.production":
            return self.env[kind].browse(number)
        if kind in ("line", "purchase.order.line"):
            return self.env["purchase.order.line"].browse(number).order_id
        move = self.env["stock.move"].browse(number)
        return move.production_id or move.purchase_line_id.order_id or move.picking_id

    def _join_problems(self, found, nodes):
        """What the check of paths found, then what only the confirmation meets.

        The check also looks below what stock covers today, and tells the cause.
        """
        problems = list(found["problems"])
        told = {tuple(problem["product_ids"]) for problem in get_serious(found)}
        for root in nodes:
            for problem in self._render_problems(root):
                path = tuple(problem["product_ids"])
                if path not in told and problem not in problems:
                    problems.append(problem)
        return problems

    def _render_problems(self, root):
        for node in root.walk():
            path = []
            for step in reversed([node, *node.ancestors()]):
                # What another warehouse delivers is the same product: one step.
                if not path or path[-1] != step.product:
                    path.append(step.product)
            for code, details in node.problems.items():
                yield {
                    "path": [product.name for product in path],
                    "product_ids": [product.id for product in path],
                    "code": code,
                    "message": self._get_problem_message(node, code, details),
                }

    def _get_problem_message(self, node, code, details):
        name = node.product.name
        match code:
            case "no_rule":
                place = self.env["stock.location"].browse(details["place"])
                return self.env._(
                    "No rule brings %(product)s to %(place)s. Check its routes.",
                    product=name,
                    place=place.display_name,
                )
            case "no_bom":
                return self.env._(
                    "%(product)s is to be made and has no bill of materials.",
                    product=name,
                )
            case "no_vendor":
                return self.env._(
                    "%(product)s is to be bought and has no vendor.", product=name
                )
            case "loop":
                return self.env._("%(product)s is needed to make itself.", product=name)
        return self.env._(
            "%(product)s lies deeper than is looked at. Check its bills of materials.",
            product=name,
        )
