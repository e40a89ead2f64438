from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# What a column adds up, and the relations that can be grouped by.
TOTALS = {
    "customer_promise_date": SQL("min(promise_date)"),
    "customer_quantity": SQL("sum(quantity)"),
}
RELATIONS = {"customer_order_ids": "order_id", "customer_ids": "partner_id"}
PATHS = {
    **RELATIONS,
    "customer_promise_date": "promise_date",
    "customer_quantity": "quantity",
}


class MtoDemandColumns(models.AbstractModel):
    """For whom a document is, in lists: shown, searched, sorted and grouped.

    Read from ``mto.demand.line``; nothing is stored on the document, so that refreshing
    never waits for somebody who works on it, nor the other way round.
    """

    _name = "mto.demand.columns"
    _description = "For Whom, in Lists"

    # The column of mto.demand.line that names the document, and which field of the
    # document it names.
    _demand_column = None
    _demand_key = "id"

    customer_order_ids = fields.Many2many(
        "mto.customer.order",
        string="Customer Orders",
        compute="_compute_demand_columns",
        compute_sudo=True,
        search="_search_customer_orders",
        help="The sales orders that this serves, through all levels.",
    )
    customer_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        compute="_compute_demand_columns",
        compute_sudo=True,
        search="_search_customers",
        help="Whose orders this serves, through all levels.",
    )
    customer_promise_date = fields.Datetime(
        "Promised to Customer",
        compute="_compute_demand_columns",
        compute_sudo=True,
        search="_search_customer_promise_date",
        help="The earliest promise of the orders that this serves.",
    )
    customer_quantity = fields.Float(
        "For Orders",
        digits="Product Unit",
        aggregator="sum",
        compute="_compute_demand_columns",
        compute_sudo=True,
        search="_search_customer_quantity",
        help="How much of this is for customer orders, in the product's unit.",
    )

    @api.model
    def _get_names(self):
        return tuple(PATHS)

    @api.depends_context("allowed_company_ids")
    def _compute_demand_columns(self):
        keys = {record: self._get_demand_key(record) for record in self}
        # As superuser: whoever reads a document is told for whom it is, and no more. Set
        # by a user, each relation would be checked record by record, with a query each.
        groups = self.env["mto.demand.line"]._read_group(
            self._get_demand_domain()
            & Domain(self._demand_column, "in", list(set(keys.values()))),
            [self._demand_column],
            [
                "order_id:array_agg_distinct",
                "partner_id:array_agg_distinct",
                "promise_date:min",
                "quantity:sum",
            ],
        )
        found = {document.id: answer for document, *answer in groups}
        for record, key in keys.items():
            orders, partners, date, quantity = found.get(key, ((), (), False, 0.0))
            record.customer_order_ids = orders
            record.customer_ids = partners
            record.customer_promise_date = date
            record.customer_quantity = quantity

    def _get_demand_key(self, record):
        if self._demand_key == "id":
            return record._origin.id
        return record[self._demand_key]._origin.id

    def _get_demand_domain(self):
        return Domain("company_id", "in", self.env.companies.ids)

    def _search_customer_orders(self, operator, value):
        return self._search_demand("customer_order_ids", operator, value)

    def _search_customers(self, operator, value):
        return self._search_demand("customer_ids", operator, value)

    def _search_customer_promise_date(self, operator, value):
        return self._search_demand("customer_promise_date", operator, value)

    def _search_customer_quantity(self, operator, value):
        if operator == "in" and value == {0.0}:
            value = {False}
        return self._search_demand("customer_quantity", operator, value)

    def _search_demand(self, name, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        domain = self._get_demand_domain()
        if operator == "in" and False in value:
            nobody = ~self._make_document_domain(domain)
            rest = [item for item in value if item is not False]
            if not rest:
                return nobody
            return nobody | self._search_demand(name, operator, rest)
        return self._make_document_domain(domain & Domain(PATHS[name], operator, value))

    def _make_document_domain(self, domain):
        """Documents of the rows in ``domain``."""
        # The documents themselves are found with the rights of the user.
        rows = (
            self.env["mto.demand.line"]
            .sudo()
            ._search(domain & Domain(self._demand_column, "!=", False))
        )
        column = SQL.identifier("mto_demand_line", self._demand_column)
        return Domain(self._demand_key, "in", rows.subselect(column))

    # Sorted, grouped and added up by the database

    def _field_to_sql(self, alias, field_expr, query=None):
        total = TOTALS.get(field_expr)
        if not total or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        rows_alias = query.make_alias(alias, field_expr)
        rows = self._select_demand(alias, SQL("%s AS value", total))
        query.add_join("LEFT JOIN", rows_alias, SQL("LATERAL %s", rows), SQL("TRUE"))
        return SQL.identifier(rows_alias, "value")

    def _read_group_groupby(self, alias, groupby_spec, query):
        column = RELATIONS.get(groupby_spec)
        if not column:
            return super()._read_group_groupby(alias, groupby_spec, query)
        self._check_field_access(self._fields[groupby_spec], "read")
        rows_alias = query.make_alias(alias, groupby_spec)
        rows = self._select_demand(
            alias, SQL("DISTINCT %s AS value", SQL.identifier(column))
        )
        query.add_join("LEFT JOIN", rows_alias, SQL("LATERAL %s", rows), SQL("TRUE"))
        return SQL.identifier(rows_alias, "value")

    def _select_demand(self, alias, columns):
        return SQL(
            "(SELECT %s FROM mto_demand_line WHERE %s = %s AND company_id = ANY(%s))",
            columns,
            SQL.identifier("mto_demand_line", self._demand_column),
            SQL.identifier(alias, self._demand_key),
            self.env.companies.ids,
        )
