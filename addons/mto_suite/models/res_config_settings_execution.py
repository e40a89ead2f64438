from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    launch_policy = fields.Selection(
        selection="_selection_launch_policy",
        string="When Components Are Missing",
        compute="_compute_launch_policy",
        inverse="_inverse_launch_policy",
    )
    release_required = fields.Boolean(
        related="company_id.release_required", readonly=False
    )
    bom_approval_required = fields.Boolean(
        related="company_id.bom_approval_required", readonly=False
    )
    substitute_approval_required = fields.Boolean(
        related="company_id.substitute_approval_required", readonly=False
    )
    auto_release = fields.Boolean(related="company_id.auto_release", readonly=False)
    auto_close = fields.Boolean(related="company_id.auto_close", readonly=False)
    deviation_reason_required = fields.Boolean(
        related="company_id.deviation_reason_required", readonly=False
    )
    tolerance_quantity = fields.Float(
        related="company_id.tolerance_quantity", readonly=False
    )
    tolerance_time = fields.Float(related="company_id.tolerance_time", readonly=False)

    @api.model
    def _selection_launch_policy(self):
        """Each choice with what happens when an order is started or finished."""
        return [
            (
                "inform",
                self.env._(
                    "Inform. The order says in one sentence what is missing; it starts "
                    "and finishes as in Odoo."
                ),
            ),
            (
                "warn",
                self.env._(
                    "Warn. Starting and finishing ask first, and the reason is "
                    "recorded."
                ),
            ),
            (
                "block",
                self.env._(
                    "Block. An order without its components neither starts nor "
                    "finishes, by no path, until somebody who may decides with a "
                    "reason."
                ),
            ),
        ]

    @api.depends("company_id")
    def _compute_launch_policy(self):
        for settings in self:
            settings.launch_policy = settings.company_id.launch_policy or "inform"

    def _inverse_launch_policy(self):
        for settings in self:
            settings.company_id.launch_policy = settings.launch_policy

    def _get_recommended_settings(self):
        return [
            *super()._get_recommended_settings(),
            {
                "title": self.env._("Release and close by themselves"),
                "today": self.env._("A person releases and closes each order."),
                "then": self.env._(
                    "Orders that are complete and lack nothing are released, orders "
                    "that are done as planned are closed; people see the rest."
                ),
                "values": {"auto_release": True, "auto_close": True},
            },
        ]
