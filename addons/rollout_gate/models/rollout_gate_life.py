from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import chain, duties, life

DECISIONS = ("approve", "condition", "reject")


class RolloutGate(models.Model):
    _inherit = "rollout.gate"

    def _to_engine(self):
        """Return the gate as the engine knows it; called with rights to read it."""
        self.ensure_one()
        gate = self.sudo()
        return life.Gate(
            state=gate.state,
            items=[item._to_engine() for item in gate.item_ids],
            functions=[function._to_engine() for function in gate.function_ids],
            predecessors=[
                (
                    before.display_name,
                    before.state,
                    gate.programme_id.manager_id.name or "",
                )
                for before in gate.predecessor_ids
            ],
            min_signers=gate.min_signers,
            persons=len(gate._get_signatures().user_id),
            unstable=gate._get_unstable(),
        )

    def _get_unstable(self):
        """Return (site: measure, ...) that the wave before still has to hold."""
        if not self.is_entry:
            return ()
        before = self.wave_id._get_before()
        if not before:
            return ()
        labels = dict(
            self.env["rollout.stability"]
            ._fields["measure"]
            ._description_selection(self.env)
        )
        return tuple(
            f"{site.name}: {labels[measure]}"
            for site, measures in before._get_unstable().items()
            for measure in measures
        )

    def _go(self, state, **payload):
        """Bring a gate into a state and tell the trail; who asks was checked before."""
        self.ensure_one()
        if not life.may_go(self.state, state):
            raise UserError(
                self.env._(
                    "%(gate)s is %(before)s and cannot become %(after)s.",
                    gate=self.display_name,
                    before=self._get_state_label(self.state),
                    after=self._get_state_label(state),
                )
            )
        # States are written by methods only.
        self.sudo().write({"state": state})
        if self.env["rollout.lock"]._is_any_on():
            self.env["rollout.lock"]._forget()
        self._log("state", {"state": state, **payload})

    @api.model
    def _get_state_label(self, state):
        return dict(self._fields["state"]._description_selection(self.env))[state]

    # Opening

    def action_open(self):
        """Open locked gates; refused while something comes before them."""
        self._check_duty("manager")
        self.check_access("read")
        for gate in self:
            blocks = life.get_entry_blocks(gate._to_engine())
            if blocks:
                raise UserError(
                    self.env._(
                        "%(gate)s stays locked:\n%(blocks)s",
                        gate=gate.display_name,
                        blocks=gate._say_blocks(blocks),
                    )
                )
            gate._go("open")
        return True

    def _open_ready(self):
        """Open the locked gates that nothing comes before any more."""
        for gate in self.filtered(lambda gate: gate.state == "locked"):
            if not life.get_entry_blocks(gate._to_engine()):
                gate._go("open")
                gate.sudo()._remind_owners()

    def _remind_owners(self):
        """One activity for each person who owns an item that is not met."""
        for owner in self.item_ids.filtered(lambda item: not item._is_met()).owner_id:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.planned_date or fields.Date.today(),
                summary=self.env._("Items of this gate are yours"),
                user_id=owner.id,
            )

    # Review

    def action_request_review(self):
        """Freeze the content and ask for signatures.

        All checks run. Refused while a blocker or a critical item is not met, or
        while a seat is empty.
        """
        self.check_access("read")
        self._check_duty("contributor", "manager")
        for gate in self:
            gate.sudo().item_ids._run_checks()
            gate.sudo().item_ids._forget_lost_evidence()
            gate._check_items()
            files = gate.sudo().item_ids.attachment_ids
            # Who wrote the evidence prepared it, by whatever way.
            gate._add_preparers(self.env.user | files.create_uid | files.write_uid)
            snapshot = self.env["rollout.snapshot"]._take(gate)
            gate.sudo().snapshot_id = snapshot
            gate._go("in_review", snapshot=snapshot.digest, round=gate.round)
            gate.sudo()._ask_signers()
        return True

    def _check_items(self):
        blocks = life.get_item_blocks(self._to_engine())
        if blocks:
            raise UserError(
                self.env._(
                    "%(gate)s is not ready:\n%(blocks)s",
                    gate=self.display_name,
                    blocks=self._say_blocks(blocks),
                )
            )

    def _ask_signers(self):
        for user in self._get_seats().user_id - self.preparer_ids:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.planned_date or fields.Date.today(),
                summary=self.env._("Your signature is needed"),
                user_id=user.id,
            )

    def action_withdraw(self):
        """Back to work: the review ends without a decision, signatures do not count."""
        self.check_access("read")
        self._check_duty("contributor", "manager")
        for gate in self:
            if gate.state != "in_review":
                raise UserError(self.env._("Only a review can be withdrawn."))
            gate._reopen(self.env._("Review withdrawn"))
        return True

    def _add_preparers(self, users):
        """Remember for good who prepared a gate."""
        for gate in self.sudo():
            new = users - gate.preparer_ids
            if new:
                gate.preparer_ids = [Command.link(user.id) for user in new]
                gate.with_env(self.env)._log("prepared", {"by": new.mapped("login")})

    # Signatures

    def _get_seats(self, functions=None):
        """Return the seats that may sign today, for some or all of its functions."""
        today = fields.Date.context_today(self)
        seats = self.env["rollout.member"].sudo()
        for line in (functions or self.function_ids).sudo():
            seats |= (
                self.programme_id.sudo()
                .member_ids.filtered(
                    lambda seat, line=line: seat.function_id == line.function_id
                )
                ._filter_seated(today, line.site_id)
            )
        return seats

    def _get_own_functions(self):
        """Return what the user has a seat for and has not signed in this round."""
        self.ensure_one()
        signed = self._get_signatures().filtered(
            lambda signoff: signoff.user_id == self.env.user
        )
        return self.function_ids.filtered(
            lambda line: (
                self.env.user in self._get_seats(line).user_id
                and line not in signed.function_line_id
            )
        )

    def _get_signatures(self):
        """Return the signatures of this round."""
        return self.signoff_ids.filtered(lambda signoff: signoff.round == self.round)

    @api.depends("state", "signoff_ids")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for gate in self:
            gate.can_sign = (
                gate.state == "in_review"
                and bool(gate._get_own_functions())
                and not gate._get_refusal(gate._get_own_functions())
            )

    def _get_refusal(self, functions):
        """Return why the user may not sign for these functions, or None."""
        user = self.env.user
        seated = user.browse(functions and user.id).filtered(
            lambda user: all(
                user in self._get_seats(line).user_id for line in functions
            )
        )
        reason = self._refuse_person(self.sudo().preparer_ids, seated)
        if reason:
            return reason
        before = self._get_signatures().filtered(
            lambda signoff: signoff.user_id == user
        )
        return duties.refuse_functions(
            functions.ids,
            before.function_line_id.ids,
            self.programme_id.sudo().several_functions,
        )

    def _refuse_person(self, preparers, seated):
        """Return why the user may not agree to what some prepared, or None."""
        user = self.env.user
        person = duties.Person(
            user.id, user._get_rollout_duties(), self.env.su or user._is_superuser()
        )
        return duties.refuse_signature(person, set(preparers.ids), user in seated)

    def _get_refusal_text(self, reason):
        return {
            "superuser": self.env._(
                "The system does not sign, nor does code that runs with its rights."
            ),
            "configurator": self.env._(
                "Who sets up templates and checks does not sign gates."
            ),
            "auditor": self.env._("Auditors do not sign."),
            "no_duty": self.env._(
                "Only process owners, programme managers, the design authority and the "
                "steering committee sign."
            ),
            "no_seat": self.env._(
                "You have no seat for this. The programme manager names who signs."
            ),
            "prepared": self.env._(
                "You prepared this gate: somebody else has to sign it."
            ),
            "twice": self.env._("You signed for this already."),
            "several": self.env._(
                "In this programme one person signs for one function only."
            ),
        }[reason]

    def sign_off(
        self, decision, functions=None, reason="", condition="", condition_due=False
    ):
        """Sign gates as the current user, by a script.

        Refused unless the programme allows signing over RPC; the trail and the protocol
        tell that it was. Needs a duty that signs and a seat.

        :param str decision: approve, condition or reject
        :param list functions: codes of the functions to sign for; all of one's own if
            not given
        :param str reason: why; required to reject
        :param str condition: what has to be done; required with condition
        :param condition_due: until when, as 'YYYY-MM-DD'
        :return: True; `state` tells where the gate is now
        """
        for gate in self:
            if not gate.programme_id.rpc_signoff:
                raise AccessError(
                    self.env._("This programme takes signatures on the screen only.")
                )
            lines = gate._get_own_functions()
            if functions:
                lines = lines.filtered(lambda line: line.function_id.code in functions)
            gate._sign(
                decision,
                lines,
                "rpc",
                reason=reason,
                condition=condition,
                condition_due=condition_due,
            )
        return True

    def _sign(self, decision, functions, channel, **values):
        """Add one signature for each function, and decide when all are there."""
        self.ensure_one()
        self.check_access("read")
        self._check_signature(decision, functions, values)
        # One after the other: of two last signatures at once, the second waits, is run
        # again, and sees the first.
        self.env["rollout.audit.head"].sudo()._lock(self.programme_id)
        signoffs = self.env["rollout.gate.signoff"]._add(
            self, decision, functions, channel, values
        )
        self._decide()
        self.sudo().activity_ids.filtered(
            lambda activity: activity.user_id == self.env.user
        ).action_done()
        return signoffs

    def _check_signature(self, decision, functions, values):
        if decision not in DECISIONS:
            raise UserError(
                self.env._("Sign with approve, condition or reject, nothing else.")
            )
        if self.state != "in_review":
            raise UserError(
                self.env._("%(gate)s is not in review.", gate=self.display_name)
            )
        reason = self._get_refusal(functions)
        if reason:
            raise AccessError(self._get_refusal_text(reason))
        if decision == "reject" and not values.get("reason"):
            raise UserError(self.env._("Say why you reject it."))
        if decision == "condition" and not (
            values.get("condition") and values.get("condition_due")
        ):
            raise UserError(self.env._("Say what has to be done, and until when."))

    def _decide(self):
        """Bring the gate where its signatures bring it.

        Before an approval all checks run again, and what was signed has to be what
        is there.
        """
        signatures = self.sudo()._get_signatures()
        outcome = life.get_outcome(self._to_engine(), signatures.mapped("decision"))
        if not outcome:
            return
        if life.is_signed(outcome):
            self.sudo().item_ids._run_checks()
            self._check_entry()
            self._check_items()
            self._check_unchanged()
        self.sudo().write({"decided_on": fields.Datetime.now(), "drifted": False})
        self._go(outcome, snapshot=self.sudo().snapshot_id.digest, round=self.round)
        if life.is_signed(outcome):
            self._after_approval()

    def _check_entry(self):
        blocks = life.get_entry_blocks(self._to_engine())
        if blocks:
            raise UserError(self._say_blocks(blocks))

    def _check_unchanged(self):
        if self._get_digest() != self.sudo().snapshot_id.digest:
            raise UserError(
                self.env._(
                    "%(gate)s has changed since the review began. Withdraw it and ask "
                    "again, so that everybody signs the same.",
                    gate=self.display_name,
                )
            )

    def _after_approval(self):
        gate = self.sudo()
        sites = gate.site_id or gate.wave_id.site_ids or gate.programme_id.site_ids
        if gate.site_state:
            sites.with_env(self.env)._go(gate.site_state)
        gate.programme_id.gate_ids.with_env(self.env)._open_ready()

    # Reopening

    def _reopen(self, reason):
        """Open a gate again: the next review is a new round, old signatures stay."""
        for gate in self:
            gate._go("open", reason=reason, round=gate.round + 1)
            gate.sudo().write({"round": gate.round + 1, "drifted": False})

    def reopen(self, reason):
        """Open decided gates again, as the steering; rejected ones as manager.

        :param str reason: why; it stands in the trail
        :return: True
        """
        self.check_access("read")
        if not reason:
            raise UserError(self.env._("Say why it is opened again."))
        for gate in self:
            if gate.state == "rejected":
                gate._check_duty("manager", "steering")
            else:
                gate._check_duty("steering")
            gate._reopen(reason)
        return True

    # Snapshot and drift

    def _get_content(self):
        """Return what a signature rests on: the items and how they stand."""
        self.ensure_one()
        gate = self.sudo()
        return {
            "gate": gate.code,
            "site": gate.site_id.name or "",
            "items": [item._get_content() for item in gate.item_ids],
        }

    def _get_digest(self):
        return chain.get_digest(self._get_content())

    @api.model
    def _cron_drift(self):
        """Run the checks of signed gates again; raise a flag where they differ."""
        gates = self.search([("state", "in", life.SIGNED)])
        for number, gate in enumerate(gates, start=1):
            gate.item_ids._run_checks()
            gate._check_drift()
            self.env["ir.cron"]._commit_progress(1, remaining=len(gates) - number)

    def _check_drift(self):
        """Flag a signed gate that no longer rests on what was signed."""
        self.ensure_one()
        drifted = self._get_digest() != self.snapshot_id.digest
        if drifted and not self.drifted:
            self.drifted = True
            self._log("drifted", {"snapshot": self.snapshot_id.digest})
            self.env["rollout.raid"]._create_drift_risk(self)
        elif not drifted and self.drifted:
            self.drifted = False
            self._log("drift_over", {"snapshot": self.snapshot_id.digest})
