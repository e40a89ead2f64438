from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import formatLang

from ..access import check_sees_supply
from ..engine import INHERIT, MAKE_TO_ORDER, STOCK_THEN_ORDER
from .mto_supply_resolver import SupplyNeed
from .sale_order_line_start import ENGINEERING
from .supply_policy import SupplyDemand
from .supply_words import SUPPLY_POLICIES

# Key of the transaction's data: orders whose paths were checked before core confirms.
CHECKED_ORDERS = "mto_cascade.checked_orders"


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    supply_policy = fields.Selection(
        SUPPLY_POLICIES,
        help="How this line is supplied; stronger than what the product says.\n"
        "Empty or Inherit: the product decides.",
    )
    supply_scope = fields.Selection(
        [("product", "This product only"), ("all", "And everything below it")],
        "Policy Applies to",
        default="product",
        help="Whether the policy of the line also decides for the components of the "
        "product, at every level. A component that can neither be made nor bought is "
        "taken from stock.",
    )

    # Not stored and without the stock among its dependencies: read anew each time.
    free_to_use_qty = fields.Float(
        "Free to Use",
        compute="_compute_free_to_use",
        digits="Product Unit",
        groups="base.group_user",
        help="What is free in stock while the line is made to order, in the unit of "
        "the product.",
    )
    free_to_use_message = fields.Char(
        compute="_compute_free_to_use", groups="base.group_user"
    )

    @api.depends(
        "state",
        "is_mto",
        "product_id",
        "product_uom_qty",
        "product_uom_id",
        "warehouse_id",
        "move_ids.state",
        "move_ids.procure_method",
        "move_ids.quantity",
    )
    @api.depends_context("lang")
    def _compute_free_to_use(self):
        # Only a quantity is told, which the availability of the line tells too.
        demands = {line: line.sudo()._get_free_stock_demands() for line in self}
        network = self.env["mto.supply.network"].sudo()
        free = network._get_free(self.env["stock.move"].union(*demands.values()))
        for line, moves in demands.items():
            line.free_to_use_qty = sum(free[move] for move in moves)
            unit = line.product_id.uom_id
            line.free_to_use_message = bool(
                unit and unit.compare(line.free_to_use_qty, 0) > 0
            ) and self.env._(
                "%(quantity)s %(unit)s of %(product)s free in stock: use them?",
                quantity=self._format_quantity(line.free_to_use_qty),
                unit=unit.name,
                product=line.product_id.display_name,
            )

    def _format_quantity(self, quantity):
        digits = 0 if quantity == int(quantity) else 2
        return formatLang(self.env, quantity, digits=digits)

    def _get_free_stock_demands(self):
        """The demands of the line that free stock could serve."""
        self.ensure_one()
        if self.state == "sale":
            return self.move_ids.filtered(lambda m: m._may_use_free_stock())
        Move = self.env["stock.move"]
        if (
            self.state not in ("draft", "sent")
            or not self.is_mto
            or not self.product_id.is_storable
            or self.product_id.is_kits
            or self._get_specification_key()
            or not self.warehouse_id
            or self.product_uom_id.compare(self.product_uom_qty, 0) <= 0
        ):
            return Move
        return Move.new(
            {
                "product_id": self.product_id.id,
                "product_uom_qty": self.product_uom_qty,
                "product_uom": self.product_uom_id.id,
                "location_id": self.warehouse_id.lot_stock_id.id,
                "company_id": self.company_id.id,
            }
        )

    def _check_may_use_free_stock(self):
        """Raise AccessError unless the user sells the lines or plans production.

        Warehouse and shop floor may write order lines too, to update deliveries.
        """
        self.check_access("read")
        if self.env.user.has_group("mrp.group_mrp_manager"):
            return
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(
                self.env._(
                    "Only a salesperson or a manufacturing administrator may serve an "
                    "order line from stock."
                )
            )
        self.check_access("write")

    def action_use_free_stock(self):
        """Serve made-to-order lines with what is free in stock, and order less.

        A quotation gets the policy "stock first, then order". A confirmed line takes
        the free pieces now; requests for quotation and manufacturing orders that are
        not started are reduced, what is started or bought goes to stock. For a
        salesperson who may change the lines, and for manufacturing administrators.

        :return: True
        :raises odoo.exceptions.AccessError: for anybody else
        """
        self._check_may_use_free_stock()
        quotations = self.filtered(
            lambda line: line.state in ("draft", "sent") and line.free_to_use_qty > 0
        )
        quotations.write({"supply_policy": STOCK_THEN_ORDER})
        # Stock moves and orders of other departments, after the check above.
        confirmed = self.filtered(lambda line: line.state == "sale").sudo()
        confirmed.move_ids._use_free_stock()
        return True

    @api.depends(
        "supply_policy",
        "product_uom_qty",
        "product_uom_id",
        "order_id.partner_id",
        "order_id.company_id.supply_preset",
        "warehouse_id.supply_policy",
        "product_id.variant_supply_policy",
        "product_id.supply_policy",
        "product_id.categ_id.supply_policy",
    )
    def _compute_is_mto(self):
        """A line follows the policy that will decide it, where one does."""
        super()._compute_is_mto()
        lines = self.filtered(
            lambda line: line.display_qty_widget and line._is_delivered_from_stock()
        )
        for line, decision in lines._get_policy_decisions().items():
            if decision.by_policy:
                line.is_mto = decision.policy == MAKE_TO_ORDER

    @api.model_create_multi
    def create(self, vals_list):
        self._check_not_engineered_by_hand(vals_list)
        lines = super().create(vals_list)
        added = lines.filtered(lambda line: line.to_engineer and line.state == "sale")
        added._follow_engineering_change()
        return lines

    def write(self, vals):
        self._check_supply_undecided(vals)
        self._check_engineering_change(vals)
        res = super().write(vals)
        if not ENGINEERING.isdisjoint(vals):
            self._follow_engineering_change()
        elif "product_id" in vals:
            self.filtered("to_engineer")._follow_engineering_change()
        return res

    def _check_supply_undecided(self, vals):
        """Refuse another policy for a line whose supply is ordered already."""
        names = [name for name in ("supply_policy", "supply_scope") if name in vals]
        for line in self if names else ():
            if (
                line.state == "sale"
                and not line._is_held()
                and any(line[n] != vals[n] for n in names)
            ):
                raise UserError(
                    self.env._(
                        "The supply of %(product)s in order %(order)s is decided: the "
                        "order is confirmed. Cancel the order and set it to quotation "
                        "to choose another policy.",
                        product=line.product_id.display_name or line.name,
                        order=line.order_id.name,
                    )
                )

    @api.readonly
    def get_supply_decision(self):
        """How each order line is supplied, and why.

        It answers for the product of the line itself (level 0), from the warehouse of
        the line: what was decided for a confirmed line, what would be decided for a
        quotation. For employees with read access to the lines.

        :return: one dictionary per line, in the order of ``self``, with the keys of
            ``product.product.get_supply_decision``; ``model`` is 'sale.order.line'.
            A line without a product (section, note) has ``policy`` and
            ``procure_method`` False, ``level`` 'core', reason code 'no_product' and
            ``supply`` 'service'.
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a line may not be read
        """
        self.check_access("read")
        check_sees_supply(self.env)
        # The words name rules, vendors and stock of which nothing else is handed out.
        return self.sudo()._get_supply_answers()

    def _decides_supply(self, levels):
        """Whether the line has a policy for demands at ``levels`` below it."""
        self.ensure_one()
        return (self.supply_policy or INHERIT) != INHERIT and (
            self.supply_scope == "all" or levels == (0, 0)
        )

    def _get_policy_decisions(self):
        """Return {line: decision of the policies} for the product of each line."""
        # A salesperson may not read every rule, vendor or bill of materials; only the
        # decision is used.
        demands = [line._prepare_supply_demand() for line in self.sudo()]
        decisions = self.env["mto.supply.policy"].sudo()._get_decisions(demands)
        return {
            line: decisions[demand] for line, demand in zip(self, demands, strict=True)
        }

    def _get_supply_answers(self):
        """Same as ``get_supply_decision``, for lines the caller may read (sudo)."""
        decided = {line: line._get_decided_move() for line in self}
        moves = self.env["stock.move"].union(*decided.values())
        undecided = self.filtered(lambda line: line.product_id and not decided[line])
        by_move = {answer["id"]: answer for answer in moves._get_supply_answers()}
        by_line = dict(zip(undecided, undecided._get_answers_by_policy(), strict=True))
        return [
            by_line.get(line)
            or {
                **(by_move.get(decided[line].id) or line._prepare_empty_answer()),
                "id": line.id,
                "model": line._name,
            }
            for line in self
        ]

    def _get_decided_move(self):
        """The demand that a policy decided when the order was confirmed."""
        self.ensure_one()
        return self.move_ids.filtered(
            lambda move: move.supply_policy and move.state != "cancel"
        ).sorted("id")[:1]

    def _get_answers_by_policy(self):
        cores = {}
        for key, lines in self.grouped(
            lambda line: (line.company_id, line.warehouse_id, line.route_ids)
        ).items():
            company, warehouse, routes = key
            products = lines.product_id.with_company(company)
            answers = products._get_core_answers(warehouse, routes=routes)
            cores.update((line, answers[line.product_id.id]) for line in lines)
        return self.env["mto.supply.policy"]._get_answers(
            [(line, line._prepare_supply_demand(), cores[line]) for line in self]
        )

    def _prepare_empty_answer(self):
        """A section or a note."""
        self.ensure_one()
        return self.env["mto.supply.policy"]._prepare_answer_without_product(
            self.company_id or self.env.company, self.warehouse_id
        )

    def _prepare_supply_demand(self):
        self.ensure_one()
        return SupplyDemand(
            product=self.product_id,
            company=self.company_id or self.env.company,
            warehouse=self.warehouse_id,
            order_line=self,
            bom_line=self.env["mrp.bom.line"],
            specification=self._get_specification_key(),
        )

    def _prepare_supply_need(self):
        """What the line needs, as it will ask for when its order is confirmed."""
        self.ensure_one()
        packaging = self.product_uom_id
        return SupplyNeed(
            product_id=self.product_id.id,
            location_id=self._get_location_final().id,
            company_id=(self.company_id or self.env.company).id,
            warehouse_id=self.warehouse_id.id,
            route_ids=tuple(self.route_ids.ids),
            option_ids=tuple(self.product_no_variant_attribute_value_ids.ids),
            packaging_id=packaging.package_type_id.route_ids and packaging.id,
            is_sold=True,
            of_order=True,
            date=self._get_supply_date(),
        )

    def _get_supply_date(self):
        """The day after today on which our stock must have it; False for today."""
        planned = self._get_promise_date() - timedelta(
            days=self.company_id.security_lead
        )
        date = planned.date()
        return date > fields.Date.context_today(self) and date

    def _get_quantity_in_product_unit(self):
        if not self:
            return 0.0
        return self.product_uom_id._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _is_delivered_from_stock(self):
        """Whether our stock delivers: a line shipped by the vendor has no policy."""
        self.ensure_one()
        routes = self.route_ids or (
            self.product_id.route_ids | self.product_id.categ_id.total_route_ids
        )
        return "supplier" not in routes.rule_ids.location_src_id.mapped("usage")

    def _prepare_procurement_values(self):
        """Say for whom goods are ordered; moves carry it down to the last component."""
        values = super()._prepare_procurement_values()
        values.update(
            demand_line_id=self.id,
            demand_level=0,
            demand_user_id=self.env.uid,
            specification_key=self._get_specification_key() or False,
        )
        return values

    def _check_raised_supply(self, before):
        """Refuse a line, or a quantity, that is added without a complete path.

        :param before: {line id: quantity before}, False for new lines
        """
        checked = self.env.cr.precommit.data.pop(CHECKED_ORDERS, ())
        added = self.filtered(
            lambda line: (
                line.company_id.supply_check == "block"
                and line.order_id.id not in checked
                and line.product_uom_qty > (before or {}).get(line.id, 0)
            )
        )
        added.order_id._refuse_broken_paths(added)

    def _get_paths_to_check(self):
        """The lines whose path has to be there; an unfinished design has none yet."""
        return self.filtered(
            lambda line: (
                line.product_id.type == "consu"
                and line.product_uom_qty > 0
                and not line._waits_for_engineering()
            )
        )
