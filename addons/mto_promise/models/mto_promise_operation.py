from dataclasses import dataclass, field

from odoo import models
from odoo.tools import SQL, float_round

from odoo.addons.mto_cascade.models.fetching import fetch_lines

from ..engine import Operation

OPERATION_FIELDS = [
    "bom_id",
    "sequence",
    "active",
    "workcenter_id",
    "time_mode",
    "time_mode_batch",
    "time_cycle_manual",
    "bom_product_template_attribute_value_ids",
]
WORKCENTER_FIELDS = [
    "company_id",
    "resource_id",
    "resource_calendar_id",
    "time_efficiency",
    "time_start",
    "time_stop",
]
CAPACITY_FIELDS = [
    "product_id",
    "product_uom_id",
    "capacity",
    "time_start",
    "time_stop",
]


@dataclass(eq=False)
class OperationMemory:
    """``cycles``: {operation id: minutes of a cycle}; ``shops``: facts of work centres.

    ``by_bom``: {bill of materials: its operations}. What depends on no product is asked
    once for many bills of materials.
    """

    by_bom: dict = field(default_factory=dict)
    cycles: dict = field(default_factory=dict)
    shops: dict = field(default_factory=dict)


class PromiseOperation(models.AbstractModel):
    """Operations of bills of materials as facts for the engine."""

    _name = "mto.promise.operation"
    _description = "Operations for Promises"

    def _load(self, boms):
        """Read all that ``_get_operations`` needs, in a fixed number of queries.

        :rtype: OperationMemory
        """
        operations = self.env["mrp.routing.workcenter"].search_fetch(
            [("bom_id", "in", boms.ids)], OPERATION_FIELDS
        )
        if not operations:
            return OperationMemory()
        workcenters = operations.workcenter_id
        workcenters.fetch(WORKCENTER_FIELDS)
        fetch_lines(workcenters, "capacity_ids", CAPACITY_FIELDS)
        cycles = {operation.id: operation.time_cycle_manual for operation in operations}
        tracked = operations.filtered(lambda operation: operation.time_mode == "auto")
        return OperationMemory(
            operations.grouped("bom_id"), cycles | self._load_tracked_cycles(tracked)
        )

    def _load_tracked_cycles(self, operations):
        """{operation id: minutes of a cycle} of those that were done often enough.

        As ``mrp.routing.workcenter._compute_time_cycle``, which asks for each.
        """
        orders = self._search_last_orders(operations).grouped("operation_id")
        found = {}
        for operation, done in orders.items():
            size = operation.bom_id.product_qty or 1
            cycles = sum(self._count_cycles(order, size) for order in done)
            if cycles:
                found[operation.id] = sum(done.mapped("duration")) / cycles
        return found

    def _count_cycles(self, order, size):
        capacity, _setup, _cleanup = order.workcenter_id._get_capacity(
            order.product_id, order.product_uom_id, size
        )
        cycles = order.qty_produced / capacity
        return float_round(cycles, precision_digits=0, rounding_method="UP")

    def _search_last_orders(self, operations):
        """The work orders that were done last, as many as each operation asks for."""
        if not operations:
            return self.env["mrp.workorder"]
        self.env["mrp.workorder"].flush_model()
        operations.flush_recordset(["time_mode_batch"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT done.id
                  FROM (
                    SELECT id, operation_id, ROW_NUMBER() OVER (
                        PARTITION BY operation_id ORDER BY date_finished DESC, id DESC
                    ) AS place
                      FROM mrp_workorder
                     WHERE operation_id IN %(ids)s
                       AND qty_produced > 0
                       AND state = 'done'
                  ) done
                  JOIN mrp_routing_workcenter operation
                    ON operation.id = done.operation_id
                 WHERE done.place <= operation.time_mode_batch
                """,
                ids=tuple(operations.ids),
            )
        )
        return self.env["mrp.workorder"].browse(id_ for (id_,) in rows)

    def _get_operations(self, bom, product, factor, memory, option_ids=()):
        """Return the ``Operation``s of a product, each after those before it.

        :param factor: units of the product in a unit of the bill of materials
        :param memory: of ``_load``
        :param option_ids: chosen no-variant attribute values
        """
        operations = memory.by_bom.get(bom)
        if not operations:
            return ()
        options = self.env["product.template.attribute.value"].browse(option_ids)
        operations = self._sort(
            bom,
            operations.filtered(
                lambda operation: not operation._skip_operation_line(product, options)
            ),
        )
        numbers = {operation: number for number, operation in enumerate(operations)}
        return tuple(
            self._make(bom, product, factor, operation, numbers, memory)
            for operation in operations
        )

    def _sort(self, bom, operations):
        """As they are done; what waits for another one comes after it."""
        operations = operations.sorted(lambda o: (o.sequence, o.id))
        if not bom.allow_operation_dependencies:
            return list(operations)
        waiting, done = list(operations), []
        while waiting:
            ready = [
                operation
                for operation in waiting
                if not operation.blocked_by_operation_ids & operations.concat(*waiting)
            ]
            # Odoo refuses circles; whatever is left keeps its order.
            done += ready or waiting
            waiting = [operation for operation in waiting if operation not in done]
        return done

    def _make(self, bom, product, factor, operation, numbers, memory):
        calendar, efficiency, capacity, fixed = self._get_shop(
            operation.workcenter_id, bom, product, memory
        )
        return Operation(
            calendar,
            memory.cycles[operation.id] * 100.0 / efficiency,
            fixed,
            capacity * factor,
            self._get_after(bom, operation, numbers),
            bom.batch_size * factor if bom.enable_batch_size else 0.0,
        )

    def _get_shop(self, workcenter, bom, product, memory):
        """(key of its hours, efficiency, capacity, minutes of setting up and clearing).

        The product matters where the work centre has capacities.
        """
        own = bool(workcenter.capacity_ids) and product.id
        size = bom.product_qty or 1
        key = (workcenter.id, bom.product_uom_id.id, size, own)
        if key not in memory.shops:
            capacity, setup, cleanup = workcenter._get_capacity(
                product, bom.product_uom_id, size
            )
            memory.shops[key] = (
                self.env["mto.promise.calendar"]._get_workcenter_key(workcenter),
                workcenter.time_efficiency or 100.0,
                capacity,
                setup + cleanup,
            )
        return memory.shops[key]

    def _get_after(self, bom, operation, numbers):
        number = numbers[operation]
        if not bom.allow_operation_dependencies:
            return (number - 1,) if number else ()
        before = (numbers.get(other) for other in operation.blocked_by_operation_ids)
        return tuple(other for other in before if other is not None and other < number)
