import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..checks.base import AREAS, get_check_classes

_logger = logging.getLogger(__name__)

SEVERITIES = [
    ("blocker", "Blocker"),
    ("critical", "Critical"),
    ("major", "Major"),
    ("minor", "Minor"),
]


class ReadinessCheck(models.Model):
    """The catalogue: a record for each check class of the installed modules.

    What a check does is code; a record holds what may be chosen. It is kept in step
    with the classes by each installation and update.
    """

    _name = "readiness.check"
    _description = "Readiness Check"
    _inherit = ["mail.thread"]
    _order = "area_sequence, severity_rank, code"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, readonly=True)
    active = fields.Boolean(
        default=True,
        tracking=True,
        help="Archived checks are not run in this database.",
    )
    is_installed = fields.Boolean(
        readonly=True,
        default=True,
        help="A module that is installed brings this check.",
    )
    area = fields.Selection(
        selection=lambda self: self._get_areas(), required=True, readonly=True
    )
    area_sequence = fields.Integer(readonly=True, aggregator=None)
    severity = fields.Selection(selection=SEVERITIES, required=True, readonly=True)
    severity_rank = fields.Integer(readonly=True, aggregator=None)
    tolerance_count = fields.Integer(
        string="Tolerated",
        tracking=True,
        aggregator=None,
        help="So many offenders are a warning, not a failure.",
    )
    tolerance_percent = fields.Float(
        string="Tolerated (%)",
        tracking=True,
        aggregator=None,
        help="So many of a hundred are a warning, not a failure.",
    )
    hours = fields.Integer(
        string="Counts For (Hours)",
        default=24,
        tracking=True,
        aggregator=None,
        help="After that its result is old and no longer counts.",
    )
    name = fields.Char(
        string="What Should Be", compute="_compute_words", search="_search_name"
    )
    reason = fields.Char(string="Why", compute="_compute_words")
    advice = fields.Char(string="What to Do", compute="_compute_words")
    gates = fields.Char(compute="_compute_words")
    owner_function_id = fields.Many2one(
        comodel_name="rollout.function",
        string="Whose Work",
        compute="_compute_owner_function_id",
    )
    result_ids = fields.One2many(
        comodel_name="readiness.result", inverse_name="check_id", string="Results"
    )

    _code_unique = models.Constraint("unique (code)", "A code is used once.")

    @api.model
    def _get_areas(self):
        return [(code, self.env._(name)) for code, name in AREAS]

    # Classes

    @api.model
    def _get_classes(self):
        """Return {code: check class} of the installed modules."""
        return get_check_classes(self.env.registry._init_modules)

    def _get_class(self):
        """Return the class of a check, or None where its module is gone."""
        self.ensure_one()
        return self._get_classes().get(self.code)

    @api.model
    def _get_installed(self):
        """Return the checks that can be run and are not archived."""
        # A module that was taken out since the last update has left its records.
        classes = self._get_classes()
        checks = self.search([("is_installed", "=", True)])
        return checks.filtered(lambda check: check.code in classes)

    def _register_hook(self):
        super()._register_hook()
        # A check of any module gets its record when that is installed or updated.
        if self.env.registry.updated_modules:
            self._synchronise()

    @api.model
    def _synchronise(self):
        """Give each class its record; those of modules that are gone rest."""
        checks = self.sudo().with_context(active_test=False, tracking_disable=True)
        known = {check.code: check for check in checks.search([("code", "!=", False)])}
        classes = self._get_classes()
        new = []
        for code, check_class in classes.items():
            vals = self._prepare_check(check_class)
            if code in known:
                known[code]._update_changed(vals)
            else:
                new.append({**vals, **self._prepare_choices(check_class)})
        checks.create(new)
        gone = checks.browse(c.id for code, c in known.items() if code not in classes)
        gone.filtered("is_installed").is_installed = False

    @api.model
    def _prepare_check(self, check_class):
        areas = [code for code, _name in AREAS]
        ranks = [code for code, _name in SEVERITIES]
        area = check_class.area
        return {
            "code": check_class.code,
            "area": area,
            "area_sequence": areas.index(area) if area in areas else len(areas),
            "severity": check_class.severity,
            "severity_rank": ranks.index(check_class.severity),
            "is_installed": True,
        }

    @api.model
    def _prepare_choices(self, check_class):
        """What a person may choose otherwise later."""
        return {
            "tolerance_count": check_class.tolerance.count,
            "tolerance_percent": check_class.tolerance.percent,
            "hours": check_class.hours,
        }

    def _update_changed(self, vals):
        changed = {name: value for name, value in vals.items() if self[name] != value}
        if changed:
            self.write(changed)

    # Words

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_words(self):
        classes = self._get_classes()
        for check in self:
            found = classes.get(check.code)
            check.name = self.env._(found.name) if found else check.code
            check.reason = self.env._(found.reason) if found else False
            check.advice = self.env._(found.advice) if found else False
            check.gates = ", ".join(found.gates) if found else False

    @api.depends("code")
    def _compute_owner_function_id(self):
        classes = self._get_classes()
        functions = self.env["rollout.function"].search([("code", "!=", False)])
        by_code = functions.grouped("code")
        for check in self:
            found = classes.get(check.code)
            check.owner_function_id = found and by_code.get(found.owner)

    @api.depends("code", "name")
    def _compute_display_name(self):
        for check in self:
            check.display_name = f"{check.code} {check.name}"

    def _search_name(self, operator, value):
        """Names are words of the code: they are looked through in Python."""
        if operator not in ("ilike", "=", "in", "like"):
            return NotImplemented
        values = [value] if isinstance(value, str) else list(value)
        wanted = [str(each).lower() for each in values if each]
        codes = [
            code
            for code, found in self._get_classes().items()
            if any(text in self.env._(found.name).lower() for text in wanted)
        ]
        return Domain("code", "in", codes)

    # What is made to order

    @api.model
    def _get_make_to_order_sql(self, company):
        """Return SQL that yields the ids of templates that are made to order.

        By routes of the product or its category; modules that decide it otherwise add
        theirs.
        """
        return SQL(MAKE_TO_ORDER, company=company.id)


MAKE_TO_ORDER = """
    WITH route AS (
        SELECT DISTINCT r.route_id
          FROM stock_rule r JOIN stock_route rt ON rt.id = r.route_id AND rt.active
         WHERE r.active AND r.action IN ('pull', 'pull_push')
           AND r.procure_method IN ('make_to_order', 'mts_else_mto')
           AND (rt.product_selectable OR rt.product_categ_selectable)
           AND (r.company_id IS NULL OR r.company_id = %(company)s)
    ), categ AS (
        SELECT c.id
          FROM product_category c
          JOIN product_category a ON c.parent_path LIKE a.parent_path || '%%'
          JOIN stock_route_categ sc ON sc.categ_id = a.id
          JOIN route USING (route_id))
    SELECT t.id FROM product_template t
     WHERE t.active AND t.type = 'consu'
       AND (t.company_id IS NULL OR t.company_id = %(company)s)
       AND (t.categ_id IN (SELECT id FROM categ)
            OR t.id IN (SELECT product_id FROM stock_route_product
                          JOIN route USING (route_id)))
"""
