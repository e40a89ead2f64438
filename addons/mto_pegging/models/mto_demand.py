from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.mto_cascade.access import check_sees_supply

from ..engine import split_exactly
from .mto_pegging import LINE, MOVE, _to_text

# Who works for all customers, and may know for whom.
FACTORY_GROUPS = (
    "stock.group_stock_user",
    "mrp.group_mrp_user",
    "purchase.group_purchase_user",
)


class MtoDemand(models.AbstractModel):
    """A supply that can tell for whom it is: mixin of documents."""

    _name = "mto.demand"
    _description = "For Whom"

    @api.readonly
    def get_demand(self, soft=False):
        """For whom each record is: customers, orders and how much.

        Through all levels up to the lines of sales orders, computed from links and
        reservations, on request also from dates. For employees with read access to the
        records and to stock moves. Left out are orders of other companies than the
        user's and, for who works in sales only, orders that they may not read.

        :param bool soft: also tell whom the records are expected to serve: free goods
            and open supply without demand go to demands on stock in the order in which
            Odoo reserves (priority, date). No promise: another demand may take them.
        :return: one dictionary per record, in the order of ``self``:

            - ``id``, ``model``, ``name``
            - ``demand``: one dictionary per order line and product that is served, by
              promise date: ``order``, ``order_id``, ``line_id``, ``customer``,
              ``promise_date`` (UTC), ``sold_product``, ``product_id``, ``product``,
              ``quantity`` (of what this record supplies, rounded to the product's
              unit so that nothing is lost or counted twice), ``uom``,
              ``expected_quantity`` (the part of it that is expected only),
              ``available_date`` (when it arrives or is finished, UTC), ``slack``
              (calendar days from there to the promise, negative when it comes after
              it), ``needed_date`` (when the order needs it at this level, UTC) and
              ``days_late`` (calendar days that it comes after that, counted from today
              where it is overdue, 0 where it is in time or there); False where a date
              is not known. Days are those of the reader's time zone.
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if a record or stock moves may not be read
        """
        self.check_access("read")
        check_sees_supply(self.env)
        self._check_may_ask_for_whom()
        # Checked above; buyers and the shop floor may not read sales orders, and are
        # told no more of them than for whom they work.
        demands = self.sudo()._get_demand(soft)
        return [
            {
                "id": record.id,
                "model": record._name,
                "name": record.display_name,
                "demand": demands[record],
            }
            for record in self
        ]

    def _check_may_ask_for_whom(self):
        """Raise AccessError for those who have nothing to do with goods.

        Everybody may read products and stock; customers are told to who serves them.
        """
        if not self.env[MOVE].has_access("read"):
            raise AccessError(
                self.env._(
                    "You may not see for whom goods are. Ask for access to Inventory, "
                    "Manufacturing, Purchase or Sales."
                )
            )

    def _get_demand(self, soft=False):
        """Return {record: list of what it serves}, as superuser."""
        parts = self._get_pegged_parts()
        free = self._get_expected_parts() if soft else {}
        wanted = [key for group in (*parts.values(), *free.values()) for key in group]
        moves, purchase_lines = self._get_pegged_records()
        moves |= moves.browse(res_id for group in free.values() for _m, res_id in group)
        answer = self.env["mto.pegging"]._get_demand(
            list(dict.fromkeys(wanted)), moves, purchase_lines, soft
        )
        visible = self._get_visible_lines(answer.lines)
        return {
            record: sorted(
                self._prepare_entries(group, free.get(record, {}), answer, visible),
                key=lambda e: (e["promise_date"] or "9", e["line_id"]),
            )
            for record, group in parts.items()
        }

    def _get_visible_lines(self, lines):
        """Order lines of which the user may be told; ``lines`` are as superuser.

        A salesperson is told of orders that they may read.
        """
        lines = lines.filtered(lambda line: line.company_id in self.env.companies)
        user = self.env.user
        if any(user.has_group(group) for group in FACTORY_GROUPS):
            return lines
        return lines.sudo(False)._filtered_access("read").sudo()

    def _prepare_entries(self, parts, free, answer, visible):
        """What one record serves; goods that are there on the same day are told once.

        :param dict parts: see ``_get_pegged_parts``
        :param dict free: of this record, see ``_get_expected_parts``
        """
        shares = defaultdict(lambda: defaultdict(float))
        expected = defaultdict(float)
        needs = {}
        pieces = [(key, part, False) for key, part in parts.items()]
        pieces += [(key, part, True) for key, part in free.items()]
        for key, part, is_free in pieces:
            total = answer.totals.get(key, 0.0)
            fraction = 1.0 if part is None else part / total if total else 0.0
            group = (answer.products[key], self._get_available_date(key, answer))
            for line, quantity in answer.shares[key].items():
                shares[group][line] += quantity * fraction
                hard = 0.0 if is_free else answer.hard[key].get(line, 0.0)
                soft = quantity - hard
                expected[group, line] += soft * fraction
                need = answer.needs[key].get(line) or False
                known = needs.get((group, line)) or need
                needs[group, line] = min(known, need) if need else known
        return [
            self._prepare_demand(
                line, group, quantity, needs[group, line], expected[group, line]
            )
            for group, quantities in shares.items()
            for line, quantity in split_exactly(
                quantities, group[0].uom_id.rounding
            ).items()
            if quantity and line in visible
        ]

    def _get_available_date(self, key, answer):
        """(When the goods of a node are there, whether they are there by now)."""
        model, res_id = key
        record = self.env[model].browse(res_id)
        if model == LINE:
            is_there = record.qty_received >= record.product_qty
        else:
            is_there = record.state == "done"
        return answer.nodes[key]["date_end"], is_there

    def _prepare_demand(self, line, group, quantity, needed, expected):
        product, (end, is_there) = group
        promise = line._get_promise_date()
        days = self.env["mto.supply.tree"]
        slack = bool(promise and end) and days._count_days(end, promise)
        return {
            "order": line.order_id.name,
            "order_id": line.order_id.id,
            "line_id": line.id,
            "customer": line.order_id.partner_id.display_name,
            "promise_date": _to_text(promise),
            "sold_product": line.product_id.display_name,
            "product_id": product.id,
            "product": product.display_name,
            "quantity": quantity,
            "expected_quantity": min(product.uom_id.round(expected), quantity),
            "uom": product.uom_id.name,
            "available_date": end,
            "slack": slack,
            "needed_date": _to_text(needed),
            "days_late": self._get_days_late(end, needed, is_there),
        }

    def _get_days_late(self, end, needed, is_there):
        """Calendar days that goods, here today at the earliest, come after the need."""
        if is_there:
            return 0
        if not (end and needed):
            return False
        end = max(fields.Datetime.to_datetime(end), fields.Datetime.now())
        return max(self.env["mto.supply.tree"]._count_days(needed, end), 0)

    def _get_pegged_parts(self):
        """What the records stand for, in the order of ``self``.

        :return: {record: {key of a node: quantity of it, None for all of it}}
        """
        return {record: dict.fromkeys(record._get_pegged_keys()) for record in self}

    def _get_expected_parts(self):
        """What free goods among the records are expected to serve.

        :return: {record: {key of a move that may take them: quantity}}
        """
        return {}

    def _get_pegged_keys(self):
        """Keys of the nodes that the record stands for."""
        self.ensure_one()
        return [(self._name, self.id)]

    def _get_pegged_records(self):
        """The moves and purchase lines that links start from."""
        raise NotImplementedError
