import json

from odoo import api, fields, models
from odoo.tools import SQL

from .. import trail_guard
from ..engine import chain

# What is told first of an event; its snapshot last.
FIRST = ("state", "decision", "functions", "reason")


def _get_rank(entry):
    name, _value = entry
    return name == "snapshot", name not in FIRST, name


class RolloutAuditEvent(models.Model):
    _name = "rollout.audit.event"
    _inherit = ["rollout.immutable"]
    _description = "Event of the Trail"
    _order = "programme_id, seq desc"
    _rec_name = "kind"
    _log_access = False

    programme_id = fields.Many2one(
        comodel_name="rollout.programme",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    seq = fields.Integer(string="Number", required=True, readonly=True, aggregator=None)
    at = fields.Datetime(string="When", required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)
    what = fields.Char(compute="_compute_what", help="The kind in words.")
    # Plain values: a foreign key could be emptied.
    user_ref = fields.Integer(string="User ID", readonly=True, aggregator=None)
    login = fields.Char(string="Who", readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", readonly=True, aggregator=None
    )
    res_name = fields.Char(string="Record", readonly=True)
    payload = fields.Text(readonly=True)
    details = fields.Char(compute="_compute_details", help="The payload in words.")
    previous = fields.Char(string="Hash Before", required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True)

    _seq_unique = models.Constraint(
        "UNIQUE(programme_id, seq)", "The trail has this number already."
    )
    _record_index = models.Index("(res_model, res_id)")

    @api.depends("kind")
    def _compute_what(self):
        labels = self._get_kind_labels()
        for event in self:
            kind = event.kind or ""
            event.what = labels.get(kind) or kind.replace("_", " ").capitalize()

    @api.depends("what")
    def _compute_display_name(self):
        for event in self:
            event.display_name = event.what

    def _get_kind_labels(self):
        """Kinds that do not tell enough by themselves; what is stored stays."""
        return {
            "drift_over": self.env._("As signed again"),
            "drifted": self.env._("Changed after signing"),
            "item": self.env._("Item"),
            "lock_off": self.env._("Lock off"),
            "lock_on": self.env._("Lock on"),
            "triggers": self.env._("Database triggers"),
        }

    @api.depends("payload", "res_model", "kind")
    def _compute_details(self):
        for event in self:
            content = json.loads(event.payload or "{}")
            known = event.res_model in self.env and self.env[event.res_model]._fields
            parts = [
                f"{self._get_label(known or {}, name)}: {event._get_words(name, value)}"
                for name, value in sorted(content.items(), key=_get_rank)
                if value not in (False, None, "", [])
            ]
            event.details = "; ".join(parts)

    @api.model
    def _get_label(self, known, name):
        if name in known:
            return known[name]._description_string(self.env)
        return name.replace("_", " ").capitalize()

    def _get_words(self, name, value):
        labels = self._get_value_labels(name, value)
        if not isinstance(value, list):
            return self._get_word(labels, value)
        words = [self._get_word(labels, each) for each in value]
        return (" → " if self.kind == "changed" else ", ").join(words)

    def _get_word(self, labels, value):
        if value is True:
            return self.env._("Yes")
        text = str(value or "–")
        return labels.get(text) or text.removesuffix(" 00:00:00")

    def _get_value_labels(self, name, value):
        """{stored value: its label} of what the payload tells by a code."""
        if name == "duties":
            return self._get_duty_labels(value)
        for model in (self.res_model, "rollout.gate.signoff"):
            field = model in self.env and self.env[model]._fields.get(name)
            if field and field.type == "selection":
                return dict(field._description_selection(self.env))
        return {}

    def _get_duty_labels(self, duties):
        # Names of groups, which not everybody who reads the trail may read.
        env = self.env["res.groups"].sudo().env
        groups = {
            duty: env.ref(f"rollout_gate.group_{duty}", raise_if_not_found=False)
            for duty in duties
        }
        return {duty: group.name for duty, group in groups.items() if group}

    def init(self):
        """Put the triggers in again where the setting has them in."""
        if trail_guard.is_wanted(self.env):
            trail_guard.install(self.env.cr)

    @api.model
    def _append(self, entries):
        """Append events, in order, each to the trail of its programme.

        Writers of one programme wait for each other at its row in
        `rollout.audit.head`.

        :param entries: list of (programme, record, kind, payload)
        """
        entries = [entry for entry in entries if entry[0]]
        # The trail is written for everybody, by nobody.
        programmes = self.env["rollout.programme"].union(
            *(programme for programme, *_rest in entries)
        )
        heads = self.env["rollout.audit.head"].sudo()._lock(programmes)
        vals_list = [
            heads[programme.id]._prepare_next(
                self._prepare_event(programme, record, kind, payload)
            )
            for programme, record, kind, payload in entries
        ]
        return self.sudo().create(vals_list)

    @api.model
    def _prepare_event(self, programme, record, kind, payload):
        return {
            "programme_id": programme.id,
            "at": fields.Datetime.to_string(fields.Datetime.now()),
            "kind": kind,
            "user_ref": self.env.uid,
            "login": self.env.user.sudo().login,
            "res_model": record._name,
            "res_id": record.id,
            "res_name": record.sudo().display_name,
            "payload": chain.to_json(payload),
        }

    @api.model
    def _get_rows(self, programme, after=0, limit=None):
        """Return the events of a programme as the chain hashes them, oldest first.

        Read from the table itself, past every cache.
        """
        self.flush_model()
        names = [name for name in chain.HASHED if name not in ("programme", "at")]
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        self.env.cr.execute(
            SQL(
                """
                SELECT programme_id AS programme, previous, hash,
                       to_char(at, 'YYYY-MM-DD HH24:MI:SS') AS at, %s
                  FROM rollout_audit_event
                 WHERE programme_id = %s AND seq > %s
                 ORDER BY seq LIMIT %s
                """,
                columns,
                programme.id,
                after,
                limit,
            )
        )
        return self.env.cr.dictfetchall()
