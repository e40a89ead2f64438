from odoo import fields, models
from odoo.exceptions import UserError


class RolloutDecided(models.AbstractModel):
    """What somebody asks for and a body decides on; decided, it stays as it is.

    Its model has a field `state`.
    """

    _name = "rollout.decided"
    _description = "Entry That Is Decided On"
    _inherit = ["rollout.mixin", "mail.thread"]

    # The state in which it is written and waits for a decision.
    _undecided = "requested"

    approver_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict", copy=False
    )

    def write(self, vals):
        if not self.env.su and self.filtered(
            lambda each: each.state != self._undecided
        ):
            raise UserError(
                self.env._(
                    "What is decided stays: end it, or ask for what replaces it."
                )
            )
        return super().write(vals)

    def _check_state(self, state=None):
        if self.state != (state or self._undecided):
            raise UserError(
                self.env._("%(name)s is decided already.", name=self.display_name)
            )

    def _decide(self, state, **payload):
        """Write what the user has decided; who may was checked before."""
        self._go(state, {"approver_id": self.env.uid}, **payload)

    def _go(self, state, vals=None, **payload):
        # States are written by methods only.
        self.sudo().write({"state": state, **(vals or {})})
        self._log(state, payload)
