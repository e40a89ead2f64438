from collections import defaultdict

from odoo import Command, api, fields, models

from .rollout_template import SCOPES, SITE_STATES

STATES = [
    ("locked", "Locked"),
    ("open", "Open"),
    ("in_review", "In Review"),
    ("approved", "Approved"),
    ("approved_with_conditions", "Approved with Conditions"),
    ("rejected", "Rejected"),
]


class RolloutGate(models.Model):
    """A step that opens when its items are met and the right persons have signed.

    Its life is in rollout_gate_life.py, what it tells in rollout_gate_status.py.
    """

    _name = "rollout.gate"
    _description = "Gate"
    _inherit = ["rollout.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "programme_id, wave_sequence, sequence, site_id, id"

    _protected = frozenset(
        {
            "code",
            "company_id",
            "decided_on",
            "drifted",
            "function_ids",
            "is_entry",
            "min_signers",
            "predecessor_ids",
            "preparer_ids",
            "programme_id",
            "round",
            "scope",
            "signoff_ids",
            "site_id",
            "site_state",
            "snapshot_id",
            "state",
            "template_gate_id",
            "wave_id",
        }
    )
    _tracked = ("name", "planned_date")

    programme_id = fields.Many2one(
        comodel_name="rollout.programme",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    wave_id = fields.Many2one(
        comodel_name="rollout.wave", readonly=True, ondelete="restrict", index=True
    )
    wave_sequence = fields.Integer(
        related="wave_id.sequence",
        string="Wave Sequence",
        store=True,
        aggregator=None,
    )
    site_id = fields.Many2one(
        comodel_name="rollout.site", readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        readonly=True,
        index=True,
        help="Of the site; empty for a gate of the whole programme or wave.",
    )
    template_gate_id = fields.Many2one(
        comodel_name="rollout.template.gate", readonly=True, ondelete="restrict"
    )
    phase_id = fields.Many2one(comodel_name="rollout.phase", ondelete="restrict")
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True)
    sequence = fields.Integer(default=10, aggregator=None)
    scope = fields.Selection(selection=SCOPES, required=True, readonly=True)
    is_entry = fields.Boolean(readonly=True)
    site_state = fields.Selection(
        selection=SITE_STATES, string="Site Becomes", readonly=True
    )
    min_signers = fields.Integer(
        string="Different Persons", readonly=True, default=1, aggregator=None
    )
    planned_date = fields.Date(string="Planned", tracking=True)
    state = fields.Selection(
        selection=STATES,
        default="locked",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        group_expand=True,
    )
    predecessor_ids = fields.Many2many(
        comodel_name="rollout.gate",
        relation="rollout_gate_predecessor_rel",
        column1="gate_id",
        column2="predecessor_id",
        string="Comes After",
        readonly=True,
    )
    item_ids = fields.One2many(
        comodel_name="rollout.gate.item", inverse_name="gate_id", string="Items"
    )
    function_ids = fields.One2many(
        comodel_name="rollout.gate.function",
        inverse_name="gate_id",
        string="Signatures Needed",
        readonly=True,
    )
    signoff_ids = fields.One2many(
        comodel_name="rollout.gate.signoff",
        inverse_name="gate_id",
        string="Signatures",
        readonly=True,
    )
    round = fields.Integer(
        readonly=True, default=1, aggregator=None, help="Grows with each reopening."
    )
    preparer_ids = fields.Many2many(
        comodel_name="res.users",
        relation="rollout_gate_preparer_rel",
        ondelete="restrict",
        string="Prepared By",
        readonly=True,
        help="Who did or changed an item, or asked for a review: they never sign it.",
    )
    snapshot_id = fields.Many2one(
        comodel_name="rollout.snapshot",
        readonly=True,
        ondelete="restrict",
        help="What the signatures rest on.",
    )
    decided_on = fields.Datetime(readonly=True)
    drifted = fields.Boolean(
        readonly=True, help="What it rested on has changed since it was signed."
    )
    # Told by rollout_gate_status.py
    business_readiness = fields.Float(compute="_compute_status")
    technical_readiness = fields.Float(compute="_compute_status")
    block_count = fields.Integer(string="Blocking", compute="_compute_status")
    blocks = fields.Html(string="What Blocks", compute="_compute_status")
    can_sign = fields.Boolean(compute="_compute_can_sign")

    @api.depends("code", "name", "site_id.name", "wave_id.name")
    def _compute_display_name(self):
        for gate in self:
            place = gate.sudo().site_id.name or gate.sudo().wave_id.name
            name = f"{gate.code} {gate.name}"
            gate.display_name = f"{name} ({place})" if place else name

    # Made from a template

    @api.model
    def _generate(self, programme, waves=None):
        """Create the gates of a programme, or of its new waves; called as superuser.

        :return: the new gates, all locked
        """
        before = programme.gate_ids
        vals_list = []
        for template in programme.template_id.gate_ids:
            for wave, site in self._get_places(programme, template, waves):
                vals_list.append(self._prepare_gate(programme, template, wave, site))
        gates = self.create(vals_list)
        gates._link_predecessors(before)
        gates._log("created", [{"state": gate.state} for gate in gates])
        # Who set up what is asked for does not sign it, whatever their groups are then.
        gates._add_preparers(programme.template_id._get_authors())
        return gates

    @api.model
    def _get_places(self, programme, template, waves):
        """Return (wave, site) of each gate that a gate of the template becomes."""
        none = self.env["rollout.wave"], self.env["rollout.site"]
        if template.scope == "programme":
            return [] if waves is not None else [none]
        places = [
            (wave, site)
            for wave in (programme.wave_ids if waves is None else waves)
            for site in wave.site_ids
        ]
        if template.scope == "site":
            return places
        return [(wave, none[1]) for wave in dict.fromkeys(wave for wave, _s in places)]

    @api.model
    def _prepare_gate(self, programme, template, wave, site):
        return {
            "programme_id": programme.id,
            "wave_id": wave.id,
            "site_id": site.id,
            "company_id": site.company_id.id,
            "template_gate_id": template.id,
            "phase_id": template.phase_id.id,
            "code": template.code,
            "name": template.name,
            "sequence": template.sequence,
            "scope": template.scope,
            "is_entry": template.is_entry,
            "site_state": template.site_state,
            "min_signers": template.min_signers,
            "planned_date": site.planned_date
            if template.site_state == "live"
            else False,
            "item_ids": [
                Command.create(self._prepare_item(item)) for item in template.item_ids
            ],
            "function_ids": [
                Command.create(vals)
                for function in template.function_ids
                for vals in self._prepare_functions(function, wave, site)
            ],
        }

    @api.model
    def _prepare_item(self, item):
        # No owner: who signs for a function should not be given its work.
        return {
            "template_item_id": item.id,
            "name": item.name,
            "sequence": item.sequence,
            "kind": item.kind,
            "severity": item.severity,
            "side": item.side,
            "function_id": item.function_id.id,
            "check_code": item.check_code,
            "evidence_count": item.evidence_count,
            "target": item.target,
            "needs_verifier": item.needs_verifier,
        }

    @api.model
    def _prepare_functions(self, function, wave, site):
        """One signature for each site of the wave, where the template says so."""
        sites = site or (wave.site_ids if function.per_site else [site])
        return [
            {
                "function_id": function.function_id.id,
                "quorum": function.quorum,
                "site_id": each.id,
            }
            for each in sites
        ]

    def _link_predecessors(self, before):
        """Link new gates with what comes before them, in their wave and in the last."""
        gates = before | self
        by_code = defaultdict(self.browse)
        for gate in gates:
            by_code[gate.code] |= gate
        for gate in self:
            found = self.browse()
            for code in gate.template_gate_id._get_predecessor_codes():
                found |= by_code[code]._filter_same_place(gate)
            before_wave = gate.is_entry and gate.wave_id._get_before()
            if before_wave:
                found |= before_wave.gate_ids
            gate.predecessor_ids = found - gate

    def _filter_same_place(self, gate):
        """Return the gates of the same site, of its wave, or of the programme."""
        return self.filtered(
            lambda other: (
                not other.wave_id
                or not gate.wave_id
                or (
                    other.wave_id == gate.wave_id
                    and (
                        not other.site_id
                        or not gate.site_id
                        or other.site_id == gate.site_id
                    )
                )
            )
        )

    def _copy_local_items(self, site):
        """Take over the items that a finished site has beyond the template."""
        for gate in self:
            model = site.gate_ids.filtered(
                lambda other, gate=gate: other.code == gate.code
            )
            local = model[-1:].item_ids.filtered(lambda item: not item.template_item_id)
            for item in local:
                item.copy({"gate_id": gate.id})

    def action_open_items(self):
        """The items of the gates, as a list of their own."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "rollout_gate.item_action"
        )
        return {
            **action,
            "domain": [("gate_id", "in", self.ids)],
            "context": {"default_gate_id": self[:1].id},
        }
