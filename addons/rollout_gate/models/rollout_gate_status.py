from markupsafe import Markup

from odoo import api, models

from ..engine import life


class RolloutGate(models.Model):
    _inherit = "rollout.gate"

    @api.depends(
        "state",
        "item_ids.state",
        "item_ids.owner_id",
        "item_ids.waiver_ids.state",
        "signoff_ids",
        "predecessor_ids.state",
    )
    def _compute_status(self):
        for gate in self:
            known = gate._to_engine()
            blocks = life.get_blocks(known)
            gate.business_readiness = life.get_readiness(known.items, "business")
            gate.technical_readiness = life.get_readiness(known.items, "technical")
            gate.block_count = len(blocks)
            gate.blocks = gate._show_blocks(blocks)

    def _show_blocks(self, blocks):
        rows = Markup().join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (self._say_kind(block.kind), block.name, block.owner or "")
            for block in blocks
        )
        return (
            rows
            and Markup('<table class="table table-sm"><tbody>%s</tbody></table>') % rows
        )

    def _say_kind(self, kind):
        return {
            "predecessor": self.env._("Comes before"),
            "stability": self.env._("Not stable yet"),
            "item": self.env._("Item"),
            "condition": self.env._("Condition"),
            "signature": self.env._("Signature"),
            "persons": self.env._("Different persons"),
        }[kind]

    def _say_blocks(self, blocks):
        """Return what blocks in words, a line each, with who owns it."""
        nobody = self.env._("nobody yet")
        return "\n".join(
            f"- {self._say_kind(block.kind)}: {block.name} ({block.owner or nobody})"
            for block in blocks
        )

    @api.readonly
    def get_status(self):
        """Tell where gates stand, what blocks and who owns it.

        Needs the right to read the gates.

        :return: one dictionary per gate, in the order of the records: `id`, `model`,
            `code`, `site` (its name, or False), `state` (locked, open, in_review,
            approved, approved_with_conditions, rejected), `blocking` (a list of
            dictionaries with `kind`: predecessor, stability, item, signature or
            persons, `name` and `owner`, False for nobody), `business_readiness` and
            `technical_readiness` (percent, or False when there is nothing to measure)
            and `drifted`
        """
        self.check_access("read")
        return [gate._get_status_row() for gate in self]

    def _get_status_row(self):
        known = self._to_engine()
        return {
            "id": self.id,
            "model": self._name,
            "code": self.code,
            "site": self.sudo().site_id.name or False,
            "state": self.state,
            "blocking": [
                {"kind": block.kind, "name": block.name, "owner": block.owner or False}
                for block in life.get_blocks(known)
            ],
            "business_readiness": life.get_readiness(known.items, "business"),
            "technical_readiness": life.get_readiness(known.items, "technical"),
            "drifted": self.drifted,
        }

    def _get_conditions(self):
        """Return the lesser items a gate is signed with, for its protocol."""
        return life.get_conditions(self._to_engine())

    def action_sign(self):
        """Ask the user for their signature."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sign %(gate)s", gate=self.display_name),
            "res_model": "rollout.gate.sign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_gate_id": self.id},
        }

    def action_reopen(self):
        """Ask for the reason to open it again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open %(gate)s Again", gate=self.display_name),
            "res_model": "rollout.gate.reopen",
            "view_mode": "form",
            "target": "new",
            "context": {"default_gate_id": self.id},
        }
