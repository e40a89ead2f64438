from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.misc import formatLang

from ..engine import (
    INHERIT,
    MAKE_TO_ORDER,
    STOCK_THEN_ORDER,
    specification_key,
    start_moment,
)
from .mto_supply_resolver import SupplyNeed
from .supply_policy import SupplyDemand
from .supply_words import SUPPLY_POLICIES

# Key of the transaction's data: orders whose paths were checked before core confirms.
CHECKED_ORDERS = "mto_cascade.checked_orders"
ENGINEERING = {
    "to_engineer",
    "engineer_id",
    "engineering_due_date",
    "engineering_days",
}
ENGINEERED = {"engineering_done_on", "engineering_done_by_id"}


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

    to_engineer = fields.Boolean(
        "To be Engineered",
        copy=False,
        help="The bill of materials is not finished yet. The line is confirmed with "
        "the order, but nothing is made or bought for it until it is.",
    )
    engineer_id = fields.Many2one(
        "res.users",
        copy=False,
        check_company=True,
        domain=[("share", "=", False)],
        help="Makes the bill of materials and says when it is finished.",
    )
    engineering_due_date = fields.Date("Engineering Due", copy=False)
    engineering_days = fields.Float(
        "Estimated Days", copy=False, help="Estimated work of the engineer, in days."
    )
    engineering_done_on = fields.Datetime("Engineered On", copy=False, readonly=True)
    engineering_done_by_id = fields.Many2one(
        "res.users", "Engineered By", copy=False, readonly=True
    )
    engineering_activity_id = fields.Many2one(
        "mail.activity",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="base.group_system",
    )
    is_held = fields.Boolean(
        "Waiting",
        compute="_compute_is_held",
        help="Nothing is ordered for the line yet: its order waits for its start, or "
        "the line is to be engineered.",
    )
    engineering_bom_id = fields.Many2one(
        "mrp.bom",
        "Bill of Materials so Far",
        compute="_compute_engineering_bom_id",
        groups="mrp.group_mrp_user",
    )

    _to_engineer_idx = models.Index(
        "(engineer_id) WHERE to_engineer IS TRUE AND engineering_done_on IS NULL"
    )
    _engineering_days_positive = models.Constraint(
        "CHECK (engineering_days >= 0)", "Estimated days cannot be negative."
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
        quotation. Needs read access to the lines only.

        :return: one dictionary per line, in the order of ``self``, with the keys of
            ``product.product.get_supply_decision``; ``model`` is 'sale.order.line'.
            A line without a product (section, note) has ``policy`` and
            ``procure_method`` False, ``level`` 'core', reason code 'no_product' and
            ``supply`` 'service'.
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a line may not be read
        """
        self.check_access("read")
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

    # What makes goods differ

    def _get_specification_key(self):
        """A key that lines for equal goods of one product share; empty if nothing
        but the variant says what to make.

        Notes and files are no part of it: they tell, they do not configure.
        """
        self.ensure_one()
        return specification_key(
            (
                (
                    value.custom_product_template_attribute_value_id.id,
                    value.custom_value or "",
                )
                for value in self.product_custom_attribute_value_ids
            ),
            self._get_chosen_options().ids,
        )

    def _get_chosen_options(self):
        """Options that make no variant, where there was something to choose."""
        return self.product_no_variant_attribute_value_ids.filtered(
            lambda option: (
                option.display_type == "multi"
                or option.attribute_line_id.value_count > 1
            )
        )

    def _get_specifications(self):
        """What each line asks for beyond its product.

        :return: {line id: {'title', 'values': [str], 'notes': [str],
            'files': attachments}}, only lines that ask for anything
        """
        notes = self._get_following_notes()
        files = self._get_specification_attachments()
        result = {}
        for line in self:
            specification = {
                "title": f"{line.order_id.name} - {line.product_id.display_name}",
                "values": line._get_specification_values(),
                "notes": line._get_remarks() + notes.get(line, []),
                "files": files[line],
            }
            if any(specification[part] for part in ("values", "notes", "files")):
                result[line.id] = specification
        return result

    def _get_specification_values(self):
        self.ensure_one()
        typed = self.product_custom_attribute_value_ids
        options = self._get_chosen_options()
        options -= typed.custom_product_template_attribute_value_id
        return [*typed.mapped("name"), *options.mapped("display_name")]

    def _get_remarks(self):
        """Lines of the description that Odoo did not write."""
        self.ensure_one()
        line = self.with_context(lang=self.order_id.partner_id.lang)
        default = line._get_sale_order_line_multiline_description_sale().splitlines()
        return [
            text
            for text in (line.name or "").splitlines()
            if text.strip() and text not in default
        ]

    def _get_following_notes(self):
        """{line: texts of the note lines below it, up to the next line or section}"""
        result = {}
        for order in self.order_id:
            above = False
            for line in order.order_line.sorted(lambda line: (line.sequence, line.id)):
                if line.display_type != "line_note":
                    above = not line.display_type and line
                elif above and line.name:
                    result.setdefault(above, []).append(line.name)
        return result

    def _get_specification_attachments(self):
        """{line: files of the line itself, and the files its order has for production}

        No query per line.
        """
        own = self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        by_line = own.grouped("res_id")
        return {
            line: by_line.get(line.id, own.browse())
            | line.order_id.specification_attachment_ids
            for line in self
        }

    # Confirm now, start later; to be engineered

    def _waits_for_engineering(self):
        """Whether the bill of materials of the line has still to be finished."""
        self.ensure_one()
        return self.to_engineer and not self.engineering_done_on

    def _is_held(self):
        """Whether a confirmation orders nothing for the line yet."""
        self.ensure_one()
        return self._waits_for_engineering() or self.order_id._waits_for_start()

    @api.depends(
        "state",
        "to_engineer",
        "engineering_done_on",
        "order_id.start_later",
        "order_id.started_on",
    )
    def _compute_is_held(self):
        for line in self:
            line.is_held = line.state == "sale" and line._is_held()

    def _action_launch_stock_rule(self, **kwargs):
        """Order nothing for lines that wait; their whole quantity counts later."""
        held = self.filtered(lambda line: line._is_held())
        (self - held)._check_raised_supply(kwargs.get("previous_product_uom_qty"))
        if not held:
            return super()._action_launch_stock_rule(**kwargs)
        orders = held.order_id.filtered(lambda order: order._waits_for_start())
        orders._claim_start()
        rest = self - held
        return not rest or super(SaleOrderLine, rest)._action_launch_stock_rule(
            **kwargs
        )

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

    def _purchase_service_generation(self):
        """Buy no service for lines that wait."""
        rest = self.filtered(lambda line: not line._is_held())
        return super(SaleOrderLine, rest)._purchase_service_generation()

    def _launch_supply(self):
        """Order what confirmed lines need that wait no longer (sudo).

        As at the confirmation, after which a company may lock its orders.
        """
        locked = self.order_id.filtered("locked").with_context(tracking_disable=True)
        locked.locked = False
        self._action_launch_stock_rule()
        self._purchase_service_generation()
        locked.locked = True

    def _get_start_moment(self):
        """When supply of the line starts, False if with the confirmation.

        A line to be engineered starts when it should be finished, at the earliest now.
        """
        self.ensure_one()
        moments = [self.order_id._get_start_moment()]
        if self.to_engineer:
            done, due = self.engineering_done_on, self.engineering_due_date
            moments.append(start_moment(fields.Datetime.now(), done, due))
        return max(filter(None, moments), default=False)

    def _expected_date(self):
        """Delivery of what starts later counts from its start."""
        expected = super()._expected_date()
        start = self._get_start_moment()
        if not start:
            return expected
        return max(expected, start + timedelta(days=self.customer_lead or 0.0))

    def _get_promise_date(self):
        """When the customer may expect the line: as agreed, else by the lead time.

        :return: datetime in UTC
        """
        self.ensure_one()
        return self.order_id.commitment_date or self._expected_date()

    def _inverse_customer_lead(self):
        later = self.filtered(lambda line: line._get_start_moment())
        res = super(SaleOrderLine, self - later)._inverse_customer_lead()
        for line in later:
            if line.state == "sale" and not line.order_id.commitment_date:
                line.move_ids.date_deadline = line._expected_date()
        return res

    @api.constrains(
        "to_engineer",
        "engineer_id",
        "engineering_due_date",
        "engineering_days",
        "product_id",
    )
    def _check_engineering(self):
        for line in self.filtered("to_engineer"):
            if line.display_type or line.product_id.type != "consu":
                raise ValidationError(
                    self.env._(
                        "Only goods can be engineered: %s has no bill of materials.",
                        line.product_id.display_name or line.name,
                    )
                )
            if not (
                line.engineer_id
                and line.engineering_due_date
                and line.engineering_days > 0
            ):
                raise ValidationError(
                    self.env._(
                        "%s is to be engineered: say by whom, until when and in how "
                        "many days.",
                        line.product_id.display_name,
                    )
                )

    @api.model
    def _check_not_engineered_by_hand(self, vals_list):
        if not self.env.su and any(ENGINEERED & vals.keys() for vals in vals_list):
            raise AccessError(
                self.env._(
                    "Who engineered a line and when is noted by the button BoM "
                    "Finished only."
                )
            )

    @api.model
    def _may_plan_start(self):
        """Whether the user may say when confirmed orders and lines start."""
        user = self.env.user
        return (
            self.env.su
            or user.has_group("sales_team.group_sale_salesman")
            or user.has_group("mrp.group_mrp_manager")
        )

    def _check_engineering_change(self, vals):
        """Refuse to hold a line that runs, or to start one without the button.

        Warehouse and shop floor may write order lines too, to update deliveries.
        """
        self._check_not_engineered_by_hand([vals])
        if ENGINEERING.isdisjoint(vals):
            return
        confirmed = self.filtered(lambda line: line.state == "sale")
        others = confirmed.filtered(lambda line: line.engineer_id != self.env.user)
        if others and not self._may_plan_start():
            raise AccessError(
                self.env._(
                    "Only its engineer, a salesperson or a manufacturing administrator "
                    "may change the engineering of a confirmed line."
                )
            )
        if "to_engineer" not in vals:
            return
        for line in confirmed:
            if (
                bool(vals["to_engineer"]) == line.to_engineer
                or line.order_id._waits_for_start()
            ):
                continue
            values = {
                "product": line.product_id.display_name,
                "order": line.order_id.name,
            }
            if line.to_engineer:
                message = self.env._(
                    "%(product)s of order %(order)s is confirmed as to be engineered: "
                    "press BoM Finished to start it.",
                    **values,
                )
            else:
                message = self.env._(
                    "The supply of %(product)s in order %(order)s is ordered already. "
                    "Add a line to be engineered instead.",
                    **values,
                )
            raise UserError(message)

    def _follow_engineering_change(self):
        """Keep activities and delivery status in step with what waits."""
        self.env["mto.waiting.activity"]._sync_engineering(self)
        orders = self.order_id.filtered(lambda order: order.state == "sale")
        orders._renew_delivery_status()

    # The list of what is to be engineered

    @api.depends("product_id", "company_id")
    def _compute_engineering_bom_id(self):
        for line, bom in self._get_engineering_boms().items():
            line.engineering_bom_id = bom

    def _get_engineering_boms(self):
        """{line: the bill of materials that would supply it now}"""
        found = {}
        for company, lines in self.grouped("company_id").items():
            boms = self.env["mrp.bom"]._bom_find(
                lines.product_id, company_id=company.id
            )
            found.update((line, boms[line.product_id]) for line in lines)
        return found

    def action_open_engineering_bom(self):
        """Open the bill of materials of the line, or a new one for its product.

        :return: window action
        """
        self.ensure_one()
        product = self.product_id
        bom = self._get_engineering_boms()[self]
        several = len(product.product_tmpl_id.product_variant_ids) > 1
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.bom",
            "views": [(False, "form")],
            "res_id": bom.id,
            "context": {
                "default_product_tmpl_id": product.product_tmpl_id.id,
                "default_product_id": several and product.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_finish_engineering(self):
        """Say that the bill of materials is finished: supply of the line starts.

        Lines of an order that waits for its start wait on with it; a line of a
        quotation will no longer wait when it is confirmed. For the engineer of the
        line and for manufacturing administrators, with read access to the lines. A
        line that does not wait for engineering is left alone.

        :return: True
        :raises odoo.exceptions.UserError: if a product has no bill of materials with
            components
        :raises odoo.exceptions.AccessError: for anybody else
        """
        self.check_access("read")
        lines = self.filtered(lambda line: line._waits_for_engineering())
        manager = self.env.su or self.env.user.has_group("mrp.group_mrp_manager")
        for line in lines:
            if not manager and line.engineer_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(product)s is engineered by %(user)s: ask them or a "
                        "manufacturing administrator to say that it is finished.",
                        product=line.product_id.display_name,
                        user=line.engineer_id.name,
                    )
                )
        # After the check: engineers may not write the supply of an order.
        lines = lines.sudo()
        lines._check_engineering_boms()
        lines._finish_engineering()
        return True

    def _check_engineering_boms(self):
        """Raise unless each product has a bill of materials with components."""
        for line, bom in self._get_engineering_boms().items():
            product = line.product_id
            if bom.bom_line_ids.filtered(lambda b, p=product: not b._skip_bom_line(p)):
                continue
            if bom:
                message = self.env._(
                    "The bill of materials of %s has no components yet. Add them, then "
                    "say that it is finished.",
                    product.display_name,
                )
            else:
                message = self.env._(
                    "%s has no bill of materials yet. Create one, or put the product "
                    "that was engineered on the order line, then say that it is "
                    "finished.",
                    product.display_name,
                )
            raise UserError(message)

    def _finish_engineering(self):
        if not self:
            return
        self.write(
            {
                "engineering_done_on": fields.Datetime.now(),
                "engineering_done_by_id": self.env.uid,
            }
        )
        # Now, so that a second press at the same moment waits, runs again and finds
        # nothing to finish.
        self.flush_recordset(ENGINEERED)
        self._launch_supply()
        self._follow_engineering_change()
        self.order_id._message_log_batch(
            {
                order.id: self.env._(
                    "Engineered: %s. Its supply is ordered from now on.",
                    ", ".join(lines.product_id.mapped("display_name")),
                )
                for order, lines in self.grouped("order_id").items()
            }
        )
