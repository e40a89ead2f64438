from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import dependency, life, waves
from .rollout_template import STRATEGIES

STATES = [
    ("draft", "Draft"),
    ("running", "Running"),
    ("continuous", "Continuous"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]


# What a programme asks of itself.
RULES = {
    "several_functions",
    "rpc_signoff",
    "stable_periods",
    "deviation_limit",
    "customization_limit",
    "template_id",
}


class RolloutProgramme(models.Model):
    _name = "rollout.programme"
    _description = "Rollout Programme"
    _inherit = ["rollout.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    _protected = frozenset({"state", "started_on", "wave_reasons"})
    # Its trail stays, so it stays.
    _forgettable = ()
    _tracked = (
        "name",
        "template_id",
        "strategy",
        "manager_id",
        "sponsor_id",
        "company_ids",
        "several_functions",
        "rpc_signoff",
        "stable_periods",
        "deviation_limit",
        "customization_limit",
        "wave_decision_id",
        "active",
    )

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Companies",
        required=True,
        default=lambda self: self.env.company,
    )
    sponsor_id = fields.Many2one(comodel_name="res.users", tracking=True)
    manager_id = fields.Many2one(
        comodel_name="res.users",
        string="Programme Manager",
        default=lambda self: self.env.user,
        tracking=True,
    )
    objective = fields.Html()
    started_on = fields.Date(readonly=True, copy=False)
    template_id = fields.Many2one(
        comodel_name="rollout.template",
        required=True,
        ondelete="restrict",
        domain=[("state", "=", "active")],
        default=lambda self: self._default_template_id(),
    )
    strategy = fields.Selection(
        selection=STRATEGIES,
        compute="_compute_strategy",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    sites_per_wave = fields.Integer(default=3)
    domain_ids = fields.Many2many(
        comodel_name="rollout.domain",
        string="Process Domains",
        default=lambda self: self.env["rollout.domain"].search([]),
    )
    several_functions = fields.Boolean(
        string="One Person, Several Functions",
        default=True,
        help="One person may sign for several functions. The protocol tells it.",
    )
    rpc_signoff = fields.Boolean(
        string="Sign over RPC",
        help="Signatures by scripts are accepted, and recorded as such. Without a "
        "password on the screen.",
    )
    stable_periods = fields.Integer(
        default=3,
        help="How many periods in a row a wave has to be stable before the next.",
    )
    deviation_limit = fields.Integer(
        default=3,
        help="How many local deviations a site may have before the steering decides.",
    )
    customization_limit = fields.Integer(
        string="Customisation Limit",
        default=10,
        help="How many customisations there may be before the steering decides.",
    )
    site_ids = fields.One2many(comodel_name="rollout.site", inverse_name="programme_id")
    build_step_ids = fields.One2many(
        comodel_name="rollout.build.step", inverse_name="programme_id"
    )
    wave_ids = fields.One2many(comodel_name="rollout.wave", inverse_name="programme_id")
    member_ids = fields.One2many(
        comodel_name="rollout.member", inverse_name="programme_id", string="Seats"
    )
    gate_ids = fields.One2many(comodel_name="rollout.gate", inverse_name="programme_id")
    wave_reasons = fields.Text(
        string="Why This Order", readonly=True, copy=False, help="As it was proposed."
    )
    wave_decision_id = fields.Many2one(
        comodel_name="rollout.decision",
        string="Decision on the Order",
        ondelete="restrict",
        copy=False,
        domain="[('programme_id', '=', id), ('kind', '=', 'override'),"
        " ('state', '=', 'decided')]",
        help="What allows another order of waves than the proposed one.",
    )
    site_count = fields.Integer(compute="_compute_counts")
    gate_count = fields.Integer(compute="_compute_counts")
    live_count = fields.Integer(string="Live Sites", compute="_compute_counts")

    _stable_periods_positive = models.Constraint(
        "CHECK(stable_periods > 0)", "At least one period has to be stable."
    )

    def _default_template_id(self):
        return self.env["rollout.template"].search(
            [("state", "=", "active")], order="sequence, id", limit=1
        )

    def _get_programme(self):
        return self

    def write(self, vals):
        if not self.env.su:
            self._check_rules(vals)
        result = super().write(vals)
        if {"state", "active", "company_ids"} & vals.keys():
            self.env["rollout.lock"]._forget()
        return result

    def _check_rules(self, vals):
        """Once it runs, its rules are loosened by the steering committee only."""
        if vals.keys() - RULES:
            self._check_duty("manager")
        started = self.filtered(lambda programme: programme.state != "draft")
        for programme in started:
            for name in RULES & vals.keys():
                if programme._is_looser(name, vals[name]):
                    programme._check_duty("steering")

    def _is_looser(self, name, value):
        if name == "template_id":
            return value != self.template_id.id
        if name == "stable_periods":
            return (value or 0) < self.stable_periods
        return (value or 0) > self[name]

    @api.depends("template_id")
    def _compute_strategy(self):
        for programme in self:
            programme.strategy = programme.template_id.strategy or "plant"

    @api.depends("site_ids.state", "gate_ids")
    def _compute_counts(self):
        for programme in self:
            programme.site_count = len(programme.site_ids)
            programme.gate_count = len(programme.gate_ids)
            programme.live_count = len(programme.site_ids._filter_live())

    @api.constrains("company_ids")
    def _check_companies(self):
        for programme in self:
            if not programme.company_ids:
                raise ValidationError(self.env._("A programme needs a company."))
            sites = programme.sudo().with_context(active_test=False).site_ids
            left = sites.company_id - programme.company_ids
            if left:
                raise ValidationError(
                    self.env._(
                        "%(company)s has a site in this programme.",
                        company=left[0].name,
                    )
                )

    # The order of waves

    def action_propose_waves(self):
        """Replace the waves by the proposed ones; only before the start."""
        self._check_duty("manager")
        for programme in self:
            if programme.state != "draft":
                raise UserError(
                    self.env._("Waves are proposed before the programme starts.")
                )
            if not programme.site_ids:
                raise UserError(self.env._("Enter the sites first."))
            proposed = programme._propose_waves()
            programme.wave_ids.unlink()
            vals_list = [
                programme._prepare_wave(number, wave)
                for number, wave in enumerate(proposed, start=1)
            ]
            programme._plan_waves(vals_list)
            self.env["rollout.wave"].create(vals_list)
            # Said by the system.
            programme.sudo().wave_reasons = programme._describe_waves(proposed)
            programme._log("waves_proposed", {"why": programme.wave_reasons})
        return True

    def _propose_waves(self):
        self.ensure_one()
        sites = [site._to_engine() for site in self.site_ids]
        domains = [
            waves.Domain(domain.id, domain.name, domain.predecessor_ids.ids)
            for domain in self.domain_ids
        ]
        unscored = self.site_ids.filtered(lambda site: not site.complexity)
        if len(sites) > 1 and self.strategy != "single" and unscored:
            raise UserError(
                self.env._(
                    "Assess these sites first, all four questions: %(sites)s",
                    sites=", ".join(unscored.mapped("name")),
                )
            )
        try:
            return waves.propose(self.strategy, sites, domains, self.sites_per_wave)
        except dependency.CycleError as error:
            names = self.env["rollout.domain"].browse(error.cycle).mapped("name")
            raise UserError(
                self.env._(
                    "These domains wait for each other: %(domains)s",
                    domains=" > ".join(names),
                )
            ) from error

    def _prepare_wave(self, number, wave):
        return {
            "programme_id": self.id,
            "name": self.env._("Pilot")
            if wave.pilot
            else self.env._("Wave %(number)s", number=number),
            "sequence": number,
            "kind": "pilot" if wave.pilot else "standard",
            "site_ids": wave.sites,
            "domain_ids": wave.domains,
        }

    def _plan_waves(self, vals_list):
        """A wave lasts from the one before to the last planned go-live of its sites."""
        start = fields.Date.context_today(self)
        for vals in vals_list:
            sites = self.site_ids.browse(vals["site_ids"])
            planned = [site.planned_date for site in sites if site.planned_date]
            if planned and max(planned) >= start:
                vals.update({"date_start": start, "date_end": max(planned)})
                start = max(planned)

    def _describe_waves(self, proposed):
        """Say in words why the waves are in this order."""
        lines = []
        for number, wave in enumerate(proposed, start=1):
            lines.append(f"{number}. {self._describe_wave(*wave.reason)}")
        return "\n".join(lines)

    def _describe_wave(self, kind, *values):
        if kind == "domain":
            return self.env._("needs what came before: %(names)s", names=values[0])
        if kind == "unit":
            return self.env._("business unit: %(name)s", name=values[0])
        if kind == "complexity":
            return self.env._(
                "complexity %(low)s to %(high)s of 20", low=values[0], high=values[1]
            )
        return self.env._("everything at once")

    def _check_wave_order(self):
        """The waves are as proposed, or the steering committee decided otherwise."""
        self.ensure_one()
        orphans = self.site_ids - self.wave_ids.site_ids
        if orphans:
            raise UserError(
                self.env._(
                    "These sites are in no wave: %(sites)s",
                    sites=", ".join(orphans.mapped("name")),
                )
            )
        decision = self.wave_decision_id
        if decision.kind == "override" and self._is_decided(decision):
            return
        proposed = [
            (set(wave.sites), set(wave.domains)) for wave in self._propose_waves()
        ]
        ordered = [
            (set(wave.site_ids.ids), set(wave.domain_ids.ids)) for wave in self.wave_ids
        ]
        if proposed != ordered:
            raise UserError(
                self.env._(
                    "The waves are not in the proposed order. Propose them again, or "
                    "choose a decision of the steering committee that allows it.\n"
                    "Proposed:\n%(reasons)s",
                    reasons=self._describe_waves(self._propose_waves()),
                )
            )

    # Life

    def action_start(self):
        """Create the gates and open the first ones."""
        self._check_duty("manager")
        for programme in self:
            if programme.state != "draft":
                raise UserError(self.env._("This programme has started already."))
            if not programme.site_ids:
                raise UserError(self.env._("Enter the sites first."))
            if not programme.wave_ids:
                programme.action_propose_waves()
            programme._check_wave_order()
            programme._start()
        return True

    def _start(self):
        self.ensure_one()
        programme = self.sudo()
        programme.write({"state": "running", "started_on": fields.Date.today()})
        self._log("started", {"template": self.template_id.display_name})
        programme.site_ids._go("planned", ("candidate",))
        # Gates come from the template, not from a person.
        gates = self.env["rollout.gate"].sudo()._generate(programme)
        self.env["rollout.raid"]._create_usual_risks(programme)
        gates.with_env(self.env)._open_ready()

    def action_continue(self):
        """The rollout goes on as a managed capability: gates and bodies stay."""
        self._check_duty("manager")
        self._go("continuous", ("running",))
        return True

    def action_close(self):
        """The programme ends; refused while a gate is open or in review."""
        self._check_duty("steering")
        for gate in self.gate_ids:
            if not life.is_signed(gate.state):
                raise UserError(
                    self.env._("%(gate)s is not approved yet.", gate=gate.display_name)
                )
        self._go("closed", ("running", "continuous"))
        return True

    def action_cancel(self):
        """The programme is given up; a decision of the steering committee."""
        if self.filtered(lambda programme: programme.state != "draft"):
            self._check_duty("steering")
        else:
            self._check_duty("manager", "steering")
        self._go("cancelled", ("draft", "running", "continuous"))
        return True

    def _go(self, state, before):
        self.check_access("read")
        moved = self.filtered(lambda programme: programme.state in before)
        # States are written by methods only.
        moved.sudo().write({"state": state})
        moved._log("state", {"state": state})

    def action_usual_lists(self):
        """Enter the usual applications, build steps and discovery, where none are."""
        self.check_access("write")
        self._check_duty("manager")
        for programme in self:
            for model in ("rollout.app", "rollout.build.step", "rollout.discovery"):
                Model = self.env[model]
                if not Model.search_count(
                    [("programme_id", "=", programme.id)], limit=1
                ):
                    Model.create(Model._get_usual(programme))
        return True

    def action_gates(self):
        """The gates of the programme."""
        return self._get_action("rollout_gate.gate_action", self.gate_ids)

    def action_sites(self):
        """The sites of the programme."""
        return self._get_action("rollout_gate.site_action", self.site_ids)

    def _get_action(self, name, records):
        action = self.env["ir.actions.act_window"]._for_xml_id(name)
        return {
            **action,
            "domain": [("id", "in", records.ids)],
            "context": {"default_programme_id": self.id},
        }

    def action_export(self):
        """Download the workbook of the programme."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/rollout_gate/programme/{self.id}/xlsx",
            "target": "self",
        }
