from odoo import fields, models
from odoo.exceptions import AccessError

from .. import trail_guard


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    rollout_database_triggers = fields.Boolean(
        string="Protect the Trail in the Database",
        config_parameter=trail_guard.PARAMETER,
        help="The database itself refuses to change events, signatures and snapshots "
        "of rollouts, also by SQL.",
    )

    def set_values(self):
        """Put the triggers in or take them out; each trail tells it."""
        before = trail_guard.is_installed(self.env.cr)
        result = super().set_values()
        if self.rollout_database_triggers == before:
            return result
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator switches triggers."))
        if self.rollout_database_triggers:
            trail_guard.install(self.env.cr)
        else:
            trail_guard.remove(self.env.cr)
        # Told in every trail, whoever may read it.
        programmes = (
            self.env["rollout.programme"].sudo().search([("state", "!=", False)])
        )
        programmes._log("triggers", {"on": self.rollout_database_triggers})
        return result
