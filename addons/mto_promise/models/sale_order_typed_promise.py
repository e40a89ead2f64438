from math import ceil

from odoo import api, fields, models

# What a date depends on, as far as it is typed on the quotation: what the screen sends,
# what makes it ask anew, and all that is taken from it.
ORDER_FIELDS = {
    "company_id",
    "partner_id",
    "partner_shipping_id",
    "warehouse_id",
    "commitment_date",
    "start_later",
    "wanted_start_date",
    "promise_weeks",
}
LINE_FIELDS = {
    "product_id",
    "product_uom_qty",
    "product_uom_id",
    "wanted_date",
    "promised_date",
    "customer_lead",
    "sequence",
    "supply_policy",
    "supply_scope",
    "to_engineer",
    "engineering_due_date",
    "engineering_days",
}
# What is asked of vendors, and of the customer.
PARTNER_FIELDS = [
    "active",
    "name",
    "commercial_partner_id",
    "property_stock_customer",
    "supply_calendar_id",
]
# The worst first; with the words for it.
STATES = ("late", "unknown", "tight", "in_time")
# A date with fewer days to spare may not hold.
TIGHT_DAYS = 2


class SaleOrder(models.Model):
    """The dates of a quotation while it is typed: what the screen shows."""

    _inherit = "sale.order"

    @api.readonly
    @api.model
    def read_typed_promise(self, order, lines):
        """When the lines of a quotation can be had, as it stands on the screen.

        Nothing is written. Needs read access to the order, or to orders where it is not
        saved yet; neither purchase nor manufacturing rights. For employees: vendors are
        told by name, no price and no cost.

        :param dict order: ``id`` (False for a new one) and values of its fields, those
            that are missing are taken from what is saved
        :param list[dict] lines: ``key``, ``id`` (False for a new line) and values
        :return: a dictionary

            - ``answers``: {key of the line: dictionary} of the lines that have a date:
              ``earliest``, ``not_before``, ``told`` (promised, else wanted),
              ``order_by`` (UTC or False), ``state`` ('in_time', 'tight', 'late',
              'unknown'), ``state_label``, ``message``, ``quantity_on_wanted``, ``uom``,
              ``weeks`` (from the order), ``parts`` (``quantity``, ``date``), ``path``
              (``product``, ``supply``, ``supply_label``, ``vendor``, ``document``,
              ``start``, ``end``, ``days``), ``remarks`` (``message``, ``is_missing``,
              ``model``, ``res_id``) and ``over_target`` (a sentence or False)
            - ``summary``: ``state``, ``state_label``, ``earliest``, ``order_by``,
              ``weeks``, ``message`` of all of it; False without lines
        :rtype: dict
        :raises odoo.exceptions.AccessError: if the order may not be read, and for
            customers on the portal
        """
        self.env["mto.promise"]._check_may_ask()
        draft, by_key, memory = self._make_typed_order(order, lines)
        typed = self.env["sale.order.line"].concat(*by_key.values())
        promises = typed._get_promises(memory=memory)
        messages = self.env["mto.promise"]._get_messages(
            promises.values(), name_vendors=True
        )
        typed._prefetch_promise_answers(promises.values())
        answers = {
            key: line._prepare_promise_answer(promises[line], messages[line])
            for key, line in by_key.items()
            if line in promises
        }
        return {"answers": answers, "summary": draft._summarize_promises(answers)}

    @api.model
    def _get_typed_promise_fields(self):
        """The fields that the dates of a quotation depend on, as far as they are typed.

        The screen gets them with its session, sends these alone, and asks anew when one
        of them changes.

        :return: ``order`` and ``line``: sorted names of fields
        :rtype: dict[str, list[str]]
        """
        return {"order": sorted(ORDER_FIELDS), "line": sorted(LINE_FIELDS)}

    def _make_typed_order(self, values, lines):
        """What is on the screen, of records that are not saved.

        :return: (order, {key: line}, memory of what was read of the goods)
        """
        draft = self._make_typed_head(values)
        company = draft.company_id or self.env.company
        draft = draft.with_company(company)
        Line = self.env["sale.order.line"].with_company(company)
        saved_lines = Line.browse(line["id"] for line in lines if line.get("id"))
        saved_lines.check_access("read")
        # Unsaved lines would read their products one by one.
        typed_ids = {line["product_id"] for line in lines if line.get("product_id")}
        products = saved_lines.product_id.browse(
            typed_ids.union(saved_lines.product_id.ids)
        )
        memory = self.env["mto.promise"]._read_goods(products, company)
        # As the user: nothing is told of products of others.
        products.check_access("read")
        self._read_typed_partners(draft, memory.resolver.products[company.id])
        names = self._get_typed_promise_fields()["line"]
        by_key = {}
        for line in lines:
            origin = Line.browse(line.get("id") or ())
            chosen = _choose(line, names)
            by_key[line["key"]] = Line.new(
                {**chosen, "order_id": draft}, origin=origin or None
            )
        return draft, by_key, memory

    def _make_typed_head(self, values):
        """The order without its lines, in its company."""
        saved = self.browse(values.get("id") or ())
        saved.check_access("read")
        chosen = _choose(values, self._get_typed_promise_fields()["order"])
        draft = self.new(chosen, origin=saved or None)
        # Of the lines only what is on the screen counts: those that are saved are
        # not even read.
        draft._update_cache({"order_line": []}, validate=False)
        # Read as the user, who is told of no stock of a warehouse of others.
        draft.warehouse_id.mapped("company_id")
        return draft

    def _read_typed_partners(self, draft, products):
        """Read the customer and all vendors of products at once; nothing is told.

        :param products: {id: product} of a memory
        """
        templates = self.env["product.template"].union(
            *(product.product_tmpl_id for product in products.values())
        )
        vendors = templates.with_env(draft.env).sudo().seller_ids.partner_id
        partners = draft.partner_shipping_id._origin.sudo() | vendors
        partners.fetch(PARTNER_FIELDS)

    def _summarize_promises(self, answers):
        """The worst of all lines, and the latest date."""
        if not answers:
            return False
        worst = min(answers.values(), key=_get_rank)
        dates = [answer["earliest"] for answer in answers.values()]
        holds = [answer["order_by"] for answer in answers.values()]
        is_late = worst["state"] == "late"
        return {
            "state": worst["state"],
            "state_label": worst["state_label"],
            "earliest": all(dates) and max(dates),
            "weeks": max(answer["weeks"] for answer in answers.values()),
            # One date cannot be kept any more: the others do not hold for all of it.
            "order_by": not is_late and min(filter(None, holds), default=False),
            "message": worst["state"] != "in_time" and worst["message"],
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prefetch_promise_answers(self, promises):
        """Read what the answers tell in a few queries, whatever number of lines."""
        ids = {step.product_id for promise in promises for step in promise.path}
        steps = self.env["product.product"].sudo().browse(ids)
        steps.with_context(display_default_code=False).mapped("display_name")
        # Unsaved lines have their products one by one.
        products = self.env["product.product"].browse(self.product_id.ids)
        products.product_tmpl_id._get_target_waits()
        products.uom_id.mapped("name")
        self.env["uom.uom"].browse(self.product_uom_id.ids).mapped("name")

    def _prepare_promise_answer(self, promise, message):
        """What the screen shows of the promise of a line; strings and numbers only."""
        self.ensure_one()
        told = self.promised_date or promise.wanted
        state = self._get_promise_state(promise, told)
        return {
            "earliest": _to_string(promise.feasible),
            "not_before": _to_string(promise.not_before),
            "told": _to_string(told),
            "order_by": _to_string(promise.order_by),
            "state": state,
            "state_label": self._get_promise_label(state),
            "message": message,
            "quantity_on_wanted": self._to_line_unit(promise.quantity_on_wanted),
            "uom": self.product_uom_id.name or "",
            "weeks": self._count_promise_weeks(promise),
            "parts": [
                {
                    "quantity": self._to_line_unit(part.quantity),
                    "date": _to_string(part.moment),
                }
                for part in promise.parts
            ],
            "path": self._prepare_promise_path(promise),
            "remarks": [
                *self._prepare_remarks(promise.missing, is_missing=True),
                *self._prepare_remarks(promise.assumed, is_missing=False),
            ],
            "over_target": self._tell_over_target(promise),
        }

    def _get_promise_state(self, promise, told):
        """'late' before 'unknown' before 'tight' before 'in_time'."""
        if not promise.feasible:
            return "unknown"
        if told and _get_day(self, promise.feasible) > _get_day(self, told):
            return "late"
        if promise.missing:
            return "tight"
        has_slack = promise.slack_days is None or promise.slack_days >= TIGHT_DAYS
        return "in_time" if not told or has_slack else "tight"

    def _get_promise_label(self, state):
        return {
            "late": self.env._("Later than promised or wanted"),
            "unknown": self.env._("No date can be told"),
            "tight": self.env._("Just in time, or something is missing"),
            "in_time": self.env._("In time"),
        }[state]

    def _count_promise_weeks(self, promise):
        """Whole weeks from an order of today until it is there."""
        if not promise.feasible:
            return 0
        days = (promise.feasible - fields.Datetime.now()).total_seconds() / 86400
        return max(ceil(days / 7), 0)

    def _to_line_unit(self, quantity):
        unit = self.product_id.uom_id
        if not self.product_uom_id or unit == self.product_uom_id:
            return round(quantity, 6)
        return unit._compute_quantity(
            quantity, self.product_uom_id, rounding_method="DOWN"
        )

    def _prepare_promise_path(self, promise):
        # Products of the structure need not be readable by who sells; names are told.
        products = self.env["product.product"].sudo()
        products = products.with_context(display_default_code=False)
        products = products.browse({step.product_id for step in promise.path})
        names = {product.id: product.display_name for product in products}
        Promise = self.env["mto.promise"]
        vendors = self.env["res.partner"].sudo()
        return [
            {
                "product": names[step.product_id],
                "supply": step.supply,
                "supply_label": self._get_step_label(step.supply),
                "vendor": vendors.browse(step.vendor_id or ()).name,
                "document": bool(step.document)
                and Promise._get_document_name(step.document),
                "start": _to_string(step.start),
                "end": _to_string(step.end),
                "days": round(step.days) if step.days >= 1 else round(step.days, 1),
            }
            for step in promise.path
        ]

    def _get_step_label(self, supply):
        return {
            "stock": self.env._("From stock"),
            "arrival": self.env._("On its way"),
            "buy": self.env._("Bought"),
            "manufacture": self.env._("Made"),
            "subcontract": self.env._("Subcontracted"),
            "transfer": self.env._("Moved"),
            "delivery": self.env._("Delivered"),
        }.get(supply, "")

    def _prepare_remarks(self, remarks, is_missing):
        return [
            {
                "message": self.env["mto.promise"]._get_remark(remark),
                "is_missing": is_missing,
                "model": remark.model,
                "res_id": self._may_enter(remark) and remark.record_id,
            }
            for remark in remarks
        ]

    def _may_enter(self, remark):
        return bool(
            remark.model
            and remark.record_id
            and self.env[remark.model].has_access("write")
        )

    def _tell_over_target(self, promise):
        """A sentence where the customer waits longer than the product should take."""
        template = self.product_id.product_tmpl_id
        target = template._get_target_waits().get(template, 0)
        if not target or not promise.feasible:
            return False
        days = (_get_day(self, promise.feasible) - _get_day(self)).days
        if days <= target:
            return False
        return self.env._(
            "The customer waits %(days)s days; the target for this product is "
            "%(target)s.",
            days=days,
            target=target,
        )


def _choose(values, names):
    return {name: values[name] for name in names if name in values}


def _get_rank(answer):
    return (STATES.index(answer["state"]), _invert(answer["earliest"]))


def _invert(text):
    """Later dates first, in one sort."""
    return [-ord(letter) for letter in text or ""]


def _get_day(record, moment=None):
    return fields.Datetime.context_timestamp(
        record, moment or fields.Datetime.now()
    ).date()


def _to_string(moment):
    return fields.Datetime.to_string(moment) if moment else False
