from odoo import api, models
from odoo.exceptions import UserError

from ..engine import locks

# Fields whose value is compared with the one that is there.
PLAIN = ("boolean", "char", "float", "integer", "many2one", "selection", "text")


class RolloutFrozen(models.AbstractModel):
    """A part of the design: after its sign-off it changes with approved requests only.

    The models of the design inherit it and name their area.
    """

    _name = "rollout.frozen"
    _description = "Part of the Design"

    _frozen_area = "other"
    # None: every field but those that talk about the record.
    _frozen_fields = None
    _free_fields = ("message_", "activity_", "my_activity_", "sequence")

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        names = {name for vals in vals_list for name in vals}
        # A context may bring what a caller leaves out.
        names |= {
            key.removeprefix("default_")
            for key in self.env.context
            if key.startswith("default_")
        }
        records._check_frozen(names)
        return records

    def write(self, vals):
        if self.env["rollout.lock"]._get_freezes():
            self._check_frozen(self._get_changed(vals))
        return super().write(vals)

    def unlink(self):
        if self._frozen_fields is None:
            self._check_frozen(["name"])
        return super().unlink()

    def _get_changed(self, vals):
        """Return the names of what differs from what is there; lists always do."""
        return [name for name, value in vals.items() if not self._is_same(name, value)]

    def _is_same(self, name, value):
        field = self._fields.get(name)
        if not field or field.type not in PLAIN:
            return False
        known = [field.convert_to_write(record[name], record) for record in self]
        return all((each or False) == (value or False) for each in known)

    def _get_frozen_names(self, names):
        if self._frozen_fields is not None:
            return sorted(set(names) & set(self._frozen_fields))
        return sorted(name for name in names if not name.startswith(self._free_fields))

    def _get_frozen_company(self):
        """Return the company whose design this is part of; none: of all."""
        self.ensure_one()
        return self.company_id

    def _check_frozen(self, names):
        """Refuse changes of a frozen design that nobody approved; log the others."""
        # Modules that are installed or updated bring the design they are made for.
        if not self or not self.env.registry.ready:
            return
        freezes = self.env["rollout.lock"]._get_freezes()
        names = freezes and self._get_frozen_names(names)
        if not names:
            return
        by_programme = {}
        for record in self:
            company = record._get_frozen_company().id
            for freeze in locks.find_freezes(freezes, company):
                known = by_programme.setdefault(freeze.key, self.browse())
                by_programme[freeze.key] = known | record
        for key, records in by_programme.items():
            records._check_change_request(key, names)

    def _check_change_request(self, programme_id, names):
        Change = self.env["rollout.change"]
        # Approved is approved, whatever the person may read of it.
        programme = self.env["rollout.programme"].sudo().browse(programme_id)
        change = Change.sudo()._find_in_force(programme, self._frozen_area)
        if not change:
            areas = dict(Change._fields["area"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "The design of %(programme)s is signed: %(record)s changes with an "
                    "approved change request only (%(area)s), by who carries it out.",
                    programme=programme.name,
                    record=self[:1].display_name,
                    area=areas[self._frozen_area],
                )
            )
        change.with_env(self.env)._log(
            "design_changed",
            {
                "model": self._name,
                "records": self.sudo().mapped("display_name"),
                "fields": names,
            },
        )
