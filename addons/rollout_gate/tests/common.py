"""A programme with a person for each duty; modules that build on gates import it."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user

from ..models.rollout_change import IMPACTS

DUTIES = (
    "viewer",
    "contributor",
    "process_owner",
    "manager",
    "design_authority",
    "steering",
    "auditor",
    "configurator",
)


class RolloutCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.users = {duty: cls._create_user(f"rollout_{duty}", duty) for duty in DUTIES}
        cls.second = cls._create_user("rollout_second", "process_owner")
        cls.users["second"] = cls.second
        cls.light = cls.env.ref("rollout_gate.template_light")
        cls.two_plant = cls.env.ref("rollout_gate.template_two_plant")

    @classmethod
    def _create_user(cls, login, *duties, **values):
        groups = [f"rollout_gate.group_{duty}" for duty in duties]
        return new_test_user(
            cls.env,
            login=login,
            groups=",".join(["base.group_user", *groups]),
            **values,
        )

    def as_(self, duty, record):
        """A record as the person with a duty sees it."""
        return record.with_user(self.users.get(duty, duty))

    @classmethod
    def _create_programme(cls, template=None, sites=("Plant",), **values):
        """A programme of the manager, with sites from easy to hard and its signers."""
        template = template or cls.light
        programme = (
            cls.env["rollout.programme"]
            .with_user(cls.users["manager"])
            .create(
                {
                    "name": "Rollout",
                    "template_id": template.id,
                    "manager_id": cls.users["manager"].id,
                    "rpc_signoff": True,
                    **values,
                }
            )
        )
        cls.env["rollout.site"].with_user(cls.users["manager"]).create(
            [
                {
                    "name": name,
                    "programme_id": programme.id,
                    "maturity": "4",
                    "data_quality": "4",
                    "supply_complexity": str(min(5, number)),
                    "capacity_for_change": "4",
                }
                for number, name in enumerate(sites, start=1)
            ]
        )
        functions = template.gate_ids.function_ids.function_id
        for function in functions:
            cls._seat(programme, function.code, cls.users["process_owner"])
            cls._seat(programme, function.code, cls.second)
        return programme

    @classmethod
    def _seat(cls, programme, function, user, **values):
        return (
            cls.env["rollout.member"]
            .with_user(cls.users["manager"])
            .create(
                {
                    "programme_id": programme.id,
                    "function_id": cls.env.ref(f"rollout_gate.function_{function}").id,
                    "user_id": user.id,
                    "date_from": "2020-01-01",
                    **values,
                }
            )
        )

    @classmethod
    def _start(cls, *args, **values):
        programme = cls._create_programme(*args, **values)
        programme.action_start()
        return programme

    @classmethod
    def _gate(cls, programme, code, site=None):
        gates = programme.gate_ids.filtered(lambda gate: gate.code == code)
        if site:
            gates = gates.filtered(lambda gate: gate.site_id.name == site)
        return gates[:1]

    def _meet(self, gate, leave=()):
        """The contributor does all items, with evidence, and others verify."""
        items = gate.item_ids.filtered(
            lambda item: item.kind not in ("check", "gate") and item.name not in leave
        )
        self.as_("manager", items).owner_id = self.users["contributor"]
        for item in self.as_("contributor", items):
            if item.kind in ("evidence", "deliverable"):
                item.attachment_ids = self._create_file(item)
            if item.kind == "metric":
                item.value = 100
            item.action_done()
            if item.state == "to_verify":
                self.as_("process_owner", item).action_verify()

    def _run_cron(self, model, method):
        """Run a scheduled method; what it commits stays in the test."""
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 60)
        getattr(self.env[model], method)()

    def _create_file(self, item, content=b"seen"):
        return item.env["ir.attachment"].create(
            {"name": "evidence.txt", "raw": content, "res_model": item._name}
        )

    def _review(self, gate, **options):
        self._meet(gate, **options)
        self.as_("contributor", gate).action_request_review()

    def _approve(self, gate):
        """Meet, ask and sign: both process owners, all functions."""
        self._review(gate)
        self._sign_all(gate)

    def _sign_all(self, gate):
        """Two persons share what is to sign, and both sign where a quorum is two."""
        first = self.as_("process_owner", gate)
        lines = first._get_own_functions()
        first.sign_off("approve", (lines[1:] or lines).function_id.mapped("code"))
        second = self.as_("second", gate)
        lines = second._get_own_functions().filtered(
            lambda line: line.signed < line.quorum
        )
        second.sign_off("approve", lines.function_id.mapped("code"))


class LockCommon(RolloutCommon):
    """A company of its own with a Light programme, for the locks of its documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Plant Company"})
        users = cls.env["res.users"].union(*cls.users.values())
        users.write(
            {"company_ids": [(4, cls.company.id)], "company_id": cls.company.id}
        )
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.programme = cls._start()
        cls.site = cls.programme.site_ids
        cls._seat(cls.programme, "steering", cls.users["steering"])
        cls._seat(cls.programme, "design_authority", cls.users["design_authority"])

    @classmethod
    def _create_lock(cls, **values):
        return (
            cls.env["rollout.lock"]
            .with_user(cls.users["manager"])
            .create(
                {"programme_id": cls.programme.id, "site_id": cls.site.id, **values}
            )
        )

    @classmethod
    def _lock(cls, **values):
        """Switch the lock of the site on."""
        lock = cls._create_lock(**values)
        lock.switch(True, "The plant works with the old system")
        return lock

    @classmethod
    def _freeze(cls):
        """Sign the design, and switch its lock on."""
        gate = cls._gate(cls.programme, "G2")
        lock = cls._lock(kind="design", site_id=False, gate_id=gate.id)
        gate.sudo().state = "approved"
        cls.env["rollout.lock"]._forget()
        return lock

    def _assert_waits(self, call, *args):
        self._assert_refused(
            r"Plant is not live yet.*G6 Go-live \(Plant\).*Locked", call, *args
        )

    def _assert_passes_when_live(self, call, *args):
        """The same document passes once its site is live."""
        self._assert_waits(call, *args)
        self.site.sudo()._go("live")
        return call(*args)

    def _assert_frozen(self, call, *args):
        self._assert_refused("approved change request", call, *args)

    def _assert_refused(self, words, call, *args):
        """Refused with these words, and nothing is written."""
        with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
            call(*args)

    def _approve_change(self, area, **values):
        """An approved change request, carried out by the user of the tests."""
        change = (
            self.env["rollout.change"]
            .with_user(self.users["contributor"])
            .create(
                {
                    "name": "Something",
                    "programme_id": self.programme.id,
                    "area": area,
                    "reason": "It has to be",
                    "owner_id": self.env.uid,
                    "valid_until": fields.Date.add(fields.Date.today(), days=7),
                    **dict.fromkeys((f"impact_{each}" for each in IMPACTS), "none"),
                    **values,
                }
            )
        )
        self.as_("design_authority", change).action_approve()
        return change

    def _assert_changes_when_approved(self, area, call, *args):
        """A frozen design changes with a request of its area; the trail tells it."""
        self._assert_frozen(call, *args)
        other = "other" if area != "other" else "bom"
        self._approve_change(other)
        self._assert_frozen(call, *args)
        change = self._approve_change(area)
        call(*args)
        events = self.env["rollout.audit.event"].search(
            [("kind", "=", "design_changed"), ("res_id", "=", change.id)]
        )
        self.assertTrue(events)
