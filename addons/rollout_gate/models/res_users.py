from odoo import api, models
from odoo.exceptions import AccessError
from odoo.http import request

DUTIES = (
    "viewer",
    "contributor",
    "process_owner",
    "manager",
    "design_authority",
    "steering",
    "auditor",
    "configurator",
)


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _get_rollout_duty_labels(self):
        return [
            ("viewer", self.env._("Viewer")),
            ("contributor", self.env._("Contributor")),
            ("process_owner", self.env._("Process Owner")),
            ("manager", self.env._("Programme Manager")),
            ("design_authority", self.env._("Design Authority")),
            ("steering", self.env._("Steering Member")),
            ("auditor", self.env._("Auditor")),
            ("configurator", self.env._("Configurator")),
        ]

    def _get_rollout_duties(self):
        """Return the duties of a user, by the groups they are in."""
        self.ensure_one()
        return {duty for duty in DUTIES if self.has_group(f"rollout_gate.group_{duty}")}

    @api.model
    def _check_rollout_screen(self):
        """Refuse a script that pretends to be a person: it has no session."""
        if not request or request.session.uid != self.env.uid:
            raise AccessError(
                self.env._("This is signed on the screen: sign in with a browser.")
            )
