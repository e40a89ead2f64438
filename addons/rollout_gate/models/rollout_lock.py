from markupsafe import Markup

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine import duties, life, locks
from .rollout_site import LIVE

RUNNING = ("running", "continuous")
SHOWN = 10


class RolloutLock(models.Model):
    """A lock that a person switches on, for a site or for a design.

    Who obeys it is in rollout_locked.py and rollout_frozen.py, and in the modules that
    know the documents.
    """

    _name = "rollout.lock"
    _description = "Lock"
    _inherit = ["rollout.mixin", "mail.thread"]
    _order = "programme_id, kind, site_id, id"

    _protected = frozenset(
        {"state", "switched_by_id", "switched_on", "reason", "channel", "database"}
    )
    _tracked = ("kind", "site_id", "gate_id", "decision_id")

    programme_id = fields.Many2one(
        comodel_name="rollout.programme",
        required=True,
        ondelete="restrict",
        index=True,
        default=lambda self: self._default_programme_id(),
    )
    kind = fields.Selection(
        selection=[
            ("documents", "Documents until Go-live"),
            ("design", "Design after Sign-off"),
        ],
        required=True,
        default="documents",
    )
    site_id = fields.Many2one(
        comodel_name="rollout.site",
        ondelete="restrict",
        index=True,
        domain="[('programme_id', '=', programme_id)]",
    )
    company_id = fields.Many2one(related="site_id.company_id", store=True)
    gate_id = fields.Many2one(
        comodel_name="rollout.gate",
        string="Design Gate",
        ondelete="restrict",
        domain="[('programme_id', '=', programme_id)]",
        help="Once it is approved, the design changes with approved requests only.",
    )
    decision_id = fields.Many2one(
        comodel_name="rollout.decision",
        ondelete="restrict",
        domain="[('programme_id', '=', programme_id), ('state', '=', 'decided')]",
        help="Of the steering committee; needed for a site that moves goods already.",
    )
    state = fields.Selection(
        selection=[("off", "Off"), ("on", "On")],
        default="off",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    reason = fields.Char(readonly=True, copy=False)
    switched_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict", copy=False
    )
    switched_on = fields.Datetime(string="Switched", readonly=True, copy=False)
    channel = fields.Selection(
        selection=[("screen", "On Screen"), ("rpc", "External interface")],
        readonly=True,
        copy=False,
    )
    database = fields.Char(
        readonly=True, copy=False, help="A copy of this database is not locked."
    )
    effect = fields.Char(compute="_compute_effect", help="What the lock does now.")

    _site_unique = models.UniqueIndex(
        "(site_id) WHERE kind = 'documents'", "This site has a lock already."
    )
    _gate_unique = models.UniqueIndex(
        "(gate_id) WHERE kind = 'design'", "This gate has a lock already."
    )

    @api.depends("kind", "site_id.name", "gate_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for lock in self:
            place = lock.sudo().site_id.name or lock.sudo().gate_id.display_name
            label = labels.get(lock.kind, "")
            lock.display_name = f"{label}: {place}" if place else label

    @api.depends("state", "kind", "site_id.state", "gate_id.state")
    def _compute_effect(self):
        for lock in self:
            lock.effect = lock.sudo()._get_effect()

    def _get_effect(self):
        if self.state == "off":
            return self.env._("Nothing: it is off.")
        if not self._is_effective_here():
            return self.env._("Nothing here: this is a copy, or made for testing.")
        if self.programme_id.state not in RUNNING:
            return self.env._("Nothing: the programme is not running.")
        if self.kind == "design":
            return self._get_design_effect()
        if self.site_id.state in LIVE:
            return self.env._("Nothing any more: the site is live.")
        return self.env._(
            "Refuses the documents of the site until %(gate)s is approved.",
            gate=self.site_id._get_live_gate().display_name,
        )

    def _get_design_effect(self):
        if life.is_signed(self.gate_id.state):
            return self.env._("Refuses changes without an approved change request.")
        return self.env._(
            "Nothing yet: %(gate)s is not approved.", gate=self.gate_id.display_name
        )

    @api.constrains("kind", "site_id", "gate_id", "programme_id")
    def _check_place(self):
        for lock in self:
            place = lock.site_id if lock.kind == "documents" else lock.gate_id
            if not place:
                raise ValidationError(
                    self.env._("Choose the site, or the gate that signs the design.")
                )
            if place.programme_id != lock.programme_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s is not of this programme.", name=place.display_name
                    )
                )

    def write(self, vals):
        if not self.env.su and self.filtered(lambda lock: lock.state == "on"):
            raise UserError(self.env._("A lock that is on stays as it is."))
        result = super().write(vals)
        self._forget()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on(self):
        if self.filtered(lambda lock: lock.state == "on"):
            raise UserError(self.env._("Switch the lock off first."))

    # What is held, known without a query

    @api.model
    def _forget(self):
        """What is held is read anew: at once, and by others after the commit."""
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    @api.model
    @tools.ormcache()
    def _is_any_on(self):
        return bool(self.sudo().search_count([("state", "=", "on")], limit=1))

    @api.model
    @tools.ormcache()
    def _get_known(self):
        """Return (sites, freezes) as the engine knows them, of locks that are on."""
        # Whoever acts, with whatever context, the locks are those of the database.
        every = self.with_env(self.env(su=True, context={}))
        on = every.search([("state", "=", "on"), ("programme_id.state", "in", RUNNING)])
        on = on.filtered(lambda lock: lock.database == self._get_database())
        return on._get_engine_sites(), on._get_engine_freezes()

    def _get_engine_sites(self):
        locked = self.filtered(lambda lock: lock.kind == "documents").site_id
        sites = locked.browse()
        if not locked:
            return ()
        sites = sites.with_context(active_test=False).search(
            [
                ("company_id", "in", locked.company_id.ids),
                ("programme_id.state", "in", RUNNING),
                # To archive a site is no way out of its lock.
                "|",
                ("active", "=", True),
                ("id", "in", locked.ids),
            ]
        )
        return tuple(site._to_lock(site in locked) for site in sites)

    def _get_engine_freezes(self):
        signed = self.filtered(
            lambda lock: lock.kind == "design" and life.is_signed(lock.gate_id.state)
        )
        return tuple(
            locks.Freeze(
                lock.programme_id.id,
                tuple((lock.gate_id.company_id or lock.programme_id.company_ids).ids),
            )
            for lock in signed
        )

    @api.model
    def _get_database(self):
        # The identity of the database is no secret.
        parameter = self.env["ir.config_parameter"].sudo()
        return parameter.get_param("database.uuid", "")

    @api.model
    def _is_for_testing(self):
        """A neutralised database is one to try things in."""
        parameter = self.env["ir.config_parameter"].sudo()
        return bool(parameter.get_param("database.is_neutralized"))

    def _is_effective_here(self):
        return self.database == self._get_database() and not self._is_for_testing()

    @api.model
    def _get_sites(self):
        """Return the sites whose documents may be held, as the engine knows them."""
        sites, _freezes = self._get_known()
        return () if sites and self._is_for_testing() else sites

    @api.model
    def _get_freezes(self):
        """Return the designs that are frozen, as the engine knows them."""
        _sites, freezes = self._get_known()
        return () if freezes and self._is_for_testing() else freezes

    # What it would stop

    def _get_open_documents(self):
        """Return what the lock would stop; modules add what they know of.

        :return: list of (label, records)
        """
        self.ensure_one()
        return []

    def _find_open(self, model, domain):
        """Return (label, records) of the open documents of the site in one model."""
        site = self.site_id._to_lock(True)
        sites = [
            site if other == self.site_id else other._to_lock(False)
            for other in self.site_id._get_neighbours()
        ]
        # Counted for the site, whatever the person may read of it.
        found = self.env[model].sudo().search(domain + self._get_open_domain())
        now = fields.Datetime.now()
        return self.env["ir.model"].sudo()._get(model).name, found.filtered(
            lambda record: locks.find_holding(sites, *record._get_lock_place(), now)
        )

    def _get_open_domain(self):
        return [("company_id", "=", self.site_id.company_id.id)]

    def _has_moved_goods(self):
        """Whether the site moved goods lately; told by the module that knows stock."""
        self.ensure_one()
        return False

    def _show_open_documents(self):
        """Return what the lock would stop, for the screen."""
        rows = Markup().join(
            Markup("<tr><td>%s</td><td class='text-end'>%s</td><td>%s</td></tr>")
            % (label, len(records), self._name_some(records))
            for label, records in self._get_open_documents()
            if records
        )
        table = Markup('<table class="table table-sm"><tbody>%s</tbody></table>')
        return table % rows if rows else self.env._("No open document.")

    def _name_some(self, records):
        names = ", ".join(record.display_name for record in records[:SHOWN])
        return f"{names}, …" if len(records) > SHOWN else names

    # Switching

    def action_switch(self):
        """Ask for the reason and the password, and show what it would stop."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Switch %(lock)s", lock=self.display_name),
            "res_model": "rollout.lock.switch",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lock_id": self.id},
        }

    def switch(self, on, reason):
        """Switch locks as the current user, by a script.

        Refused unless the programme allows signing over RPC. Programme managers and the
        steering committee switch on, the steering committee off; never the superuser,
        configurators and auditors.

        :param bool on: on or off
        :param str reason: why; it stands in the trail
        :return: True
        """
        for lock in self:
            if not lock.programme_id.rpc_signoff:
                raise AccessError(
                    self.env._("This programme takes signatures on the screen only.")
                )
            lock._switch(on, reason, "rpc")
        return True

    def _switch(self, on, reason, channel):
        self.ensure_one()
        self.check_access("read")
        self._check_switcher(on)
        if not reason:
            raise UserError(self.env._("Say why you switch it."))
        if (self.state == "on") == bool(on):
            raise UserError(self.env._("It is switched so already."))
        if on:
            self._check_switchable()
        documents = self._get_open_documents() if self.site_id else []
        stopped = {label: len(records) for label, records in documents}
        # Written by methods only, after they have checked who asks.
        self.sudo().write(
            {
                "state": "on" if on else "off",
                "reason": reason,
                "switched_by_id": self.env.uid,
                "switched_on": fields.Datetime.now(),
                "channel": channel,
                "database": self._get_database(),
            }
        )
        self._log(
            "lock_on" if on else "lock_off",
            {
                "reason": reason,
                "channel": channel,
                "decision": self.sudo().decision_id.display_name or "",
                "stopped": stopped,
            },
        )

    def _check_switcher(self, on):
        user = self.env.user
        person = duties.Person(
            user.id, self._get_duties(), self.env.su or user._is_superuser()
        )
        if duties.refuse_switch(person, on):
            raise AccessError(
                self.env._(
                    "Programme managers and the steering committee switch locks on, "
                    "the steering committee off. The system, auditors and "
                    "configurators never do."
                )
            )

    def _check_switchable(self):
        if self.programme_id.state not in RUNNING:
            raise UserError(self.env._("Start the programme first."))
        if self.kind == "design":
            return
        if self.site_id.state in LIVE:
            raise UserError(self.env._("The site is live: there is nothing to lock."))
        is_decided = self._is_decided(self.decision_id)
        if self.sudo()._has_moved_goods() and not is_decided:
            raise UserError(
                self.env._(
                    "%(site)s moved goods in the last 30 days: a lock would stop work. "
                    "Choose a decision of the steering committee that wants it.",
                    site=self.site_id.name,
                )
            )
