from odoo import api, models


class GateProtocol(models.AbstractModel):
    """The protocol of gates: what was asked for, what was there, who signed."""

    _name = "report.rollout_gate.gate_protocol"
    _description = "Protocol of a Gate"

    @api.model
    def _get_report_values(self, docids, data=None):
        gates = self.env["rollout.gate"].browse(docids)
        gates.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": "rollout.gate",
            "docs": gates,
            "status": {row["id"]: row for row in gates.get_status()},
            "several": {gate.id: self._get_several(gate) for gate in gates},
        }

    @api.model
    def _get_several(self, gate):
        """Return (person, functions) of who signed for several functions."""
        by_user = gate._get_signatures().grouped("user_id")
        return [
            (user.sudo().name, ", ".join(each.function_line_id.mapped("display_name")))
            for user, each in by_user.items()
            if len(each.function_line_id) > 1
        ]
