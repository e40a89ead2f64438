import json
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from .mto_integrity import BATCH, KINDS

# What the repair of mto_cascade can link.
REPAIRED = ("demand_without_supply",)
# Where a run that was interrupted goes on.
POSITION = "mto_pegging.integrity_position"
# No document has a greater id: also what was deleted is behind the last batch.
LAST_ID = 2**31 - 1


class MtoIntegrityIssue(models.Model):
    """Something that does not fit between an order and its supply.

    Found once and kept until it is gone. Nothing of it is typed: the check of every
    night writes it, see ``mto.integrity``.
    """

    _name = "mto.integrity.issue"
    _description = "Supply Check"
    _order = "found_on desc, id desc"
    _rec_name = "document"

    kind = fields.Selection(
        [
            ("line_without_supply", "Order line without supply"),
            ("ordered_differs", "Ordered is not what is delivered"),
            ("delivered_differs", "Delivered quantity is wrong"),
            ("production_without_order", "Production without order"),
            ("production_differs", "More is made than needed"),
            ("purchase_without_order", "Purchase without order"),
            ("demand_without_supply", "Demand without supply"),
            ("broken_link", "Link between different goods"),
            ("circle", "Links in a circle"),
        ],
        "Problem",
        required=True,
        readonly=True,
        index=True,
    )
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        model_field="res_model", required=True, readonly=True
    )
    document = fields.Char(readonly=True)
    other_document = fields.Char(readonly=True)
    product_id = fields.Many2one(
        "product.product", readonly=True, ondelete="cascade", index=True
    )
    uom_id = fields.Many2one(related="product_id.uom_id")
    order_line_id = fields.Many2one(
        "sale.order.line", readonly=True, ondelete="set null", index="btree_not_null"
    )
    order_name = fields.Char("Sales Order", readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade", index=True
    )
    expected_qty = fields.Float("Expected", readonly=True, digits="Product Unit")
    found_qty = fields.Float("Found", readonly=True, digits="Product Unit")
    found_on = fields.Datetime(
        "Found on", required=True, readonly=True, default=fields.Datetime.now
    )
    closed_on = fields.Datetime("Gone on", readonly=True, index=True)
    message = fields.Text("What Is Wrong", compute="_compute_message")
    advice = fields.Text("What to Do", compute="_compute_message")
    can_repair = fields.Boolean(compute="_compute_can_repair")

    _open_once = models.UniqueIndex("(kind, res_model, res_id) WHERE closed_on IS NULL")

    # Words

    @api.depends("kind", "document", "expected_qty", "found_qty")
    @api.depends_context("lang")
    def _compute_message(self):
        words = self._get_words()
        for issue in self:
            message, advice = words[issue.kind]
            issue.message = message % issue._get_values()
            issue.advice = advice

    def _get_values(self):
        product = self.product_id.sudo()
        return {
            "document": self.document,
            "other": self.other_document,
            "product": product.display_name,
            "expected": f"{self.expected_qty:g}",
            "found": f"{self.found_qty:g}",
            "missing": f"{round(self.expected_qty - self.found_qty, 6):g}",
            "more": f"{round(self.found_qty - self.expected_qty, 6):g}",
            "unit": product.uom_id.name,
            "date": format_date(self.env, self.found_on),
        }

    def _get_words(self):
        """{kind: (what is wrong, what to do about it)}, in the reader's language."""
        return {
            "line_without_supply": (
                self.env._(
                    "%(document)s ordered %(expected)s %(unit)s of %(product)s, and "
                    "nothing delivers them."
                ),
                self.env._(
                    "Raise and lower the quantity of the line, or deliver by hand: "
                    "Odoo orders anew what has no delivery."
                ),
            ),
            "ordered_differs": (
                self.env._(
                    "%(document)s ordered %(expected)s %(unit)s of %(product)s; "
                    "delivered and on their way are %(found)s."
                ),
                self.env._(
                    "Correct the quantity of the line to what the customer gets, or "
                    "the delivery to what was ordered."
                ),
            ),
            "delivered_differs": (
                self.env._(
                    "%(document)s says %(found)s %(unit)s of %(product)s are "
                    "delivered; its deliveries say %(expected)s."
                ),
                self.env._(
                    "Look at deliveries and returns of the line before it is invoiced."
                ),
            ),
            "production_without_order": (
                self.env._(
                    "%(document)s makes %(found)s %(unit)s of %(product)s to order, "
                    "but no order needs them."
                ),
                self.env._("Cancel it, or let it go on for stock."),
            ),
            "production_differs": (
                self.env._(
                    "%(document)s makes %(found)s %(unit)s of %(product)s; orders "
                    "need %(expected)s: %(more)s go to stock."
                ),
                self.env._("Lower its quantity, unless the rest is for stock."),
            ),
            "purchase_without_order": (
                self.env._(
                    "%(document)s buys %(found)s %(unit)s of %(product)s to order, but "
                    "no order needs them."
                ),
                self.env._("Cancel the line, or let it come for stock."),
            ),
            "demand_without_supply": (
                self.env._(
                    "%(document)s waits for %(expected)s %(unit)s of %(product)s; for "
                    "%(missing)s of them nothing is reserved, made or bought."
                ),
                self.env._(
                    "Repair: link it with supply of its own order, or free stock. "
                    "What is still missing then has to be ordered."
                ),
            ),
            "broken_link": (
                self.env._(
                    "%(document)s needs %(product)s and is linked with %(other)s, "
                    "which brings other goods or belongs to another company."
                ),
                self.env._(
                    "The link was made by hand or by an import: remove it, then "
                    "repair the demand."
                ),
            ),
            "circle": (
                self.env._(
                    "%(document)s waits for %(other)s, which over other documents "
                    "waits for it: neither can start."
                ),
                self.env._(
                    "Cancel one of the manufacturing orders of the circle, or remove "
                    "the link that was made by hand."
                ),
            ),
        }

    @api.depends("kind", "closed_on")
    def _compute_can_repair(self):
        for issue in self:
            issue.can_repair = issue.kind in REPAIRED and not issue.closed_on

    # What a person does

    def action_open_document(self):
        """Open the document that the issue is about.

        :rtype: dict
        :raises odoo.exceptions.UserError: where it was deleted
        """
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("%s was deleted.", self.document))
        shown = self._get_shown_record(record)
        return {
            "type": "ir.actions.act_window",
            "res_model": shown._name,
            "res_id": shown.id,
            "views": [(False, "form")],
        }

    def _get_shown_record(self, record):
        """The document that a person knows: an order line is shown in its order."""
        if record._name in ("sale.order.line", "purchase.order.line"):
            return record.order_id
        if record._name == "stock.move":
            move = record.sudo()
            shown = move.raw_material_production_id or move.production_id
            shown = shown or move.picking_id or record
            return shown.sudo(False)
        return record

    def action_repair(self):
        """Link the demands of these issues with supply, see ``repair_mto_links``.

        :return: the message that tells what was repaired
        :rtype: dict
        :raises odoo.exceptions.AccessError: for others than manufacturing and
            inventory administrators
        """
        self.check_access("read")
        issues = self.filtered("can_repair")
        if not issues:
            raise UserError(
                self.env._(
                    "None of these can be repaired by a click. Choose demands without "
                    "supply, or follow what is said under What to Do."
                )
            )
        moves = self.env["stock.move"].browse(issues.mapped("res_id")).exists()
        action = moves.action_repair_mto_links() if moves else True
        issues._check_again()
        return action

    def action_check_now(self):
        """Look for all problems now, and close what is gone.

        For manufacturing and inventory administrators.

        :raises odoo.exceptions.AccessError: for other users
        """
        user = self.env.user
        if not (
            user.has_group("mrp.group_mrp_manager")
            or user.has_group("stock.group_stock_manager")
        ):
            raise AccessError(
                self.env._(
                    "Only a manufacturing or inventory administrator may run the check."
                )
            )
        for kind in KINDS:
            for lower, upper in self._get_batches(kind):
                self._check_batch(kind, lower, upper)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # The check

    @api.model
    def _cron_check(self):
        """Check everything, batch by batch; an interrupted run goes on where it was."""
        parameters = self.env["ir.config_parameter"].sudo()
        position = json.loads(parameters.get_param(POSITION) or "[0, 0]")
        kinds = list(KINDS)
        batches = [
            (number, kind, lower, upper)
            for number, kind in enumerate(kinds)
            for lower, upper in self._get_batches(kind)
            if [number, upper] > position
        ]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(batches))
        for number, kind, lower, upper in batches:
            self._check_batch(kind, lower, upper)
            parameters.set_param(POSITION, json.dumps([number, upper]))
            if not cron._commit_progress(1):
                return
        parameters.set_param(POSITION, False)

    def _get_batches(self, kind):
        """Ranges of ids of the kind's documents, the last one without an end."""
        last = self.env["mto.integrity"]._get_last_id(kind)
        starts = list(range(0, max(last, 1), BATCH))
        return list(zip(starts, [*starts[1:], LAST_ID], strict=True))

    @api.model
    def _check_batch(self, kind, lower, upper):
        """Look for one kind among documents with these ids."""
        return self._check(
            kind,
            lambda column: SQL("%s > %s AND %s <= %s", column, lower, column, upper),
            [("res_id", ">", lower), ("res_id", "<=", upper)],
        )

    def _check_again(self):
        """Look at the documents of these issues only."""
        by_kind = defaultdict(list)
        for issue in self.sudo():
            by_kind[issue.kind].append(issue.res_id)
        for kind, ids in by_kind.items():
            self._check(
                kind,
                lambda column, ids=ids: SQL("%s = ANY(%s)", column, ids),
                [("res_id", "in", ids)],
            )

    def _check(self, kind, scope, domain):
        """Open what is new, close what is gone, keep what is still there."""
        # The check sees all companies; who may read an issue is settled by its rules.
        Issue = self.sudo()
        rows = self.env["mto.integrity"].sudo()._find(kind, scope)
        found = {row["res_id"]: row for row in rows}
        known = Issue.search([("kind", "=", kind), ("closed_on", "=", False), *domain])
        known.filtered(
            lambda issue: issue.res_id not in found
        ).closed_on = fields.Datetime.now()
        for issue in known.filtered(lambda issue: issue.res_id in found):
            issue._refresh(found.pop(issue.res_id))
        return Issue.create(Issue._prepare_issues(kind, list(found.values())))

    def _refresh(self, row):
        names = ("expected_qty", "found_qty")
        values = {name: row[name] for name in names if self[name] != row[name]}
        if values:
            self.write(values)

    def _prepare_issues(self, kind, rows):
        model = KINDS[kind]
        ids = [row["res_id"] for row in rows] + [row["other_id"] for row in rows]
        records = self.env[model].browse(filter(None, ids))
        names = {record.id: self._get_name(record) for record in records}
        lines = self.env["sale.order.line"].browse(
            filter(None, (row["order_line_id"] for row in rows))
        )
        orders = {line.id: line.order_id.name for line in lines}
        return [
            {
                **{key: value for key, value in row.items() if key != "other_id"},
                "kind": kind,
                "res_model": model,
                "document": names[row["res_id"]],
                "other_document": names.get(row["other_id"]),
                "order_name": orders.get(row["order_line_id"]),
            }
            for row in rows
        ]

    def _get_name(self, record):
        if record._name == "stock.move":
            return record.reference or record.display_name
        if record._name in ("sale.order.line", "purchase.order.line"):
            return record.order_id.name
        return record.display_name
