from odoo import models


class MtoChangeIssue(models.AbstractModel):
    """Open issues about what a change leaves over, and who lost its supply."""

    _name = "mto.change.issue"
    _description = "Open Issues of Changes"

    def _report(self, plan):
        """Open an issue for each document with something left over that may be changed."""
