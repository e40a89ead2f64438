from odoo import models

from ..engine.tree import TreeRow


class MtoPreviewTree(models.AbstractModel):
    """ "What will be created": the preview of a confirmation as a tree.

    Inherit with what is previewed, see ``_get_previews``.
    """

    _name = "mto.preview.tree"
    _inherit = "mto.supply.tree"
    _description = "What will be created"

    def _get_previews(self, res_ids):
        """Answers of ``sale.order.preview_cascade`` for the records."""
        raise NotImplementedError

    def _get_tree(self, res_ids):
        previews = self._get_previews(res_ids)
        rows, hidden = [], []
        for preview in previews:
            hidden += self._add_rows(rows, preview)
        shows_cost = any("cost" in row.cells for row in rows)
        return {
            "title": self.env._(
                "What will be created: %s",
                ", ".join(preview["name"] for preview in previews),
            ),
            "summary": self._get_summary(previews),
            "columns": self._get_columns(shows_cost),
            "rows": rows,
            "messages": self._get_messages(previews, hidden),
            "empty": self._get_empty(),
        }

    def _add_rows(self, rows, preview):
        """Add rows of the lines and everything below them, in the order of reading.

        :return: [(names of the path, words)] of what is wrong below the rows: where
            goods are taken from stock nothing is created
        """
        problems = self._get_problem_words(preview)
        shown = set()
        stack = [(node, -1, ()) for node in reversed(preview["lines"])]
        while stack:
            node, parent, above = stack.pop()
            position = len(rows)
            # What another warehouse delivers is the same product: one step of a path.
            is_step = above[-1:] != (node["product_id"],)
            path = (*above, node["product_id"]) if is_step else above
            rows.append(self._make_row(node, parent, problems.get(path)))
            shown.add(path)
            stack += [(child, position, path) for child in reversed(node["children"])]
        names = {
            tuple(problem["product_ids"]): problem["path"]
            for problem in preview["problems"]
        }
        return [
            (names[path], words)
            for path, words in problems.items()
            if path not in shown
        ]

    def _get_problem_words(self, preview):
        """{ids of the products of a path: what is wrong there}"""
        words = {}
        for problem in preview["problems"]:
            told = words.setdefault(tuple(problem["product_ids"]), [])
            if problem["message"] not in told:
                told.append(problem["message"])
        return {path: "; ".join(told) for path, told in words.items()}

    def _make_row(self, node, parent, problem):
        problem = problem or (node["problem"] and self.env._("Incomplete"))
        cells = {
            "product": node["product"],
            "quantity": {"value": node["quantity"], "uom": node["uom"]},
            "supply": self._get_supply_words(node),
            "from_stock": self._get_part(node, "from_stock"),
            "from_arrivals": self._get_part(node, "from_arrivals"),
            "to_supply": self._get_part(node, "to_supply"),
            "document": self._get_document_words(node),
            "why": problem or node["explanation"],
        }
        if "cost" in node:
            cells["cost"] = node["cost"] or False
        return TreeRow(
            cells,
            parent=parent,
            tone=self._get_tone(node, problem),
            problem=bool(problem),
            document=((node["joins_model"], node["joins"]) if node["joins"] else None),
        )

    def _get_part(self, node, name):
        return bool(node[name]) and {"value": node[name], "uom": node["uom"]}

    def _get_tone(self, node, problem):
        if problem:
            return "danger"
        return "success" if node["supply"] == "stock" else ""

    def _get_supply_words(self, node):
        return {
            "manufacture": self.env._("Make"),
            "buy": self.env._("Buy"),
            "subcontract": self.env._("Subcontract"),
            "transfer": self.env._("Transfer"),
            "stock": self.env._("From stock"),
            "kit": self.env._("Kit"),
            "none": self.env._("Nothing"),
            "service": self.env._("Service"),
        }[node["supply"]]

    def _get_document_words(self, node):
        if node["joins"]:
            return self.env._("Joins %s", node["joins_name"])
        if not node["to_supply"]:
            return False
        return {
            "manufacture": self.env._("New MO"),
            "buy": self.env._("New RFQ"),
            "subcontract": self.env._("New RFQ"),
            "transfer": self.env._("New transfer"),
        }.get(node["supply"], False)

    def _get_columns(self, shows_cost):
        columns = [
            self._column("product", self.env._("Product"), "text"),
            self._column("quantity", self.env._("Needed"), "quantity"),
            self._column("supply", self.env._("Supply"), "state"),
            self._column("from_stock", self.env._("From Stock"), "quantity"),
            self._column(
                "from_arrivals", self.env._("From Arrivals"), "quantity", optional=True
            ),
            self._column("to_supply", self.env._("To Order"), "quantity"),
            self._column("document", self.env._("Document"), "document"),
            self._column("why", self.env._("Why"), "text", small=True),
        ]
        if shows_cost:
            columns.append(
                self._column(
                    "cost", self.env._("Cost"), "money", digits=2, optional=True
                )
            )
        return columns

    def _get_summary(self, previews):
        """Number of new documents of each kind, and what joins others."""
        totals = {}
        for preview in previews:
            for model, number in preview["documents"].items():
                totals[model] = totals.get(model, 0) + number
        labels = {
            "mrp.production": self.env._("Manufacturing Orders"),
            "purchase.order": self.env._("Requests for Quotation"),
            "stock.move": self.env._("Transfers"),
        }
        summary = [
            {"label": label, "value": str(totals[model]), "tone": ""}
            for model, label in labels.items()
            if totals.get(model)
        ]
        joined = {
            (supply["model"], supply["id"])
            for preview in previews
            for supply in preview["supplies"]
            if supply["status"] == "enlarged"
        }
        if joined:
            summary.append(
                {
                    "label": self.env._("Documents to be Enlarged"),
                    "value": str(len(joined)),
                    "tone": "",
                }
            )
        problems = sum(len(preview["problems"]) for preview in previews)
        if problems:
            summary.append(
                {
                    "label": self.env._("Problems"),
                    "value": str(problems),
                    "tone": "danger",
                }
            )
        return summary

    def _get_messages(self, previews, hidden):
        """What is wrong below the rows, and what reordering rules add."""
        return [
            {
                "tone": "danger",
                "text": self.env._(
                    "%(path)s: %(problem)s", path=" > ".join(path), problem=words
                ),
            }
            for path, words in hidden
        ] + self._get_triggered_messages(previews)

    def _get_triggered_messages(self, previews):
        triggered = [
            self.env._(
                "%(quantity)g %(uom)s of %(product)s",
                quantity=supply["quantity"],
                uom=supply["uom"],
                product=supply["product"],
            )
            for preview in previews
            for supply in preview["triggered"]
        ]
        if not triggered:
            return []
        return [
            {
                "tone": "info",
                "text": self.env._(
                    "Reordering rules will add, for stock: %s", ", ".join(triggered)
                ),
            }
        ]

    def _get_empty(self):
        return {
            "title": self.env._("Nothing will be created"),
            "text": self.env._(
                "The order is confirmed already, or it holds services only. Of a "
                "quotation you see here what the factory and the vendors will get."
            ),
        }


