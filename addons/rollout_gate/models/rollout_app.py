from odoo import api, fields, models
from odoo.exceptions import ValidationError

APPLICATIONS = [
    ("purchase", "Purchase"),
    ("stock", "Inventory"),
    ("mrp", "Manufacturing"),
    ("quality", "Quality"),
    ("maintenance", "Maintenance"),
    ("account", "Accounting"),
    ("planning", "Planning"),
    ("documents", "Documents"),
    ("crm", "CRM"),
    ("sale", "Sales"),
    ("project", "Project"),
    ("helpdesk", "Helpdesk"),
    ("hr", "HR"),
]
# Not part of Community: what is done instead has to be said.
ENTERPRISE = ("quality", "planning", "documents", "helpdesk")
# What the others rest on.
BACKBONE = ("stock", "purchase", "documents", "account")


class RolloutApp(models.Model):
    """Which applications a programme works with, since when, and why not."""

    _name = "rollout.app"
    _description = "Application in Scope"
    _inherit = ["rollout.mixin"]
    _order = "programme_id, step, id"
    _rec_name = "application"

    _tracked = ("application", "scope", "step", "substitute", "reason")

    programme_id = fields.Many2one(
        comodel_name="rollout.programme",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_programme_id(),
    )
    application = fields.Selection(selection=APPLICATIONS, required=True)
    scope = fields.Selection(
        selection=[
            ("open", "To Decide"),
            ("in", "In Scope"),
            ("later", "Later"),
            ("out", "Out of Scope"),
        ],
        required=True,
        default="open",
        group_expand=True,
    )
    step = fields.Integer(
        default=2,
        aggregator=None,
        help="1: the backbone of goods and money. 2: what is built on it.",
    )
    in_community = fields.Boolean(
        compute="_compute_is_known",
        help="Part of Odoo Community.",
    )
    is_installed = fields.Boolean(string="Installed", compute="_compute_is_known")
    substitute = fields.Char(help="What is used instead.")
    reason = fields.Char(help="Why it is in scope, or why not.")

    _application_unique = models.Constraint(
        "UNIQUE(programme_id, application)", "This application is listed already."
    )

    @api.depends("application")
    def _compute_is_known(self):
        # Which modules are installed is no secret of who plans.
        modules = self.env["ir.module.module"].sudo()
        installed = modules.search([("state", "=", "installed")]).mapped("name")
        for app in self:
            app.in_community = bool(app.application) and (
                app.application not in ENTERPRISE
            )
            app.is_installed = app.application in installed

    @api.constrains("scope", "substitute", "reason", "application")
    def _check_reason(self):
        for app in self:
            if app.scope == "in" and app.application in ENTERPRISE:
                if not app.substitute:
                    raise ValidationError(
                        self.env._(
                            "%(app)s is not part of Community: say what is used "
                            "instead.",
                            app=app.display_name,
                        )
                    )
            if app.scope in ("later", "out") and not app.reason:
                raise ValidationError(
                    self.env._("Say why %(app)s is left out.", app=app.display_name)
                )

    @api.depends("application")
    def _compute_display_name(self):
        labels = dict(self._fields["application"]._description_selection(self.env))
        for app in self:
            app.display_name = labels.get(app.application, "")

    @api.model
    def _get_usual(self, programme):
        """Return the values of all applications, to be decided."""
        return [
            {
                "programme_id": programme.id,
                "application": code,
                "step": 1 if code in BACKBONE else 2,
            }
            for code, _label in APPLICATIONS
        ]
