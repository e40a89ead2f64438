from odoo import models
from odoo.tools import SQL

from odoo.addons.mto_cascade.engine import MAKE_TO_ORDER, STOCK_THEN_ORDER
from odoo.addons.mto_cascade.models.mto_supply_network import REQUESTED

from ..engine import find_circles

# Documents of one statement, by their ids.
BATCH = 20_000
# Demands whose network is loaded at a time.
NETWORK_BATCH = 500

# Kind: the model that it is found on. In the order in which they are looked for.
KINDS = {
    "line_without_supply": "sale.order.line",
    "ordered_differs": "sale.order.line",
    "delivered_differs": "sale.order.line",
    "production_without_order": "mrp.production",
    "production_differs": "mrp.production",
    "purchase_without_order": "purchase.order.line",
    "demand_without_supply": "stock.move",
    "broken_link": "stock.move",
    "circle": "stock.move",
}

# Quantity that was moved, or is to be, in the product's unit.
_QUANTITY = """CASE WHEN {move}.state = 'done'
    THEN COALESCE({move}.product_qty * {move}.quantity
                  / NULLIF({move}.product_uom_qty, 0), {move}.quantity)
    ELSE {move}.product_qty END"""


class MtoIntegrity(models.AbstractModel):
    """Finds what does not fit between orders, supply and links.

    One statement per kind and batch of documents, over all companies; what a statement
    only suspects is computed for the suspects.
    """

    _name = "mto.integrity"
    _description = "Check of Orders and Supply"

    def _find(self, kind, scope):
        """What is wrong with documents, as superuser.

        :param str kind: one of ``KINDS``
        :param scope: function that takes the SQL of an id and returns a condition
        :return: list of dicts: ``res_id``, ``company_id``, ``product_id``,
            ``order_line_id``, ``other_id`` (of the same model), ``expected_qty`` and
            ``found_qty`` in the product's unit; False for what is not known
        """
        self.env.flush_all()
        return getattr(self, f"_find_{kind}")(scope)

    def _get_last_id(self, kind):
        [(last,)] = self.env.execute_query(
            SQL("SELECT MAX(id) FROM %s", self._get_table(kind))
        )
        return last or 0

    def _get_table(self, kind):
        return SQL.identifier(self.env[KINDS[kind]]._table)

    def _read(self, query):
        self.env.cr.execute(query)
        return [
            {
                "order_line_id": False,
                "other_id": False,
                "expected_qty": 0.0,
                "found_qty": 0.0,
                **row,
            }
            for row in self.env.cr.dictfetchall()
        ]

    # Lines of sales orders

    def _find_line_without_supply(self, scope):
        """Goods that were ordered, and nothing delivers them."""
        return self._read_lines(
            scope,
            SQL("line.ordered"),
            SQL("0.0"),
            SQL(
                """line.move_count = 0 AND line.ordered > line.tolerance
                  AND line.qty_delivered < line.ordered
                  AND NOT EXISTS (
                      SELECT FROM purchase_order_line bought
                        JOIN purchase_order purchase ON purchase.id = bought.order_id
                       WHERE bought.sale_line_id = line.id
                         AND purchase.state != 'cancel')"""
            ),
        )

    def _find_ordered_differs(self, scope):
        """What is ordered is not what is delivered and on its way together."""
        return self._read_lines(
            scope,
            SQL("line.ordered"),
            SQL("line.planned"),
            SQL(
                """line.move_count > 0 AND NOT line.is_kit
                  AND (line.planned < line.ordered - line.tolerance
                       OR (line.has_open
                           AND line.planned > line.ordered + line.tolerance))"""
            ),
        )

    def _find_delivered_differs(self, scope):
        """The delivered quantity of the line is not what its moves have delivered."""
        return self._read_lines(
            scope,
            SQL("line.delivered"),
            SQL("line.said"),
            SQL(
                """line.move_count > 0 AND NOT line.is_kit
                  AND ABS(line.said - line.delivered) > line.tolerance"""
            ),
        )

    def _read_lines(self, scope, expected, found, condition):
        """Lines of sales orders for which ``condition`` holds."""
        return self._read(
            SQL(
                """SELECT line.id AS res_id, line.id AS order_line_id,
                    line.company_id, line.product_id,
                    %s AS expected_qty, %s AS found_qty
                FROM (%s) line WHERE %s""",
                expected,
                found,
                self._get_lines(scope),
                condition,
            )
        )

    def _get_lines(self, scope):
        """Confirmed lines of goods that do not wait, with what their moves say.

        In the product's unit. Of several steps to the customer the last one that is
        there counts. A kit is delivered as its components. Units other than the
        product's are rounded, so half of their last digit is tolerated.
        """
        return SQL(
            """SELECT line.id, line.product_id, line.company_id, line.qty_delivered,
                line.product_uom_qty * unit.factor / own.factor AS ordered,
                line.qty_delivered * unit.factor / own.factor AS said,
                0.006 * GREATEST(unit.factor / own.factor, 1) AS tolerance,
                COUNT(move.id) AS move_count,
                COALESCE(BOOL_OR(move.product_id != line.product_id), FALSE) AS is_kit,
                COALESCE(BOOL_OR(goes_out.yes AND move.state != 'done'), FALSE)
                    AS has_open,
                COALESCE(SUM(%(quantity)s) FILTER (WHERE goes_out.yes), 0) AS planned,
                COALESCE(SUM(%(quantity)s) FILTER (
                    WHERE is_delivered.yes AND move.state = 'done'), 0)
                - COALESCE(SUM(%(quantity)s) FILTER (
                    WHERE comes_back.yes AND move.state = 'done'), 0) AS delivered
            FROM sale_order_line line
            JOIN sale_order sale ON sale.id = line.order_id
            JOIN product_product product ON product.id = line.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
            JOIN uom_uom unit ON unit.id = line.product_uom_id
            JOIN uom_uom own ON own.id = template.uom_id
            LEFT JOIN stock_move move
              ON move.sale_line_id = line.id AND move.state != 'cancel'
             AND move.production_id IS NULL
            LEFT JOIN stock_location destination
              ON destination.id = move.location_dest_id
            LEFT JOIN stock_location final
              ON final.id = COALESCE(move.location_final_id, move.location_dest_id)
            CROSS JOIN LATERAL (SELECT destination.usage = 'customer' AND (
                move.origin_returned_move_id IS NULL OR move.to_refund) AS yes
            ) is_delivered
            CROSS JOIN LATERAL (SELECT final.usage = 'customer'
                AND (move.origin_returned_move_id IS NULL OR move.to_refund)
                AND NOT EXISTS (
                    SELECT FROM stock_move_move_rel rel
                      JOIN stock_move later ON later.id = rel.move_dest_id
                     WHERE rel.move_orig_id = move.id AND later.state != 'cancel'
                       AND later.sale_line_id = line.id
                       AND later.origin_returned_move_id IS NULL) AS yes) goes_out
            CROSS JOIN LATERAL (SELECT destination.usage != 'customer'
                AND move.to_refund AND move.origin_returned_move_id IS NOT NULL
                AS yes) comes_back
            WHERE %(scope)s AND sale.state = 'sale' AND template.type = 'consu'
              AND line.qty_delivered_method = 'stock_move'
              AND (sale.start_later IS NOT TRUE OR sale.started_on IS NOT NULL)
              AND (line.to_engineer IS NOT TRUE OR line.engineering_done_on IS NOT NULL)
            GROUP BY line.id, unit.factor, own.factor""",
            quantity=_get_quantity("move"),
            scope=scope(SQL("line.id")),
        )

    # Supply without an order

    def _find_production_without_order(self, scope):
        """Made to order, or for a demand that is gone, and nobody needs it."""
        return self._read_without_order(
            scope,
            SQL("mrp_production document"),
            line=SQL("document.demand_line_id"),
            demands=SQL(
                """SELECT rel.move_dest_id AS id FROM stock_move output
                     JOIN stock_move_move_rel rel ON rel.move_orig_id = output.id
                    WHERE output.production_id = document.id"""
            ),
            ordered=SQL("document.demand_line_id IS NOT NULL"),
            condition=SQL("document.state NOT IN ('draft', 'done', 'cancel')"),
        )

    def _find_purchase_without_order(self, scope):
        """Bought to order, or for a demand that is gone, and nobody needs it."""
        return self._read_without_order(
            scope,
            SQL(
                """purchase_order_line document
                JOIN purchase_order purchase ON purchase.id = document.order_id"""
            ),
            line=SQL("NULL::integer"),
            demands=SQL(
                """SELECT rel.move_id AS id
                     FROM stock_move_created_purchase_line_rel rel
                    WHERE rel.created_purchase_line_id = document.id
                    UNION
                   SELECT rel.move_dest_id FROM stock_move receipt
                     JOIN stock_move_move_rel rel ON rel.move_orig_id = receipt.id
                    WHERE receipt.purchase_line_id = document.id"""
            ),
            ordered=SQL("document.required_qty > 0"),
            condition=SQL(
                """purchase.state IN %s AND template.type = 'consu'
                   AND document.sale_line_id IS NULL
                   AND document.product_qty > document.qty_received""",
                (*REQUESTED, "purchase"),
            ),
        )

    def _read_without_order(
        self, scope, documents, *, line, demands, ordered, condition
    ):
        """Documents made to order that have no demand, or none that is not cancelled.

        :param documents: SQL of what is read, the document as ``document``
        :param line: SQL of the order line that it was made for
        :param demands: SQL of the ids of the moves that are linked with it
        :param ordered: SQL of whether it was made for a demand, linked or not
        :param condition: SQL of the documents that are still open
        """
        return self._read(
            SQL(
                """SELECT document.id AS res_id, document.company_id,
                    document.product_id, document.product_uom_qty AS found_qty,
                    %(line)s AS order_line_id
                FROM %(documents)s
                JOIN product_product product ON product.id = document.product_id
                JOIN product_template template ON template.id = product.product_tmpl_id
                CROSS JOIN LATERAL (
                    SELECT COUNT(*) AS total,
                        COUNT(*) FILTER (WHERE demand.state != 'cancel') AS alive
                      FROM (%(demands)s) linked
                      JOIN stock_move demand ON demand.id = linked.id) served
                WHERE %(scope)s AND %(condition)s
                  AND document.orderpoint_id IS NULL AND served.alive = 0
                  AND (served.total > 0 OR %(ordered)s OR %(is_mto)s)""",
                line=line,
                documents=documents,
                demands=demands,
                scope=scope(SQL("document.id")),
                condition=condition,
                ordered=ordered,
                is_mto=self._is_made_to_order(),
            )
        )

    def _is_made_to_order(self):
        """Whether the product itself says so, by its policy or Odoo's route."""
        route = self.env.ref("stock.route_warehouse0_mto", raise_if_not_found=False)
        return SQL(
            """(template.supply_policy ->> document.company_id::text = %(policy)s
                OR product.variant_supply_policy ->> document.company_id::text
                    = %(policy)s
                OR EXISTS (SELECT FROM stock_route_product chosen
                            WHERE chosen.product_id = template.id
                              AND chosen.route_id = %(route)s))""",
            policy=MAKE_TO_ORDER,
            route=route.id if route else 0,
        )

    def _find_production_differs(self, scope):
        """More is made than all that it is linked with needs."""
        return self._read(
            SQL(
                """SELECT production.id AS res_id, production.company_id,
                    production.product_id, production.demand_line_id AS order_line_id,
                    output.quantity AS found_qty, served.quantity AS expected_qty
                FROM mrp_production production
                LEFT JOIN mrp_bom bom ON bom.id = production.bom_id
                CROSS JOIN LATERAL (
                    SELECT SUM(%(output_quantity)s) AS quantity,
                        ARRAY_AGG(output.id) AS ids
                      FROM stock_move output
                     WHERE output.production_id = production.id
                       AND output.product_id = production.product_id
                       AND output.state != 'cancel') output
                CROSS JOIN LATERAL (
                    SELECT SUM(%(demand_quantity)s) AS quantity
                      FROM stock_move demand
                     WHERE demand.state != 'cancel' AND demand.id IN (
                        SELECT rel.move_dest_id FROM stock_move_move_rel rel
                         WHERE rel.move_orig_id = ANY(output.ids))) served
                WHERE %(scope)s AND production.state NOT IN ('draft', 'done', 'cancel')
                  AND production.demand_line_id IS NOT NULL
                  AND bom.enable_batch_size IS NOT TRUE
                  AND output.quantity > served.quantity + 0.006""",
                output_quantity=_get_quantity("output"),
                demand_quantity=_get_quantity("demand"),
                scope=scope(SQL("production.id")),
            )
        )

    # Links

    def _find_demand_without_supply(self, scope):
        """Demands that wait for ever, see ``stock.move.is_stranded``."""
        ids = [row["res_id"] for row in self._read(self._get_suspects(scope))]
        network = self.env["mto.supply.network"].sudo()
        found = []
        for start in range(0, len(ids), NETWORK_BATCH):
            batch = self.env["stock.move"].sudo()
            batch = batch.browse(ids[start : start + NETWORK_BATCH])
            for move, missing in network._find_uncovered(batch).items():
                found.append(
                    {
                        "res_id": move.id,
                        "company_id": move.company_id.id,
                        "product_id": move.product_id.id,
                        "order_line_id": move.demand_line_id.id,
                        "other_id": False,
                        "expected_qty": move.product_qty,
                        "found_qty": move.product_qty - missing,
                    }
                )
            # Batches of a big database do not fit into memory together.
            self.env.invalidate_all()
        return found

    def _get_suspects(self, scope):
        """Demands whose links may be too small for all that share them."""
        return SQL(
            """SELECT demand.id AS res_id
            FROM stock_move demand
            JOIN stock_location place ON place.id = demand.location_id
            CROSS JOIN LATERAL (
                SELECT COALESCE(SUM(%(origin_quantity)s), 0) AS quantity,
                    ARRAY_AGG(origin.id) AS ids
                  FROM stock_move_move_rel rel
                  JOIN stock_move origin ON origin.id = rel.move_orig_id
                 WHERE rel.move_dest_id = demand.id
                   AND origin.state != 'cancel') supply
            CROSS JOIN LATERAL (
                SELECT COALESCE(SUM(line.product_uom_qty), 0) AS quantity,
                    ARRAY_AGG(line.id) AS ids
                  FROM stock_move_created_purchase_line_rel rel
                  JOIN purchase_order_line line
                    ON line.id = rel.created_purchase_line_id
                  JOIN purchase_order purchase ON purchase.id = line.order_id
                 WHERE rel.move_id = demand.id
                   AND purchase.state IN %(requested)s) request
            WHERE %(scope)s AND place.usage IN ('internal', 'transit')
              AND demand.state IN ('waiting', 'confirmed', 'partially_available')
              AND demand.picked IS NOT TRUE AND demand.product_qty > 0
              AND demand.origin_returned_move_id IS NULL
              AND (demand.procure_method = 'make_to_order'
                   OR demand.supply_policy IN %(policies)s)
              AND supply.quantity + request.quantity - (
                SELECT COALESCE(SUM(%(other_quantity)s), 0)
                  FROM stock_move other
                 WHERE other.state != 'cancel' AND other.id != demand.id
                   AND other.id IN (
                    SELECT rel.move_dest_id FROM stock_move_move_rel rel
                     WHERE rel.move_orig_id = ANY(supply.ids)
                     UNION
                    SELECT rel.move_id
                      FROM stock_move_created_purchase_line_rel rel
                     WHERE rel.created_purchase_line_id = ANY(request.ids))
              ) < demand.product_qty""",
            origin_quantity=_get_quantity("origin"),
            other_quantity=_get_quantity("other"),
            requested=tuple(REQUESTED),
            policies=(MAKE_TO_ORDER, STOCK_THEN_ORDER),
            scope=scope(SQL("demand.id")),
        )

    def _find_broken_link(self, scope):
        """Links between goods that differ, or between companies."""
        return self._read_links(
            scope,
            SQL(
                """demand.state NOT IN ('done', 'cancel') AND supply.state != 'cancel'
                  AND (supply.product_id != demand.product_id
                       OR supply.company_id != demand.company_id)"""
            ),
        )

    def _find_circle(self, scope):
        """Demands that, over links and productions, would supply themselves."""
        links = self.env.execute_query(
            SQL(
                """SELECT rel.move_orig_id, rel.move_dest_id
                  FROM stock_move_move_rel rel
                  JOIN stock_move demand ON demand.id = rel.move_dest_id
                 WHERE demand.state NOT IN ('done', 'cancel')
                 UNION ALL
                SELECT component.id, output.id
                  FROM stock_move component
                  JOIN stock_move output
                    ON output.production_id = component.raw_material_production_id
                 WHERE component.state NOT IN ('done', 'cancel')"""
            )
        )
        ids = sorted(find_circles(links))
        return self._read_links(
            scope,
            SQL("demand.id = ANY(%(ids)s) AND supply.id = ANY(%(ids)s)", ids=ids),
        )

    def _read_links(self, scope, condition):
        """Demands with a link for which ``condition`` holds, and its supply."""
        return self._read(
            SQL(
                """SELECT demand.id AS res_id, demand.company_id, demand.product_id,
                    demand.demand_line_id AS order_line_id,
                    MIN(supply.id) AS other_id
                FROM stock_move demand
                JOIN stock_move_move_rel rel ON rel.move_dest_id = demand.id
                JOIN stock_move supply ON supply.id = rel.move_orig_id
                WHERE %s AND %s
                GROUP BY demand.id""",
                scope(SQL("demand.id")),
                condition,
            )
        )


def _get_quantity(alias):
    return SQL(_QUANTITY.format(move=alias))
