from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine import chain, check, life
from .rollout_template import KINDS, SEVERITIES, SIDES

STATES = [
    ("todo", "To Do"),
    ("in_progress", "In Progress"),
    ("to_verify", "To Verify"),
    ("passed", "Met"),
    ("failed", "Not Met"),
    ("na_requested", "Asked: Not Applicable"),
    ("na", "Not Applicable"),
]
CHECK_STATUSES = [
    ("passed", "Passed"),
    ("failed", "Failed"),
    ("empty", "Nothing to Look At"),
    ("stale", "Too Old"),
    ("error", "Error"),
]
assert [code for code, _name in CHECK_STATUSES] == list(check.STATUSES)
# Only a run of the checks says how these stand.
COMPUTED = ("check", "gate")
# To change one of these, or what is asked for, is to prepare the gate.
CONTENT = {
    "name",
    "note",
    "value",
    "target",
    "attachment_ids",
    "na_reason",
}


# What is asked for: it is not made easier by who has to meet it.
DEMANDS = {
    "kind",
    "severity",
    "side",
    "check_code",
    "evidence_count",
    "target",
    "needs_verifier",
    "subgate_id",
}
GRADES = [code for code, _name in SEVERITIES]


class RolloutGateItem(models.Model):
    _name = "rollout.gate.item"
    _description = "Gate Item"
    _inherit = ["rollout.mixin"]
    _order = "gate_id, sequence, id"

    _protected = frozenset(
        {
            "state",
            "done_by_id",
            "done_on",
            "verified_by_id",
            "checked_on",
            "check_note",
            "check_status",
            "check_evidence",
            "na_by_id",
            "template_item_id",
        }
    )
    _fixed = frozenset({"gate_id"})
    _tracked = (
        "name",
        *sorted(DEMANDS),
        "na_reason",
        "owner_id",
        "verifier_id",
        "due_date",
        "value",
        "note",
        "attachment_ids",
    )

    gate_id = fields.Many2one(
        comodel_name="rollout.gate", required=True, ondelete="restrict", index=True
    )
    programme_id = fields.Many2one(
        related="gate_id.programme_id", store=True, index=True
    )
    company_id = fields.Many2one(related="gate_id.company_id", store=True, index=True)
    site_id = fields.Many2one(related="gate_id.site_id", store=True)
    gate_state = fields.Selection(related="gate_id.state", string="Gate Is")
    template_item_id = fields.Many2one(
        comodel_name="rollout.template.item", readonly=True, ondelete="restrict"
    )
    name = fields.Char(required=True)
    sequence = fields.Integer(default=100, aggregator=None)
    kind = fields.Selection(selection=KINDS, required=True, default="manual")
    severity = fields.Selection(selection=SEVERITIES, required=True, default="critical")
    side = fields.Selection(selection=SIDES, required=True, default="business")
    function_id = fields.Many2one(
        comodel_name="rollout.function", ondelete="restrict", help="Whose work it is."
    )
    state = fields.Selection(
        selection=STATES,
        default="todo",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        group_expand=True,
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        index=True,
        ondelete="restrict",
        domain=[("share", "=", False)],
        copy=False,
    )
    verifier_id = fields.Many2one(
        comodel_name="res.users",
        ondelete="restrict",
        domain=[("share", "=", False)],
        copy=False,
        help="Confirms it: another person than who did it.",
    )
    needs_verifier = fields.Boolean(string="Second Person")
    due_date = fields.Date(string="Due", copy=False)
    note = fields.Text(string="Result", copy=False)
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment", string="Attachments", copy=False
    )
    file_count = fields.Integer(string="Files", compute="_compute_file_count")
    evidence_count = fields.Integer(string="Files Needed", aggregator=None)
    value = fields.Float(copy=False, aggregator=None)
    target = fields.Float(aggregator=None)
    check_code = fields.Char(string="Check")
    subgate_id = fields.Many2one(
        comodel_name="rollout.gate",
        string="Other Gate",
        ondelete="restrict",
        domain="[('programme_id', '=', programme_id), ('id', '!=', gate_id)]",
    )
    na_reason = fields.Char(string="Why Not Applicable", copy=False)
    na_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict", copy=False
    )
    done_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict", copy=False
    )
    done_on = fields.Datetime(readonly=True, copy=False)
    verified_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict", copy=False
    )
    checked_on = fields.Datetime(readonly=True, copy=False)
    check_note = fields.Char(string="Check Says", readonly=True, copy=False)
    check_status = fields.Selection(
        selection=CHECK_STATUSES, string="Check Result", readonly=True, copy=False
    )
    check_evidence = fields.Text(
        readonly=True, copy=False, help="What a signature rests on, as JSON."
    )
    waiver_ids = fields.One2many(
        comodel_name="rollout.waiver", inverse_name="item_id", readonly=True
    )
    is_waived = fields.Boolean(string="Waived", compute="_compute_is_waived")
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    @api.depends("waiver_ids.state", "waiver_ids.valid_until")
    def _compute_is_waived(self):
        for item in self:
            item.is_waived = bool(item.sudo().waiver_ids._filter_active())

    @api.depends("attachment_ids")
    def _compute_file_count(self):
        for item in self:
            # How many there are is no secret of who attached them.
            item.file_count = len(item.sudo().attachment_ids)

    @api.depends("due_date", "state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for item in self:
            late = item.due_date and item.due_date < today
            item.is_overdue = bool(late and item.state not in life.DONE)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = fields.Domain("state", "not in", life.DONE) & fields.Domain(
            "due_date", "<", fields.Date.context_today(self)
        )
        return overdue if True in value else ~overdue

    @api.depends("owner_id", "verifier_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for item in self:
            item.is_mine = self.env.user in item.owner_id | item.verifier_id

    @api.constrains("subgate_id", "gate_id")
    def _check_subgate(self):
        """The gate of another programme, perhaps an easier one, meets nothing here."""
        for item in self.sudo():
            other = item.subgate_id
            if other and other.programme_id != item.programme_id:
                raise ValidationError(
                    self.env._("Choose a gate of the same programme as %s.", item.name)
                )

    def _to_engine(self):
        return life.Item(
            self.id,
            self.name,
            self.state,
            self.severity,
            self.side,
            self.owner_id.name or "",
            self.is_waived,
        )

    def _is_met(self):
        return self.sudo()._to_engine().is_met

    def _get_content(self):
        """Return what a signature rests on: plain values, the same at each reading."""
        content = {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "severity": self.severity,
            "state": self.state,
            "waived": self.is_waived,
            "value": self.value,
            "target": self.target,
            "note": self.note or "",
            "done_by": self.done_by_id.login or "",
            "verified_by": self.verified_by_id.login or "",
            "files": sorted(
                (file.name, file.checksum or "") for file in self.attachment_ids
            ),
        }
        if self.check_evidence:
            content["evidence"] = self.check_evidence
        return content

    # Create and write

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        if not self.env.su:
            items._check_content_open()
            items.gate_id._add_preparers(self.env.user)
        return items

    def write(self, vals):
        if not self.env.su:
            self._check_duty("contributor", "manager")
            content = (CONTENT | DEMANDS) & vals.keys()
            if content:
                self._check_content_open()
            if vals.keys() - {"owner_id"}:
                self._check_owner()
            if "owner_id" in vals:
                self._check_hand_over()
            self._check_demands(vals)
            result = super().write(vals)
            if content:
                self._adopt_files()
                self._prepare()
            return result
        return super().write(vals)

    def _check_demands(self, vals):
        """The manager asks for more; what comes from the template is never less."""
        for item in self:
            for name in DEMANDS & vals.keys():
                if (vals[name] or False) == (item._get_plain_value(name) or False):
                    continue
                item._check_duty("manager")
                if item.template_item_id and item._is_easier(name, vals[name]):
                    raise UserError(
                        self.env._(
                            "%(field)s of %(item)s comes from the template: it may be "
                            "made harder, not easier.",
                            field=self._fields[name]._description_string(self.env),
                            item=item.name,
                        )
                    )

    def _get_plain_value(self, name):
        value = self[name]
        return value.id if name == "subgate_id" else value

    def _is_easier(self, name, value):
        if name == "severity":
            return GRADES.index(value) > GRADES.index(self.severity)
        if name in ("evidence_count", "target", "needs_verifier"):
            return (value or 0) < self[name]
        return name != "subgate_id"

    def _prepare(self):
        """Content has changed: it is met anew, by who has prepared the gate."""
        self._forget_done()
        self.gate_id._add_preparers(self.env.user)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_template(self):
        self._check_content_open()
        if not self.env.su:
            self._check_duty("manager")
        if self.template_item_id:
            raise UserError(
                self.env._(
                    "This item belongs to the template: say that it is not applicable."
                )
            )

    def _check_content_open(self):
        """Content is worked on while the gate is open, not while others sign it."""
        for item in self:
            if item.gate_id.state not in ("locked", "open"):
                raise UserError(
                    self.env._(
                        "%(gate)s is %(state)s: withdraw the review or open it again "
                        "first.",
                        gate=item.gate_id.display_name,
                        state=self.env["rollout.gate"]._get_state_label(
                            item.gate_id.state
                        ),
                    )
                )

    def _adopt_files(self):
        """Link new files to their item, so that who reads it reads them."""
        for item in self:
            # Those of the user only: a file of somebody else stays theirs.
            new = item.attachment_ids.sudo().filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            new.write({"res_model": self._name, "res_id": item.id})
            # Nobody shows as evidence what they may not see.
            item.sudo().attachment_ids.with_env(self.env).check_access("read")

    def _forget_done(self):
        """What was met or verified has to be so again after its content changed."""
        done = self.sudo().filtered(lambda item: item.state in ("passed", "to_verify"))
        done = done.filtered(lambda item: item.kind not in COMPUTED)
        done.write({"state": "in_progress", "verified_by_id": False})

    def _check_owner(self):
        """Items are changed by who owns them, and by the programme manager."""
        if self.env.su or "manager" in self._get_duties():
            return
        for item in self:
            if item.owner_id != self.env.user:
                owner = item.sudo().owner_id.name or self.env._("nobody yet")
                raise AccessError(
                    self.env._(
                        "%(item)s is owned by %(owner)s. Take it, or ask for it.",
                        item=item.name,
                        owner=owner,
                    )
                )

    def _check_hand_over(self):
        if "manager" in self._get_duties():
            return
        for item in self:
            if item.owner_id and item.owner_id != self.env.user:
                raise AccessError(
                    self.env._("Only its owner or the programme manager hands it over.")
                )

    # Life

    def _go(self, state, **vals):
        # States are written by methods only; who did it, the event tells itself.
        self.sudo().write({"state": state, **vals})
        self._log("item", {"state": state})

    def _start_work(self):
        """Who works on an item, of an open gate, is its owner."""
        self.check_access("read")
        self._check_duty("contributor", "manager")
        for item in self:
            if item.gate_id.state != "open":
                raise UserError(
                    self.env._("%(gate)s is not open.", gate=item.gate_id.display_name)
                )
        self._check_owner()

    def action_take(self):
        """Own what nobody owns."""
        self.check_access("read")
        self._check_duty("contributor", "manager")
        for item in self:
            if item.owner_id and item.owner_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(item)s is owned by %(owner)s.",
                        item=item.name,
                        owner=item.sudo().owner_id.name,
                    )
                )
            item.owner_id = self.env.user
        return True

    def action_start(self):
        """The owner works on it."""
        self._start_work()
        self._go("in_progress")
        return True

    def action_done(self):
        """The owner says it is met: evidence and figures have to be there.

        An automatic item runs its check instead.
        """
        computed = self.filtered(lambda item: item.kind in COMPUTED)
        computed.action_check()
        items = self - computed
        items._start_work()
        for item in items:
            item._check_evidence()
            item.gate_id._add_preparers(self.env.user)
            state = "to_verify" if item.needs_verifier or item.verifier_id else "passed"
            if item.kind == "metric" and item.value < item.target:
                state = "failed"
            item._go(
                state,
                done_by_id=self.env.uid,
                done_on=fields.Datetime.now(),
                verified_by_id=False,
            )
        return True

    def _get_files_needed(self):
        is_file = self.kind in ("evidence", "deliverable")
        return max(int(is_file), self.evidence_count)

    def _forget_lost_evidence(self):
        """What was met with files that are gone has to be met anew."""
        lost = self.filtered(
            lambda item: (
                item.state in ("passed", "to_verify")
                and item.file_count < item._get_files_needed()
            )
        )
        lost._forget_done()

    def _check_evidence(self):
        needed = self._get_files_needed()
        if len(self.attachment_ids) < needed:
            raise UserError(
                self.env._(
                    "%(item)s needs %(count)s files as evidence: attach them first.",
                    item=self.name,
                    count=needed,
                )
            )

    def action_verify(self):
        """A second person confirms it: never who did it, nor who owns it."""
        self._check_verifier()
        self._go("passed", verified_by_id=self.env.uid)
        return True

    def action_fail(self):
        """It is not met: said by its owner, or by who verifies it."""
        for item in self:
            if item.state == "to_verify":
                item._check_verifier()
            else:
                item._start_work()
                item.gate_id._add_preparers(self.env.user)
            item._check_not_computed()
            item._go("failed", verified_by_id=False)
        return True

    def _check_not_computed(self):
        if self.kind in COMPUTED:
            raise UserError(self.env._("Only its check says how this stands."))

    def _check_verifier(self):
        self.check_access("read")
        self._check_duty("contributor", "manager", "process_owner", "design_authority")
        for item in self:
            if item.gate_id.state != "open" or item.state != "to_verify":
                raise UserError(self.env._("There is nothing to verify."))
            if self.env.su or self.env.user in item.done_by_id | item.owner_id:
                raise AccessError(
                    self.env._("Another person than who did it has to verify it.")
                )
            if item.verifier_id and item.verifier_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(verifier)s verifies this.",
                        verifier=item.sudo().verifier_id.name,
                    )
                )

    def action_request_na(self):
        """The owner asks to leave it out, with a reason."""
        self._start_work()
        for item in self:
            if not item.na_reason:
                raise UserError(self.env._("Say why it is not applicable."))
            item.gate_id._add_preparers(self.env.user)
            item._go("na_requested", na_by_id=self.env.uid)
        return True

    def action_approve_na(self):
        """Who signs the gate agrees that it is not applicable."""
        self.check_access("read")
        for item in self:
            if item.gate_id.state != "open" or item.state != "na_requested":
                raise UserError(self.env._("Nobody asked to leave this out."))
            own = item.na_by_id | item.owner_id
            if item.gate_id._refuse_person(own, item.gate_id._get_seats().user_id):
                raise AccessError(
                    self.env._(
                        "Somebody who signs this gate has to agree, and not who asked."
                    )
                )
            item._go("na", na_by_id=self.env.uid)
        return True

    def action_reset(self):
        """Back to do."""
        self._start_work()
        for item in self:
            item._check_not_computed()
            item.gate_id._add_preparers(self.env.user)
            item._go("todo", verified_by_id=False)
        return True

    def action_check(self):
        """Run the automatic checks of these items now."""
        self.check_access("read")
        self._check_duty("contributor", "manager")
        # Checks see everything; what they say is not a person's to write.
        self.filtered(lambda item: item.gate_id.state == "open").sudo()._run_checks()
        return True

    def _run_checks(self):
        """Bring automatic items up to date; called as superuser."""
        computed = self.filtered(
            lambda item: item.kind in COMPUTED and item.state != "na"
        )
        for item, result in self.env["rollout.check"]._run(computed).items():
            state = "passed" if check.is_passed(result) else "failed"
            changed = (item.state, item.check_status) != (state, result.status)
            item.write({"state": state, **item._prepare_check(result)})
            if changed:
                payload = {"state": state, "check": result.note}
                item._log("item", {**payload, "status": result.status})

    @api.model
    def _prepare_check(self, result):
        return {
            "check_status": result.status,
            "check_note": result.note,
            "check_evidence": result.evidence and chain.to_json(result.evidence),
            "checked_on": result.as_of or fields.Datetime.now(),
        }

    def action_waive(self):
        """Ask for a waiver."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for a Waiver"),
            "res_model": "rollout.waiver",
            "view_mode": "form",
            "target": "new",
            "context": {"default_item_id": self.id},
        }
