from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class RolloutMixin(models.AbstractModel):
    """What a record of a rollout has in common: fields for methods only, a trail."""

    _name = "rollout.mixin"
    _description = "Record of a Rollout"

    # Only methods write these, after they have checked who asks.
    _protected = frozenset()
    # These stay as they were entered.
    _fixed = frozenset({"programme_id"})
    # A change of these is an event of the trail.
    _tracked = ()
    # Events of these kinds do not keep a record from being deleted.
    _forgettable = ("created", "changed")

    @api.model
    def _default_programme_id(self):
        """Return the programme in hand, where there is only one."""
        found = self.env["rollout.programme"].search(
            [("state", "in", ("draft", "running", "continuous"))], limit=2
        )
        return found if len(found) == 1 else found.browse()

    @api.model_create_multi
    def create(self, vals_list):
        clean = self._forget_defaults()
        if not self.env.su:
            clean._refuse_protected(vals_list)
        records = super(RolloutMixin, clean).create(vals_list).with_env(self.env)
        if self._tracked:
            records._log("created", [record._get_values() for record in records])
        return records

    def write(self, vals):
        if not self.env.su:
            protected = self._get_protected() & vals.keys()
            if protected:
                self._raise_protected(protected)
            self._check_fixed(vals)
        tracked = [name for name in self._tracked if name in vals]
        before = [record._get_values(tracked) for record in self] if tracked else []
        result = super().write(vals)
        if tracked:
            self._log_changes(tracked, before)
        return result

    def copy_data(self, default=None):
        """A copy starts anew: what methods wrote is not copied."""
        return [
            {name: value for name, value in vals.items() if name not in self._protected}
            for vals in super().copy_data(default)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_trail(self):
        """What the trail speaks of stays."""
        events = (
            self.env["rollout.audit.event"]
            .sudo()
            .search_count(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("kind", "not in", self._forgettable),
                ],
                limit=1,
            )
        )
        if events:
            raise UserError(
                self.env._(
                    "%(name)s is part of the trail and stays. Archive or close it.",
                    name=self[:1].display_name,
                )
            )
        if self._tracked:
            self._log("deleted", [record._get_values() for record in self])

    @api.model
    def _get_protected(self):
        """Return what only methods write, and what the system computes and stores."""
        return self._protected | {
            name
            for name, field in self._fields.items()
            if field.store and field.compute and field.readonly
        }

    @api.model
    def _forget_defaults(self):
        """Return the model without what a context gives as value of protected fields.

        Also for the superuser: methods that create pass on the context of who asks.
        """
        keys = {f"default_{name}" for name in self._get_protected()}
        if not keys & self.env.context.keys():
            return self
        kept = {k: v for k, v in self.env.context.items() if k not in keys}
        return self.with_env(self.env(context=kept))

    def _refuse_protected(self, vals_list):
        protected = self._get_protected()
        defaults = self.default_get(list(protected))
        touched = {
            name
            for vals in vals_list
            for name in protected & vals.keys()
            if vals[name] not in (False, None, [], 0, "", defaults.get(name))
        }
        if touched:
            self._raise_protected(touched)

    def _check_fixed(self, vals):
        for name in self._fixed & vals.keys():
            moved = self.filtered(
                lambda record, name=name: record[name].id != (vals[name] or False)
            )
            if moved:
                raise UserError(
                    self.env._(
                        "%(field)s of %(name)s stays as it was entered.",
                        field=self._fields[name]._description_string(self.env),
                        name=moved[0].display_name,
                    )
                )

    def _raise_protected(self, names):
        raise AccessError(
            self.env._(
                "%(fields)s of %(model)s change with its buttons only.",
                fields=", ".join(sorted(self._fields[name].string for name in names)),
                model=self.env._(self._description),
            )
        )

    def _get_values(self, names=None):
        """Return the tracked values as the trail keeps them: plain and readable."""
        self.ensure_one()
        return {
            name: self._get_plain(name)
            for name in (self._tracked if names is None else names)
        }

    def _get_plain(self, name):
        value = self.sudo()[name]
        field = self._fields[name]
        if field.relational:
            return ", ".join(value.mapped("display_name")) or False
        if field.type in ("date", "datetime"):
            return fields.Datetime.to_string(value) if value else False
        return value

    def _log_changes(self, names, before):
        """Write what has changed to the trail."""
        changed, payloads = self.browse(), []
        for record, old in zip(self, before, strict=True):
            new = record._get_values(names)
            payload = {
                name: [old[name], new[name]] for name in names if old[name] != new[name]
            }
            if payload:
                changed += record
                payloads.append(payload)
        changed._log("changed", payloads)

    def _log(self, kind, payloads=None):
        """Append an event for each record to the trail of its programme.

        :param payloads: a dictionary for all, or a list with one for each record
        """
        if not self:
            return
        if not isinstance(payloads, list):
            payloads = [payloads or {}] * len(self)
        self.env["rollout.audit.event"]._append(
            [
                (record._get_programme(), record, kind, payload)
                for record, payload in zip(self, payloads, strict=True)
            ]
        )

    def _get_programme(self):
        """Return the programme whose trail this record belongs to, or none."""
        self.ensure_one()
        if "programme_id" in self._fields:
            return self.sudo().programme_id
        return self.env["rollout.programme"]

    def _check_authority(self, body, asked_by=None):
        """Only who has a duty and a seat in a body decides, never what they asked for.

        :param str body: steering or design_authority
        :param asked_by: users who must not decide either, beside its authors
        """
        self.ensure_one()
        user = self.env.user
        if self.env.su or user._is_superuser():
            raise AccessError(self.env._("The system decides nothing."))
        if user in self._get_authors() | (asked_by or user.browse()):
            raise AccessError(self.env._("Nobody decides alone what they proposed."))
        self._check_duty(body)
        seated = (
            self._get_programme()
            .member_ids.filtered(lambda seat: seat.function_id.code == body)
            ._filter_seated(fields.Date.context_today(self))
        )
        if user not in seated.user_id:
            raise AccessError(
                self.env._("You have no seat in this body of the programme.")
            )

    def _get_authors(self):
        """Return who entered a record or changed it: the trail remembers them."""
        self.ensure_one()
        events = (
            self.env["rollout.audit.event"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("kind", "in", self._forgettable),
                ]
            )
        )
        return self.create_uid.browse(events.mapped("user_ref")) | self.create_uid

    def _is_decided(self, decision):
        """Whether the steering committee of this very programme has decided it."""
        decision = decision.sudo()
        return (
            decision.state == "decided"
            and decision.body == "steering"
            and decision.programme_id == self._get_programme()
        )

    def _get_duties(self):
        """Return the duties of the current user."""
        return self.env.user._get_rollout_duties()

    def _check_duty(self, *duties):
        """Refuse who has none of these duties, and auditors always.

        The rights of the superuser count for set-up, never for signatures.
        """
        if self.env.su:
            return
        mine = self._get_duties()
        if "auditor" in mine or not mine & set(duties):
            labels = dict(self.env["res.users"]._get_rollout_duty_labels())
            raise AccessError(
                self.env._(
                    "This is for: %(duties)s. Auditors change nothing.",
                    duties=", ".join(labels[duty] for duty in duties),
                )
            )
