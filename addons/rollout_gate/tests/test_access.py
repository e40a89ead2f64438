from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import DUTIES, RolloutCommon

MODELS = {
    # model: (who creates, who writes)
    "rollout.programme": ("manager configurator", "manager configurator steering"),
    "rollout.site": ("manager configurator", "manager configurator"),
    "rollout.wave": ("manager configurator", "manager configurator"),
    "rollout.member": ("manager configurator", "manager configurator"),
    "rollout.gate": ("", "manager configurator"),
    "rollout.gate.item": (
        "manager configurator",
        "contributor process_owner manager configurator",
    ),
    "rollout.gate.signoff": ("", ""),
    "rollout.gate.function": ("", ""),
    "rollout.snapshot": ("", ""),
    "rollout.audit.event": ("", ""),
    "rollout.audit.head": ("", ""),
    "rollout.stability": (
        "process_owner manager configurator",
        "process_owner manager configurator",
    ),
    "rollout.waiver": (
        "contributor process_owner manager configurator",
        "contributor process_owner manager configurator",
    ),
    "rollout.decision": (
        "manager configurator design_authority steering",
        "manager configurator design_authority steering",
    ),
    "rollout.standard": (
        "contributor process_owner manager configurator design_authority",
        "contributor process_owner manager configurator design_authority",
    ),
    "rollout.requirement": (
        "contributor process_owner manager configurator design_authority",
        "contributor process_owner manager configurator design_authority",
    ),
    "rollout.customization": (
        "contributor process_owner manager configurator design_authority",
        "contributor process_owner manager configurator design_authority",
    ),
    "rollout.change": (
        "contributor process_owner manager configurator design_authority",
        "contributor process_owner manager configurator design_authority",
    ),
    "rollout.policy": (
        "contributor process_owner manager configurator",
        "contributor process_owner manager configurator",
    ),
    "rollout.app": ("manager configurator", "manager configurator"),
    "rollout.build.step": (
        "manager configurator",
        "contributor process_owner manager configurator",
    ),
    "rollout.discovery": (
        "contributor process_owner manager configurator",
        "contributor process_owner manager configurator",
    ),
    "rollout.lock": (
        "manager configurator steering",
        "manager configurator steering",
    ),
    "rollout.template": ("configurator", "configurator"),
    "rollout.domain": ("configurator", "configurator"),
    "rollout.function": ("configurator", "configurator"),
    "rollout.phase": ("configurator", "configurator"),
}


