from odoo import api, models

BATCH = 500


class ProductionDeviation(models.AbstractModel):
    """Orders that go other than planned, while something can be done about it."""

    _name = "operation.exception.detector.production.deviation"
    _inherit = "operation.exception.detector"
    _description = "Production that deviates from its plan"

    @api.model
    def _detect(self, setting):
        """Yield a cause for each order that deviates now."""
        orders = self.env["mrp.production"].sudo()._search_to_alert(setting.company_id)
        for start in range(0, len(orders), BATCH):
            batch = orders[start : start + BATCH]
            alerts = batch._get_alerts()
            for production in batch.browse(alerts):
                yield self._prepare(production, alerts[production.id])

    def _prepare(self, production, alerts):
        return {
            "key": f"production-deviation-{production.id}",
            "type_code": "production_deviation",
            "record": production,
            "date": production.create_date,
            "days": production._count_days_after_plan(),
            "note": "\n".join(alerts.values()),
        }

    @api.model
    def _get_gone_reason(self):
        return self.env._("The order goes as planned again, or is closed.")
