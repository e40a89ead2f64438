from collections import defaultdict

from odoo import models

from odoo.addons.mto_cascade.engine.tree import TreeRow

from ..models.mto_peg_override import DOCUMENTS, GROUP

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
    # The trees that tell, and do not tell, whom the document is expected to serve.
    _expected_tree = None
    _hard_tree = None

    def _get_tree(self, res_ids):
        records = self.env[self._document_model].browse(res_ids)
        demands = records.get_demand(soft=bool(self._hard_tree))
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
            "actions": self._get_actions(records, rows),
            "switch": self._get_switch(),
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
                "expected": self._get_expected(entry),
            },
            parent=parent,
            tone="danger" if is_late else "",
            problem=is_late,
            document=("sale.order", entry["order_id"]),
        )

    def _get_expected(self, entry):
        """How much of it is expected only, False for none."""
        if not entry["expected_quantity"]:
            return False
        return {"value": entry["expected_quantity"], "uom": entry["uom"]}

    def _get_switch(self):
        """The same tree, told the other way; see ``mto.supply.tree``."""
        other = self._hard_tree or self._expected_tree
        if not other:
            return False
        return {
            "label": self.env._("Expected to cover"),
            "title": self.env._(
                "Also show whom this is expected to serve: demands on stock that it "
                "is not linked with, in the order in which goods will be reserved"
            ),
            "report": other,
            "active": bool(self._hard_tree),
        }

    def _get_columns(self):
        columns = self._get_all_columns()
        if self._hard_tree:
            return columns
        return [column for column in columns if column["name"] != "expected"]

    def _get_all_columns(self):
        return [
            self._column("product", self.env._("Product, Customer"), "text"),
            self._column(
                "quantity", self.env._("Quantity"), "quantity", with_total=True
            ),
            self._column("expected", self.env._("Expected"), "quantity"),
            self._column("document", self.env._("Document"), "document"),
            self._column("sold", self.env._("Sold"), "text", optional=True),
            self._column("arrives", self.env._("Available"), "date"),
            self._column("needed", self.env._("Needed"), "date"),
            self._column("late", self.env._("Days Late"), "number"),
            self._column("promised", self.env._("Promised"), "date"),
            self._column("slack", self.env._("Days between"), "number", optional=True),
            self._column("state", self.env._("State"), "state"),
        ]

    def _get_actions(self, records, rows):
        """Give one of the orders what the document brings for others."""
        is_document = self._document_model in DOCUMENTS
        if not (is_document and len(records) == 1 and rows):
            return []
        if not self.env.user.has_group(GROUP):
            return []
        return [
            {
                "label": self.env._("Serve an Order First"),
                "action": "mto_pegging.mto_serve_first_action",
                "context": {
                    "serve_first_model": records._name,
                    "active_id": records.id,
                },
            }
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
                "value": self._format_moment(first),
                "tone": "",
            },
        ]


class MtoDemandProduction(models.AbstractModel):
    _name = "mto.demand.production"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "mrp.production"
    _expected_tree = "mto.demand.production.expected"


class MtoDemandProductionExpected(models.AbstractModel):
    _name = "mto.demand.production.expected"
    _inherit = "mto.demand.production"
    _description = "For whom"

    _hard_tree = "mto.demand.production"


class MtoDemandPurchase(models.AbstractModel):
    _name = "mto.demand.purchase"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "purchase.order"
    _expected_tree = "mto.demand.purchase.expected"


class MtoDemandPurchaseExpected(models.AbstractModel):
    _name = "mto.demand.purchase.expected"
    _inherit = "mto.demand.purchase"
    _description = "For whom"

    _hard_tree = "mto.demand.purchase"


class MtoDemandTransfer(models.AbstractModel):
    _name = "mto.demand.transfer"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "stock.picking"
    _expected_tree = "mto.demand.transfer.expected"


class MtoDemandTransferExpected(models.AbstractModel):
    _name = "mto.demand.transfer.expected"
    _inherit = "mto.demand.transfer"
    _description = "For whom"

    _hard_tree = "mto.demand.transfer"


class MtoDemandWorkOrder(models.AbstractModel):
    _name = "mto.demand.workorder"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "mrp.workorder"
    _expected_tree = "mto.demand.workorder.expected"


class MtoDemandWorkOrderExpected(models.AbstractModel):
    _name = "mto.demand.workorder.expected"
    _inherit = "mto.demand.workorder"
    _description = "For whom"

    _hard_tree = "mto.demand.workorder"


class MtoDemandLot(models.AbstractModel):
    _name = "mto.demand.lot"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "stock.lot"
    _expected_tree = "mto.demand.lot.expected"


class MtoDemandLotExpected(models.AbstractModel):
    _name = "mto.demand.lot.expected"
    _inherit = "mto.demand.lot"
    _description = "For whom"

    _hard_tree = "mto.demand.lot"


class MtoDemandQuant(models.AbstractModel):
    _name = "mto.demand.quant"
    _inherit = "mto.demand.tree"
    _description = "For whom"

    _document_model = "stock.quant"
    _expected_tree = "mto.demand.quant.expected"


class MtoDemandQuantExpected(models.AbstractModel):
    _name = "mto.demand.quant.expected"
    _inherit = "mto.demand.quant"
    _description = "For whom"

    _hard_tree = "mto.demand.quant"


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
