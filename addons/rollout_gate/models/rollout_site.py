from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..engine import life, locks, waves
from .rollout_template import SITE_STATES

LIVE = ("live", "hypercare", "steady")
CUTOVER_DAYS = 14
SCORES = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")]


class RolloutSite(models.Model):
    _name = "rollout.site"
    _description = "Rollout Site"
    _inherit = ["rollout.mixin", "mail.thread"]
    _order = "programme_id, name, id"

    _protected = frozenset({"state", "live_on", "template_site_id", "wave_ids"})
    _tracked = (
        "name",
        "company_id",
        "kind",
        "maturity",
        "data_quality",
        "supply_complexity",
        "capacity_for_change",
        "planned_date",
        "cutover_from",
        "cutover_to",
        "active",
    )
    # What a lock looks at.
    _locking = frozenset(
        {"state", "active", "company_id", "cutover_from", "cutover_to"}
    )

    # What a lock holds; it stays while one is on.
    _locked_place = frozenset({"active", "company_id"})

    programme_id = fields.Many2one(
        comodel_name="rollout.programme", required=True, ondelete="restrict", index=True
    )
    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[
            ("plant", "Plant"),
            ("warehouse", "Warehouse"),
            ("unit", "Business Unit"),
            ("entity", "Legal Entity"),
        ],
        required=True,
        default="plant",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    unit = fields.Char(string="Business Unit")
    state = fields.Selection(
        selection=SITE_STATES,
        default="candidate",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    maturity = fields.Selection(
        selection=SCORES,
        string="Process Maturity",
        help="1: everybody does it differently. 5: written down and followed.",
    )
    data_quality = fields.Selection(
        selection=SCORES,
        string="Master Data Quality",
        help="1: nobody trusts the data. 5: owned, clean and checked.",
    )
    supply_complexity = fields.Selection(
        selection=SCORES,
        string="Supply Chain Complexity",
        help="1: few levels, few vendors. 5: many levels, plants and subcontractors.",
    )
    capacity_for_change = fields.Selection(
        selection=SCORES,
        string="Capacity for Change",
        help="1: no time and no people for it. 5: freed key users, used to change.",
    )
    complexity = fields.Integer(
        compute="_compute_complexity",
        store=True,
        aggregator="avg",
        help="From 4, easy, to 20, hard; 0 until all four questions are answered.",
    )
    planned_date = fields.Date(string="Planned Go-live")
    cutover_from = fields.Datetime(
        copy=False,
        help="From then to its end a site in cutover may work, whatever lock is on.",
    )
    cutover_to = fields.Datetime(string="Cutover Until", copy=False)
    live_on = fields.Date(string="Live Since", readonly=True, copy=False)
    wave_ids = fields.Many2many(comodel_name="rollout.wave", readonly=True)
    gate_ids = fields.One2many(comodel_name="rollout.gate", inverse_name="site_id")
    stability_ids = fields.One2many(
        comodel_name="rollout.stability", inverse_name="site_id"
    )
    lock_ids = fields.One2many(comodel_name="rollout.lock", inverse_name="site_id")
    deviation_ids = fields.One2many(
        comodel_name="rollout.deviation", inverse_name="site_id"
    )
    template_site_id = fields.Many2one(
        comodel_name="rollout.site",
        string="Cloned From",
        readonly=True,
        ondelete="restrict",
        copy=False,
    )
    deviation_count = fields.Integer(compute="_compute_deviation_count")

    @api.depends("maturity", "data_quality", "supply_complexity", "capacity_for_change")
    def _compute_complexity(self):
        for site in self:
            site.complexity = waves.complexity_of(site._to_engine())

    @api.depends("deviation_ids.state", "deviation_ids.is_localisation")
    def _compute_deviation_count(self):
        for site in self:
            site.deviation_count = len(site.deviation_ids._filter_counted())

    @api.constrains("company_id", "programme_id")
    def _check_company(self):
        for site in self:
            if site.company_id not in site.programme_id.sudo().company_ids:
                raise ValidationError(
                    self.env._(
                        "%(company)s does not take part in this programme.",
                        company=site.company_id.name,
                    )
                )

    @api.constrains("cutover_from", "cutover_to")
    def _check_cutover(self):
        for site in self:
            start, end = site.cutover_from, site.cutover_to
            if bool(start) != bool(end) or (start and start >= end):
                raise ValidationError(
                    self.env._("A cutover has a beginning, and an end after it.")
                )
            if start and end - start > timedelta(CUTOVER_DAYS):
                raise ValidationError(
                    self.env._(
                        "A cutover lasts %(days)s days at most.", days=CUTOVER_DAYS
                    )
                )

    def write(self, vals):
        if not self.env.su and self._locked_place & vals.keys():
            self._check_lock_off()
        result = super().write(vals)
        if self._locking & vals.keys():
            self.env["rollout.lock"]._forget()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        sites = super().create(vals_list)
        self.env["rollout.lock"]._forget()
        started = sites.filtered(
            lambda site: site.programme_id.state != "draft" and not site.env.su
        )
        if started:
            raise UserError(
                self.env._(
                    "The programme has started: clone a site that is live, so that the "
                    "new one gets its wave and its gates."
                )
            )
        return sites

    def _to_engine(self):
        self.ensure_one()
        return waves.Site(
            self.id,
            self.name,
            int(self.maturity or 0),
            int(self.data_quality or 0),
            int(self.supply_complexity or 0),
            int(self.capacity_for_change or 0),
            self.unit or "",
        )

    def _filter_live(self):
        return self.filtered(lambda site: site.state in LIVE)

    def _get_stability(self):
        """Return {measure: [whether it held], oldest first}."""
        periods = {}
        for period in self.stability_ids.sorted("period_end"):
            periods.setdefault(period.measure, []).append(period.is_held)
        return periods

    # Locks

    def _to_lock(self, is_locked):
        """Return the site as locks know it.

        :param bool is_locked: a lock of the site is on
        """
        self.ensure_one()
        in_cutover = self.state == "cutover" and self.cutover_from
        return locks.Site(
            self.id,
            self.company_id.id,
            tuple(self._get_lock_warehouse_ids()),
            is_locked and self.state not in LIVE,
            (self.cutover_from, self.cutover_to) if in_cutover else (),
        )

    def _check_lock_off(self):
        locks_on = self.sudo().lock_ids.filtered(lambda lock: lock.state == "on")
        if locks_on:
            raise UserError(
                self.env._(
                    "%(lock)s is on: what it holds stays. Switch it off first.",
                    lock=locks_on[0].display_name,
                )
            )

    def _get_lock_warehouse_ids(self):
        """Return the ids of its warehouses; told by the module that knows them."""
        return []

    def _get_neighbours(self):
        """Return the sites of running programmes in the same company, with this one."""
        return self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("programme_id.state", "in", ("running", "continuous")),
            ]
        )

    def _get_live_gate(self):
        """Return the gate that brings this site live, or none."""
        self.ensure_one()
        return self.programme_id.gate_ids.filtered(
            lambda gate: (
                gate.site_state == "live"
                and (
                    gate.site_id == self
                    or (not gate.site_id and self in gate.wave_id.site_ids)
                    or gate.scope == "programme"
                )
            )
        )[:1]

    @api.model
    def _get_refusal(self, site_id, document):
        """Return in words why a document of a site is refused."""
        # Who is refused may hear which gate it waits for.
        site = self.sudo().browse(site_id)
        gate = site._get_live_gate()
        if not gate:
            return self.env._(
                "%(document)s: %(site)s is not live yet, and no gate brings it live.",
                document=document,
                site=site.name,
            )
        return self.env._(
            "%(document)s: %(site)s is not live yet. It waits for the gate %(gate)s, "
            "which is %(state)s.",
            document=document,
            site=site.name,
            gate=gate.display_name,
            state=gate._get_state_label(gate.state),
        )

    # Life

    def _go(self, state, before=None):
        """Bring sites into a state; who asks was checked before."""
        moved = self.sudo().filtered(
            lambda site: site.state != state and (not before or site.state in before)
        )
        for site in moved:
            vals = {"state": state}
            if state == "live" and not site.live_on:
                vals["live_on"] = fields.Date.today()
            site.write(vals)
        moved.with_env(self.env)._log("state", {"state": state})

    def action_cutover(self):
        """The cutover of a site begins: it is ready, and its data are loaded."""
        self._check_duty("manager")
        self._check_state("ready")
        self._go("cutover")
        return True

    def action_hypercare(self):
        """The weeks of close support after going live."""
        self._check_duty("manager")
        self._check_state("live")
        self._go("hypercare")
        return True

    def _check_state(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for site in self:
            if site.state != state:
                raise UserError(
                    self.env._(
                        "%(site)s is %(state)s: this follows on %(needed)s.",
                        site=site.name,
                        state=labels[site.state],
                        needed=labels[state],
                    )
                )

    # Cloning

    def action_clone(self):
        """Onboard the next site the way this one was: its gates and their items.

        Needs a programme manager. Refused for a site that is not live itself, or
        has gates that are not approved: what is half done is no model.

        :return: the action that opens the new site, in a wave of its own
        """
        self.ensure_one()
        self._check_duty("manager")
        self._check_finished()
        clone = self._clone()
        return clone._get_records_action()

    def _check_finished(self):
        open_gates = self.gate_ids.filtered(
            lambda gate: (
                not life.is_signed(gate.state) and gate.site_state not in LIVE[1:]
            )
        )
        if self.state not in LIVE or open_gates:
            raise UserError(
                self.env._(
                    "%(site)s is not finished: only a site that is live, with its "
                    "gates approved, is a model for another.",
                    site=self.name,
                )
            )

    def _clone(self):
        programme = self.programme_id
        # A running programme gets sites by this method only.
        clone = self.sudo().copy(
            {"name": self.env._("%s (next)", self.name), "template_site_id": self.id}
        )
        clone.template_site_id = self
        last = max(programme.wave_ids.mapped("sequence"), default=0)
        wave = (
            self.env["rollout.wave"]
            .sudo()
            .create(
                {
                    "programme_id": programme.id,
                    "name": self.env._("Wave %(number)s", number=last + 1),
                    "sequence": last + 1,
                    "site_ids": clone.ids,
                    "domain_ids": self.wave_ids.domain_ids.ids,
                }
            )
        )
        clone = clone.with_env(self.env)
        clone._log("cloned", {"from": self.name})
        clone._go("planned")
        gates = self.env["rollout.gate"].sudo()._generate(programme, wave)
        gates._copy_local_items(self)
        gates.with_env(self.env)._open_ready()
        return clone

    def copy_data(self, default=None):
        """The next site is assessed anew, and has not gone live."""
        vals_list = super().copy_data(default)
        names = ("maturity", "data_quality", "supply_complexity", "capacity_for_change")
        for vals in vals_list:
            for name in (*names, "planned_date", "wave_ids"):
                vals.pop(name, None)
        return vals_list
