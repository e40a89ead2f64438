from collections import Counter

from odoo import api, models

from ..cascade import get_policies


class MtoBatchScope(models.AbstractModel):
    """What a confirmation may meet on its way down, and whether it can go by levels."""

    _name = "mto.batch.scope"
    _description = "Scope of a Confirmation"

    @api.model
    def _look_around(self, cascade, products):
        """Look up all products that may be met: these, and all below them.

        What is found is looked up for all of them at once, so they stay the same.
        """
        cascade.children = self._read_products_below(products.sudo())
        cascade.products = list(cascade.children)
        cascade.reach = _reach(cascade.children)

    @api.model
    def _look_down(self, cascade, procurements):
        """Look up what the procurements lead to, and how that can be supplied."""
        asked = [procurement.product_id.id for procurement, _rule in procurements]
        known = cascade.known
        if known and known.knows(asked):
            for name in ("children", "products", "reach", "found"):
                setattr(cascade, name, getattr(known, name))
        else:
            self._look_around(cascade, self.env["product.product"].browse(asked))
        met = set(asked).union(*(cascade.reach[product] for product in asked))
        cascade.replenished = self._get_replenished(list(met))
        if self._makes_batches(met):
            cascade.alone = True
            return
        in_stock = self._get_products_in_stock(list(met))
        children = {product: cascade.children.get(product, set()) for product in met}
        shared = _below_shared(children, cascade.reach, asked)
        cascade.must_suffice = in_stock & shared
        cascade.shares_stock = bool(
            get_policies(self.env) is not None
            or cascade.must_suffice
            or cascade.replenished
            or (in_stock and self._has_stock_first_rules(in_stock))
        )

    def _read_products_below(self, products):
        """Return {product id: ids of the products of its bills of materials}.

        For the products and all below them, one level at a time.
        """
        children = {}
        while products:
            boms = (
                self.env["mrp.bom"]
                .sudo()
                .search([("product_tmpl_id", "in", products.product_tmpl_id.ids)])
            )
            by_template = boms.grouped("product_tmpl_id")
            found = set()
            for product in products:
                lines = by_template.get(product.product_tmpl_id, boms).bom_line_ids
                if product.product_tmpl_id not in by_template:
                    lines = lines.browse()
                children[product.id] = set(lines.product_id.ids)
                found |= children[product.id]
            products = products.browse(found - children.keys())
        return children

    def _makes_batches(self, product_ids):
        """Whether batches are made, and mto_cascade links them, one demand by one."""
        if get_policies(self.env) is None:
            return False
        products = self.env["product.product"].sudo().browse(product_ids)
        return any(bom.enable_batch_size for bom in products.product_tmpl_id.bom_ids)

    def _get_replenished(self, product_ids):
        groups = (
            self.env["stock.warehouse.orderpoint"]
            .sudo()
            ._read_group(
                [("product_id", "in", product_ids), ("trigger", "=", "auto")],
                ["product_id"],
            )
        )
        return {product.id for [product] in groups}

    def _get_products_in_stock(self, product_ids):
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", product_ids),
                    ("quantity", ">", 0),
                    ("location_id.usage", "in", ("internal", "transit")),
                ],
                ["product_id"],
            )
        )
        return {product.id for [product] in groups}

    def _has_stock_first_rules(self, product_ids):
        """Whether a rule takes from stock and orders the rest, for these products."""
        rules = (
            self.env["stock.rule"]
            .sudo()
            .search([("procure_method", "=", "mts_else_mto")])
        )
        if not rules:
            return False
        routes = rules.route_id
        products = self.env["product.product"].sudo().browse(product_ids)
        return bool(
            routes & (products.route_ids | products.categ_id.total_route_ids)
            or routes.warehouse_ids
        )


def _below_shared(children, reach, asked):
    """Return the products below those that several orders may ask for.

    :param children: {product: products right below it}
    :param reach: {product: all products below it}
    :param asked: the products that are asked for, each as often as it is
    """
    parents = Counter(asked)
    for below in children.values():
        parents.update(below)
    shared = {product for product, count in parents.items() if count > 1}
    found = set()
    for product in shared:
        found |= reach.get(product, set())
    return found


def _reach(children):
    """Return {product: all products below it} of {product: products right below it}."""
    reach = {}

    def visit(product, path):
        if product not in reach and product not in path:
            below = set(children.get(product, ()))
            for child in children.get(product, ()):
                below |= visit(child, path | {product})
            reach[product] = below
        return reach.get(product, set())

    for product in children:
        visit(product, frozenset())
    return reach
