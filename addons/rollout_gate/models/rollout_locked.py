from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import locks


class RolloutLocked(models.AbstractModel):
    """A document that waits for its site to go live, where a lock is on.

    The models of documents inherit it, call `_check_site_live()` in the method that
    everybody comes through, and name the states that this method writes.
    """

    _name = "rollout.locked"
    _description = "Document of a Site"

    # Nobody writes these past the methods.
    _locked_states = frozenset()
    # Where a document names its warehouse, once Inventory is installed.
    _lock_warehouse_paths = ("warehouse_id", "picking_type_id.warehouse_id")

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        given = {vals.get("state") for vals in vals_list}
        given.add(self.env.context.get("default_state"))
        if given & self._locked_states:
            records.filtered(
                lambda record: record.state in self._locked_states
            )._check_site_live()
        return records

    def write(self, vals):
        if vals.get("state") in self._locked_states:
            self._check_site_live()
        return super().write(vals)

    def _get_lock_place(self):
        """Return the company and the warehouse of a document: two ids, or False."""
        for path in self._lock_warehouse_paths:
            if path.partition(".")[0] in self._fields:
                return self.company_id.id, self.sudo().mapped(path)[:1].id
        return self.company_id.id, False

    def _get_lock_message(self):
        """Return why the document is refused, or False."""
        self.ensure_one()
        sites = self.env["rollout.lock"]._get_sites()
        if not sites:
            return False
        place = self._get_lock_place()
        held = locks.find_holding(sites, *place, fields.Datetime.now())
        return held and self.env["rollout.site"]._get_refusal(
            held.key, self.display_name
        )

    def _check_site_live(self):
        """Refuse documents of sites that are not live yet, where a lock is on."""
        if not self.env["rollout.lock"]._get_sites():
            return
        for document in self:
            message = document._get_lock_message()
            if message:
                raise UserError(message)
