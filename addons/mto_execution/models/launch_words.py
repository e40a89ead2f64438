"""The sentence of the launch check, in the reader's language."""

from odoo import fields
from odoo.tools.misc import format_date, formatLang

# Components that are named one by one; the others are counted.
NAMED = 3
STARTED = ("progress", "to_close")
# Days around today whose year goes without saying.
NEAR = 180


class LaunchWords:
    """Words for the checks of some orders; names are read for all of them at once."""

    def __init__(self, env, productions, checks):
        self.env = env
        self.productions = productions
        self.checks = checks
        self.unit = env.ref("uom.product_uom_unit", raise_if_not_found=False)
        self.names = self._read_names()
        self.product_ids = {
            part.component.product
            for check in checks.values()
            for part in check.missing
        }

    def _read_names(self):
        """{supply: name of its document} of all that is named."""
        keys = set()
        for check in self.checks.values():
            for part in check.missing:
                for item in part.expected:
                    keys.update((item.source, *item.chain))
        ids = {model: [] for model, _id in keys}
        for model, res_id in keys:
            ids[model].append(res_id)
        return {
            (model, record.id): self._get_document_name(record)
            for model in ids
            for record in self.env[model].browse(ids[model])
        }

    def _get_document_name(self, record):
        if record._name == "purchase.order.line":
            return record.order_id.name
        production = record.production_id
        name = production.name or record.reference or record.picking_id.name
        return name or record.display_name

    # Pieces

    def day(self, value):
        """A moment as a day of the reader, in words."""
        return self.format(self.date(value))

    def date(self, value):
        """The day of the reader on which a moment lies."""
        return fields.Datetime.context_timestamp(self.env.user, value).date()

    def today(self):
        return fields.Date.context_today(self.env.user)

    def format(self, day):
        """A day in words; the year only where it could be another."""
        near = -NEAR < (day - self.today()).days < NEAR
        return format_date(self.env, day, date_format="d MMMM" if near else "d MMMM y")

    def quantity(self, value, uom):
        """A number without the zeros behind it."""
        value = uom.round(value)
        text = f"{value:.6f}".rstrip("0")
        return formatLang(self.env, value, digits=len(text.partition(".")[2]))

    def goods(self, value, product):
        """ "6 × Brake kit", "2.5 kg Steel"."""
        number = self.quantity(value, product.uom_id)
        name = product.name
        if product.uom_id == self.unit:
            return f"{number} × {name}"
        return f"{number} {product.uom_id.name} {name}"

    # Sentences

    def whom(self, production):
        """ "For customer X, S00012, promised 12 March." """
        orders = production._get_customer_orders()
        if not orders:
            return ""
        promise = production._get_customer_promise()
        customers = orders.partner_id
        values = {
            "customer": ", ".join(customers.mapped("name")),
            "order": ", ".join(orders.mapped("name")),
            "date": promise and self.day(promise),
        }
        if len(orders) > NAMED:
            values["customer"] = self.env._("%(count)s customers", count=len(customers))
            values["order"] = self.env._("%(count)s orders", count=len(orders))
        if promise:
            return self.env._(
                "For %(customer)s, %(order)s, promised %(date)s.", **values
            )
        return self.env._("For %(customer)s, %(order)s.", **values)

    def expected(self, part):
        """ "6 expected on 3 March", or what there is instead."""
        uom = self.get_product(part).uom_id
        by_day = {}
        for item in part.expected:
            day = item.is_known and self.date(item.date)
            by_day[day] = by_day.get(day, 0.0) + item.quantity
        words = [
            self.arrival(day, self.quantity(quantity, uom))
            for day, quantity in by_day.items()
        ]
        if part.uncovered:
            words.append(
                self.env._(
                    "%(quantity)s not ordered",
                    quantity=self.quantity(part.uncovered, uom),
                )
            )
        return ", ".join(words)

    def arrival(self, day, quantity):
        """ "6 expected on 3 March"; what should have been here is overdue."""
        if not day:
            return self.env._(
                "%(quantity)s expected, date not known", quantity=quantity
            )
        values = {"quantity": quantity, "date": self.format(day)}
        if day < self.today():
            return self.env._("%(quantity)s overdue since %(date)s", **values)
        return self.env._("%(quantity)s expected on %(date)s", **values)

    def get_product(self, part):
        """The component; those of all checks are read together."""
        product = self.env["product.product"].browse(part.component.product)
        return product.with_prefetch(self.product_ids)

    def part(self, part):
        """ "6 × Brake kit missing (14 of 20 on hand, 6 expected on 3 March)"."""
        product = self.get_product(part)
        return self.env._(
            "%(goods)s missing (%(available)s of %(required)s on hand, %(expected)s)",
            goods=self.goods(part.missing, product),
            available=self.quantity(part.available, product.uom_id),
            required=self.quantity(part.component.required, product.uom_id),
            expected=self.expected(part),
        )

    def cause(self, part):
        """ "Wheel is short because MO 00012 waits for receipt 00007." """
        chains = [item for item in part.expected if item.chain]
        if not chains:
            return ""
        last = max(chains, key=lambda item: item.date)
        return self.env._(
            "%(product)s is short because %(document)s waits for %(cause)s.",
            product=self.get_product(part).name,
            document=self.names[last.source],
            cause=self.names[last.chain[-1]],
        )

    def missing(self, check):
        """All that is missing, one sentence, and why."""
        if not check.missing:
            return []
        named = [self.part(part) for part in check.missing[:NAMED]]
        rest = len(check.missing) - len(named)
        if rest:
            named.append(self.env._("%(count)s more components missing", count=rest))
        causes = [self.cause(part) for part in check.missing[:NAMED]]
        return ["; ".join(named) + ".", *filter(None, causes)]

    def launchable(self, production, check):
        """ "14 can start today." What has started is told otherwise."""
        uom = production.product_id.uom_id
        number = self.quantity(check.launchable, uom)
        if production.state in STARTED:
            return self.available(check, number)
        if check.can_launch:
            return self.env._("All %(quantity)s can start today.", quantity=number)
        if not check.launchable:
            return self.env._("None can start today.")
        return self.env._("%(quantity)s can start today.", quantity=number)

    def available(self, check, number):
        """ "Components for 14 are there." """
        if check.can_launch:
            return self.env._("All components are there.")
        if not check.launchable:
            return ""
        return self.env._("Components for %(quantity)s are there.", quantity=number)

    def sentence(self, production):
        """The whole sentence of one order, empty where there is nothing to say."""
        if production.id not in self.checks:
            return ""
        words = [self.whom(production), self.start(production)]
        return " ".join(filter(None, words))

    def start(self, production):
        """The sentence without for whom it is."""
        check = self.checks.get(production.id)
        if not check:
            return ""
        held = production._get_hold_words()
        last = "" if held else self.launchable(production, check)
        return " ".join(filter(None, [held, *self.missing(check), last]))

    def of_order(self, productions):
        """A line per manufacturing order of a sales order, those that lack first."""

        def rank(production):
            check = self.checks.get(production.id)
            return (not check or check.can_launch, production.date_start, production.id)

        ranked = productions.sorted(rank)
        lines = [self.status(production) for production in ranked[:NAMED]]
        rest = len(ranked) - NAMED
        if rest > 0:
            lines.append(self.env._("%(count)s more manufacturing orders", count=rest))
        return "\n".join(lines)

    def status(self, production):
        """ "MO 00012, 20 × Bicycle, planned: 6 × Brake kit missing (...)." """
        labels = dict(
            production._fields["execution_status"]._description_selection(self.env)
        )
        return self.env._(
            "%(document)s, %(goods)s, %(status)s: %(message)s",
            document=production.name,
            goods=self.goods(production.product_uom_qty, production.product_id),
            status=labels[production.execution_status],
            message=self.start(production),
        )

    def source(self, part):
        """Names of the documents that bring it, False where nothing does."""
        names = dict.fromkeys(self.names[item.source] for item in part.expected)
        return ", ".join(names) or False
