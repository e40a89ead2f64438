from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.mto_cascade.access import check_sees_supply
from odoo.addons.mto_cascade.marks import MARK, is_marked
from odoo.addons.mto_cascade.models.mto_supply_network import CLOSED

from ..engine import get_differences, read_fingerprint
from .mto_change_application import APPLYING
from .mto_change_preview import KEEP, REDUCE
from .stock_move import NETTING

# Core looks for those who would have to do by hand what the rules do, in purchases too
# and with the rights of who cancels: whoever only sells could not.
CANCELLING = {APPLYING: MARK, "skip_activity": True}
DECISIONS = (KEEP, REDUCE, "decide")


class SaleOrder(models.Model):
    _inherit = "sale.order"

    order_change_ids = fields.One2many(
        "mto.order.change", "order_id", "Changes", readonly=True
    )
    order_change_count = fields.Integer(
        "Number of Changes", compute="_compute_order_change_count"
    )

    @api.depends("order_change_ids")
    def _compute_order_change_count(self):
        # Only how many: who may read the order may know that.
        counts = dict(
            self.env["mto.order.change"]
            .sudo()
            ._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"])
        )
        for order in self:
            order.order_change_count = counts.get(order._origin, 0)

    # The interface

    @api.readonly
    def preview_change(self, changes=()):
        """What a change of this confirmed order would do to all that supplies it.

        Nothing is written. For employees with read access to the order: names,
        products, quantities and dates of documents are told, no cost and no price. One
        order.

        :param list changes: dictionaries, each one of

            - ``line_id`` with ``quantity`` (in the unit of the line, to any value not
              below what is delivered) or ``cancel`` (True: the line is taken out);
              ``date`` (UTC, with mto_promise); ``product_id``: another variant or
              product from now on, what is not delivered yet becomes a new line
            - ``product_id``, ``quantity``, optionally ``product_uom_id`` and
              ``price_unit``: a line is added
            - ``commitment_date`` (UTC), ``partner_shipping_id`` and ``warehouse_id``
              of the order; another warehouse is a change of its own
            - ``cancel``: True for the whole order; also what setting it back to a
              quotation does
        :return: a list with one dictionary:

            - ``id``, ``model``
            - ``fingerprint``: hand it to ``apply_change``
            - ``documents``: what becomes different, each below what it serves:
              ``node`` ('mrp.production,12'; 'new,0' for what is created), ``model``
              ('sale.order.line', 'stock.move', 'mrp.production',
              'purchase.order.line'), ``res_id`` (False for new), ``name``,
              ``level``, ``product_id``, ``product``, ``quantity_before``,
              ``quantity_after`` (of the whole document, in the product's unit
              ``uom``), ``date_before``, ``date_after`` (UTC or False), ``action``
              ('reduce', 'cancel', 'increase', 'reschedule', 'reassign': another
              demand takes what is left over, 'keep_surplus': it stays and goes to
              stock, 'decide': it stays until somebody decides), ``reason`` (in the
              caller's language), ``surplus`` where something is left over, and
              ``is_late`` (mto_change_promise) where more of a line is later than
              promised
            - ``summary``: a sentence
            - ``decisions``: ``node``, ``options``: list of ``action`` and ``label``
        :rtype: list[dict]
        :raises odoo.exceptions.UserError: if the order cannot be changed like this
        :raises odoo.exceptions.AccessError: if it may not be read
        """
        self.ensure_one()
        self.check_access("read")
        check_sees_supply(self.env)
        request = self.env["mto.change.request"]._read(self, changes)
        # Checked above; told as in `get_pegging`.
        answer, _plan = self.env["mto.change.preview"]._preview(request)
        return [answer]

    def apply_change(self, changes, fingerprint, reason=False, decisions=()):
        """Change this order, and with it what supplies it, in one transaction.

        For whoever may change the order; making less of started work is for
        manufacturing administrators. One order.

        :param list changes: as of ``preview_change``
        :param str fingerprint: of the preview that was agreed to
        :param str reason: why; it is kept in the chatter of the order
        :param list decisions: dictionaries ``node`` and ``action``: 'keep_surplus' for
            a document that stays as it is and goes to stock, 'reduce' for a started
            manufacturing order that shall make less, 'decide' for "its owner decides"
        :return: as ``preview_change``: what was done
        :raises odoo.exceptions.UserError: if something that counts has changed since
            the preview: it is named, and the new preview tells what would happen now
        :raises odoo.exceptions.AccessError: if the order may not be changed
        """
        self.ensure_one()
        self.check_access("write")
        choices = self._read_decisions(decisions)
        request = self.env["mto.change.request"]._read(self, changes)
        # Two at the same moment: the second is run again by Odoo, and sees the first.
        self.sudo()._lock_for_change()
        preview = self.env["mto.change.preview"]
        kept = self._get_kept(choices)
        answer, plans = preview._preview(request, kept)
        self._check_fingerprint(fingerprint, answer["fingerprint"])
        self._check_decisions(choices, answer)
        self._apply_request(request, plans, choices)
        self._tell_change(answer, reason)
        self.env["mto.order.change"]._keep(
            self, answer["documents"], "shown", reason, choices
        )
        return [answer]

    def action_open_change(self):
        """Show what a change would do, and make it."""
        self.ensure_one()
        self.check_access("write")
        return self.env["sale.order.change"]._open(self)

    def action_view_changes(self):
        """The changes of this order since its confirmation."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "mto_change.mto_order_change_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)]}

    def _get_change_texts(self):
        """What a customer is told of the last change; empty without any."""
        self.ensure_one()
        return self.sudo().order_change_ids[:1]._get_customer_lines()

    def _get_change_causes(self, since):
        """What changed since the confirmation tells who wanted it, and why."""
        documents = self.env["mto.order.change.document"].search(
            [
                ("order_id", "=", self.id),
                ("date", ">=", since.replace(microsecond=0)),
                ("res_id", "!=", False),
            ],
            order="id",
        )
        return super()._get_change_causes(since) | {
            f"{document.model},{document.res_id}": document._tell_cause()
            for document in documents
        }

    def _lock_for_change(self):
        self.env.cr.execute(
            "UPDATE sale_order SET write_date = write_date WHERE id IN %s",
            [tuple(self.ids)],
        )

    def _read_decisions(self, decisions):
        """{(model, id): action}"""
        result = {}
        for decision in decisions or ():
            model, _comma, res_id = str(decision.get("node", "")).partition(",")
            if decision.get("action") not in DECISIONS or not res_id.isdigit():
                raise UserError(
                    self.env._(
                        "This decision cannot be read: %(decision)s. Name a node of "
                        "the preview, and one of these actions: %(actions)s.",
                        decision=decision,
                        actions=", ".join(DECISIONS),
                    )
                )
            result[model, int(res_id)] = decision["action"]
        return result

    def _get_kept(self, choices):
        """Nodes of the documents that a person keeps as they are."""
        kept = {key for key, action in choices.items() if action == KEEP}
        lines = [res_id for model, res_id in kept if model == "purchase.order.line"]
        # Of a confirmed purchase the receipts are kept.
        receipts = (
            self.env["purchase.order.line"].sudo().browse(lines).exists().move_ids
        )
        return kept | {(move._name, move.id) for move in receipts}

    def _check_fingerprint(self, before, after):
        if before == after:
            return
        try:
            differences = get_differences(
                read_fingerprint(before), read_fingerprint(after)
            )
        except ValueError:
            raise UserError(
                self.env._("Ask for the preview of this change first.")
            ) from None
        names = [self._get_node_name(node) for node in differences[:10]]
        raise UserError(
            self.env._(
                "Something else has changed meanwhile: %s. Nothing was saved; look at "
                "the consequences again.",
                ", ".join(names),
            )
        )

    def _get_node_name(self, node):
        if node == "change":
            return self.env._("the change itself")
        model, _comma, res_id = node.partition(",")
        record = self.env[model].sudo().browse(int(res_id)).exists()
        if not record:
            return self.env._("a document that is gone")
        return self.env["mto.change.preview"].sudo()._get_name(record)

    def _check_decisions(self, choices, answer):
        rows = {row["node"]: row for row in answer["documents"]}
        for (model, res_id), action in choices.items():
            row = rows.get(f"{model},{res_id}")
            if not row or model not in ("mrp.production", "purchase.order.line"):
                raise UserError(
                    self.env._(
                        "There is nothing to decide about %(model)s %(id)s.",
                        model=model,
                        id=res_id,
                    )
                )
            if action == REDUCE and model == "mrp.production":
                self._check_may_change_started()

    def _check_may_change_started(self):
        if not self.env.user.has_group("mrp.group_mrp_manager"):
            raise AccessError(
                self.env._(
                    "Only a manufacturing administrator may change started work."
                )
            )

    def _apply_request(self, request, plans, choices):
        self = self.with_context(**{NETTING: MARK})
        lowering = self.with_context(**{APPLYING: MARK})
        if request.cancel:
            self.with_context(**CANCELLING).action_cancel()
        for line, quantity in request.lowered.items():
            line.with_env(lowering.env).product_uom_qty = quantity
        if request.warehouse:
            # Who sells need not have rights on transfers; what is cancelled is theirs.
            lowering._stop_deliveries(request.get_moving_lines())
        if plans.less.start:
            self.env["mto.change.application"]._apply(plans.less, choices)
        if request.warehouse:
            self.warehouse_id = request.warehouse
            request.get_moving_lines().with_env(self.env)._action_launch_stock_rule()
        self._apply_values(request, plans)
        for line, quantity in request.raised.items():
            line.with_env(self.env).product_uom_qty = quantity
        if request.added:
            self.order_line = [Command.create(values) for values in request.added]

    def _apply_values(self, request, plans):
        moving = self.with_context(
            **{APPLYING: MARK, "update_delivery_shipping_partner": True}
        )
        if request.values:
            moving.write(request.values)
        for line, date in request.dates.items():
            line = line.with_env(moving.env)
            line.wanted_date = date
            if line.promised_date:
                # Agreed anew: what was told before does not hold any more.
                line.promised_date = date
        self.env["mto.change.dates"]._apply(plans.dates)

    def _stop_deliveries(self, lines):
        moves = lines.sudo().move_ids.filtered(
            lambda m: m.state not in CLOSED and not m.production_id
        )
        moves._action_cancel()

    def _tell_change(self, answer, reason):
        self.message_post(
            body=self.env["ir.qweb"]._render(
                "mto_change.change_message",
                {"answer": answer, "reason": reason, "order": self},
            )
        )

    # Where the rules hold

    def write(self, vals):
        """Another delivery date moves what supplies the order, by the rules."""
        if "commitment_date" not in vals or is_marked(self.env, APPLYING):
            return super().write(vals)
        lines = self.order_line.filtered(lambda line: line._follows_change_rules())
        before = lines._read_dates()
        res = super().write(vals)
        lines._follow_dates(before)
        return res

    def _action_cancel(self):
        """A cancelled order stops what supplies it, where the company says so."""
        lines = self.order_line.filtered(lambda line: line._follows_change_rules())
        if not lines or is_marked(self.env, APPLYING):
            return super()._action_cancel()
        self.check_access("write")
        targets = dict.fromkeys(lines, False)
        plan = self.env["mto.change"].sudo()._plan_lines(targets)
        saved = lines._read_saved_change(targets, plan)
        res = super(SaleOrder, self.with_context(**CANCELLING))._action_cancel()
        self.env["mto.change.application"]._apply(plan)
        lines._keep_saved_change(saved)
        return res

    def _log_decrease_ordered_quantity(self, documents, cancel=False):
        """Nobody is asked to do by hand what the rules do."""
        follows = all(order.company_id.sudo().order_change_rules for order in self)
        if follows or is_marked(self.env, APPLYING):
            return None
        return super()._log_decrease_ordered_quantity(documents, cancel=cancel)
