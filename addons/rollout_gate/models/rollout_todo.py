from odoo import fields, models


class RolloutTodo(models.AbstractModel):
    """What is to do and then done: by whom and when."""

    _name = "rollout.todo"
    _description = "Entry That Is Done"
    _inherit = ["rollout.mixin", "mail.thread"]

    _protected = frozenset({"state", "done_by_id", "done_on"})
    _reset_duties = ("contributor", "manager")

    state = fields.Selection(
        selection=[("todo", "To Do"), ("done", "Done")],
        default="todo",
        required=True,
        readonly=True,
        copy=False,
        group_expand=True,
    )
    done_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict", copy=False
    )
    done_on = fields.Datetime(readonly=True, copy=False)

    def action_done(self):
        """It is done; refused while something is missing."""
        self.check_access("read")
        self._check_duty("contributor", "manager")
        now = fields.Datetime.now()
        for entry in self.sorted():
            entry._check_doable()
            entry._go("done", done_by_id=self.env.uid, done_on=now)
        return True

    def action_reset(self):
        """Back to do."""
        self.check_access("read")
        self._check_duty(*self._reset_duties)
        self._go("todo", done_by_id=False, done_on=False)
        return True

    def _check_doable(self):
        """Refuse what cannot be done yet; a hook."""
        self.ensure_one()

    def _go(self, state, **vals):
        # States are written by methods only.
        self.sudo().write({"state": state, **vals})
        self._log("done" if state == "done" else "reset")