class MtoPreviewOrder(models.AbstractModel):
    _name = "mto.preview.order"
    _inherit = "mto.preview.tree"
    _description = "What will be created"

    def _get_previews(self, res_ids):
        return self.env["sale.order"].browse(res_ids).preview_cascade()


class MtoPreviewProduct(models.AbstractModel):
    _name = "mto.preview.product"
    _inherit = "mto.preview.tree"
    _description = "What will be created"

    def _get_previews(self, res_ids):
        products = self.env["product.product"].browse(res_ids)
        return [
            {**node, "documents": node["totals"], "lines": [node]}
            for node in products.get_supply_path()
        ]


class MtoPreviewTemplate(models.AbstractModel):
    _name = "mto.preview.template"
    _inherit = "mto.preview.product"
    _description = "What will be created"

    def _get_previews(self, res_ids):
        templates = self.env["product.template"].browse(res_ids)
        return super()._get_previews(templates.product_variant_ids.ids)


class MtoPreviewBom(models.AbstractModel):
    _name = "mto.preview.bom"
    _inherit = "mto.preview.product"
    _description = "What will be created"

    def _get_previews(self, res_ids):
        """Of all products that the bills of materials make, made from them."""
        boms = self.env["mrp.bom"].browse(res_ids)
        boms.check_access("read")
        asked = [(bom, product) for bom in boms for product in bom._get_made_products()]
        return [
            {**node, "documents": node["totals"], "lines": [node]}
            for node in boms._preview_supply(asked)
        ]