@tagged("post_install", "-at_install")
class TestAccess(RolloutCommon):
    def test_who_creates_and_writes(self):
        for model, (creators, writers) in MODELS.items():
            for duty in DUTIES:
                Model = self.env[model].with_user(self.users[duty])
                self.assertEqual(
                    Model.has_access("create"), duty in creators.split(), (model, duty)
                )
                self.assertEqual(
                    Model.has_access("write"), duty in writers.split(), (model, duty)
                )

    def test_who_reads(self):
        programme = self._start()
        for duty in DUTIES:
            for record in (programme, programme.gate_ids, programme.site_ids):
                self.assertTrue(self.as_(duty, record).has_access("read"))
        nobody = new_test_user(self.env, login="rollout_nobody")
        portal = new_test_user(
            self.env, login="rollout_portal", groups="base.group_portal"
        )
        for user in (nobody, portal):
            for record in (programme, programme.gate_ids[0]):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                programme.gate_ids.with_user(user).get_status()
            with self.assertRaises(AccessError):
                programme.with_user(user).get_dashboard()

    def test_the_trail_is_own_or_whole(self):
        programme = self._start()
        gate = self._gate(programme, "G2")
        self._meet(gate)
        Event = self.env["rollout.audit.event"]
        every = Event.search_count([("programme_id", "=", programme.id)])
        for duty in ("manager", "auditor", "steering", "design_authority"):
            found = Event.with_user(self.users[duty]).search_count(
                [("programme_id", "=", programme.id)]
            )
            self.assertEqual(found, every, duty)
        own = Event.with_user(self.users["contributor"]).search([])
        self.assertEqual(set(own.mapped("login")), {"rollout_contributor"})
        with self.assertRaises(AccessError):
            Event.with_user(self.users["viewer"]).search([])

    def test_companies_are_apart(self):
        programme = self._start()
        other = self.env["res.company"].create({"name": "Other"})
        theirs = {
            duty: self._create_user(
                f"rollout_other_{duty}",
                duty,
                company_id=other.id,
                company_ids=other.ids,
            )
            for duty in ("manager", "steering", "auditor")
        }
        self._approve(self._gate(programme, "G2"))
        records = [
            programme,
            programme.site_ids,
            programme.wave_ids,
            programme.member_ids,
            programme.gate_ids,
            programme.gate_ids.item_ids,
            programme.gate_ids.function_ids,
            programme.gate_ids.signoff_ids,
            programme.gate_ids.snapshot_id,
            self.env["rollout.audit.event"].search(
                [("programme_id", "=", programme.id)]
            ),
            self.env["rollout.audit.head"].search(
                [("programme_id", "=", programme.id)]
            ),
            self.env["rollout.raid"].search([("programme_id", "=", programme.id)]),
            *self._create_design(programme),
        ]
        for duty, user in theirs.items():
            for record in records:
                self.assertTrue(record)
                self.assertFalse(
                    record.with_user(user)._filtered_access("read"),
                    (duty, record._name),
                )
        with self.assertRaises(AccessError):
            programme.gate_ids.with_user(theirs["steering"]).get_status()

    def _create_design(self, programme):
        """Return an entry of each register of a programme."""
        programme.action_usual_lists()
        known = {"programme_id": programme.id, "name": "Something"}
        needed = {
            "rollout.standard": {"text": "One way"},
            "rollout.requirement": {},
            "rollout.customization": {},
            "rollout.change": {"reason": "It has to be"},
            "rollout.policy": {},
        }
        lock = self.env["rollout.lock"].create(
            {"programme_id": programme.id, "site_id": programme.site_ids.id}
        )
        return [
            *(
                self.env[name].create({**known, **vals})
                for name, vals in needed.items()
            ),
            *(
                self.env[name].search([("programme_id", "=", programme.id)])
                for name in ("rollout.app", "rollout.build.step", "rollout.discovery")
            ),
            lock,
        ]

    def test_one_programme_in_two_companies(self):
        """Each sees the programme and its own sites."""
        other = self.env["res.company"].create({"name": "Other"})
        programme = self._create_programme(self.two_plant, ("A", "B"))
        self.users["manager"].company_ids += other
        programme = programme.with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        programme.company_ids += other
        programme.site_ids[1].sudo().company_id = other
        programme.action_start()
        user = self._create_user(
            "rollout_other", "manager", company_id=other.id, company_ids=other.ids
        )
        mine = programme.with_user(user).with_context(allowed_company_ids=other.ids)
        self.assertEqual(mine.site_ids.mapped("name"), ["B"])
        self.assertEqual(
            set(mine.gate_ids.site_id.mapped("name")), {"B"}, "and none of A's gates"
        )
        self.assertIn("G1", mine.gate_ids.mapped("code"), "common gates are shared")
        row = mine.get_dashboard()[0]
        self.assertEqual([site["name"] for site in row["sites"]], ["B"])

    def test_contributors_change_their_own(self):
        programme = self._start()
        item = self._gate(programme, "G2").item_ids[0]
        mine = self.as_("contributor", item)
        with self.assertRaisesRegex(AccessError, "nobody yet"):
            mine.note = "x"
        with self.assertRaisesRegex(AccessError, "nobody yet"):
            mine.action_done()
        mine.action_take()
        mine.note = "x"
        self.as_("manager", item).owner_id = self.second
        with self.assertRaisesRegex(AccessError, "is owned by"):
            mine.note = "y"

    def test_a_new_user_has_no_duty(self):
        user = new_test_user(self.env, login="rollout_plain")
        self.assertFalse(user._get_rollout_duties())
        admin = self.env.ref("base.user_admin")
        self.assertIn("configurator", admin._get_rollout_duties())
        self.assertNotIn("steering", admin._get_rollout_duties())
