from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mto_pegging.models.mto_pegging import LINE, MOVE

REQUESTED = ("draft", "sent")


class MtoLaunchDecision(models.TransientModel):
    """What to do about a shortage: shows the result, then does it."""

    _name = "mto.launch.decision"
    _description = "Decision on a Shortage"

    production_id = fields.Many2one("mrp.production", required=True, readonly=True)
    kind = fields.Selection(
        selection=[
            ("start", "Start the part"),
            ("order", "Order"),
            ("move", "Move"),
            ("tell", "Tell sales"),
        ],
        required=True,
        readonly=True,
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    date = fields.Datetime(readonly=True)
    result = fields.Text(readonly=True)
    can_apply = fields.Boolean(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        for wizard in wizards:
            wizard.production_id.check_access("read")
            wizard._look()
        return wizards

    def _get_facts(self):
        """(Words, check) of the order as it is now."""
        # Checked when the wizard is made and again by each method that writes.
        production = self.production_id.sudo()
        words = production.env["mto.launch"]._get_words(production)
        check = words.checks.get(production.id)
        if not check:
            raise UserError(
                self.env._("%s is done or cancelled meanwhile.", production.name)
            )
        return words, check

    def _look(self):
        """What would happen, in words."""
        words, check = self._get_facts()
        preview = getattr(self, f"_preview_{self.kind}")
        lines, can_apply = preview(words, check)
        self.result = "\n".join(lines)
        self.can_apply = can_apply
        self.quantity = check.launchable
        self.date = check.date

    def action_apply(self):
        """Do what was shown. Refuses where the facts have changed meanwhile."""
        self.ensure_one()
        production = self.production_id
        production.check_access("write")
        production._lock_orders()
        words, check = self._get_facts()
        return getattr(self, f"_apply_{self.kind}")(words, check)

    # Start the part

    def _preview_start(self, words, check):
        production = self.production_id
        uom = production.product_id.uom_id
        if not check.launchable:
            return [self.env._("Nothing can start: a component is missing.")], False
        lines = [
            self.env._(
                "%(quantity)s of %(total)s start now.",
                quantity=words.quantity(check.launchable, uom),
                total=words.quantity(check.order.quantity, uom),
            )
        ]
        rest = check.order.quantity - check.launchable
        if rest > 0:
            lines.append(
                self.env._(
                    "%(quantity)s become an order of their own and wait.",
                    quantity=words.quantity(rest, uom),
                )
            )
        return [*lines, *words.missing(check)], True

    def _apply_start(self, words, check):
        production = self.production_id
        if check.launchable + 1e-6 < self.quantity:
            raise UserError(
                self.env._(
                    "Meanwhile only %s can start. Look again.",
                    words.quantity(check.launchable, production.product_id.uom_id),
                )
            )
        if production.state == "draft":
            production.action_confirm()
        production.action_assign()
        if check.order.quantity - self.quantity > 1e-6:
            to_start = production.product_id.uom_id._compute_quantity(
                self.quantity, production.product_uom_id
            )
            # Write access was checked. Core renames the order, and with it analytic
            # lines, which the shop floor may not read.
            production = production.sudo()
            production._split_productions({production: [to_start]})
            production = production.sudo(False)
        question = production.action_start()
        if isinstance(question, dict):
            return question
        return self._open_production()

    def _open_production(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.production",
            "res_id": self.production_id.id,
            "views": [(False, "form")],
        }

    # Order

    def _preview_order(self, words, check):
        lines = []
        requests, needs = self._get_to_order(check)
        for request in requests:
            lines.append(self._get_request_words(request))
        for part in needs:
            product = words.env["product.product"].browse(part.component.product)
            lines.append(
                self.env._(
                    "%(goods)s: requested from where it usually comes from, needed on "
                    "%(date)s.",
                    goods=words.goods(part.uncovered, product),
                    date=words.day(self._get_move(part).date),
                )
            )
        if not lines:
            lines = [
                self.env._("Everything that is missing is ordered already."),
                *words.missing(check),
            ]
        return lines, bool(requests or needs)

    def _get_to_order(self, check):
        """(Requests for quotation to confirm, parts that nothing is ordered for)."""
        line_ids = [
            item.source[1]
            for part in check.missing
            for item in part.expected
            if item.source[0] == LINE
        ]
        # Names and vendors are shown to who plans; confirming asks for rights.
        requests = self.env[LINE].sudo().browse(line_ids).order_id
        requests = requests.filtered(lambda order: order.state in REQUESTED)
        return requests, [part for part in check.missing if part.uncovered]

    def _get_move(self, part):
        return self.env[MOVE].sudo().browse(part.component.key[1])

    def _get_request_words(self, request):
        values = {
            "request": request.name,
            "vendor": request.partner_id.display_name,
            "count": len(request.order_line),
        }
        if self._may_buy():
            return self.env._(
                "%(request)s of %(vendor)s is ordered, with all of its lines "
                "(%(count)s).",
                **values,
            )
        return self.env._(
            "Purchasing is asked to order %(request)s of %(vendor)s: an open issue "
            "with an owner.",
            **values,
        )

    def _may_buy(self):
        return self.env.user.has_group("purchase.group_purchase_user")

    def _apply_order(self, words, check):
        requests, needs = self._get_to_order(check)
        if not (requests or needs):
            raise UserError(
                self.env._("Everything that is missing was ordered meanwhile.")
            )
        asked = ""
        if self._may_buy():
            # With the rights of the user: sudo was for reading names.
            requests.sudo(False).button_confirm()
        elif requests:
            asked = self._ask_purchasing(requests)
        self._request(needs)
        self.production_id.message_post(
            body=asked or self.env._("Ordered for it: %s", self.result)
        )
        return self._notify(asked or self.env._("Ordered."))

    def _ask_purchasing(self, requests):
        """Open an issue per request; returns who was asked, in words."""
        issues = self.env["operation.exception"]._raise_exceptions(
            [
                {
                    "key": f"launch-order-{request.id}",
                    "type_code": "shortage",
                    "record": request,
                    "note": self.production_id.launch_message,
                }
                for request in requests
            ]
        )
        # Whoever plans need not read issues of others; who answers is told.
        return self.env._(
            "You may not order: %(owners)s got an open issue to order %(requests)s.",
            owners=", ".join(issues.sudo().owner_id.mapped("name")),
            requests=", ".join(requests.mapped("name")),
        )

    def _request(self, parts):
        """Ask for what nothing is ordered for, the way it usually comes."""
        Procurement = self.env["stock.rule"].Procurement
        procurements = []
        for part in parts:
            # Rights on the order were checked; its moves go with it.
            move = self._get_move(part)
            procurements.append(
                Procurement(
                    move.product_id,
                    part.uncovered,
                    move.product_id.uom_id,
                    move.location_id,
                    self.production_id.name,
                    self.production_id.name,
                    move.company_id,
                    self._prepare_request(move),
                )
            )
        if procurements:
            self.env["stock.rule"].run(procurements)

    def _prepare_request(self, move):
        if move.procure_method == "make_to_order":
            # Core serves it out of its links only.
            return move._prepare_procurement_values()
        return {
            "date_planned": move.date,
            "warehouse_id": move.warehouse_id or self.production_id.warehouse_id,
            "company_id": move.company_id,
        }

    # Move

    def _preview_move(self, words, check):
        production = self.production_id
        if not check.date:
            return [
                self.env._("It is not known when everything is there."),
                *words.missing(check),
            ], False
        start, end = self._get_new_dates(check)
        lines = [
            self.env._(
                "Starts on %(new)s instead of %(old)s, ends on %(end)s.",
                new=words.day(start),
                old=words.day(production.date_start),
                end=words.day(end),
            ),
            *self._get_promise_words(words, end),
        ]
        return lines, True

    def _get_new_dates(self, check):
        production = self.production_id
        start = max(check.date, fields.Datetime.now())
        end = production.date_finished or production.date_start
        return start, start + (end - production.date_start)

    def _get_promise_words(self, words, end):
        promise = self.production_id._get_customer_promise()
        if not promise:
            return []
        days = (end.date() - promise.date()).days
        if days <= 0:
            return [self.env._("Promised %s: in time.", words.day(promise))]
        if days == 1:
            return [self.env._("Promised %s: 1 day too late.", words.day(promise))]
        return [
            self.env._(
                "Promised %(date)s: %(days)s days too late.",
                date=words.day(promise),
                days=days,
            )
        ]

    def _apply_move(self, words, check):
        production = self.production_id
        if not check.date or check.date != self.date:
            raise UserError(
                self.env._("The expected date has changed meanwhile. Look again.")
            )
        was_planned = production.is_planned
        start, _end = self._get_new_dates(check)
        production.date_start = start
        if was_planned:
            production.button_plan()
        production.message_post(body=self.result)
        return self._notify(self.env._("Moved."))

    # Tell sales

    def _get_told(self):
        # Who plans may tell about orders that only sales may read.
        return self.production_id._get_customer_orders()

    def _preview_tell(self, words, check):
        orders = self._get_told()
        if not orders:
            return [self.env._("It is for no customer order.")], False
        lines = [
            self.env._(
                "%(order)s (%(customer)s): %(user)s gets an open issue.",
                order=order.name,
                customer=order.partner_id.display_name,
                user=order.user_id.name or self.env._("whoever answers for it"),
            )
            for order in orders
        ]
        return [*lines, words.sentence(self.production_id.sudo())], True

    def _apply_tell(self, words, check):
        note = words.sentence(self.production_id.sudo())
        self.env["operation.exception"]._raise_exceptions(
            [
                {
                    "key": f"launch-{self.production_id.id}-{order.id}",
                    "type_code": "shortage",
                    "record": order,
                    "partner": order.partner_id,
                    "note": note,
                }
                for order in self._get_told()
            ]
        )
        self.production_id.message_post(body=self.env._("Told to sales: %s", note))
        return self._notify(self.env._("Sales is told."))

    def _notify(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
