"""A programme with a person for each duty; modules that build on gates import it."""

from odoo.tests import TransactionCase, new_test_user

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
