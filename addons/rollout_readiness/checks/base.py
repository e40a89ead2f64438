"""What a check is. One small class is all that a module adds; it is found by itself."""

from dataclasses import dataclass, field
from functools import cached_property

from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from ..engine.outcome import SEVERITIES, Tolerance

_lt = LazyTranslate(__name__)

# Codes of areas, in the order of the page; the first eight are the foundation.
FOUNDATION = (
    ("items", _lt("Item Master")),
    ("boms", _lt("Bills of Materials")),
    ("routing", _lt("Routing and Work Centers")),
    ("units", _lt("Units of Measure")),
    ("vendors", _lt("Vendors")),
    ("warehouses", _lt("Warehouses")),
    ("replenishment", _lt("Replenishment")),
    ("accounts", _lt("Accounts")),
)
AREAS = (
    *FOUNDATION,
    ("stock", _lt("Stock")),
    ("orders", _lt("Orders and Production")),
    ("cash", _lt("Quotation to Cash")),
    ("system", _lt("Users and System")),
)

# {code: [classes, those of later modules last]}
_CLASSES = {}


class CheckError(Exception):
    """A check that is not complete: said to its author, at import."""


@dataclass
class Scope:
    """Where a check looks: a company, or the warehouses of one of its sites."""

    env: object
    company: object
    site: object = False
    warehouses: object = field(default=None)
    # Plain values that checks of one run share: records do not outlive a check.
    memory: dict = field(default_factory=dict)

    @cached_property
    def values(self):
        """What the SQL of checks may name."""
        company = self.company
        return {
            "company": company.id,
            # How columns of company-dependent fields name a company.
            "company_key": str(company.id),
            # Taxes and accounts may belong to the company that this is a branch of.
            "lineage": tuple(company.parent_ids.ids),
            "root": company.root_id.id,
            # Where the places at subcontractors begin, as a parent path.
            "subcontractors": self._get_subcontractors_path(),
            "mto": self.env["readiness.check"]._get_make_to_order_sql(company),
            "warehouses": tuple(self.warehouses.ids) if self.warehouses else (0,),
            # 0 for the whole company.
            "site": self.site.id if self.site else 0,
        }

    def _get_subcontractors_path(self):
        name = "subcontracting_location_id"
        place = name in self.company._fields and self.company[name]
        return place.parent_path if place else "none"


class Check:
    """A fact that has to hold in the database, and the records for which it does not.

    A check with SQL names what it looks at; other checks implement `count()` and
    `find()`. It only reads: it runs in a read-only subtransaction, with all rights.
    """

    # Unique; a later module that gives the same code replaces the check.
    code = ""
    # One of AREAS, or a value that was added to `readiness.check.area`.
    area = ""
    # What should be so, why it matters, what is wrong otherwise, and what to do.
    name = ""
    reason = ""
    fault = ""
    advice = ""
    # What is counted: a plural.
    things = ""
    # The model of the offenders.
    model = ""
    severity = "major"
    # Codes of the gates that rest on it.
    gates = ()
    # Code of the function (`rollout.function`) whose work it is.
    owner = "production"
    tolerance = Tolerance()
    # How long a result counts.
    hours = 24
    # How long its statements may take.
    seconds = 30
    # Modules without which there is nothing to check.
    needs = ()
    # Why it does not apply where `is_absent()` says so.
    absence = ""
    # Nothing to look at is a failure, not "not applicable".
    expects_data = False
    # External id of the window action in which it is put right.
    fix = ""
    # The field of an offender that leads to the record in which it is put right, where
    # that is another one: `fix` opens those.
    fix_through = ""
    # The field of the records that `fix` opens which leads to the offenders, where they
    # are put right in records that hang on them: prices of a product.
    fix_from = ""
    # What the button says that puts it right by itself; see `repair()`.
    repair_label = ""

    # The four pieces of a query.
    key = ""
    rows = ""
    scope_sql = "TRUE"
    wrong = ""
    # The column that tells the warehouse, where there is one.
    warehouse = ""
    # {name: (model, alias, field)}: columns of company-dependent fields.
    columns = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.code:
            cls._check_complete()
            _CLASSES.setdefault(cls.code, []).append(cls)

    @classmethod
    def _check_complete(cls):
        names = ("area", "name", "reason", "fault", "advice", "things", "model")
        missing = [name for name in names if not getattr(cls, name)]
        if missing:
            raise CheckError(f"Check {cls.code} needs: {', '.join(missing)}")
        if cls.severity not in SEVERITIES:
            raise CheckError(f"Check {cls.code}: severity is one of {SEVERITIES}")
        if cls.find is Check.find and not (cls.key and cls.rows and cls.wrong):
            raise CheckError(f"Check {cls.code} needs find(), or key, rows and wrong")

    @classmethod
    def get_module(cls):
        """Return the name of the module that brings the check."""
        return cls.__module__.removeprefix("odoo.addons.").partition(".")[0]

    def __init__(self, scope):
        self.scope = scope
        self.env = scope.env
        self.company = scope.company

    # What a check answers

    def is_absent(self):
        """Whether what it looks at is not used in this company."""
        return False

    def count(self):
        """Return how many records were looked at."""
        [[count]] = self._query(
            "SELECT count(DISTINCT %s) FROM %s WHERE %s",
            self._sql(self.key),
            self._sql(self.rows),
            self._where(),
        )
        return count

    def find(self):
        """Return the ids of the offenders."""
        rows = self._query(
            "SELECT DISTINCT %s FROM %s WHERE %s AND (%s)",
            self._sql(self.key),
            self._sql(self.rows),
            self._where(),
            self._sql(self.wrong),
        )
        return [row_id for [row_id] in rows]

    def repair(self, env):
        """Put right what can be put right without a choice.

        :param env: of the user who asks: what they may not do is not done
        """
        raise NotImplementedError

    # SQL

    def _query(self, code, *args):
        # A literal of this class, with pieces of classes: nothing of a user.
        return self.env.execute_query(SQL(code, *args))

    def _sql(self, text):
        """Return a piece of a check with the values it names."""
        return SQL(text, **self.values)

    @cached_property
    def values(self):
        columns = {
            name: self._get_column(*where) for name, where in self.columns.items()
        }
        return {**self.scope.values, **columns}

    def _get_column(self, model, alias, name):
        """The value of a company-dependent field in the company, with its default."""
        records = self.env[model].with_company(self.company)
        return records._field_to_sql(alias, name)

    def _where(self):
        scope = self._sql(self.scope_sql)
        if not self.warehouse or not self.scope.warehouses:
            return SQL("(%s)", scope)
        column = SQL(self.warehouse)
        return SQL("(%s) AND %s IN %s", scope, column, self.values["warehouses"])


def get_check_classes(modules):
    """Return {code: class} of the checks that these modules bring, by code.

    Of several with one code the last one counts: a module replaces a check of those it
    depends on.
    """
    found = {}
    for code in sorted(_CLASSES):
        of_modules = [each for each in _CLASSES[code] if each.get_module() in modules]
        if of_modules:
            found[code] = of_modules[-1]
    return found
