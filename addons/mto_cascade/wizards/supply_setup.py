from contextlib import closing

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools.misc import format_amount, format_date

from ..engine import INHERIT
from ..models.supply_words import SUPPLY_POLICIES, supply_kind_label

KEEP = "keep"
# Problems that nothing which is set here can settle.
NOT_OF_SETUP = {"no_lead_time", "not_replenished"}
# Rows of the preview, and those that show the whole path.
MAX_ROWS = 200
MAX_PATHS = 20


class SupplySetup(models.TransientModel):
    _name = "mto.supply.setup"
    _description = "Set Up Make to Order"

    state = fields.Selection(
        [("choose", "Choose"), ("preview", "What Changes")], default="choose"
    )
    product_tmpl_ids = fields.Many2many("product.template", string="Products")
    category_ids = fields.Many2many("product.category", string="Product Categories")
    product_count = fields.Integer("Number of Products", compute="_compute_counts")
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        default=lambda self: self.env["product.product"]._get_supply_warehouse(),
        help="The warehouse whose supply is shown.",
    )
    company_id = fields.Many2one(related="warehouse_id.company_id")
    currency_id = fields.Many2one(related="company_id.currency_id")
    policy = fields.Selection(
        selection="_selection_policy",
        string="Supply Policy",
        required=True,
        default=KEEP,
    )
    vendor_id = fields.Many2one(
        "res.partner", help="Becomes the first vendor of each product."
    )
    vendor_price = fields.Monetary("Unit Price")
    vendor_min_qty = fields.Float("Minimum Quantity", digits="Product Unit")
    changes_purchase_delay = fields.Boolean("Change the Purchase Lead Time")
    purchase_delay = fields.Integer(
        "Purchase Lead Time", help="Days from the purchase order to the receipt."
    )
    changes_produce_delay = fields.Boolean("Change the Manufacturing Lead Time")
    produce_delay = fields.Integer(
        "Manufacturing Lead Time", help="Days to make it, without its components."
    )
    changes_sale_delay = fields.Boolean("Change the Customer Lead Time")
    sale_delay = fields.Integer(
        "Customer Lead Time",
        help="Days from the confirmation of the order to the delivery.",
    )
    is_reviewed = fields.Boolean(
        "Lead times reviewed today",
        help="Writes your name and today's date on each product.",
    )
    warehouse_policy = fields.Selection(
        selection="_selection_warehouse_policy",
        string="Policy of the Warehouse",
        required=True,
        default=KEEP,
        help="For all sales orders on its stock where nothing stronger decides.",
    )
    refusal = fields.Text(compute="_compute_refusal")
    preview = fields.Json(readonly=True)
    preview_html = fields.Html(compute="_compute_preview_html", sanitize=False)

    @api.model
    def _selection_policy(self):
        return [
            (KEEP, self.env._("Leave as it is")),
            *self._get_policy_labels("product.template"),
        ]

    @api.model
    def _selection_warehouse_policy(self):
        return [
            (KEEP, self.env._("Leave as it is")),
            *self._get_policy_labels("stock.warehouse"),
        ]

    def _get_policy_labels(self, model):
        field = self.env[model]._fields["supply_policy"]
        return field._description_selection(self.env)

    @api.depends_context("lang")
    def _compute_display_name(self):
        for setup in self:
            setup.display_name = self.env._("Set Up Make to Order")

    @api.model
    def default_get(self, fields):
        """Take the selected products or categories from the screen behind."""
        values = super().default_get(fields)
        ids = self.env.context.get("active_ids") or []
        match self.env.context.get("active_model"):
            case "product.template":
                values.setdefault("product_tmpl_ids", [Command.set(ids)])
            case "product.product":
                products = self.env["product.product"].browse(ids)
                templates = products.product_tmpl_id
                values.setdefault("product_tmpl_ids", [Command.set(templates.ids)])
            case "product.category":
                values.setdefault("category_ids", [Command.set(ids)])
        return values

    @api.depends("product_tmpl_ids", "category_ids", "warehouse_id")
    def _compute_counts(self):
        for setup in self:
            setup.product_count = len(setup._get_templates())

    @api.depends(lambda self: self._get_choice_fields())
    @api.depends_context("uid")
    def _compute_refusal(self):
        for setup in self:
            setup.refusal = "\n".join(setup._get_refusals()) or False

    @api.depends("preview")
    @api.depends_context("lang")
    def _compute_preview_html(self):
        for setup in self:
            setup.preview_html = setup.preview and self.env["ir.qweb"]._render(
                "mto_cascade.supply_setup_preview", {**setup.preview, "setup": setup}
            )

    @api.model
    def _get_choice_fields(self):
        return [
            "product_tmpl_ids",
            "category_ids",
            "policy",
            "vendor_id",
            "changes_purchase_delay",
            "changes_produce_delay",
            "changes_sale_delay",
            "is_reviewed",
            "warehouse_policy",
        ]

    # What is set up

    def _get_templates(self):
        """The chosen products, and the goods of the chosen categories."""
        self.ensure_one()
        templates = self.product_tmpl_ids._origin
        if self.category_ids:
            templates |= self.env["product.template"].search(
                [
                    ("categ_id", "child_of", self.category_ids.ids),
                    ("type", "=", "consu"),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        return templates.with_company(self.company_id)

    def _check_choices(self):
        """Refuse what cannot be meant, and say what to do."""
        self.ensure_one()
        if not self.product_tmpl_ids and not self.category_ids:
            raise UserError(self.env._("Choose at least one product or category."))
        for name in ("purchase_delay", "produce_delay", "sale_delay"):
            if self[name] < 0:
                raise UserError(
                    self.env._(
                        "%(field)s: enter 0 days or more.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )
        if self.vendor_price < 0 or self.vendor_min_qty < 0:
            raise UserError(
                self.env._("Enter a price and a minimum quantity of 0 or more.")
            )
        foreign = self.product_tmpl_ids.filtered(
            lambda template: template.company_id
            and template.company_id != self.company_id
        )
        if foreign:
            raise UserError(
                self.env._(
                    "%(products)s: not a product of %(company)s. Choose a warehouse of "
                    "its company, or leave it out.",
                    products=", ".join(foreign[:5].mapped("display_name")),
                    company=self.company_id.name,
                )
            )

    # Rights

    def _get_refusals(self):
        """Sentences on what the user chose and may not change."""
        self.ensure_one()
        return [
            sentence
            for chosen, model, sentence in self._get_needed_rights()
            if chosen and not self.env[model].has_access("write")
        ]

    def _get_needed_rights(self):
        """List of (whether it is chosen, model to write, what to tell who may not)."""
        has_policy = self.policy != KEEP
        of_product = (
            (has_policy and self.product_tmpl_ids)
            or self.changes_sale_delay
            or self.is_reviewed
        )
        return [
            (
                of_product,
                "product.template",
                self.env._(
                    "You may not change products. Ask somebody with the right "
                    "Products: Create."
                ),
            ),
            (
                has_policy and self.category_ids,
                "product.category",
                self.env._(
                    "You may not change product categories. Ask somebody with the "
                    "right Products: Create."
                ),
            ),
            (
                self.vendor_id or self.changes_purchase_delay,
                "product.supplierinfo",
                self.env._(
                    "You may not change vendors of products. Ask somebody with the "
                    "right Products: Create or a purchase administrator."
                ),
            ),
            (
                self.changes_produce_delay,
                "mrp.bom",
                self.env._(
                    "You may not change manufacturing lead times: they stand on the "
                    "bill of materials. Ask a manufacturing administrator."
                ),
            ),
            (
                self.warehouse_policy != KEEP,
                "stock.warehouse",
                self.env._(
                    "You may not change warehouses. Ask an inventory administrator."
                ),
            ),
        ]

    # Writing

    def _apply(self):
        """Write what is chosen, in sets.

        :raises odoo.exceptions.UserError: what is chosen makes no sense
        :raises odoo.exceptions.AccessError: the user may not write it
        """
        self._check_choices()
        if refusals := self._get_refusals():
            raise AccessError("\n".join(refusals))
        templates = self._get_templates()
        for write in self._get_writers():
            write(templates)

    def _get_writers(self):
        """Methods that write one choice for all products; override to add one."""
        return [
            self._write_policy,
            self._write_vendor,
            self._write_purchase_delay,
            self._write_produce_delay,
            self._write_sale_delay,
            self._write_warehouse_policy,
            self._write_review,
        ]

    def _write_policy(self, templates):
        if self.policy == KEEP:
            return
        for records in (self.category_ids, self.product_tmpl_ids):
            changed = records.with_company(self.company_id).filtered(
                lambda record: record.supply_policy != self.policy
            )
            if changed:
                changed.write({"supply_policy": self.policy})

    def _write_vendor(self, templates):
        """The vendor comes first; its price for all variants is changed or added."""
        if not self.vendor_id:
            return
        Seller = self.env["product.supplierinfo"]
        values = {
            "price": self.vendor_price,
            "min_qty": self.vendor_min_qty,
            "currency_id": self.currency_id.id,
        }
        by_sequence, changed, new = {}, Seller, []
        for template in templates:
            sellers = self._get_sellers(template)
            lines = sellers.filtered(self._is_chosen_vendor_line)
            sequence = min([*(sellers - lines).mapped("sequence"), 2]) - 1
            by_sequence.setdefault(sequence, []).extend(lines.ids)
            line = self._choose_vendor_line(lines)
            changed |= line
            if not line:
                new.append(
                    self._prepare_vendor_line(template, sequence=sequence, **values)
                )
        for sequence, ids in by_sequence.items():
            Seller.browse(ids).write({"sequence": sequence})
        changed.write(values)
        Seller.create(new)

    def _is_chosen_vendor_line(self, line):
        is_for_all = not line.product_id or line.product_variant_count <= 1
        return line.partner_id == self.vendor_id and is_for_all

    def _choose_vendor_line(self, lines):
        """The price to change: of this minimum, or the only one. Breaks are kept."""
        today = fields.Date.context_today(self)
        valid = lines.filtered(lambda line: not line.date_end or line.date_end >= today)
        same = valid.filtered(
            lambda line: not line.product_uom_id.compare(
                line.min_qty, self.vendor_min_qty
            )
        )
        return same[:1] or (valid if len(valid) == 1 else valid.browse())

    def _prepare_vendor_line(self, template, **values):
        return {
            "partner_id": self.vendor_id.id,
            "product_tmpl_id": template.id,
            "company_id": self.company_id.id,
            **values,
        }

    def _get_sellers(self, template):
        return template.seller_ids.filtered(
            lambda line: line.company_id.id in (False, self.company_id.id)
        )

    def _write_purchase_delay(self, templates):
        if self.changes_purchase_delay:
            lines = self._get_first_vendor_lines(templates).values()
            self.env["product.supplierinfo"].union(*lines).write(
                {"delay": self.purchase_delay}
            )

    def _write_produce_delay(self, templates):
        if self.changes_produce_delay:
            found = self._get_boms(templates).values()
            boms = self.env["mrp.bom"].browse(bom.id for bom in found)
            boms.write({"produce_delay": self.produce_delay})

    def _write_sale_delay(self, templates):
        if self.changes_sale_delay:
            templates.write({"sale_delay": self.sale_delay})

    def _write_warehouse_policy(self, templates):
        if self.warehouse_policy != KEEP:
            self.warehouse_id.supply_policy = self.warehouse_policy

    def _write_review(self, templates):
        if self.is_reviewed:
            templates._write_lead_time_review()

    # Reading

    def _get_first_vendor_lines(self, templates):
        """Return {template: the vendor line asked first}, without those without one."""
        lines = {
            template: template.product_variant_id._get_first_vendor_line()
            for template in templates
            if template.product_variant_id
        }
        return {template: line for template, line in lines.items() if line}

    def _get_boms(self, templates):
        """Return {template: the bill of materials it is made by}, to be read (sudo).

        A product manager need not have access to bills of materials.
        """
        found = (
            self.env["mrp.bom"]
            .sudo()
            ._bom_find(
                templates.product_variant_id.sudo(),
                picking_type=self.warehouse_id.manu_type_id,
                company_id=self.company_id.id,
                bom_type="normal",
            )
        )
        return {
            template: bom
            for template in templates
            if (bom := found[template.product_variant_id.sudo()])
        }

    def _get_settings(self, templates):
        """Return {template id: {label: value in words}} of what can be set."""
        lines = self._get_first_vendor_lines(templates)
        boms = self._get_boms(templates)
        policies = dict(SUPPLY_POLICIES)
        policies.update(self._get_policy_labels("product.template"))
        return {
            template.id: self._prepare_settings(
                template,
                lines.get(template, self.env["product.supplierinfo"]),
                boms.get(template, self.env["mrp.bom"]),
                policies,
            )
            for template in templates
        }

    def _prepare_settings(self, template, line, bom, policies):
        env = self.env
        reviewed = template.lead_time_review_date
        return {
            env._("Supply Policy"): policies[template.supply_policy or INHERIT],
            env._("Policy of the category"): policies[
                template.categ_id.supply_policy or INHERIT
            ],
            # Its name, also for who may not read the vendor itself.
            env._("First vendor"): line.sudo().partner_id.display_name or env._("none"),
            env._("Price"): line
            and format_amount(env, line.price, line.currency_id)
            or "",
            env._("Minimum quantity"): line and f"{line.min_qty:.10g}" or "",
            env._("Purchase lead time"): line and self._get_days(line.delay) or "",
            env._("Manufacturing lead time"): bom
            and self._get_days(bom.produce_delay)
            or "",
            env._("Customer lead time"): self._get_days(template.sale_delay),
            env._("Lead times reviewed"): reviewed
            and format_date(env, reviewed)
            or env._("never"),
        }

    def _get_days(self, days):
        return self.env._("1 day") if days == 1 else self.env._("%s days", days)

    def _get_paths(self, templates):
        """Return {template: root node of its structure}, for its first variant."""
        # The words name vendors and bills of materials that the reader of a product
        # need not have access to, and nothing else of them is told.
        Structure = self.env["mto.supply.structure"].sudo()
        warehouse = self.warehouse_id.sudo()
        roots = {
            template: Structure._prepare_root(
                template.product_variant_id.sudo(), warehouse
            )
            for template in templates
            if template.product_variant_id
        }
        Structure._get_trees(list(roots.values()))
        return roots

    def _get_rows(self):
        """Return {template id: row} of what is, for the products that are shown."""
        templates = self._get_templates()[:MAX_ROWS]
        settings = self._get_settings(templates)
        paths = self._get_paths(templates)
        sales = self._get_sales(templates[:MAX_PATHS])
        return {
            template.id: {
                "id": template.id,
                "product": template.display_name,
                "settings": settings[template.id],
                **self._prepare_path_row(
                    template, paths.get(template), sales.get(template), index
                ),
            }
            for index, template in enumerate(templates)
        }

    def _get_sales(self, templates):
        """Return {template: what selling one piece today would create}."""
        variants = templates.product_variant_id
        answers = variants.get_supply_path(1.0, self.warehouse_id.id)
        return {
            variant.product_tmpl_id: answer
            for variant, answer in zip(variants, answers, strict=True)
        }

    def _prepare_path_row(self, template, root, sale, index):
        if root is None:
            return {
                "explanation": self.env._("No variant: there is nothing to supply."),
                "level": False,
                "lacks_bom": False,
                "path": [],
                "documents": [],
                "problems": [],
            }
        nodes = _flatten([root])
        return {
            "explanation": root.answer["explanation"],
            "level": root.answer["level"],
            "lacks_bom": root.answer["supply"] in ("none", "no_rule")
            and not template.sudo().bom_ids,
            "path": [self._prepare_step(n) for n in nodes if index < MAX_PATHS],
            "documents": self._get_document_counts(sale) if sale else [],
            "problems": self._get_problems(nodes, sale["problems"] if sale else ()),
        }

    def _get_document_counts(self, sale):
        """[(name of the kind of document, how many)]"""
        Model = self.env["ir.model"]
        return [
            [Model._get(model).name, count] for model, count in sale["totals"].items()
        ]

    def _prepare_step(self, node):
        return {
            "product": node.product.display_name,
            "depth": len(node.path) - 1,
            "quantity": f"{node.quantity:.6g} {node.product.uom_id.name}",
            "supply": supply_kind_label(self.env, node.answer["supply"]),
            "policy": node.answer["policy"],
            "explanation": node.answer["explanation"],
            "not_needed": node.not_needed,
            "is_problem": not node.answer["can_be_supplied"] and not node.not_needed,
        }

    def _get_problems(self, nodes, of_sale):
        """Sentences with their path, of what would be ordered and cannot be.

        :param of_sale: problems of selling one today, as ``get_supply_path`` has them.
            They follow other warehouses too; the nodes tell also of what stock hides.
        """
        found = {
            tuple(above.product.display_name for above in node.path): supply_kind_label(
                self.env, node.answer["supply"]
            )
            for node in nodes
            if not node.answer["can_be_supplied"] and not node.not_needed
        }
        for problem in of_sale:
            # Dates, and stock that somebody fills by hand, are not what is set up here.
            if problem["code"] in NOT_OF_SETUP:
                continue
            found.setdefault(tuple(problem["path"]), problem["message"])
        problems = [
            self.env._("%(path)s: %(problem)s", path=" > ".join(path), problem=problem)
            for path, problem in found.items()
        ]
        if any(node.cut_off for node in nodes):
            problems.append(self.env._("The path is longer than can be shown here."))
        return problems

    # Preview

    def _get_preview(self):
        """What saving would change. Nothing is written.

        Saving is done and taken back, so that the answer is that of the database: every
        level, every rule and what other modules add. See readme/DEVELOP.md.

        :return: dictionary with ``rows`` (per product ``id``, ``product``, ``before``,
            ``after``, ``changes``: [label, before, after], ``path``, ``documents``
            (that selling one today would create), ``problems``, ``notes``,
            ``lacks_bom``), ``count`` (of all products), ``problem_count``
            and ``paths`` (rows that show the whole path)
        :raises odoo.exceptions.UserError: as saving would
        :raises odoo.exceptions.AccessError: as saving would
        """
        self.ensure_one()
        before = self._get_rows()
        with closing(self.env.cr.savepoint()):
            self.with_context(tracking_disable=True)._apply()
            self.env.flush_all()
            self.env.invalidate_all()
            after = self._get_rows()
        rows = [self._prepare_row(before[id_], after[id_]) for id_ in before]
        return {
            "rows": rows,
            "count": self.product_count,
            "problem_count": sum(bool(row["problems"]) for row in rows),
            "changed_count": sum(bool(row["changes"]) for row in rows),
            "paths": MAX_PATHS,
        }

    def _prepare_row(self, before, after):
        return {
            "id": after["id"],
            "product": after["product"],
            "before": before["explanation"],
            "after": after["explanation"],
            "changes": _get_changes(before["settings"], after["settings"]),
            "path": after["path"],
            "documents": after["documents"],
            "problems": after["problems"],
            "notes": self._get_notes(after),
            "lacks_bom": after["lacks_bom"],
        }

    def _get_notes(self, row):
        """Where a choice does not decide, or has nothing to be set on."""
        notes = []
        if self.policy not in (KEEP, INHERIT) and row["level"] not in (
            "product",
            "category" if self.category_ids else "product",
        ):
            notes.append(
                self.env._(
                    "The policy you chose does not decide here; another place does."
                )
            )
        settings = row["settings"]
        if (
            self.changes_purchase_delay
            and not settings[self.env._("Purchase lead time")]
        ):
            notes.append(self.env._("No vendor, so the purchase lead time is not set."))
        if (
            self.changes_produce_delay
            and not settings[self.env._("Manufacturing lead time")]
        ):
            notes.append(
                self.env._(
                    "No bill of materials, so the manufacturing lead time is not set."
                )
            )
        return notes

    def action_preview(self):
        """Show what saving would change and the resulting supply path."""
        self.preview = self._get_preview()
        self.state = "preview"
        return self._reopen()

    def action_back(self):
        """Choose again."""
        self.write({"state": "choose", "preview": False})
        return self._reopen()

    def _reopen(self):
        return {
            "name": self.env._("Set Up Make to Order"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_save(self):
        """Write what is chosen; the log of each product says what changed.

        :return: action that tells how many products changed and closes the dialog
        :raises odoo.exceptions.UserError: what is chosen makes no sense
        :raises odoo.exceptions.AccessError: the user may not write it
        """
        self.ensure_one()
        templates = self._get_templates()
        before = self._get_settings(templates)
        self._apply()
        after = self._get_settings(templates)
        changes = {id_: _get_changes(before[id_], after[id_]) for id_ in before}
        changed = templates.filtered(lambda template: changes[template.id])
        changed._message_log_batch(
            {
                template.id: self._prepare_log(changes[template.id])
                for template in changed
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(count)s products set up.", count=len(changed)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _prepare_log(self, changes):
        return self.env["ir.qweb"]._render(
            "mto_cascade.supply_setup_log", {"changes": changes}
        )

    def action_open_bom(self):
        """Open the bill of materials of the only product, or a new one for it."""
        self.ensure_one()
        template = self._get_templates()
        template.ensure_one()
        bom = self._get_boms(template).get(template, self.env["mrp.bom"])
        return {
            "name": self.env._("Bill of Materials"),
            "type": "ir.actions.act_window",
            "res_model": "mrp.bom",
            "res_id": bom.id,
            "view_mode": "form",
            "context": {"default_product_tmpl_id": template.id},
        }


def _flatten(nodes):
    """Nodes with all below them, as they are read from top to bottom."""
    return [found for node in nodes for found in (node, *_flatten(node.children))]


def _get_changes(before, after):
    return [
        [label, before[label], value]
        for label, value in after.items()
        if before[label] != value
    ]
