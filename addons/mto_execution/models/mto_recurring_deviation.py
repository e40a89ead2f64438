from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ..engine import diagnose

# So many orders back is looked.
WINDOW = 10
# Half a working day sooner or later is no wrong lead time.
DAYS = 0.5
DECIDED = ("applied", "dismissed")


class MtoRecurringDeviation(models.Model):
    """What the closings of a bill of materials show again and again.

    Found by comparing; a person decides. What was decided stays as the trace of it.
    """

    _name = "mto.recurring.deviation"
    _description = "Recurring Deviation"
    _order = "state desc, times desc, id"
    _rec_name = "message"

    bom_id = fields.Many2one(
        "mrp.bom",
        "Bill of Materials",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    product_tmpl_id = fields.Many2one(related="bom_id.product_tmpl_id")
    diagnosis = fields.Selection(
        selection=[
            ("bom", "BoM quantity"),
            ("step", "Time of a step"),
            ("fragile", "Fragile component"),
            ("deadline", "Lead time"),
        ],
        required=True,
        readonly=True,
    )
    product_id = fields.Many2one("product.product", "Component", readonly=True)
    operation_id = fields.Many2one(
        "mrp.routing.workcenter", "Step", readonly=True, ondelete="cascade"
    )
    times = fields.Integer(readonly=True, help="So many orders deviated.")
    looked_at = fields.Integer("Of the Last", readonly=True)
    frequency = fields.Char("Deviated in", compute="_compute_message")
    mean = fields.Float(digits=(16, 3), readonly=True)
    spread = fields.Float(
        digits=(16, 3),
        readonly=True,
        help="Standard deviation of what the orders took.",
    )
    current = fields.Float(
        "Now",
        digits=(16, 3),
        readonly=True,
        help="For one piece: quantity of the component in its unit, minutes of the "
        "step, or days.",
    )
    suggested = fields.Float(digits=(16, 3), readonly=True)
    unit = fields.Char(readonly=True)
    message = fields.Char("Evidence", compute="_compute_message")
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("dismissed", "Dismissed"),
            ("applied", "Applied"),
        ],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    decided_on = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", "Decided by", readonly=True)

    _open_uniq = models.UniqueIndex(
        "(bom_id, COALESCE(product_id, 0), COALESCE(operation_id, 0)) "
        "WHERE state = 'open'",
        "Somebody else looks at this bill of materials.",
    )

    @api.depends("diagnosis", "times", "looked_at", "mean", "spread", "current")
    @api.depends_context("lang")
    def _compute_message(self):
        for deviation in self:
            deviation.message = deviation._get_message()
            deviation.frequency = self.env._(
                "%(times)s of the last %(looked_at)s",
                times=deviation.times,
                looked_at=deviation.looked_at,
            )

    def _get_message(self):
        """ "Brake kit: more than planned in 4 of the last 5 orders; ..." """
        words = {
            "bom": self.env._("takes another quantity than planned"),
            "step": self.env._("takes another time than planned"),
            "fragile": self.env._("is lost or broken now and then"),
            "deadline": self.env._("Orders end on another day than planned"),
        }
        subject = self.product_id.display_name or self.operation_id.name
        said = words[self.diagnosis]
        return self.env._(
            "%(what)s in %(times)s of the last %(looked_at)s orders: %(mean)s "
            "%(unit)s on average (spread %(spread)s), the bill of materials says "
            "%(current)s.",
            what=f"{subject} {said}" if subject else said,
            times=self.times,
            looked_at=self.looked_at,
            mean=self._format(self.mean),
            spread=self._format(self.spread),
            current=self._format(self.current),
            unit=self.unit or "",
        )

    def _format(self, value):
        return formatLang(self.env, value, digits=3).rstrip("0").rstrip(".,")

    # Looking

    @api.model
    def _cron_look(self):
        """Look at all companies, once a day."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            self._look(company)

    @api.model
    def action_look_again(self):
        """Look at the closings of the companies that are selected, now.

        Needs the right to change bills of materials.

        :return: an action that shows the list again
        """
        self._check_may_decide()
        # Checked above: the list is written by methods only.
        for company in self.env.companies:
            self.sudo()._look(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _look(self, company):
        """Write what recurs now in place of what was open."""
        found = self._find(company)
        known = self.search([("company_id", "=", company.id), ("state", "=", "open")])
        fresh = []
        for deviation in known:
            vals = found.pop(deviation._get_key(), None)
            if vals is None:
                deviation.unlink()
            else:
                deviation.write(vals)
        for (bom_id, product_id, operation_id), vals in found.items():
            fresh.append(
                {
                    "bom_id": bom_id,
                    "product_id": product_id,
                    "operation_id": operation_id,
                    "company_id": company.id,
                    **vals,
                }
            )
        return self.create(fresh)

    def _get_key(self):
        return self.bom_id.id, self.product_id.id, self.operation_id.id

    def _find(self, company):
        """{(bill of materials, component, step): values}; ids, False for none."""
        found = {}
        decided = self._get_decided(company)
        history = self._read_history(company)
        boms = self.env["mrp.bom"].browse(history).exists()
        for bom in boms:
            for key, series in bom._get_deviation_series(history[bom.id], decided):
                tolerance = self._get_tolerance(company, series.kind)
                if diagnosis := diagnose(series, tolerance):
                    found[key] = self._prepare(key, series, diagnosis)
        return found

    def _get_tolerance(self, company, kind):
        return {
            "component": company.tolerance_quantity,
            "step": company.tolerance_time,
            "deadline": DAYS,
        }[kind]

    def _prepare(self, key, series, diagnosis):
        _bom, product_id, operation_id = key
        unit = self.env._("days")
        if product_id:
            unit = self.env["product.product"].browse(product_id).uom_id.name
        elif operation_id:
            unit = self.env._("minutes")
        return {
            "diagnosis": diagnosis.kind,
            "times": diagnosis.times,
            "looked_at": diagnosis.looked_at,
            "mean": diagnosis.mean,
            "spread": diagnosis.spread,
            "current": series.current,
            "suggested": diagnosis.suggested,
            "unit": unit,
        }

    def _get_decided(self, company):
        """{key: when somebody decided last}: older orders say nothing any more."""
        groups = self._read_group(
            [("company_id", "=", company.id), ("state", "in", DECIDED)],
            ["bom_id", "product_id", "operation_id"],
            ["decided_on:max"],
        )
        return {
            (bom.id, product.id, operation.id): moment
            for bom, product, operation, moment in groups
        }

    def _read_history(self, company):
        """{bill of materials: [closing: {..., "lines": [...]}], the last first}."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT closing.id, closing.bom_id, closing.planned_end,
                    closing.actual_end, plan.frozen_on, line.kind, line.product_id,
                    line.operation, line.planned, line.actual,
                    COALESCE(line.scrapped, 0) AS scrapped
                FROM (
                    SELECT *, ROW_NUMBER() OVER (
                        PARTITION BY bom_id ORDER BY closed_on DESC, id DESC) AS place
                    FROM mto_production_closing candidate
                    WHERE company_id = %s AND bom_id IS NOT NULL AND is_planned
                      AND NOT EXISTS (
                        SELECT FROM mto_production_reopening reopening
                        WHERE reopening.closing_id = candidate.id)) closing
                JOIN mto_production_closing_line line ON line.closing_id = closing.id
                LEFT JOIN mto_production_plan plan
                  ON plan.production_id = closing.production_id
                WHERE closing.place <= %s
                ORDER BY closing.place, line.id""",
                company.id,
                WINDOW,
            )
        )
        history = defaultdict(dict)
        for row in rows:
            closings = history[row["bom_id"]]
            closing = closings.setdefault(row["id"], {**row, "lines": []})
            closing["lines"].append(row)
        return {bom: list(closings.values()) for bom, closings in history.items()}

    # Deciding

    def action_apply(self):
        """Write what is suggested into the bill of materials, with a trace there.

        Needs the right to change bills of materials.

        :return: True
        :raises odoo.exceptions.AccessError: without that right
        :raises odoo.exceptions.UserError: for what was decided, what says otherwise
            meanwhile, and for what is no figure of the bill of materials
        """
        self._check_may_decide()
        for deviation in self:
            deviation._check_open()
            deviation._apply()
        self._record_decision("applied")
        return True

    def action_dismiss(self):
        """Keep the bill of materials as it is; only newer orders are looked at.

        Needs the right to change bills of materials.

        :return: True
        """
        self._check_may_decide()
        for deviation in self:
            deviation._check_open()
            deviation.bom_id.message_post(
                body=self.env._("Kept as it is: %s", deviation.message)
            )
        self._record_decision("dismissed")
        return True

    def _check_may_decide(self):
        if not self.env["mrp.bom"].has_access("write"):
            raise AccessError(
                self.env._(
                    "Only people who may change bills of materials decide about this."
                )
            )

    def _check_open(self):
        if self.state != "open":
            raise UserError(self.env._("Somebody decided meanwhile. Look again."))

    def _apply(self):
        # With the rights of the user, whatever the list is written with.
        bom = self.bom_id
        current = bom._get_deviation_value(self.product_id, self.operation_id)
        if abs(current - self.current) > 0.0005:
            raise UserError(
                self.env._(
                    "The bill of materials was changed meanwhile: it says %(now)s, not "
                    "%(then)s. Look again.",
                    now=self._format(current),
                    then=self._format(self.current),
                )
            )
        bom._set_deviation_value(self.product_id, self.operation_id, self.suggested)
        bom.message_post(
            body=self.env._(
                "Changed from %(old)s to %(new)s %(unit)s: %(evidence)s",
                old=self._format(self.current),
                new=self._format(self.suggested),
                unit=self.unit or "",
                evidence=self.message,
            )
        )

    def _record_decision(self, state):
        # Checked by the callers; nobody writes the trace by hand.
        self.sudo().write(
            {
                "state": state,
                "decided_on": fields.Datetime.now(),
                "decided_by_id": self.env.uid,
            }
        )
