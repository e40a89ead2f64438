from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.mto_cascade.marks import MARK, is_marked

from .mto_change_application import APPLYING
from .mto_change_structure import REASON, UPDATE
from .stock_move import NETTING


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    @api.readonly
    def preview_change(self):
        """What this changed structure would do to open manufacturing orders.

        Nothing is written. Needs read access to the bill of materials; names,
        products and quantities are told, no cost. One bill of materials.

        :return: as ``sale.order.preview_change``; ``action`` of a manufacturing order
            is 'update' (not started: it would take the new structure) or 'decide'
            (started); below it are the components that differ, then what supplies them
        :rtype: list[dict]
        :raises odoo.exceptions.AccessError: if it may not be read
        """
        self.ensure_one()
        self.check_access("read")
        answer, _free = self.env["mto.change.structure"]._preview(self)
        return [answer]

    def apply_change(self, fingerprint, reason=False, decisions=()):
        """Let open manufacturing orders take the structure of today.

        Those that are not started, and what is decided; what supplies components that
        are not needed any more follows the rules. For who may change manufacturing
        orders; started ones for manufacturing administrators. One bill of materials.

        :param str fingerprint: of the preview that was agreed to
        :param str reason: why; it is kept in the chatter
        :param list decisions: dictionaries ``node`` and ``action``: 'update',
            'keep_surplus' (stays as it is) or 'decide' (an issue for its owner)
        :return: as ``preview_change``: what was done
        :raises odoo.exceptions.UserError: if something has changed since the preview
        :raises odoo.exceptions.AccessError: if the orders may not be changed
        """
        self.ensure_one()
        self.check_access("read")
        # Core lets who sells write manufacturing orders.
        if not self.env.user.has_group("mrp.group_mrp_user"):
            raise AccessError(
                self.env._("Only who works in manufacturing may change its orders.")
            )
        self.env["mrp.production"].check_access("write")
        structure = self.env["mto.change.structure"]
        answer, free = structure._preview(self)
        order = self.env["sale.order"]
        order._check_fingerprint(fingerprint, answer["fingerprint"])
        choices = {str(one.get("node")): one.get("action") for one in decisions or ()}
        structure._check_choices(choices, answer)
        updated, asked = self._sort_choices(answer, choices)
        if updated - free:
            order._check_may_change_started()
        updated.with_context(**{NETTING: MARK, REASON: reason}).action_update_bom()
        structure._report_started(asked)
        self._tell_structure_change(answer, reason)
        return [answer]

    def _sort_choices(self, answer, choices):
        """(orders to update, orders whose owner is asked)"""
        found = {"update": [], "decide": []}
        for row in answer["documents"]:
            action = choices.get(row["node"], row["action"])
            if row["model"] == "mrp.production" and action in found:
                found[action].append(row["res_id"])
        productions = self.env["mrp.production"]
        return productions.browse(found[UPDATE]), productions.browse(found["decide"])

    def _tell_structure_change(self, answer, reason):
        self.sudo().message_post(
            body=self.env["ir.qweb"]._render(
                "mto_change.change_message",
                {"answer": answer, "reason": reason, "order": self},
            )
        )

    def action_open_change(self):
        """Show what this structure would do to open orders, and do it."""
        self.ensure_one()
        return self.env["mrp.bom.change"]._open(self)

    def _set_outdated_bom_in_productions(self):
        """Started orders are for a person to decide, where the company says so."""
        following = self.filtered(
            lambda bom: (bom.company_id or self.env.company).sudo().order_change_rules
        )
        if not following or is_marked(self.env, APPLYING):
            return super()._set_outdated_bom_in_productions()
        structure = self.env["mto.change.structure"].sudo()
        productions = structure._get_open(following)
        current = productions.filtered(lambda mo: not mo.is_outdated_bom)
        res = super()._set_outdated_bom_in_productions()
        structure._report_started(productions)
        structure._tell_outdated(current.filtered("is_outdated_bom"))
        return res
