from datetime import timedelta

from odoo import api, fields, models

from ..engine import duties, life

SOON = 14


class RolloutProgramme(models.Model):
    _inherit = "rollout.programme"

    @api.readonly
    def get_dashboard(self):
        """Tell where programmes stand, for the duties of the user.

        Needs the right to read the programmes; lists hold what the user may read.

        :return: one dictionary per programme, in the order of the records: `id`,
            `model`, `name`, `state`, `duties` (of the user), `codes` (of gates, in
            order), `sites` (with `wave`, `state`, `complexity`, dates and `gates`, by
            code), `common` (gates of no site, like those of a site), `waves`,
            `blocking` (of open gates and those in review: `gate`, `gate_id`, `kind`,
            `name`, `owner`), `to_sign`, `mine`, `to_decide`, `waivers`, `risks`,
            `trail` (False for who may not read it) and `conflicts` (persons with
            duties that should be in two hands). Days are 'YYYY-MM-DD'.
        """
        self.check_access("read")
        return [programme._get_dashboard() for programme in self]

    def _get_dashboard(self):
        gates = self.gate_ids.sorted()
        in_hand = gates.filtered(lambda gate: gate.state in ("open", "in_review"))
        status = {row["id"]: row for row in in_hand.get_status()}
        mine = self.env.user._get_rollout_duties()
        return {
            "id": self.id,
            "model": self._name,
            "name": self.name,
            "state": self.state,
            "duties": sorted(mine),
            "codes": list(dict.fromkeys(gates.sorted("sequence").mapped("code"))),
            "sites": self._get_site_rows(gates, status),
            "common": [
                self._get_gate_cell(gate, status) for gate in gates if not gate.site_id
            ],
            "waves": self._get_wave_rows(),
            "blocking": self._get_blocking(in_hand, status),
            "to_sign": [
                {"id": gate.id, "name": gate.display_name}
                for gate in in_hand
                if gate.can_sign
            ],
            "mine": self._get_mine(),
            "to_decide": self._get_to_decide(),
            "waivers": self._get_waivers(),
            "risks": self._get_risks(),
            "trail": self._get_trail(),
            "conflicts": self._get_duty_conflicts() if mine - {"viewer"} else [],
        }

    def _get_gate_cell(self, gate, status):
        row = status.get(gate.id)
        return {
            "id": gate.id,
            "code": gate.code,
            "name": gate.display_name,
            "state": gate.state,
            "label": gate._get_state_label(gate.state),
            "drifted": gate.drifted,
            "planned": _day(gate.planned_date),
            "business": row["business_readiness"] if row else False,
            "technical": row["technical_readiness"] if row else False,
            "blocking": len(row["blocking"]) if row else 0,
        }

    def _get_site_rows(self, gates, status):
        by_site = gates.grouped("site_id")
        labels = dict(
            self.env["rollout.site"]._fields["state"]._description_selection(self.env)
        )
        return [
            {
                "id": site.id,
                "name": site.name,
                "wave": ", ".join(site.wave_ids.mapped("name")),
                "state": site.state,
                "label": labels[site.state],
                "complexity": site.complexity,
                "planned": _day(site.planned_date),
                "live_on": _day(site.live_on),
                "deviations": site.deviation_count,
                "gates": [
                    self._get_gate_cell(gate, status)
                    for gate in by_site.get(site, gates.browse())
                ],
            }
            for site in self.site_ids.sorted(
                lambda site: (
                    min(site.wave_ids.mapped("sequence"), default=0),
                    site.name,
                )
            )
        ]

    def _get_wave_rows(self):
        return [
            {
                "id": wave.id,
                "name": wave.name,
                "start": _day(wave.date_start),
                "end": _day(wave.date_end),
                "sites": wave.site_ids.ids,
            }
            for wave in self.wave_ids.sorted()
        ]

    def _get_blocking(self, gates, status):
        return [
            {"gate_id": gate.id, "gate": gate.display_name, **block}
            for gate in gates
            for block in status[gate.id]["blocking"]
        ]

    def _get_mine(self):
        """Count the items of the user, and name the first ones."""
        Item = self.env["rollout.gate.item"]
        domain = [
            ("programme_id", "=", self.id),
            ("gate_id.state", "=", "open"),
            ("state", "not in", life.DONE),
            "|",
            ("owner_id", "=", self.env.uid),
            ("verifier_id", "=", self.env.uid),
        ]
        today = fields.Date.context_today(self)
        items = Item.search(domain, order="due_date, id")
        return {
            "count": len(items),
            "overdue": sum(
                bool(item.due_date and item.due_date < today) for item in items
            ),
            "items": [
                {"id": item.id, "name": item.name, "due": _day(item.due_date)}
                for item in items[:10]
            ],
        }

    def _get_to_decide(self):
        found = self.env["rollout.decision"].search_fetch(
            [("programme_id", "=", self.id), ("state", "=", "proposed")],
            ["number", "name", "kind"],
        )
        return [{"id": each.id, "name": each.display_name} for each in found]

    def _get_waivers(self):
        """Return waivers that end soon or wait for an approval."""
        until = fields.Date.context_today(self) + timedelta(SOON)
        found = self.env["rollout.waiver"].search(
            [
                ("programme_id", "=", self.id),
                "|",
                ("state", "=", "requested"),
                "&",
                ("state", "=", "active"),
                ("valid_until", "<=", until),
            ]
        )
        return [
            {
                "id": each.id,
                "name": each.item_id.name,
                "until": _day(each.valid_until),
                "state": each.state,
                "counts": each.is_active,
            }
            for each in found
        ]

    def _get_risks(self):
        found = self.env["rollout.raid"].search(
            [("programme_id", "=", self.id), ("state", "in", ("open", "mitigating"))]
        )
        return [
            {
                "id": each.id,
                "name": each.name,
                "rating": each.rating,
                "mitigated": round(each.mitigated),
                "owner": each.sudo().owner_id.name or False,
            }
            for each in found[:10]
        ]

    def _get_trail(self):
        Head = self.env["rollout.audit.head"]
        if not Head.has_access("read"):
            return False
        head = Head.search([("programme_id", "=", self.id)])
        return head and {
            "id": head.id,
            "state": head.state,
            "seq": head.seq,
            "problem": head.problem,
            "checked_on": fields.Datetime.to_string(head.checked_on) or False,
        }

    def _get_duty_conflicts(self):
        """Return who holds duties that should be in two hands, of all with a seat."""
        labels = dict(self.env["res.users"]._get_rollout_duty_labels())
        # Groups of colleagues are not theirs to hide.
        users = self.sudo().member_ids.user_id | self.sudo().manager_id
        return [
            {"user": user.name, "duties": [labels[first], labels[second]]}
            for user in users
            for first, second in duties.get_conflicts(user._get_rollout_duties())
        ]


def _day(date):
    return fields.Date.to_string(date) if date else False
