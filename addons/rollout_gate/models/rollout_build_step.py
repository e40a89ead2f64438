from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import dependency


class RolloutBuildStep(models.Model):
    """What is configured in which order: a step waits for those before it."""

    _name = "rollout.build.step"
    _description = "Build Step"
    _inherit = ["rollout.todo"]
    _order = "programme_id, stage, sequence, id"

    _reset_duties = ("manager",)
    _tracked = ("name", "stage", "predecessor_ids", "owner_id", "decision_id")

    name = fields.Char(required=True)
    programme_id = fields.Many2one(
        comodel_name="rollout.programme",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_programme_id(),
    )
    stage = fields.Selection(
        selection=[
            ("1", "Foundation"),
            ("2", "Purchase and Inventory"),
            ("3", "Manufacturing"),
        ],
        required=True,
        default="1",
        group_expand=True,
    )
    sequence = fields.Integer(default=10, aggregator=None)
    predecessor_ids = fields.Many2many(
        comodel_name="rollout.build.step",
        relation="rollout_build_step_predecessor_rel",
        column1="step_id",
        column2="predecessor_id",
        string="Comes After",
        domain="[('programme_id', '=', programme_id), ('id', '!=', id)]",
    )
    owner_id = fields.Many2one(
        comodel_name="res.users", ondelete="restrict", domain=[("share", "=", False)]
    )
    due_date = fields.Date(string="Due")
    note = fields.Text(string="Result")
    decision_id = fields.Many2one(
        comodel_name="rollout.decision",
        ondelete="restrict",
        domain="[('programme_id', '=', programme_id), ('state', '=', 'decided')]",
        help="Of the steering committee; what lets the step go before others.",
    )
    waits_for = fields.Char(compute="_compute_waits_for")

    @api.depends("stage", "predecessor_ids.state", "programme_id", "state")
    def _compute_waits_for(self):
        for step in self:
            open_steps = step._get_open_before() if step.state == "todo" else step[:0]
            step.waits_for = ", ".join(open_steps.mapped("name"))

    @api.constrains("predecessor_ids")
    def _check_predecessors(self):
        steps = self.search([("programme_id", "in", self.programme_id.ids)])
        cycle = dependency.find_cycle(
            {step: list(step.predecessor_ids) for step in steps}
        )
        if cycle:
            raise ValidationError(
                self.env._(
                    "These steps wait for each other: %(steps)s.",
                    steps=" > ".join(step.name for step in cycle),
                )
            )

    def _get_open_before(self):
        """Return the steps that have to be done first: named ones, earlier stages."""
        named = self.predecessor_ids
        if self.stage == "3":
            named |= self.programme_id.build_step_ids.filtered(
                lambda step: step.stage < self.stage
            )
        return (named - self).filtered(lambda step: step.state != "done")

    def _check_doable(self):
        """Steps before it are done, or the steering committee decided otherwise."""
        before = self._get_open_before()
        if before and not self._is_decided(self.decision_id):
            raise UserError(
                self.env._(
                    "%(step)s waits for: %(before)s. Another order needs a decision of "
                    "the steering committee.",
                    step=self.name,
                    before=", ".join(before.mapped("name")),
                )
            )

    @api.model
    def _get_usual(self, programme):
        """Return the values of the usual steps, in their three stages."""
        stages = {
            "1": [
                self.env._("Company structures"),
                self.env._("Warehouses"),
                self.env._("Locations"),
                self.env._("Rules for items"),
                self.env._("Rules for vendors"),
                self.env._("Chart of accounts"),
                self.env._("Taxes"),
                self.env._("Costing methods"),
                self.env._("Document control"),
            ],
            "2": [
                self.env._("Replenishment rules"),
                self.env._("Lead times"),
                self.env._("Approvals"),
                self.env._("Receipts"),
                self.env._("Returns"),
                self.env._("Vendor performance"),
            ],
            "3": [
                self.env._("Manufacturing"),
                self.env._("Planning"),
                self.env._("Quality"),
                self.env._("Maintenance"),
            ],
        }
        return [
            {
                "programme_id": programme.id,
                "stage": stage,
                "sequence": 10 * number,
                "name": name,
            }
            for stage, names in stages.items()
            for number, name in enumerate(names, start=1)
        ]
