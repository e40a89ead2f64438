from odoo import api, models
from odoo.exceptions import AccessError


class RolloutImmutable(models.AbstractModel):
    """Rows that are written once: nobody changes or deletes them, nor the superuser."""

    _name = "rollout.immutable"
    _description = "Row That Is Never Changed"
    # No user columns: deleting a user would empty them.
    _log_access = False

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._raise_immutable()
        return super().create(vals_list)

    # Refused altogether, so nothing is handed on.

    def write(self, vals):  # pylint: disable=method-required-super
        self._raise_immutable()

    def unlink(self):  # pylint: disable=method-required-super
        self._raise_immutable()

    def copy(self, default=None):  # pylint: disable=method-required-super
        self._raise_immutable()

    @api.model
    def _raise_immutable(self):
        raise AccessError(
            self.env._("The trail is written by the system and never changed.")
        )
