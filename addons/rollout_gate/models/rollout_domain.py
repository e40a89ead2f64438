from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import dependency


class RolloutDomain(models.Model):
    _name = "rollout.domain"
    _description = "Process Domain"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    predecessor_ids = fields.Many2many(
        comodel_name="rollout.domain",
        relation="rollout_domain_predecessor_rel",
        column1="domain_id",
        column2="predecessor_id",
        string="Needs First",
        help="Domains that have to be stable before this one.",
    )
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE(code)", "There is a process domain with this code already."
    )

    @api.constrains("predecessor_ids")
    def _check_predecessors(self):
        domains = self.with_context(active_test=False).search([("code", "!=", False)])
        cycle = dependency.find_cycle(
            {domain: list(domain.predecessor_ids) for domain in domains}
        )
        if cycle:
            raise ValidationError(
                self.env._(
                    "These domains wait for each other: %(domains)s. Take one of the "
                    "dependencies out.",
                    domains=" > ".join(domain.name for domain in cycle),
                )
            )
