from collections import defaultdict

from psycopg2.errors import UniqueViolation

from odoo import Command, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import mute_logger, plaintext2html

from .operation_exception import OPEN_STATES

# The model of the orders that `get_open(order_ids=...)` speaks of.
ORDER_MODEL = "sale.order"
# What a caller may say about a cause; anything else is a mistake worth an error.
CAUSE_KEYS = {
    "key",
    "type_code",
    "record",
    "company",
    "cause",
    "currency",
    "date",
    "days",
    "money",
    "note",
    "orders",
    "owner",
    "partner",
    "severity",
}


class OperationException(models.Model):
    """What other modules call: raise, clear, and ask what is open."""

    _inherit = "operation.exception"

    # Raise

    @api.model
    def _raise_exception(self, key, type_code, record, **impact):
        """Open the issue of a cause, or update it while the cause lives.

        :param str key: names the cause; the same each time it is reported
        :param str type_code: `code` of an `operation.exception.type`
        :param record: the document it is about, one record (or an empty recordset)
        :param impact: what it costs; all optional. `days` (late), `money` and
            `currency` (at stake for the customer, never a cost; without a currency, the
            company's), `orders` (affected documents: a recordset, or a list of
            dictionaries `record`, `days`, `money`; without it, those behind the
            document), `partner` (the customer), `cause` (root cause,
            `operation.exception.reason`), `note` (what happened, plain text or Markup),
            `severity`, `owner` (res.users, goes before the ladder), `company`
        :returns: the issue, with sudo
        :raises UserError: when there is no such type or key
        """
        return self._raise_exceptions(
            [{"key": key, "type_code": type_code, "record": record, **impact}]
        )

    @api.model
    def _raise_exceptions(self, causes, detector=False):
        """Open or update the issues of many causes, in a flat number of queries.

        Of two causes with one key the later one counts. A solved issue whose cause is
        reported again opens again; a detector that only still sees what was solved
        does so when it got worse.

        :param list causes: dictionaries as the arguments of `_raise_exception`
        :param detector: name of the detector that reports, which closes them again
        :returns: the issues, with sudo, in the order of the distinct keys
        :raises ConcurrencyError: when somebody else opens one of them at this moment;
            Odoo runs the request again
        """
        # Whoever causes a problem need not have rights on open issues.
        issues = self.sudo().with_context(tracking_disable=True)
        causes = issues._clean_causes(causes)
        known = {
            (issue.company_id, issue.key): issue
            for company, keys in issues._group_keys(causes).items()
            for issue in issues._search_keys(keys, company)
        }
        new = [cause for place, cause in causes.items() if place not in known]
        issues._refresh(known, causes, detector)
        known |= {
            (issue.company_id, issue.key): issue
            for issue in issues._open_new(new, detector)
        }
        return self.sudo().concat(
            *(known[place].with_env(self.sudo().env) for place in causes)
        )

    def _group_keys(self, causes):
        keys = defaultdict(list)
        for company, key in causes:
            keys[company].append(key)
        return keys

    @api.model
    def _search_keys(self, keys, company):
        """Return the issues of a company with these keys that are not closed."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("key", "in", keys),
                ("state", "!=", "closed"),
            ]
        )

    @api.model
    def _clean_causes(self, causes):
        """Return {(company, key): cause} with type, company and orders filled in."""
        types = self._get_types({cause["type_code"] for cause in causes})
        found = {}
        for cause in causes:
            unknown = cause.keys() - CAUSE_KEYS
            if unknown or not cause["key"]:
                raise UserError(
                    self.env._(
                        "An issue cannot be opened with %(names)s.",
                        names=", ".join(sorted(unknown)) or self.env._("an empty key"),
                    )
                )
            company = self._get_cause_company(cause)
            found[company, cause["key"]] = {
                **cause,
                "company": company,
                "type": types[cause["type_code"]],
            }
        self._fill_orders(found.values())
        return found

    def _get_types(self, codes):
        types = self.env["operation.exception.type"].with_context(active_test=False)
        found = {
            issue_type.code: issue_type
            for issue_type in types.search([("code", "in", list(codes))])
        }
        missing = codes - found.keys()
        if missing:
            raise UserError(
                self.env._(
                    "There is no type of open issue with the code %(codes)s.",
                    codes=", ".join(sorted(missing)),
                )
            )
        return found

    def _get_cause_company(self, cause):
        if cause.get("company"):
            return cause["company"].sudo()
        record = cause["record"].sudo()
        company = "company_id" in record._fields and record.company_id
        return (company or self.env.company).sudo()

    # Orders behind a document

    @api.model
    def _get_order_paths(self):
        """Return {model: field path to the customer orders behind it}.

        Modules add their documents with super(). A path that is not there, because a
        module is not installed, is passed over; an empty path is the document itself.
        """
        return {
            ORDER_MODEL: "",
            "sale.order.line": "order_id",
            "account.move": "line_ids.sale_line_ids.order_id",
            "stock.picking": "move_ids.sale_line_id.order_id",
        }

    def _fill_orders(self, causes):
        """Give causes without `orders` those behind their documents, in batch."""
        groups = defaultdict(list)
        for cause in causes:
            if cause.get("orders") is None and cause["record"]:
                groups[cause["record"]._name].append(cause)
        paths = self._get_order_paths()
        for model, members in groups.items():
            path = paths.get(model)
            if path is None or not self._has_path(model, path):
                continue
            # The orders behind a document are found whoever raises the issue.
            records = self.env[model].browse([cause["record"].id for cause in members])
            for cause, record in zip(members, records, strict=True):
                cause["orders"] = record.mapped(path) if path else record

    def _has_path(self, model, path):
        for name in filter(None, path.split(".")):
            field = self.env[model]._fields.get(name)
            if field is None or not field.relational:
                return False
            model = field.comodel_name
        return True

    # New issues

    def _open_new(self, causes, detector):
        if not causes:
            return self.browse()
        # In one order everywhere, so that two who open the same wait, not deadlock.
        causes = sorted(causes, key=lambda cause: (cause["company"].id, cause["key"]))
        self._read_documents(causes)
        values = [self._prepare_values(cause, detector) for cause in causes]
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                return self.create(values)
        except UniqueViolation as error:
            # Somebody else opened one: it becomes visible to a new transaction only.
            raise ConcurrencyError("an open issue was opened twice") from error

    def _read_documents(self, causes):
        """Read names and customers of the documents together, a query for a model."""
        documents = defaultdict(set)
        for cause in causes:
            if cause["record"]:
                documents[cause["record"]._name].add(cause["record"].id)
            for order in self._get_order_rows(cause):
                documents[order["record"]._name].add(order["record"].id)
        for model, ids in documents.items():
            self.env[model].browse(ids).mapped("display_name")

    def _prepare_values(self, cause, detector):
        """Return the values of the new issue of a cause."""
        record = cause["record"].sudo()
        partner = cause.get("partner")
        if partner is None:
            partner = self._get_customer(record, cause)
        vals = {
            "key": cause["key"],
            "type_id": cause["type"].id,
            "company_id": cause["company"].id,
            "partner_id": partner.id if partner else False,
            "description": self._to_html(cause.get("note")),
            "cause_id": cause["cause"].id if cause.get("cause") else False,
            "detector": detector,
            "impact_ids": [Command.create(row) for row in self._prepare_impacts(cause)],
            **self._prepare_figures(cause),
            **(self._get_document_values(record) if record else {}),
        }
        if cause.get("severity"):
            vals["severity"] = cause["severity"]
        if self.env["operation.exception.owner"]._is_accountable(
            cause.get("owner") or self.env["res.users"]
        ):
            vals["owner_id"] = cause["owner"].id
        return vals

    @api.model
    def _to_html(self, note):
        return plaintext2html(note) if note and not hasattr(note, "__html__") else note

    def _prepare_figures(self, cause):
        """Return days and money: as told, otherwise the worst and the sum of orders."""
        rows = self._prepare_impacts(cause)
        days, money = cause.get("days"), cause.get("money")
        if days is None:
            days = max((row["days"] for row in rows), default=0)
        if money is None:
            money = sum(row["money"] for row in rows)
        else:
            money = self._to_company_currency(money, cause)
        return {"impact_days": days, "impact_money": money}

    def _prepare_impacts(self, cause):
        return [
            {
                "res_model": row["record"]._name,
                "res_id": row["record"].id,
                "res_name": row["record"].sudo().display_name,
                "days": row.get("days") or 0,
                "money": self._to_company_currency(row.get("money") or 0, cause),
            }
            for row in self._get_order_rows(cause)
        ]

    def _get_customer(self, record, cause):
        """The customer of the orders that are hit, else the partner of the document.

        The partner of a purchase is its vendor: nobody in place of several customers.
        """
        orders = [row["record"].sudo() for row in self._get_order_rows(cause)]
        customers = {
            order.partner_id for order in orders if "partner_id" in order._fields
        }
        if customers:
            return customers.pop() if len(customers) == 1 else None
        return record.partner_id if record and "partner_id" in record._fields else None

    def _get_order_rows(self, cause):
        orders = cause.get("orders")
        if orders is None:
            return []
        if isinstance(orders, models.BaseModel):
            return [{"record": order} for order in orders]
        return orders

    def _to_company_currency(self, money, cause):
        company, currency = cause["company"], cause.get("currency")
        if not currency or currency == company.currency_id:
            return money
        today = fields.Date.context_today(self)
        return currency._convert(money, company.currency_id, company, today)

    # Issues that are there

    def _refresh(self, known, causes, detector):
        """Update the issues whose cause is reported again, in few queries."""
        now = fields.Datetime.now()
        again = self.browse()
        for place, issue in known.items():
            figures = self._prepare_figures(causes[place])
            if issue.state == "solved" and (not detector or issue._is_worse(figures)):
                again |= issue
            changed = {
                name: value for name, value in figures.items() if issue[name] != value
            }
            if causes[place].get("severity") not in (None, issue.severity):
                changed["severity"] = causes[place]["severity"]
            if changed or not detector:
                issue.write({**changed, "last_seen": now})
        self._refresh_impacts(known, causes)
        again._reopen()

    def _is_worse(self, figures):
        return any(figures[name] > self[name] for name in figures)

    def _refresh_impacts(self, known, causes):
        rows = self.env["operation.exception.impact"].search(
            [("exception_id", "in", [issue.id for issue in known.values()])]
        )
        present = defaultdict(dict)
        for row in rows:
            present[row.exception_id][row.res_model, row.res_id] = row
        new, gone = [], rows.browse()
        for place, issue in known.items():
            if causes[place].get("orders") is None:
                continue
            there = present[issue]
            for values in self._prepare_impacts(causes[place]):
                row = there.pop((values["res_model"], values["res_id"]), None)
                if row is None:
                    new.append({**values, "exception_id": issue.id})
                elif (row.days, row.money) != (values["days"], values["money"]):
                    row.write({"days": values["days"], "money": values["money"]})
            gone = gone.concat(*there.values(), gone)
        gone.unlink()
        rows.create(new)

    # Clear

    @api.model
    def _clear_exception(self, key, reason=False, company=None):
        """Close the issue of a cause that is gone; see `_clear_exceptions`."""
        return self._clear_exceptions([key], reason, company)

    @api.model
    def _clear_exceptions(self, keys, reason=False, company=None):
        """Close the issues of causes that are gone, in a flat number of queries.

        Keys without an issue are passed over.

        :param keys: what the causes were called when they were raised
        :param str reason: why it is over, in words; told on the issue
        :param company: of this company only; without it, of all
        :returns: the issues that were closed, with sudo
        """
        # The fact counts, not the rights of whoever brought it about.
        issues = self.sudo().with_context(tracking_disable=True)
        domain = [("key", "in", list(keys)), ("state", "!=", "closed")]
        if company:
            domain.append(("company_id", "=", company.id))
        found = issues.search(domain)
        found._close_by_itself(reason or self.env._("Its cause is gone."))
        return found.with_env(self.sudo().env)

    def _close_by_itself(self, reason):
        """Close with the reason and the resolution that says so; for methods."""
        if not self:
            return
        resolution = self.env.ref(
            "operation_exception.reason_resolution_gone", raise_if_not_found=False
        )
        unsolved = self.filtered(lambda issue: issue.state in OPEN_STATES)
        unsolved.write(
            {"resolution_id": resolution and resolution.id, "resolution_note": reason}
        )
        self._go("closed", (*OPEN_STATES, "solved"))
        self._message_log_batch(bodies=dict.fromkeys(self.ids, reason))

    # Ask

    @api.model
    @api.readonly
    def get_open(self, order_ids=None, owner_id=None):
        """What is open, most urgent first.

        :param list order_ids: ids of sales orders: only what concerns these; whoever
            may read an order may know its issues
        :param int owner_id: id of a user: only what this person owns
        :returns: a list with a dictionary per issue: `id`, `model`, `name`, `type` (its
            code), `severity` ('0' low to '3' critical), `state` ('open',
            'acknowledged', 'in_progress'), `owner_id` and `owner` (name), `raised_on`,
            `due_date` (UTC), `is_overdue`, `days`, `money` with `currency`, `document`
            (node such as 'account.move,5', or False), `document_name`, `partner_id`,
            `partner`, `orders` (nodes)
        :raises AccessError: when the caller may not read one of the orders
        """
        issues = self
        domain = fields.Domain("state", "in", OPEN_STATES)
        if order_ids is not None:
            issues = self._for_orders(order_ids)
            domain &= fields.Domain(
                "impact_ids",
                "any",
                [("res_model", "=", ORDER_MODEL), ("res_id", "in", list(order_ids))],
            )
        if owner_id is not None:
            domain &= fields.Domain("owner_id", "=", owner_id)
        found = issues.search(domain, order="severity desc, due_date, id")
        # Names of owners and customers come with an issue that may be read.
        return [issue._get_row() for issue in found.sudo()]

    def _for_orders(self, order_ids):
        """Return self with sudo, for a caller who may read all these orders."""
        if ORDER_MODEL in self.env and order_ids:
            self.env[ORDER_MODEL].browse(order_ids).check_access("read")
        return self.sudo() if order_ids else self

    def _get_row(self):
        return {
            "id": self.id,
            "model": self._name,
            "name": self.name or "",
            "type": self.type_id.code,
            "severity": self.severity,
            "state": self.state,
            "owner_id": self.owner_id.id,
            "owner": self.owner_id.name,
            "raised_on": fields.Datetime.to_string(self.raised_on),
            "due_date": fields.Datetime.to_string(self.due_date),
            "is_overdue": self.is_overdue,
            "days": self.impact_days,
            "money": self.impact_money,
            "currency": self.currency_id.name,
            "document": bool(self.res_id) and f"{self.res_model},{self.res_id}",
            "document_name": self.res_name or False,
            "partner_id": self.partner_id.id or False,
            "partner": self.partner_id.name or False,
            "orders": [f"{row.res_model},{row.res_id}" for row in self.impact_ids],
        }
