"""Ways round the buttons: contexts, other tables, other companies, other hands."""

import inspect
import json
from contextlib import suppress
from datetime import timedelta

import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .. import trail_guard
from ..models.rollout_change import IMPACTS
from .common import DUTIES, RolloutCommon

ORM = {"create", "write", "unlink", "copy", "copy_data", "init"}
# What a method is asked with, beside its records.
ARGUMENTS = {
    "sign_off": ["approve"],
    "reopen": ["I want to"],
    "switch": [True, "I want to"],
    "has_event": [1, "0"],
}


@tagged("post_install", "-at_install")
class TestAdversary(RolloutCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.programme = cls._start()
        cls.gate = cls._gate(cls.programme, "G2")
        cls.site = cls.programme.site_ids
        cls._seat(cls.programme, "steering", cls.users["steering"])
        cls._seat(cls.programme, "design_authority", cls.users["design_authority"])
        cls.head = cls.env["rollout.audit.head"].search(
            [("programme_id", "=", cls.programme.id)]
        )

    def _assert_refused(self, call, words="", error=UserError):
        with self.assertRaisesRegex(error, words), self.env.cr.savepoint():
            call()
        self.env.invalidate_all()

    def _own(self, item, duty="contributor"):
        """An item as the person sees it who owns it."""
        self.as_("manager", item).owner_id = self.users[duty]
        return self.as_(duty, item)

    def _values(self, model):
        """Return what a record of a model needs."""
        soon = fields.Date.today() + timedelta(7)
        critical = self.gate.item_ids.filtered(lambda item: item.severity == "critical")
        known = {"programme_id": self.programme.id, "name": "Something"}
        return {
            "rollout.waiver": {
                "item_id": critical[0].id,
                "reason": "x",
                "risk": "x",
                "valid_until": soon,
            },
            "rollout.change": {
                **known,
                "reason": "x",
                "owner_id": self.second.id,
                "valid_until": soon,
                **dict.fromkeys((f"impact_{each}" for each in IMPACTS), "none"),
            },
            "rollout.decision": {**known, "kind": "override", "text": "x"},
            "rollout.lock": {
                "programme_id": self.programme.id,
                "site_id": self.site.id,
            },
            "rollout.gate.item": {"gate_id": self.gate.id, "name": "Something"},
            "rollout.programme": {"name": "x", "template_id": self.light.id},
            "rollout.standard": {**known, "text": "x"},
            "rollout.customization": known,
            "rollout.deviation": {"site_id": self.site.id, "name": "x", "reason": "x"},
            "rollout.discovery": {"site_id": self.site.id, "name": "x"},
            "rollout.build.step": known,
        }[model]

    def _create(self, model, duty="manager", **values):
        Model = self.env[model].with_user(self.users[duty])
        return Model.create({**self._values(model), **values})

    def _decide(self, decision):
        self.as_("steering", decision).action_decide()
        return decision

    # What a context brings

    def test_defaults_of_a_context(self):
        """No context gives a new record a state, or who approved it."""
        states = {
            "rollout.waiver": ("active", "requested"),
            "rollout.change": ("approved", "requested"),
            "rollout.decision": ("decided", "proposed"),
            "rollout.lock": ("on", "off"),
            "rollout.gate.item": ("passed", "todo"),
            "rollout.programme": ("running", "draft"),
            "rollout.standard": ("approved", "draft"),
            "rollout.customization": ("approved", "requested"),
            "rollout.deviation": ("approved", "requested"),
            "rollout.discovery": ("done", "todo"),
            "rollout.build.step": ("done", "todo"),
        }
        for model, (wanted, first) in states.items():
            context = {"default_state": wanted, "default_approver_id": self.second.id}
            for su in (False, True):
                Model = self.env[model].with_user(self.users["manager"]).sudo(su)
                record = Model.with_context(**context).create(self._values(model))
                self.assertEqual(record.state, first, model)
                if "approver_id" in record._fields:
                    self.assertFalse(record.approver_id, model)
                if model == "rollout.lock" and not su:
                    record.unlink()

    def test_defaults_of_a_context_when_a_programme_starts(self):
        programme = self._create_programme()
        programme.with_context(
            default_state="approved",
            default_round=7,
            default_min_signers=0,
            default_is_entry=True,
            default_done_by_id=self.second.id,
        ).action_start()
        gates = programme.gate_ids
        self.assertEqual(gates.mapped("state"), ["open", "locked", "locked"])
        self.assertEqual(set(gates.mapped("round")), {1})
        self.assertEqual(set(gates.item_ids.mapped("state")), {"todo"})
        self.assertFalse(gates.item_ids.done_by_id)

    def test_defaults_of_a_context_for_a_trail(self):
        Programme = self.env["rollout.programme"].with_user(self.users["manager"])
        programme = Programme.with_context(default_hash="x", default_seq=9).create(
            {"name": "x", "template_id": self.light.id}
        )
        head = self.head.search([("programme_id", "=", programme.id)])
        self.assertFalse(head._find_problem())

    # What the system computes

    def test_computed_fields_are_not_written(self):
        """Nobody moves a record to another programme, or company, past its gate."""
        other = self._create_programme()
        item = self.gate.item_ids[0]
        waiver = self._create("rollout.waiver", "contributor")
        events = self.head.seq
        for record, duty in (
            (self._own(item), "contributor"),
            (waiver, "contributor"),
            (item, "configurator"),
        ):
            for values in (
                {"programme_id": other.id},
                {"programme_id": False},
                {"company_id": False},
            ):
                with self.assertRaisesRegex(UserError, "buttons|stays"):
                    self.as_(duty, record).write(values)
        self._assert_refused(
            lambda: self._create("rollout.gate.item", company_id=99), "buttons"
        )
        mine = self._own(item)
        mine.note = "Seen"
        self.env.invalidate_all()
        self.assertGreater(self.head.seq, events, "its events are in its trail")

    def test_every_stored_compute_is_protected(self):
        """Whatever model is added."""
        for model in self._get_models():
            computed = {
                name
                for name, field in model._fields.items()
                if field.store and field.compute and field.readonly
            }
            self.assertLessEqual(computed, model._get_protected(), model._name)

    def _get_models(self):
        return [
            self.env[name]
            for name in self.env.registry.descendants(["rollout.mixin"], "_inherit")
            if not self.env[name]._abstract
        ]

    def test_records_stay_where_they_were_entered(self):
        other = self._start()
        gate = self._gate(other, "G2")
        item = self._own(self.gate.item_ids[0])
        wave = self.programme.wave_ids[0]
        waiver = self._create("rollout.waiver", "contributor")
        moves = [
            (item, {"gate_id": gate.id}),
            (self.as_("manager", item), {"gate_id": gate.id}),
            (waiver, {"item_id": gate.item_ids[1].id}),
            (self.as_("manager", self.site), {"programme_id": other.id}),
            (self.as_("manager", wave), {"programme_id": other.id}),
            (self.programme.member_ids[0], {"programme_id": other.id}),
            (self._create("rollout.decision"), {"programme_id": other.id}),
            (self._create("rollout.deviation"), {"site_id": other.site_ids.id}),
        ]
        for record, values in moves:
            self._assert_refused(
                lambda record=record, values=values: record.write(values), "stays"
            )
        self._assert_refused(
            lambda: self.as_("manager", gate).write({"item_ids": [(4, item.id)]}),
            "stays",
        )

    # Items

    def test_what_the_template_asks_for(self):
        """Neither its owner nor the programme manager makes an item easier."""
        blocker = self.gate.item_ids.filtered(lambda item: item.severity == "blocker")
        check = self.gate.item_ids.filtered("check_code")
        attacks = [
            (blocker[0], {"severity": "minor"}),
            (blocker[0], {"kind": "manual"}),
            (blocker[0], {"evidence_count": 0}),
            (blocker[0], {"side": "technical"}),
            (check, {"kind": "manual"}),
            (check, {"check_code": "items_owned"}),
        ]
        for item, values in attacks:
            for duty in ("contributor", "manager"):
                mine = self._own(item, duty)
                with self.assertRaises(UserError, msg=values):
                    mine.write(values)
        figure = self._gate(self.programme, "G5").item_ids.filtered("target")[0]
        self._assert_refused(
            lambda: self.as_("manager", figure).write({"target": 1}), "not easier"
        )
        self.as_("manager", figure).target = 100
        self.as_("manager", blocker[0]).needs_verifier = True
        self._assert_refused(
            lambda: self.as_("manager", blocker[0]).write({"needs_verifier": False}),
            "not easier",
        )
        self._own(blocker[0]).severity = "blocker"

    def test_items_of_others(self):
        item = self.gate.item_ids[0]
        self._own(item)
        other = self.as_("process_owner", item)
        for values in (
            {"verifier_id": self.users["process_owner"].id},
            {"needs_verifier": False},
            {"due_date": "2099-01-01"},
            {"na_reason": "x"},
            {"sequence": 1},
        ):
            self._assert_refused(
                lambda values=values: other.write(values), "owned by", AccessError
            )

    def test_not_applicable_needs_who_may_sign(self):
        item = self._own(self.gate.item_ids[1])
        item.na_reason = "x"
        item.action_request_na()
        for duty in ("auditor", "configurator", "viewer"):
            self._seat(self.programme, "finance", self.users[duty])
            with self.assertRaises(AccessError, msg=duty):
                self.as_(duty, item).action_approve_na()
        self.as_("second", item).action_approve_na()

    # Evidence

    def test_evidence_is_its_owners(self):
        self._meet(self.gate)
        item = self.gate.item_ids.filtered("attachment_ids")
        file = item.attachment_ids
        other = self.as_("process_owner", file)
        for attack in (
            other.unlink,
            lambda: other.write({"raw": b"x"}),
            lambda: other.write({"name": "x"}),
            lambda: other.write({"res_id": 0}),
        ):
            self._assert_refused(attack, "owned by", AccessError)
        mine = self.as_("contributor", file)
        self.as_("contributor", self.gate).action_request_review()
        for attack in (mine.unlink, lambda: mine.write({"raw": b"x"})):
            self._assert_refused(attack, "withdraw the review")
        self.as_("contributor", self.gate).action_withdraw()
        mine.unlink()
        self.assertEqual(item.state, "in_progress")

    def test_evidence_that_is_gone(self):
        """However a file went: what rested on it is not met at the review."""
        self._meet(self.gate)
        self.gate.sudo().item_ids.attachment_ids.unlink()
        self._assert_refused(
            self.as_("contributor", self.gate).action_request_review, "is not ready"
        )

    def test_evidence_nobody_may_see(self):
        item = self._own(self.gate.item_ids[0])
        secret = self.env["ir.attachment"].create({"name": "Salaries", "raw": b"x"})
        self._assert_refused(
            lambda: item.write({"attachment_ids": [(4, secret.id)]}),
            error=AccessError,
        )

    # Waves and stability

    def test_the_pilot_stays_the_pilot(self):
        """Neither another wave between, nor a pilot without its site."""
        programme = self._start(self.two_plant, ("A", "B"))
        pilot, second = programme.wave_ids
        self._assert_refused(
            lambda: second.create(
                {"programme_id": programme.id, "name": "Between", "sequence": 1}
            ),
            "order of waves stays",
        )
        site = self.as_("manager", pilot.site_ids)
        for command in [(3, pilot.id)], [(6, 0, second.ids)]:
            self._assert_refused(
                lambda command=command: site.write({"wave_ids": command}), "buttons"
            )
        self.assertEqual(second._get_before(), pilot)

    def test_who_says_how_the_pilot_ran(self):
        """They have prepared the entry of the next wave."""
        programme = self._start(self.two_plant, ("A", "B"))
        entry = programme.wave_ids[1].gate_ids.filtered("is_entry")
        Stability = self.env["rollout.stability"].with_user(self.second)
        values = {
            "site_id": programme.wave_ids[0].site_ids.id,
            "measure": "procurement",
            "value": 99,
        }
        period = Stability.create(values)
        self.assertIn(self.second, entry.preparer_ids)
        self._assert_refused(
            lambda: period.write({"target": 0}), "target below", AccessError
        )
        self._assert_refused(period.unlink, error=AccessError)
        self.as_("manager", period).target = 90
        self.assertIn(self.users["manager"], entry.preparer_ids)

    # The rules of a programme

    def test_rules_of_a_running_programme(self):
        """The manager makes them stricter, the steering committee looser."""
        self.programme.rpc_signoff = False
        self.programme.several_functions = False
        looser = [
            {"rpc_signoff": True},
            {"several_functions": True},
            {"stable_periods": 1},
            {"deviation_limit": 99},
            {"customization_limit": 99},
            {"template_id": self.two_plant.id},
        ]
        for values in looser:
            for duty in ("manager", "configurator"):
                self._assert_refused(
                    lambda values=values, duty=duty: self.as_(
                        duty, self.programme
                    ).write(values),
                    "Steering Member",
                    AccessError,
                )
            self.as_("steering", self.programme).write(values)
        with self.assertRaisesRegex(AccessError, "Programme Manager"):
            self.as_("steering", self.programme).name = "Mine"
        draft = self._create_programme()
        draft.stable_periods = 1

    def test_a_company_with_a_site_stays(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.users["manager"].company_ids += other
        with self.assertRaisesRegex(ValidationError, "has a site"):
            self.programme.company_ids = other

    # Locks

    def test_what_a_lock_holds_stays(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.users["manager"].company_ids += other
        self.programme.company_ids += other
        lock = self._create("rollout.lock")
        lock.switch(True, "Go")
        for values in ({"active": False}, {"company_id": other.id}):
            self._assert_refused(
                lambda values=values: self.as_("manager", self.site).write(values),
                "Switch it off",
            )
        self.site.sudo().active = False
        self.assertTrue(lock._get_sites(), "archived by the system: still held")
        self.as_("steering", lock).switch(False, "Enough")
        self.as_("manager", self.site).active = True

    # Decisions

    def test_decisions_of_another_programme(self):
        other = self._start()
        self._seat(other, "steering", self.users["steering"])
        foreign = self._decide(self._create("rollout.decision", programme_id=other.id))
        own = self._decide(self._create("rollout.decision"))
        self.programme.sudo().write({"deviation_limit": 0, "customization_limit": 0})
        build = self._create("rollout.build.step")
        deviation = self._create("rollout.deviation")
        for record in (build, deviation):
            self.assertFalse(record._is_decided(foreign))
            self.assertTrue(record._is_decided(own))
        deviation.decision_id = foreign
        self._assert_refused(
            self.as_("design_authority", deviation).action_approve, "has its 0"
        )
        deviation.decision_id = own
        self.as_("design_authority", deviation).action_approve()
        draft = self._create_programme(self.two_plant, ("A", "B"))
        draft.action_propose_waves()
        first, second = draft.wave_ids
        first.sequence, second.sequence = 2, 1
        draft.invalidate_recordset(["wave_ids"])
        draft.wave_decision_id = own
        self._assert_refused(draft.action_start, "not in the proposed order")

    def test_who_wrote_it_does_not_decide_it(self):
        """Also when somebody else entered it, or wrote the last word."""
        decision = self._create("rollout.decision")
        self.as_("steering", decision).text = "As I like it"
        self.as_("manager", decision).name = "Later"
        self._assert_refused(
            self.as_("steering", decision).action_decide, "proposed", AccessError
        )
        standard = self._create("rollout.standard", variation="mandatory")
        self.as_("design_authority", standard).text = "My way"
        self._assert_refused(
            self.as_("design_authority", standard).action_approve,
            "proposed",
            AccessError,
        )

    def test_waivers_are_changed_by_who_asked(self):
        waiver = self._create("rollout.waiver", "contributor")
        for duty in ("process_owner", "manager"):
            self._assert_refused(
                lambda duty=duty: self.as_(duty, waiver).write({"reason": "x"}),
                "Only who asked",
                AccessError,
            )
        waiver.reason = "Better words"

    def test_a_code_stays_while_there_are_seats(self):
        """The code of a body is its authority."""
        it = self.env.ref("rollout_gate.function_it")
        self.as_("configurator", it).code = "something"
        self._seat(self.programme, "it", self.second)
        self._assert_refused(
            lambda: self.as_("configurator", it).write({"code": "steering"}), "seats"
        )

    def test_templates_begin_as_drafts(self):
        Template = self.env["rollout.template"].with_user(self.users["configurator"])
        values = {"name": "x", "code": "x", "state": "active"}
        self.assertEqual(Template.create(values).state, "draft")
        mine = Template.with_context(default_state="active")
        self.assertEqual(mine.create({"name": "y", "code": "y"}).state, "draft")
        item = self.as_("configurator", self.light.gate_ids[0].item_ids[0])
        self._assert_refused(
            lambda: item.update_field_translations("name", {"en_US": "Easy"}),
            "in use",
        )

    # Other hands

    def test_a_configurator_who_gave_up_the_group(self):
        """Who set up what is asked for does not sign it under another hat."""
        user = self._create_user("rollout_turncoat", "configurator")
        mine = self.light.with_user(user)
        version = mine.browse(mine.action_new_version()["res_id"])
        version.gate_ids[0].item_ids[0].severity = "minor"
        version.action_activate()
        programme = self._start(version)
        user.group_ids = self.env.ref("base.group_user") | self.env.ref(
            "rollout_gate.group_process_owner"
        )
        self._seat(programme, "finance", user)
        gate = self._gate(programme, "G2")
        self._review(gate)
        with self.assertRaisesRegex(AccessError, "You prepared this gate"):
            gate.with_user(user).sign_off("approve")

    def test_groups_and_logins_change_after_signing(self):
        """The trail keeps who signed, and by which duty."""
        self._approve(self.gate)
        signer = self.users["process_owner"]
        signer.group_ids = self.env.ref("base.group_user")
        signer.login = "somebody_else"
        signer.active = False
        signoff = self.gate.signoff_ids.filtered(lambda each: each.user_id == signer)
        self.assertEqual(set(signoff.mapped("login")), {"rollout_process_owner"})
        event = self.env["rollout.audit.event"].search(
            [("kind", "=", "signed"), ("user_ref", "=", signer.id)]
        )
        self.assertIn("process_owner", json.loads(event.payload)["duties"])
        self.assertFalse(self.head._find_problem())
        self.assertEqual(self.gate.state, "approved")

    def test_merged_contacts(self):
        """Two persons who signed stay two persons."""
        self._approve(self.gate)
        partners = self.users["process_owner"].partner_id + self.second.partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        with self.assertRaises(UserError):
            wizard._merge(partners.ids, partners[0])
        other = self.env["res.partner"].create({"name": "Twin"})
        wizard._merge((partners[0] + other).ids, partners[0])
        self.assertEqual(len(self.gate.signoff_ids.user_id), 2)
        self.assertFalse(self.head._find_problem())

    def test_who_prepared_is_not_deleted(self):
        """They would come back as somebody who prepared nothing."""
        item = self._own(self.gate.item_ids[0])
        item.note = "x"
        self.as_("manager", item).owner_id = self.second
        self.env.flush_all()
        with (
            self.assertRaises(psycopg2.errors.RestrictViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "DELETE FROM res_users WHERE id = %s", [self.users["contributor"].id]
            )

    # What stands beside the trail

    def test_messages_and_names_are_not_the_trail(self):
        """Chatter, and the names of records, may go: the trail and gates stay."""
        self._approve(self.gate)
        admin = self.env.ref("base.user_admin")
        messages = self.gate.message_ids.with_user(admin)
        self.assertTrue(messages)
        messages.unlink()
        names = self.env["ir.model.data"].with_user(admin)
        names.search(
            [("module", "=", "rollout_gate"), ("model", "=", "rollout.template.item")]
        ).unlink()
        self.env.invalidate_all()
        self.assertFalse(self.head._find_problem())
        self.assertEqual(self.gate.state, "approved")
        self.assertTrue(self.gate.item_ids.template_item_id)

    def test_signatures_by_sql_are_found(self):
        self._approve(self.gate)
        self.env.flush_all()
        signoff = self.gate.signoff_ids[0]
        columns = (
            "gate_id, function_line_id, user_id, login, round, decision, at, channel, "
            "snapshot_id"
        )
        forged = columns.replace("round", "round + 1")
        attacks = {
            f"INSERT INTO rollout_gate_signoff ({columns}) SELECT {forged} FROM "
            f"rollout_gate_signoff WHERE id = {signoff.id}": "signatures of",
            f"DELETE FROM rollout_gate_signoff WHERE id = {signoff.id}": "signatures",
            f"UPDATE rollout_gate_signoff SET user_id = {self.users['manager'].id} "
            f"WHERE id = {signoff.id}": "signatures",
            "UPDATE rollout_snapshot SET content = replace(content, 'passed', 'na') "
            f"WHERE gate_id = {self.gate.id}": "snapshot",
        }
        for statement, words in attacks.items():
            self.assertFalse(self.head._find_problem())
            self.env.cr.execute("SAVEPOINT attack")
            self.env.cr.execute(statement)
            self.env.invalidate_all()
            self.assertIn(words, self.head._find_problem() or "", statement)
            self.env.cr.execute("ROLLBACK TO SAVEPOINT attack")
            self.env.invalidate_all()

    def test_triggers_that_are_gone_or_disabled(self):
        admin = self.env.ref("base.user_admin")
        Settings = self.env["res.config.settings"].with_user(admin)
        Settings.create({"rollout_database_triggers": True}).execute()
        self.assertFalse(self.head._find_problem())
        table = trail_guard.TABLES[0]
        self.env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        self.assertIn("triggers", self.head._find_problem() or "")
        self.env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        self.assertFalse(self.head._find_problem())
        trail_guard.remove(self.env.cr)
        self.assertIn("triggers", self.head._find_problem() or "")

    # Every public method

    def _get_methods(self, model):
        """Return the names of what scripts may call of a model, in our modules."""
        return sorted(
            {
                name
                for cls in type(model).mro()
                if cls.__module__.startswith("odoo.addons.rollout_gate")
                for name, value in vars(cls).items()
                if inspect.isfunction(value) and not name.startswith("_")
            }
            - ORM
        )

    def _get_everything(self):
        """Return a record of each model that has public methods."""
        self._approve(self.gate)
        self.programme.action_usual_lists()
        records = [
            self.programme,
            self.site,
            self._gate(self.programme, "G5"),
            self._gate(self.programme, "G5").item_ids[0],
            self.gate,
            self.head,
            self.programme.build_step_ids[0],
            self.env["rollout.discovery"].search([], limit=1),
        ]
        item = self._gate(self.programme, "G5").item_ids.filtered(
            lambda item: item.severity == "critical"
        )[0]
        records += [
            self._create(model, "manager")
            for model in (
                "rollout.decision",
                "rollout.change",
                "rollout.deviation",
                "rollout.standard",
                "rollout.customization",
                "rollout.lock",
            )
        ]
        records.append(self._create("rollout.waiver", item_id=item.id))
        records.append(
            self.env["rollout.policy"].create(
                {"programme_id": self.programme.id, "name": "Something"}
            )
        )
        return records

    def test_every_public_method_by_who_has_nothing_to_say(self):
        """None of them writes for viewers, auditors and people outside."""
        records = self._get_everything()
        other = self.env["res.company"].create({"name": "Other"})
        theirs = {"company_id": other.id, "company_ids": other.ids}
        persons = [
            self.users["viewer"],
            self.users["auditor"],
            new_test_user(self.env, login="rollout_none"),
            new_test_user(self.env, login="rollout_door", groups="base.group_portal"),
            *(
                self._create_user(f"rollout_far_{duty}", duty, **theirs)
                for duty in ("process_owner", "manager", "steering")
            ),
        ]
        called = 0
        for record in records:
            for name in self._get_methods(record):
                for person in persons:
                    self._call(record, name, person)
                    called += 1
        self.assertGreater(called, 300)

    def _call(self, record, name, person):
        self.env.flush_all()
        self.env.invalidate_all()
        columns = [name for name, field in record._fields.items() if field.column_type]
        before = self.head.seq, record.read(columns)
        with suppress(AccessError, UserError), self.env.cr.savepoint():
            method = getattr(record.with_user(person), name)
            method(*ARGUMENTS.get(name, ()))
            self.env.flush_all()
        self.env.invalidate_all()
        after = self.head.seq, record.read(columns)
        if name == "action_verify" and person == self.users["auditor"]:
            return
        self.assertEqual(before, after, (record, name, person.login))

    # What other companies count

    def test_nothing_to_count_for_other_companies(self):
        self._get_everything()
        other = self.env["res.company"].create({"name": "Other"})
        user = self._create_user(
            "rollout_far", *DUTIES[:6], company_id=other.id, company_ids=other.ids
        )
        user.group_ids += self.env.ref("base.group_allow_export")
        models = [
            *self._get_models(),
            self.env["rollout.audit.event"],
            self.env["rollout.audit.head"],
        ]
        for model in models:
            name = "id" if model._name == "rollout.programme" else "programme_id"
            domain = [(name, "=", self.programme.id)]
            every = model.search_count(domain)
            theirs = model.with_user(user)
            self.assertFalse(theirs.search_count(domain), model._name)
            groups = theirs._read_group(domain, [], ["__count"])
            self.assertEqual(groups, [(0,)], model._name)
            if every:
                column = "name" if name == "id" else name
                with self.assertRaises(AccessError, msg=model._name):
                    model.search(domain, limit=1).with_user(user).export_data([column])
            forged = theirs.with_context(allowed_company_ids=self.company.ids)
            with self.assertRaises(AccessError, msg=model._name):
                forged.search_count(domain)

    def test_screens_for_gates_and_locks_of_others(self):
        """A number alone does not tell what is open in another company."""
        self.gate.item_ids[0].sudo().severity = "minor"
        lock = self.env["rollout.lock"].with_user(self.users["manager"])
        lock = lock.create({"programme_id": self.programme.id, "site_id": self.site.id})
        other = self.env["res.company"].create({"name": "Other"})
        user = self._create_user(
            "rollout_far_off", *DUTIES[:6], company_id=other.id, company_ids=other.ids
        )
        sign = {"gate_id": self.gate.id}
        switch = {"lock_id": lock.id, "reason": "x"}
        for model, values, names in (
            ("rollout.gate.sign", sign, ["conditions"]),
            ("rollout.lock.switch", switch, ["stopped", "state", "decision_id"]),
        ):
            wizards = self.env[model].with_user(user)
            for name in names:
                spec = {name: {}}
                for call in (
                    lambda w=wizards, v=values, s=spec: w.onchange(v, [*v], s),
                    lambda w=wizards, v=values, s=spec: w.web_save(v, s),
                ):
                    self.env.flush_all()
                    self.env.invalidate_all()
                    self._assert_refused(call, error=AccessError)

    def test_the_gate_of_another_programme_meets_nothing(self):
        easier = self._start()
        item = {"name": "Other gate", "gate_id": self.gate.id, "kind": "gate"}
        items = self.env["rollout.gate.item"].with_user(self.users["manager"])
        own = items.create({**item, "subgate_id": self._gate(self.programme, "G5").id})
        other = self._gate(easier, "G2").id
        words = "same programme"
        self._assert_refused(lambda: own.write({"subgate_id": other}), words)
        self._assert_refused(lambda: items.create({**item, "subgate_id": other}), words)
