import json
from datetime import datetime, timedelta

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import RolloutCommon


@tagged("post_install", "-at_install")
class TestTour(HttpCase, RolloutCommon):
    """From candidate to live, by four persons in a browser."""

    def setUp(self):
        super().setUp()
        for user in self.users.values():
            user.password = user.login

    def _tour(self, name, duty):
        self.start_tour("/odoo/rollout", name, login=self.users[duty].login)

    def test_from_candidate_to_live(self):
        """Start, work, lock, ask, sign and audit: each by the person whose it is.

        The programme takes signatures on the screen only; two gates are signed by
        script before.
        """
        others = self.env["rollout.programme"].search([("name", "!=", False)])
        others.active = False
        self._tour("rollout_gate_start", "manager")
        programme = self.env["rollout.programme"].search([("name", "=", "One Plant")])
        site = programme.site_ids
        self.assertEqual((programme.state, site.state), ("running", "planned"))
        self.assertEqual(programme.manager_id, self.users["manager"])
        self._work(programme)
        programme.rpc_signoff = True
        for code in ("G2", "G5"):
            self._approve(self._gate(programme, code))
        programme.rpc_signoff = False
        self._lock(site)
        self._sign_last(self._gate(programme, "G6"))
        self.assertEqual(site.state, "live")
        self.assertFalse(site.lock_ids._get_sites()[0].held, "live is free")
        self._tour("rollout_gate_audit", "auditor")

    def _work(self, programme):
        programme = self.as_("manager", programme)
        for function in ("production", "finance"):
            for user in (self.users["process_owner"], self.second):
                self._seat(programme, function, user)
        item = self._gate(programme, "G2").item_ids[1]
        item.owner_id = self.users["contributor"]
        self._tour("rollout_gate_work", "contributor")
        self.assertEqual(item.state, "passed")
        self.assertEqual(item.done_by_id, self.users["contributor"])

    def _lock(self, site):
        """The switch asks for the password, and says what it waits for."""
        lock = self.env["rollout.lock"].with_user(self.users["manager"])
        lock = lock.create({"programme_id": site.programme_id.id, "site_id": site.id})
        self.start_tour(
            "/odoo/rollout-locks", "rollout_gate_lock", login="rollout_manager"
        )
        self.assertEqual((lock.state, lock.channel), ("on", "screen"))
        self.assertEqual(lock.switched_by_id, self.users["manager"])
        self.assertTrue(lock._get_sites()[0].held)

    def _sign_last(self, gate):
        self._meet(gate)
        url = f"/odoo/rollout-gates/{gate.id}"
        self.start_tour(url, "rollout_gate_review", login="rollout_contributor")
        gate.programme_id.rpc_signoff = True
        self.as_("process_owner", gate).sign_off("approve")
        gate.programme_id.rpc_signoff = False
        self._tour("rollout_gate_sign", "second")
        self.assertEqual(gate.state, "approved")
        last = gate.signoff_ids.sorted("id")[-1]
        self.assertEqual((last.channel, last.user_id), ("screen", self.second))

    def test_sign_by_rpc_over_http(self):
        """A script of somebody with a seat, over the real protocol, is refused."""
        programme = self._start(rpc_signoff=False)
        gate = self._gate(programme, "G2")
        self._review(gate)
        user = self.users["process_owner"]
        for method, arguments in (
            ("sign_off", [gate.ids, "approve"]),
            ("write", [gate.ids, {"state": "approved"}]),
        ):
            with self.assertRaises(Exception) as caught:
                self.xmlrpc_object.execute_kw(
                    self.env.cr.dbname,
                    user.id,
                    user.login,
                    gate._name,
                    method,
                    arguments,
                )
            self.assertRegex(str(caught.exception), "screen only|buttons only|modify")
        self.assertEqual(gate.state, "in_review")

    def test_the_screen_over_rpc(self):
        """A script that knows the password is a script all the same."""
        programme = self._start(rpc_signoff=False)
        gate = self._gate(programme, "G2")
        self._review(gate)
        lock = self.env["rollout.lock"].with_user(self.users["manager"])
        lock = lock.create(
            {"programme_id": programme.id, "site_id": programme.site_ids.id}
        )
        sign = {"gate_id": gate.id, "decision": "approve"}
        switch = {"lock_id": lock.id, "reason": "x"}
        for duty, model, values, method in (
            ("process_owner", "rollout.gate.sign", sign, "action_sign"),
            ("manager", "rollout.lock.switch", switch, "action_switch"),
        ):
            self._check_script(self.users[duty], model, values, method)
        self.env.invalidate_all()
        self.assertEqual((gate.state, lock.state), ("in_review", "off"))
        self.assertFalse(gate.signoff_ids)

    @mute_logger("odoo.http")
    def _check_script(self, user, model, values, method):
        """It is asked for the password, gives it, and is refused."""
        self.env.user.group_ids += self.env.ref("base.group_system")
        key = self.env["res.users.apikeys"].with_user(user)
        key = key.sudo()._generate("rpc", "test", datetime.now() + timedelta(1))

        def call(path, **values):
            return self.url_open(
                f"/json/2/{path}",
                data=json.dumps(values),
                headers={
                    "Authorization": f"Bearer {key}",
                    "Content-Type": "application/json",
                },
            )

        ids = call(f"{model}/create", vals_list=[values]).json()
        asked = call(f"{model}/{method}", ids=ids).json()
        self.assertEqual(asked["res_model"], "res.users.identitycheck")
        answer = call(
            "res.users.identitycheck/run_check",
            ids=[asked["res_id"]],
            context={"password": user.login},
        )
        self.assertEqual(answer.status_code, 403, answer.text)
        self.assertIn("sign in with a browser", answer.text)

    def test_interface(self):
        """The public methods answer scripts, and never write."""
        programme = self._start()
        gate = self._gate(programme, "G2")
        head = self.env["rollout.audit.head"].search(
            [("programme_id", "=", programme.id)]
        )
        user = self.users["auditor"]
        for record, method in (
            (gate, "get_status"),
            (programme, "get_dashboard"),
            (head, "get_head"),
        ):
            answer = self.xmlrpc_object.execute_kw(
                self.env.cr.dbname,
                user.id,
                user.login,
                record._name,
                method,
                [record.ids],
            )
            self.assertEqual(
                [(row["id"], row["model"]) for row in answer],
                [(record.id, record._name)],
            )
            self.assertTrue(getattr(type(record), method)._readonly, method)
