from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .operation_exception_owner import Need
from .operation_exception_type import SEVERITIES

OPEN_STATES = ("open", "acknowledged", "in_progress")
STATES = [
    ("open", "Open"),
    ("acknowledged", "Acknowledged"),
    ("in_progress", "In Progress"),
    ("solved", "Solved"),
    ("closed", "Closed"),
]
# Only methods change these, after they have checked who asks.
PROTECTED = {
    "closed_on",
    "company_id",
    "covered_owner_id",
    "detector",
    "due_date",
    "escalated_on",
    "escalated_to_id",
    "escalation_level",
    "handover_ids",
    "hours_to_solve",
    "impact_ids",
    "key",
    "last_seen",
    "owner_id",
    "owner_reason",
    "raised_on",
    "res_id",
    "res_model",
    "res_name",
    "solved_by_id",
    "solved_on",
    "state",
}


class OperationException(models.Model):
    _name = "operation.exception"
    _description = "Open Issue"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "severity desc, due_date, id"
    _check_company_auto = True
    # Whoever may read an issue may comment on it.
    _mail_post_access = "read"

    name = fields.Char(
        string="Subject",
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
    )
    key = fields.Char(
        readonly=True,
        copy=False,
        help="Names the cause: one issue for each until it is closed.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    type_id = fields.Many2one(
        comodel_name="operation.exception.type",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
    )
    severity = fields.Selection(
        selection=SEVERITIES,
        compute="_compute_severity",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        tracking=True,
    )
    state = fields.Selection(
        selection=STATES,
        default="open",
        required=True,
        index=True,
        tracking=True,
        copy=False,
        group_expand=True,
    )
    # What it is about
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="res_model", readonly=True
    )
    res_name = fields.Char(string="Document Name", readonly=True)
    document = fields.Reference(
        selection="_selection_document",
        compute="_compute_document",
        inverse="_inverse_document",
    )
    active_document = fields.Boolean(compute="_compute_active_document")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", index="btree_not_null"
    )
    impact_ids = fields.One2many(
        comodel_name="operation.exception.impact",
        inverse_name="exception_id",
        string="Affected Orders",
    )
    impact_days = fields.Float(string="Days Late", aggregator="avg", tracking=True)
    impact_money = fields.Monetary(
        string="Money at Stake",
        tracking=True,
        help="What is at stake for the customer, in the currency of the company: never "
        "a cost.",
    )
    cause_id = fields.Many2one(
        comodel_name="operation.exception.reason",
        string="Root Cause",
        domain=[("kind", "=", "cause")],
        ondelete="restrict",
        tracking=True,
    )
    description = fields.Html(string="What Happened")
    # Who answers
    owner_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
    )
    owner_reason = fields.Char(string="Owner Because", readonly=True)
    covered_owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Stands in For",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The owner is the deputy of this absent person, and gives it back.",
    )
    deputy_id = fields.Many2one(
        comodel_name="res.users",
        compute="_compute_deputy_id",
        help="Who takes over during the owner's next absence.",
    )
    team_id = fields.Many2one(
        comodel_name="operation.exception.team",
        compute="_compute_team_id",
        store=True,
        precompute=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
    )
    handover_ids = fields.One2many(
        comodel_name="operation.exception.handover",
        inverse_name="exception_id",
        string="Owners so Far",
        readonly=True,
    )
    # Until when
    raised_on = fields.Datetime(
        default=fields.Datetime.now, required=True, readonly=True, copy=False
    )
    due_date = fields.Datetime(string="Due", required=True, index=True, tracking=True)
    last_seen = fields.Datetime(
        readonly=True, copy=False, help="When its cause was reported last."
    )
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    age_days = fields.Integer(
        string="Age (Days)", compute="_compute_is_overdue", aggregator=None
    )
    escalation_level = fields.Integer(readonly=True, copy=False, aggregator=None)
    escalated_to_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="set null", copy=False
    )
    escalated_on = fields.Datetime(readonly=True, copy=False)
    # How it ended
    resolution_id = fields.Many2one(
        comodel_name="operation.exception.reason",
        domain=[("kind", "=", "resolution")],
        ondelete="restrict",
        copy=False,
        tracking=True,
    )
    resolution_note = fields.Char(copy=False)
    solved_on = fields.Datetime(readonly=True, copy=False)
    solved_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="set null", copy=False
    )
    closed_on = fields.Datetime(readonly=True, copy=False)
    hours_to_solve = fields.Float(readonly=True, copy=False, aggregator="avg")
    detector = fields.Char(
        readonly=True, copy=False, help="The detector that opened it and closes it."
    )
    can_change = fields.Boolean(compute="_compute_can_change")

    _key_unique = models.UniqueIndex(
        "(company_id, key) WHERE state != 'closed'",
        "There is an issue for this cause already: it is updated, not opened again.",
    )
    _document_index = models.Index("(res_model, res_id) WHERE state != 'closed'")

    @api.model
    def _selection_document(self):
        models_ = self.env["ir.model"].sudo()
        found = models_.search_fetch(
            [("is_mail_thread", "=", True), ("abstract", "=", False)], ["model", "name"]
        )
        return [(model.model, model.name) for model in found]

    @api.depends("type_id", "res_name")
    def _compute_name(self):
        for issue in self:
            parts = [issue.type_id.name, issue.res_name]
            issue.name = ": ".join(part for part in parts if part)

    @api.depends("type_id")
    def _compute_severity(self):
        for issue in self:
            issue.severity = issue.type_id.severity or "1"

    @api.depends("active_document")
    @api.depends_context("uid")
    def _compute_document(self):
        """The document as a link, for those who may read it."""
        known = {value for value, _label in self._selection_document()}
        for issue in self:
            issue.document = (
                issue.active_document
                and issue.res_model in known
                and f"{issue.res_model},{issue.res_id}"
            )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid")
    def _compute_active_document(self):
        """Whether the reader can open the document: it is there, and theirs to read."""
        for issue in self:
            issue.active_document = False
        for model, issues in self.filtered("res_id").grouped("res_model").items():
            if model not in self.env:
                continue
            documents = self.env[model].browse(issues.mapped("res_id")).exists()
            readable = set(documents._filtered_access("read").ids)
            for issue in issues:
                issue.active_document = issue.res_id in readable

    def _inverse_document(self):
        for issue in self:
            if issue.id and not self.env.su and issue.res_id:
                raise AccessError(
                    self.env._("The document of an issue stays the one it is about.")
                )
            # A new issue, entered by hand.
            issue.sudo().write(self._get_document_values(issue.document))

    @api.model
    def _get_document_values(self, document):
        if not document:
            return {"res_model": False, "res_id": False, "res_name": False}
        return {
            "res_model": document._name,
            "res_id": document.id,
            "res_name": document.display_name,
        }

    @api.depends("owner_id")
    def _compute_team_id(self):
        teams = (
            self.env["operation.exception.team"]
            .sudo()
            .search(
                [
                    "|",
                    ("member_ids", "in", self.owner_id.ids),
                    ("leader_id", "in", self.owner_id.ids),
                ]
            )
        )
        for issue in self:
            mine = teams.filtered(
                lambda team, issue=issue: (
                    issue.owner_id in team.member_ids | team.leader_id
                    and team.company_id in (issue.company_id, team.company_id.browse())
                )
            )
            issue.team_id = mine[:1]

    @api.depends("owner_id")
    def _compute_deputy_id(self):
        today = fields.Date.context_today(self)
        # An absence tells no more than who stands in.
        absences = (
            self.env["operation.exception.absence"]
            .sudo()
            .search(
                [("user_id", "in", self.owner_id.ids), ("date_to", ">=", today)],
                order="date_from desc",
            )
        )
        deputies = {absence.user_id: absence.deputy_id for absence in absences}
        for issue in self:
            issue.deputy_id = deputies.get(issue.owner_id)

    @api.depends("due_date", "state", "raised_on", "closed_on")
    def _compute_is_overdue(self):
        now = fields.Datetime.now()
        for issue in self:
            is_open = issue.state in OPEN_STATES
            issue.is_overdue = bool(is_open and issue.due_date and issue.due_date < now)
            end = issue.solved_on or issue.closed_on or now
            issue.age_days = issue.raised_on and (end - issue.raised_on).days

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = fields.Domain("state", "in", OPEN_STATES) & fields.Domain(
            "due_date", "<", fields.Datetime.now()
        )
        return overdue if True in value else ~overdue

    @api.depends_context("uid")
    @api.depends("owner_id", "covered_owner_id", "team_id")
    def _compute_can_change(self):
        changeable = self._filter_changeable()
        for issue in self:
            issue.can_change = issue in changeable

    @api.constrains("owner_id")
    def _check_owner(self):
        Owner = self.env["operation.exception.owner"]
        for issue in self.filtered(lambda issue: issue.state in OPEN_STATES):
            if not Owner._is_accountable(issue.owner_id):
                self._raise_unfit(issue.owner_id)

    def _raise_unfit(self, user):
        raise ValidationError(
            self.env._(
                "%(user)s cannot own an open issue: choose a colleague who is active.",
                user=user.sudo().name or self.env._("Nobody"),
            )
        )

    # Create and write

    @api.model_create_multi
    def create(self, vals_list):
        """Each issue gets a key, an owner, a due date, a trail and an activity."""
        if not self.env.su:
            self._refuse(PROTECTED - {"company_id", "owner_id"}, vals_list)
        self._complete(vals_list)
        issues = super().create(vals_list)
        # Trail and activity are not the creator's to write.
        issues.sudo()._add_handovers({})
        issues.sudo()._schedule_activities()
        return issues

    def write(self, vals):
        if not self.env.su:
            self._refuse(PROTECTED, [vals])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_person(self):
        if not self.env.su and not self.env.user._is_admin():
            raise AccessError(self.env._("Close an issue instead of deleting it."))

    def unlink(self):
        # They would ask for another activity otherwise.
        activities = self.sudo()._get_issue_activities()
        activities.exception_id = False
        activities.unlink()
        return super().unlink()

    @api.model
    def _refuse(self, names, vals_list):
        """Refuse values that only methods write, but for empty defaults."""
        touched = {name for vals in vals_list for name in names & vals.keys()}
        defaults = {"state": "open"}
        touched = {
            name
            for name in touched
            if any(
                vals.get(name) not in (None, False, [], defaults.get(name))
                for vals in vals_list
            )
            or self.ids
        }
        if touched:
            raise AccessError(
                self.env._(
                    "%(fields)s of an issue change with its buttons only.",
                    fields=", ".join(
                        sorted(self._fields[name].string for name in touched)
                    ),
                )
            )

    @api.model
    def _complete(self, vals_list):
        """Fill in what an issue always has, in batch."""
        now = fields.Datetime.now()
        needs, due_dates = [], {}
        for vals in vals_list:
            self._complete_document(vals)
            vals.setdefault("company_id", self.env.company.id)
            vals.setdefault("raised_on", now)
            vals.setdefault("last_seen", now)
            if not vals.get("key"):
                vals["key"] = self._get_manual_key()
            issue_type = self.env["operation.exception.type"].browse(
                vals.get("type_id")
            )
            company = self.env["res.company"].browse(vals["company_id"])
            # A form sends what it left empty, or knew before it knew the document.
            for name, shown in (("name", issue_type.name), ("team_id", False)):
                if name in vals and vals[name] in (False, "", shown):
                    del vals[name]
            if issue_type and not vals.get("due_date"):
                vals["due_date"] = self._get_due_date(
                    due_dates, issue_type, company, vals["raised_on"]
                )
            if issue_type and not vals.get("owner_id"):
                document = self._get_document(vals)
                needs.append((vals, Need(company, issue_type, document)))
        self._find_owners(needs)

    @api.model
    def _get_due_date(self, known, issue_type, company, raised_on):
        """Return until when it is due; `known` keeps answers, a calendar is slow."""
        key = (issue_type, company, raised_on)
        if key not in known:
            # Response time and calendar are nobody's secret.
            known[key] = issue_type.sudo()._get_due_date(
                company.sudo(), fields.Datetime.to_datetime(raised_on)
            )
        return known[key]

    @api.model
    def _get_manual_key(self):
        # What a person enters has no cause that somebody else could report.
        return f"manual-{uuid4()}"

    @api.model
    def _complete_document(self, vals):
        document = vals.pop("document", None)
        if document:
            model, _comma, res_id = document.partition(",")
            record = self.env[model].browse(int(res_id)).exists()
            if not record:
                raise UserError(self.env._("This document does not exist any more."))
            record.check_access("read")
            vals.update(self._get_document_values(record))
            if not vals.get("partner_id") and "partner_id" in record._fields:
                # Also where the contact is hidden from whoever enters the issue.
                vals["partner_id"] = record.sudo().partner_id.id

    @api.model
    def _get_document(self, vals):
        model, res_id = vals.get("res_model"), vals.get("res_id")
        if model in self.env and res_id:
            # The ladder reads fields that whoever raises an issue may not read.
            return self.env[model].sudo().browse(res_id)
        return None

    @api.model
    def _find_owners(self, needs):
        if not needs:
            return
        owners = self.env["operation.exception.owner"]._resolve(
            [need for _vals, need in needs]
        )
        for (vals, _need), (owner, covers, reason) in zip(needs, owners, strict=True):
            vals.update(owner_id=owner, covered_owner_id=covers, owner_reason=reason)

    # Who may change it

    def _filter_changeable(self):
        """Return the issues that the user may hand over, solve and close.

        Owners, who they stand in for, leads of the team, and directors.
        """
        user = self.env.user
        if self.env.su or user.has_group("operation_exception.group_director"):
            return self
        # The leader of a team is no secret, the team may be another company's.
        return self.filtered(
            lambda issue: user
            in issue.owner_id | issue.covered_owner_id | issue.sudo().team_id.leader_id
        )

    def _check_changeable(self):
        self.check_access("read")
        refused = self - self._filter_changeable()
        if refused:
            raise AccessError(
                self.env._(
                    "%(issue)s belongs to %(owner)s: only the owner, the team lead or "
                    "a director changes it.",
                    issue=refused[0].display_name,
                    owner=refused[0].sudo().owner_id.name,
                )
            )

    # Life

    def action_acknowledge(self):
        """The owner has seen it."""
        self._check_changeable()
        self._go("acknowledged", ("open",))
        return True

    def action_start(self):
        """The owner works on it."""
        self._check_changeable()
        self._go("in_progress", ("open", "acknowledged"))
        return True

    def action_solve(self):
        """The owner has solved it; needs a resolution on each issue."""
        self._check_changeable()
        self._check_resolution()
        self._go("solved", OPEN_STATES)
        return True

    def action_close(self):
        """It is verified that the cause is gone; needs a resolution on each issue."""
        self._check_changeable()
        self._check_resolution()
        self._go("closed", (*OPEN_STATES, "solved"))
        return True

    def action_reopen(self):
        """What was solved or closed is not: it is open again, and due anew."""
        self._check_changeable()
        self._check_no_twin()
        self._reopen()
        return True

    def _check_resolution(self):
        missing = self.filtered(lambda issue: not issue.resolution_id)
        if missing:
            raise UserError(
                self.env._(
                    "Choose a resolution first: %(issues)s",
                    issues=", ".join(missing[:5].mapped("display_name")),
                )
            )

    def _check_no_twin(self):
        """A closed issue stays closed where its cause has another by now."""
        for issue in self.sudo().filtered(lambda issue: issue.state == "closed"):
            twin = self.sudo()._search_keys([issue.key], issue.company_id)
            if twin:
                raise UserError(
                    self.env._(
                        "There is a newer issue for this cause: %(issue)s.",
                        issue=twin.display_name,
                    )
                )

    def _go(self, state, before):
        """Move the issues that are in one of the states `before`; checked before."""
        # States are written by methods only, whatever the rights on the record.
        moved = self.sudo().filtered(lambda issue: issue.state in before)
        if not moved:
            return moved
        now = fields.Datetime.now()
        moved.write({"state": state})
        if state in ("solved", "closed"):
            moved.filtered(lambda issue: not issue.solved_on)._stamp_solved(now)
            moved._finish_activities()
        if state == "closed":
            moved.write({"closed_on": now})
        return moved

    def _stamp_solved(self, now):
        for issue in self:
            issue.solved_on = now
            issue.solved_by_id = self.env.user
            issue.hours_to_solve = (now - issue.raised_on).total_seconds() / 3600

    def _reopen(self):
        now = fields.Datetime.now()
        issues = self.sudo().filtered(lambda issue: issue.state in ("solved", "closed"))
        for issue in issues:
            issue.write(
                {
                    "state": "open",
                    "solved_on": False,
                    "solved_by_id": False,
                    "closed_on": False,
                    "hours_to_solve": 0,
                    "resolution_id": False,
                    "escalation_level": 0,
                    "due_date": issue.type_id._get_due_date(issue.company_id, now),
                }
            )
        issues._replace_lost_owners(issues.owner_id)
        issues._schedule_activities()
        return issues

    def _solve_from_activity(self, feedback=False):
        """The activity of an issue was done: so it is solved."""
        issues = self.sudo().filtered(lambda issue: issue.state in OPEN_STATES)
        resolution = self.env.ref(
            "operation_exception.reason_resolution_activity", raise_if_not_found=False
        )
        for issue in issues:
            vals = {
                "resolution_id": (
                    issue.resolution_id or resolution or issue.resolution_id
                ).id
            }
            if feedback:
                vals["resolution_note"] = feedback
            issue.write(vals)
        issues._go("solved", OPEN_STATES)

    # Buttons

    def _get_actions(self):
        """Return the buttons of an issue that fit its type and document.

        Modules add theirs with super(). An action may be offered to whoever reads the
        issue: its method checks the rights itself.

        :returns: a list of {"code", "label", "method"}: the name of a method of this
            model that takes the issue and may return an action to open
        """
        self.ensure_one()
        if not self.active_document:
            return []
        return [
            {
                "code": "open_document",
                "label": self.env._("Open %(name)s", name=self.res_name),
                "method": "_action_open_document",
            }
        ]

    @api.readonly
    def get_actions(self):
        """Return the buttons of each issue: what can be done about it.

        :returns: a list with a dictionary per issue, in order: `id`, `model`,
            `actions` (a list of {"code", "label"})
        """
        self.check_access("read")
        return [
            {
                "id": issue.id,
                "model": issue._name,
                "actions": [
                    {"code": action["code"], "label": action["label"]}
                    for action in issue._get_actions()
                ],
            }
            for issue in self
        ]

    def action_run(self, code):
        """Press the button `code` of an issue; return the action it opens, if any.

        :raises UserError: when the issue does not offer it (any more)
        """
        self.ensure_one()
        self.check_access("read")
        for action in self._get_actions():
            if action["code"] == code:
                return getattr(self, action["method"])()
        raise UserError(self.env._("This cannot be done for this issue any more."))

    def _action_open_document(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
