from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

STRATEGIES = [
    ("single", "All at once"),
    ("plant", "Plant by plant"),
    ("unit", "By business unit"),
    ("domain", "By process domain"),
]
SCOPES = [("programme", "Programme"), ("wave", "Wave"), ("site", "Site")]
KINDS = [
    ("manual", "To do"),
    ("evidence", "Evidence"),
    ("deliverable", "Deliverable"),
    ("metric", "Figure"),
    ("check", "Automatic check"),
    ("gate", "Another gate"),
]
SEVERITIES = [
    ("blocker", "Blocker"),
    ("critical", "Critical"),
    ("major", "Major"),
    ("minor", "Minor"),
]
# What can go wrong; items say which of it they take away.
RISKS = [
    ("data", "Master Data"),
    ("customization", "Customisation"),
    ("adoption", "Adoption"),
    ("cutover", "Cutover"),
    ("technology", "Hosting and Interfaces"),
    ("supplier", "Supplier Disruption"),
    ("stock", "Stock Accuracy"),
    ("scheduling", "Scheduling"),
    ("workforce", "Workforce"),
    ("drift", "Changed After Signing"),
]
SIDES = [("business", "Business"), ("technical", "Technical")]
SITE_STATES = [
    ("candidate", "Candidate"),
    ("planned", "Planned"),
    ("in_build", "In Build"),
    ("ready", "Ready"),
    ("cutover", "Cutover"),
    ("live", "Live"),
    ("hypercare", "Hypercare"),
    ("steady", "Steady"),
    ("suspended", "Suspended"),
]


class RolloutTemplate(models.Model):
    """The gates of a programme, in a version that never changes once it is in use."""

    _name = "rollout.template"
    _description = "Rollout Template"
    _order = "sequence, code, version desc"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    version = fields.Integer(default=1, readonly=True, copy=False, aggregator=None)
    sequence = fields.Integer(default=10)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("active", "In Use"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    description = fields.Text(translate=True)
    strategy = fields.Selection(selection=STRATEGIES, required=True, default="plant")
    gate_ids = fields.One2many(
        comodel_name="rollout.template.gate", inverse_name="template_id", copy=True
    )
    active = fields.Boolean(default=True)
    gate_count = fields.Integer(compute="_compute_counts")
    item_count = fields.Integer(compute="_compute_counts")

    _version_unique = models.Constraint(
        "UNIQUE(code, version)", "This template has this version already."
    )

    @api.depends("gate_ids.item_ids")
    def _compute_counts(self):
        for template in self:
            template.gate_count = len(template.gate_ids)
            template.item_count = len(template.gate_ids.item_ids)

    @api.depends("name", "version")
    def _compute_display_name(self):
        for template in self:
            template.display_name = f"{template.name} v{template.version}"

    @api.model_create_multi
    def create(self, vals_list):
        """A version begins as a draft."""
        if not self.env.su:
            vals_list = [{**vals, "state": "draft"} for vals in vals_list]
        return super().create(vals_list)

    def _get_authors(self):
        """Return the persons who entered or changed what it asks for."""
        gates = self.gate_ids
        parts = (gates, gates.item_ids, gates.function_ids)
        users = self.env["res.users"].union(
            *(part.create_uid | part.write_uid for part in parts)
        )
        return users.filtered(lambda user: not user._is_superuser())

    def write(self, vals):
        if not self.env.su:
            if {"state", "version"} & vals.keys():
                raise UserError(
                    self.env._("Templates change state with their buttons.")
                )
            self._check_changeable(vals)
        return super().write(vals)

    def _check_changeable(self, vals=None):
        """A version in use stays as it is: programmes were signed on it."""
        if self.env.su or not set(vals or ["gate_ids"]) - {"active", "sequence"}:
            return
        if self.filtered(lambda template: template.state != "draft"):
            raise UserError(
                self.env._("This version is in use and stays. Make a new version.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_changeable()

    def action_activate(self):
        """This version is the one for new programmes; the one before retires."""
        self.check_access("write")
        self._check_gates()
        for template in self.filtered(lambda template: template.state == "draft"):
            before = self.search(
                [("code", "=", template.code), ("state", "=", "active")]
            )
            # The state is not a person's to write.
            before.sudo().state = "retired"
            template.sudo().state = "active"
        return True

    def action_new_version(self):
        """A draft of the next version, to be changed."""
        self.ensure_one()
        return self.copy()._get_records_action()

    def copy_data(self, default=None):
        """A copy is the next version."""
        vals_list = super().copy_data(default)
        every = self.with_context(active_test=False)
        for vals in vals_list:
            last = every.search(
                [("code", "=", vals["code"])], order="version desc", limit=1
            )
            vals["version"] = last.version + 1
        return vals_list

    def _check_gates(self):
        for template in self:
            if not template.gate_ids:
                raise ValidationError(self.env._("A template needs a gate."))
            unsigned = template.gate_ids.filtered(lambda gate: not gate.function_ids)
            if unsigned:
                raise ValidationError(
                    self.env._(
                        "Nobody signs %(gate)s: name a function that does.",
                        gate=unsigned[0].display_name,
                    )
                )
            named = {
                code
                for gate in template.gate_ids
                for code in gate._get_predecessor_codes()
            }
            strange = named - set(template.gate_ids.mapped("code"))
            if strange:
                raise ValidationError(
                    self.env._(
                        "There is no gate %(codes)s in this template.",
                        codes=", ".join(sorted(strange)),
                    )
                )
