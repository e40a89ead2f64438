from odoo import api, fields, models

DECISIONS = [
    ("approve", "Approved"),
    ("condition", "Approved with a Condition"),
    ("reject", "Rejected"),
]


class RolloutGateSignoff(models.Model):
    """A signature: written once, with what was seen."""

    _name = "rollout.gate.signoff"
    _inherit = ["rollout.immutable"]
    _description = "Signature"
    _order = "gate_id, id"
    _log_access = False

    gate_id = fields.Many2one(
        comodel_name="rollout.gate",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    function_line_id = fields.Many2one(
        comodel_name="rollout.gate.function",
        string="Function",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    login = fields.Char(required=True, readonly=True)
    round = fields.Integer(required=True, readonly=True, aggregator=None)
    decision = fields.Selection(selection=DECISIONS, required=True, readonly=True)
    reason = fields.Char(readonly=True)
    condition = fields.Char(readonly=True)
    condition_due = fields.Date(readonly=True)
    at = fields.Datetime(string="When", required=True, readonly=True)
    channel = fields.Selection(
        selection=[("screen", "On Screen"), ("rpc", "External interface")],
        required=True,
        readonly=True,
    )
    snapshot_id = fields.Many2one(
        comodel_name="rollout.snapshot",
        required=True,
        readonly=True,
        ondelete="restrict",
    )

    _once = models.Constraint(
        "UNIQUE(gate_id, function_line_id, user_id, round)",
        "You signed for this already.",
    )

    @api.depends("user_id", "decision")
    def _compute_display_name(self):
        labels = dict(self._fields["decision"]._description_selection(self.env))
        for signoff in self:
            signoff.display_name = f"{signoff.login}: {labels[signoff.decision]}"

    @api.model
    def _add(self, gate, decision, functions, channel, values):
        """Write signatures; who signs was checked before."""
        snapshot = gate.sudo().snapshot_id
        vals_list = [
            {
                "gate_id": gate.id,
                "function_line_id": line.id,
                "user_id": self.env.uid,
                "login": self.env.user.login,
                "round": gate.round,
                "decision": decision,
                "reason": values.get("reason"),
                "condition": values.get("condition"),
                "condition_due": values.get("condition_due"),
                "at": fields.Datetime.now(),
                "channel": channel,
                "snapshot_id": snapshot.id,
            }
            for line in functions
        ]
        # Nobody may create signatures; this method does.
        signoffs = self.sudo().create(vals_list)
        gate._log(
            "signed",
            [
                {
                    "decision": decision,
                    "functions": [line.display_name for line in functions],
                    "round": gate.round,
                    "channel": channel,
                    # Groups may change later; by which duty they signed stays.
                    "duties": sorted(self.env.user._get_rollout_duties()),
                    "snapshot": snapshot.digest,
                    **{key: value for key, value in values.items() if value},
                }
            ],
        )
        return signoffs
