from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What a method of a rung is called; nothing else of a document can be called by data.
METHOD_PREFIX = "_get_exception_owner"
# What a field path may end in.
OWNERS = ("res.users", "res.partner", "operation.exception.team")


class OperationExceptionRung(models.Model):
    _name = "operation.exception.rung"
    _description = "Line of the Owner Ladder"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    name = fields.Char(
        required=True, translate=True, help="Told on the issue: why this owner."
    )
    type_id = fields.Many2one(
        comodel_name="operation.exception.type",
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: for issues of all types.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        ondelete="cascade",
        help="Empty: in all companies.",
    )
    kind = fields.Selection(
        selection=[
            ("field", "Field of the Document"),
            ("method", "Method of the Document"),
            ("team", "Team"),
            ("user", "Person"),
        ],
        default="field",
        required=True,
    )
    model_name = fields.Char(
        string="Document Model",
        help="Technical name, such as res.partner. Empty: every document that has the "
        "field or method.",
    )
    path = fields.Char(
        string="Field or Method",
        help="A field such as user_id or partner_id.user_id that leads to a user, a "
        "contact with a login or a team; or the name of a method of the document.",
    )
    team_id = fields.Many2one(comodel_name="operation.exception.team")
    user_id = fields.Many2one(
        comodel_name="res.users", string="Person", domain=[("share", "=", False)]
    )

    @api.constrains("kind", "model_name", "path", "team_id", "user_id")
    def _check_complete(self):
        for rung in self:
            problem = rung._get_problem()
            if problem:
                raise ValidationError(problem)

    def _get_problem(self):
        """Return what is wrong with the line, in words, or nothing."""
        self.ensure_one()
        if self.kind == "team":
            return not self.team_id and self.env._("Choose the team that answers.")
        if self.kind == "user":
            return not self.user_id and self.env._("Choose the person who answers.")
        if not self.path:
            return self.env._("Name the field or method that tells who answers.")
        if self.kind == "method" and not self.path.startswith(METHOD_PREFIX):
            return self.env._(
                "A method that tells who answers has a name that starts with "
                "%(prefix)s.",
                prefix=METHOD_PREFIX,
            )
        if self.model_name and self.model_name not in self.env:
            return self.env._("There is no model %(model)s.", model=self.model_name)
        if self.model_name and not self._fits(self.model_name):
            return self.env._(
                "%(path)s of %(model)s does not lead to a user, a contact or a team.",
                path=self.path,
                model=self.model_name,
            )
        return False

    def _fits(self, model_name):
        """Whether documents of a model have the field path or method of this line."""
        self.ensure_one()
        if self.kind in ("team", "user"):
            return True
        if not model_name or self.model_name not in (False, model_name):
            return False
        model = self.env[model_name]
        if self.kind == "method":
            return callable(getattr(model, self.path, None))
        for name in self.path.split("."):
            field = model._fields.get(name)
            if field is None or not field.relational:
                return False
            model = self.env[field.comodel_name]
        return model._name in OWNERS

    def _get_users(self, documents, issue_type):
        """Return {document id: users} that the line names, in batch.

        `documents` may be an empty recordset: a team or person needs no document.
        """
        self.ensure_one()
        if self.kind == "method":
            return getattr(documents, self.path)(issue_type)
        return {
            document.id: self._to_users(document.mapped(self.path))
            for document in documents
        }

    def _get_fixed_user(self):
        """Return the user that the line names whatever the document."""
        self.ensure_one()
        return self.team_id.leader_id if self.kind == "team" else self.user_id

    @api.model
    def _to_users(self, found):
        if found._name == "res.partner":
            return found.user_ids
        if found._name == "operation.exception.team":
            return found.leader_id
        return found
