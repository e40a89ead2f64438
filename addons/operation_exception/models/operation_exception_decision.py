from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class OperationExceptionDecision(models.Model):
    _name = "operation.exception.decision"
    _description = "Decision of a Review"
    _order = "is_done, due_date, id"

    review_id = fields.Many2one(
        comodel_name="operation.exception.review",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="review_id.company_id", store=True)
    name = fields.Char(string="Decision", required=True)
    owner_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        domain=[("share", "=", False)],
        default=lambda self: self.env.user,
    )
    due_date = fields.Date(string="Due", required=True)
    exception_id = fields.Many2one(
        comodel_name="operation.exception", string="Open Issue", ondelete="set null"
    )
    is_done = fields.Boolean(string="Done", readonly=True)
    done_on = fields.Date(readonly=True)

    @api.constrains("owner_id")
    def _check_owner(self):
        Owner = self.env["operation.exception.owner"]
        for decision in self:
            if not Owner._is_accountable(decision.owner_id):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot follow up: choose an active colleague.",
                        user=decision.sudo().owner_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        decisions = super().create(vals_list)
        decisions._check_open()
        return decisions

    def write(self, vals):
        self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_open()

    def _check_open(self):
        if not self.env.su and "closed" in self.mapped("review_id.state"):
            raise AccessError(
                self.env._("This review is closed: its decisions stay as they are.")
            )

    def action_done(self):
        """The owner, or whoever holds reviews, has done what was decided."""
        if not self.env.user.has_group("operation_exception.group_lead"):
            self.filtered(lambda decision: decision.owner_id != self.env.user)._refuse()
        # A closed review refuses other changes.
        self.sudo().write({"is_done": True, "done_on": fields.Date.context_today(self)})
        return True

    def _refuse(self):
        if self:
            raise AccessError(
                self.env._("%(owner)s follows this up.", owner=self[0].owner_id.name)
            )

    def _schedule(self):
        """Give the owners of what is to be done an activity on the review."""
        for decision in self.filtered(lambda decision: not decision.is_done):
            decision.review_id.activity_schedule(
                "mail.mail_activity_data_todo",
                decision.due_date,
                summary=decision.name,
                user_id=decision.owner_id.id,
            )
