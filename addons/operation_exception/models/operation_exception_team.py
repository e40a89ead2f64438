from odoo import fields, models


class OperationExceptionTeam(models.Model):
    _name = "operation.exception.team"
    _description = "Team for Open Issues"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        default=lambda self: self.env.company,
        help="Empty: the team works for all companies.",
    )
    leader_id = fields.Many2one(
        comodel_name="res.users",
        string="Team Lead",
        domain=[("share", "=", False)],
        help="Answers for issues of the team, and is told when one is overdue.",
    )
    member_ids = fields.Many2many(
        comodel_name="res.users",
        string="Members",
        domain=[("share", "=", False)],
        help="See all issues of the team. The issues of a person go to the first team "
        "they belong to.",
    )
