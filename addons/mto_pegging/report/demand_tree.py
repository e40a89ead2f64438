from collections import defaultdict

from odoo import fields, models

from odoo.addons.mto_cascade.engine.tree import TreeRow

# Orders that a sentence names; the rows tell all.
TOLD_ORDERS = 8


class MtoDemandTree(models.AbstractModel):
    """ "For whom": the customers and orders that a document serves, with how much.

    Inherit with the model of the document, which must be an ``mto.demand``.
    """

    _name = "mto.demand.tree"
    _inherit = "mto.supply.tree"
    _description = "For whom"

    _document_model = None

    def _get_tree(self, res_ids):
        records = self.env[self._document_model].browse(res_ids)
        demands = records.get_demand()
        rows = []
        for record, answer in zip(records, demands, strict=True):
            rows += self._make_rows(record, answer["demand"], len(rows))
        return {
            "title": self.env._(
                "For whom: %s", ", ".join(records.mapped("display_name"))
            ),
            "summary": self._get_summary(demands),
            "columns": self._get_columns(),
            "rows": rows,
            "messages": self._get_messages(demands),
            "empty": {
                "title": self.env._("No customer order waits for this"),
                "text": self.env._(
                    "It was made, bought or moved for stock, by a reordering rule or "
                    "by hand."
                ),
            },
        }

    def _make_rows(self, record, demand, position):
        """A row per product of the record and one per order line it serves."""
        by_product = defaultdict(list)
        for entry in demand:
            by_product[entry["product_id"]].append(entry)
        rows = []
        for entries in by_product.values():
            parent = position + len(rows)
            total = sum(entry["quantity"] for entry in entries)
            rows.append(
                TreeRow(
                    {
                        "product": entries[0]["product"],
                        "quantity": {"value": total, "uom": entries[0]["uom"]},
                        "arrives": entries[0]["available_date"],
                        "document": record.display_name,
                    },
                    document=(record._name, record.id),
                )
            )
            rows += [self._make_order_row(entry, total, parent) for entry in entries]
        return rows

    def _make_order_row(self, entry, total, parent):
        slack = entry["slack"]
        is_late = bool(entry["days_late"]) or (slack is not False and slack < 0)
        return TreeRow(
            {
                "product": entry["customer"],
                "quantity": {
                    "value": entry["quantity"],
                    "total": total if total > entry["quantity"] else False,
                    "uom": entry["uom"],
                },
                "document": entry["order"],
                "sold": entry["sold_product"],
                "promised": entry["promise_date"],
                "arrives": entry["available_date"],
                "needed": entry["needed_date"],
                "late": entry["days_late"] or False,
                "slack": slack,
                "state": self.env._("Late") if is_late else False,
            },
            parent=parent,
            tone="danger" if is_late else "",
            problem=is_late,
            document=("sale.order", entry["order_id"]),
        )

    def _get_columns(self):
        return [
            self._column("product", self.env._("Product, Customer"), "text"),
            self._column(
                "quantity", self.env._("Quantity"), "quantity", with_total=True
            ),
            self._column("document", self.env._("Document"), "document"),
            self._column("sold", self.env._("Sold"), "text", optional=True),
            self._column("arrives", self.env._("Available"), "date"),
            self._column("needed", self.env._("Needed"), "date"),
            self._column("late", self.env._("Days Late"), "number"),
            self._column("promised", self.env._("Promised"), "date"),
            self._column("slack", self.env._("Days between"), "number", optional=True),
            self._column("state", self.env._("State"), "state"),
        ]

    def _get_messages(self, demands):
        """Of each record that comes late: which orders are hit, and by how much."""
        return [
            {"tone": "danger", "text": self._get_late_words(answer["name"], hit)}
            for answer in demands
            if (hit := self._get_hit(answer["demand"]))
        ]

    def _get_hit(self, demand):
        """{(order, customer): days}, the worst first."""
        hit = {}
        for entry in demand:
            if days := entry["days_late"]:
                key = (entry["order"], entry["customer"])
                hit[key] = max(hit.get(key, 0), days)
        return dict(sorted(hit.items(), key=lambda item: (-item[1], item[0])))

    def _get_late_words(self, name, hit):
        told = [
            self.env._(
                "%(order)s, %(customer)s (%(late)s)",
                order=order,
                customer=customer,
                late=self._say_days(days),
            )
            for (order, customer), days in list(hit.items())[:TOLD_ORDERS]
        ]
        if more := len(hit) - len(told):
            told.append(self.env._("%s more", more))
        words = {
            "name": name,
            "late": self._say_days(max(hit.values())),
            "count": len(hit),
            "orders": "; ".join(told),
        }
        if len(hit) == 1:
            return self.env._(
                "%(name)s is %(late)s late. One order is hit: %(orders)s.", **words
            )
        return self.env._(
            "%(name)s is %(late)s late. %(count)s orders are hit: %(orders)s.", **words
        )

    def _say_days(self, days):
        if days == 1:
            return self.env._("1 day")
        if days >= 14 and not days % 7:
            return self.env._("%s weeks", days // 7)
        return self.env._("%s days", days)

    def _get_summary(self, demands):
        entries = [entry for answer in demands for entry in answer["demand"]]
        if not entries:
            return []
        first = min(
            (e["promise_date"] for e in entries if e["promise_date"]), default=""
        )
        return [
            {
                "label": self.env._("Customers"),
                "value": str(len({entry["customer"] for entry in entries})),
                "tone": "",
            },
            {
                "label": self.env._("Orders"),
                "value": str(len({entry["order_id"] for entry in entries})),
                "tone": "",
            },
            {
                "label": self.env._("First Promise"),
                "value": first and self._format_day(first),
                "tone": "",
            },
        ]

    def _format_day(self, text):
        moment = fields.Datetime.to_datetime(text)
        return self.env["ir.qweb.field.date"].value_to_html(moment.date(), {})


class MtoDemandProduction(models.AbstractModel):
    _name = "mto.demand.production"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "mrp.production"


class MtoDemandPurchase(models.AbstractModel):
    _name = "mto.demand.purchase"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "purchase.order"


class MtoDemandTransfer(models.AbstractModel):
    _name = "mto.demand.transfer"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "stock.picking"


class MtoDemandWorkOrder(models.AbstractModel):
    _name = "mto.demand.workorder"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "mrp.workorder"


class MtoDemandLot(models.AbstractModel):
    _name = "mto.demand.lot"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "stock.lot"


class MtoDemandQuant(models.AbstractModel):
    _name = "mto.demand.quant"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "stock.quant"


class MtoDemandProduct(models.AbstractModel):
    _name = "mto.demand.product"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "product.product"


class MtoDemandTemplate(models.AbstractModel):
    _name = "mto.demand.template"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "product.template"
