from odoo import fields, models


class OperationExceptionMixin(models.AbstractModel):
    """For documents that issues are about: a smart button, and tidying."""

    _name = "operation.exception.mixin"
    _description = "Document with Open Issues"

    # Portal users read documents too, and know nothing of issues.
    open_issue_count = fields.Integer(
        string="Open Issues",
        compute="_compute_open_issue_count",
        groups="base.group_user",
    )

    def _get_open_issue_domain(self):
        """Return the domain of the open issues that concern these documents."""
        return [
            ("state", "not in", ("solved", "closed")),
            "|",
            "&",
            ("res_model", "=", self._name),
            ("res_id", "in", self.ids),
            (
                "impact_ids",
                "any",
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            ),
        ]

    def _compute_open_issue_count(self):
        """Count what the reader may see, in batch. Nothing refreshes it: not stored."""
        issues = self.env["operation.exception"].search(self._get_open_issue_domain())
        # The orders of an issue are part of it.
        impacts = issues.sudo().impact_ids
        concerned = {
            (issue.res_id, issue.id)
            for issue in issues
            if issue.res_model == self._name
        } | {
            (row.res_id, row.exception_id.id)
            for row in impacts
            if row.res_model == self._name
        }
        for record in self:
            record.open_issue_count = sum(
                res_id == record.id for res_id, _issue in concerned
            )

    def action_view_open_issues(self):
        """Open the list of the issues that concern these documents."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "operation_exception.exception_action_all"
        )
        return {
            **action,
            "domain": self._get_open_issue_domain(),
            "context": {
                "default_document": f"{self._name},{self.id}" if len(self) == 1 else 0
            },
        }

    def unlink(self):
        # Whoever may delete the document ends its issues.
        issues = (
            self.env["operation.exception"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "!=", "closed"),
                ]
            )
        )
        result = super().unlink()
        issues._close_by_itself(self.env._("Its document was deleted."))
        return result
