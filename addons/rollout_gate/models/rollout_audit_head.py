import json
import logging
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .. import trail_guard
from ..engine import chain

_logger = logging.getLogger(__name__)


class RolloutAuditHead(models.Model):
    """Where the trail of a programme ends: the row at which its writers wait."""

    _name = "rollout.audit.head"
    _description = "Head of the Trail"
    _rec_name = "programme_id"

    programme_id = fields.Many2one(
        comodel_name="rollout.programme",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    seq = fields.Integer(string="Events", readonly=True, aggregator=None)
    hash = fields.Char(readonly=True, default=chain.START)
    checked_on = fields.Datetime(string="Last Verified", readonly=True)
    checked_seq = fields.Integer(
        string="Verified Up To", readonly=True, aggregator=None
    )
    problem = fields.Char(readonly=True)
    state = fields.Selection(
        selection=[
            ("unknown", "Not Verified"),
            ("whole", "Whole"),
            ("broken", "Broken"),
        ],
        compute="_compute_state",
    )

    _programme_unique = models.UniqueIndex(
        "(programme_id)", "A programme has one trail."
    )

    @api.depends("checked_on", "problem")
    def _compute_state(self):
        for head in self:
            known = "broken" if head.problem else "whole"
            head.state = known if head.checked_on else "unknown"

    @api.model
    def _lock(self, programmes):
        """Lock the heads of programmes until the transaction ends.

        :return: {programme id: head}
        """
        heads = self.search([("programme_id", "in", programmes.ids)], order="id")
        missing = programmes - heads.programme_id
        heads += self.create(
            [
                # Whatever the context says: a trail begins at its beginning.
                {"programme_id": each.id, "seq": 0, "hash": chain.START}
                for each in missing
            ]
        )
        heads.flush_recordset()
        # Waits for the writer before; whoever then finds it changed is run again.
        self.env.cr.execute(
            SQL(
                "SELECT id FROM rollout_audit_head WHERE id = ANY(%s)"
                " ORDER BY id FOR UPDATE",
                heads.ids,
            )
        )
        heads.invalidate_recordset()
        return {head.programme_id.id: head for head in heads}

    def _prepare_next(self, vals):
        """Return the values of the next event; the head is then at this one."""
        self.ensure_one()
        vals = {**vals, "seq": self.seq + 1, "previous": self.hash}
        row = {**vals, "programme": vals["programme_id"]}
        vals["hash"] = chain.get_hash(row, self.hash)
        self.write({"seq": vals["seq"], "hash": vals["hash"]})
        return vals

    # Verification

    def action_verify(self):
        """Verify the chains now; for those who read the whole trail.

        :return: True; `state` and `problem` of each head say what was found
        """
        self.check_access("read")
        if not self.env.su and not self.env.user._get_rollout_duties() & {
            "auditor",
            "manager",
            "steering",
        }:
            raise AccessError(
                self.env._("Auditors, programme managers and the steering verify.")
            )
        # What was found is not the verifier's to write.
        self.sudo()._verify()
        return True

    def _verify(self):
        now = fields.Datetime.now()
        for head in self:
            problem = head._find_problem()
            head.write({"checked_on": now, "checked_seq": head.seq, "problem": problem})
            if problem:
                _logger.error("Trail of rollout %s: %s", head.programme_id.id, problem)

    def _find_problem(self):
        """Return what is wrong with the trail of a programme in words, or False."""
        rows = self.env["rollout.audit.event"]._get_rows(self.programme_id)
        found = chain.find_break(rows)
        if found:
            return self._describe_break(*found)
        last = rows[-1] if rows else {"seq": 0, "hash": chain.START}
        if (last["seq"], last["hash"]) != (self.seq, self.hash):
            return self.env._("Events are missing at the end of the trail.")
        return (
            self._find_strange_state(rows)
            or self._find_strange_signatures(rows)
            or self._find_strange_snapshot()
            or self._find_missing_triggers()
        )

    def _describe_break(self, seq, reason):
        words = {
            "missing": self.env._("is missing"),
            "moved": self.env._("does not follow the one before"),
            "changed": self.env._("was changed"),
        }
        return self.env._(
            "Event %(number)s %(reason)s.", number=seq, reason=words[reason]
        )

    def _find_strange_state(self, rows):
        """Compare each gate with the last state the trail tells of it."""
        states = {
            row["res_id"]: json.loads(row["payload"])["state"]
            for row in rows
            if row["res_model"] == "rollout.gate" and row["kind"] == "state"
        }
        gates = self.env["rollout.gate"].browse(states).exists()
        for gate in gates:
            if gate.state != states[gate.id]:
                return self.env._(
                    "%(gate)s is not in the state that the trail tells.",
                    gate=gate.display_name,
                )
        return False

    def _find_strange_signatures(self, rows):
        """Compare the signatures of each gate with those the trail tells of."""
        told = Counter()
        for row in rows:
            if row["res_model"] == "rollout.gate" and row["kind"] == "signed":
                signed = json.loads(row["payload"])
                key = (row["res_id"], row["user_ref"], signed["round"])
                told[(*key, signed["decision"])] += len(signed["functions"])
        found = Counter(
            (each.gate_id.id, each.user_id.id, each.round, each.decision)
            for each in self.programme_id.gate_ids.signoff_ids
        )
        strange = (told - found) | (found - told)
        if not strange:
            return False
        gate = self.env["rollout.gate"].browse(next(iter(strange))[0])
        return self.env._(
            "The signatures of %(gate)s are not those that the trail tells.",
            gate=gate.display_name,
        )

    def _find_strange_snapshot(self):
        """Compare each snapshot with its digest: signatures rest on it."""
        snapshots = self.env["rollout.snapshot"].search(
            [("gate_id.programme_id", "=", self.programme_id.id)]
        )
        for snapshot in snapshots:
            if chain.get_text_digest(snapshot.content) != snapshot.digest:
                return self.env._(
                    "A snapshot of %(gate)s was changed.",
                    gate=snapshot.gate_id.display_name,
                )
        return False

    @api.model
    def _find_missing_triggers(self):
        is_wanted = trail_guard.is_wanted(self.env)
        if is_wanted and not trail_guard.is_installed(self.env.cr):
            return self.env._("The triggers in the database are missing.")
        return False

    @api.model
    def _cron_verify(self):
        """Verify every trail, one after the other."""
        heads = self.search([("seq", ">", 0)])
        for number, head in enumerate(heads, start=1):
            head._verify()
            self.env["ir.cron"]._commit_progress(1, remaining=len(heads) - number)

    # The head leaves the database, so that a rewritten trail can be recognised.

    @api.readonly
    def get_head(self):
        """Return the end of each trail, to be kept outside of the database.

        Needs the right to read the trail.

        :return: one dictionary per record with `id`, `model`, `programme`, `seq`
            (number of the last event), `hash` and `database` (its UUID)
        """
        self.check_access("read")
        # The identity of the database is no secret.
        parameter = self.env["ir.config_parameter"].sudo()
        return [
            {
                "id": head.id,
                "model": head._name,
                "programme": head.programme_id.display_name,
                "seq": head.seq,
                "hash": head.hash,
                "database": parameter.get_param("database.uuid"),
            }
            for head in self
        ]

    @api.readonly
    def has_event(self, seq, event_hash):
        """Tell whether the trail still has an event that was exported before.

        Needs the right to read the trail.

        :param int seq: number of the event
        :param str event_hash: its hash
        """
        self.ensure_one()
        self.check_access("read")
        return bool(
            self.env["rollout.audit.event"].search_count(
                [
                    ("programme_id", "=", self.programme_id.id),
                    ("seq", "=", seq),
                    ("hash", "=", event_hash),
                ]
            )
        )

    def action_export(self):
        """Download the head as a text file."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/rollout_gate/head/{self.id}",
            "target": "self",
        }

    def action_events(self):
        """The events of this trail."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rollout_gate.event_action"
        )
        action["domain"] = [("programme_id", "in", self.programme_id.ids)]
        return action
