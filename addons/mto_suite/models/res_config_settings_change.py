from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    order_change_rules = fields.Boolean(
        related="company_id.order_change_rules", readonly=False
    )
    order_change_resupply = fields.Boolean(
        related="company_id.order_change_resupply", readonly=False
    )

    def _get_recommended_settings(self):
        return [
            *super()._get_recommended_settings(),
            {
                "title": self.env._("Changes of orders"),
                "today": self.env._(
                    "A lowered or cancelled order leaves everything that is made and "
                    "bought for it."
                ),
                "then": self.env._(
                    "What is not started is reduced or cancelled; what is started or "
                    "bought stays, and its owner decides."
                ),
                "values": {"order_change_rules": True},
            },
        ]
