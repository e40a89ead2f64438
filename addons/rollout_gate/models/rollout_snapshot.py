from odoo import api, fields, models

from ..engine import chain


class RolloutSnapshot(models.Model):
    """What a gate looked like when its review began: what the signatures rest on."""

    _name = "rollout.snapshot"
    _inherit = ["rollout.immutable"]
    _description = "Snapshot of a Gate"
    _order = "gate_id, id"
    _rec_name = "digest"
    _log_access = False

    gate_id = fields.Many2one(
        comodel_name="rollout.gate",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    at = fields.Datetime(string="When", required=True, readonly=True)
    content = fields.Text(required=True, readonly=True)
    database = fields.Char(required=True, readonly=True)
    digest = fields.Char(string="SHA-256", required=True, readonly=True)

    @api.model
    def _take(self, gate):
        """Freeze the content of a gate."""
        content = gate._get_content()
        # Nobody may create snapshots; this method does. The UUID is no secret.
        return self.sudo().create(
            {
                "gate_id": gate.id,
                "at": fields.Datetime.now(),
                "content": chain.to_json(content),
                "database": self.env["ir.config_parameter"]
                .sudo()
                .get_param("database.uuid", ""),
                "digest": chain.get_digest(content),
            }
        )
