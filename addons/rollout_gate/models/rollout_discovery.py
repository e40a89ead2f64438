from odoo import api, fields, models
from odoo.exceptions import UserError


class RolloutDiscovery(models.Model):
    """How a site works today: what was observed, and each workflow as it is."""

    _name = "rollout.discovery"
    _description = "Discovery"
    _inherit = ["rollout.todo"]
    _order = "site_id, kind, sequence, id"

    _fixed = frozenset({"site_id"})
    _tracked = ("name", "findings", "as_is", "to_be", "variation", "owner_id")

    name = fields.Char(required=True)
    site_id = fields.Many2one(
        comodel_name="rollout.site", required=True, ondelete="restrict", index=True
    )
    programme_id = fields.Many2one(
        related="site_id.programme_id", store=True, index=True
    )
    company_id = fields.Many2one(related="site_id.company_id", store=True)
    sequence = fields.Integer(default=10, aggregator=None)
    kind = fields.Selection(
        selection=[("observation", "Observation"), ("workflow", "Workflow")],
        required=True,
        default="observation",
    )
    owner_id = fields.Many2one(
        comodel_name="res.users", ondelete="restrict", domain=[("share", "=", False)]
    )
    participants = fields.Char()
    held_on = fields.Date(string="Day")
    findings = fields.Text()
    as_is = fields.Text(string="Today")
    to_be = fields.Text(string="Then")
    variation = fields.Selection(
        selection=[
            ("undecided", "To Decide"),
            ("mandatory", "The Same Everywhere"),
            ("justified", "May Differ, with a Reason"),
        ],
        default="undecided",
        required=True,
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment", string="Evidence", copy=False
    )

    def write(self, vals):
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._adopt_files()
        return result

    def _adopt_files(self):
        """Link new files to their entry, so that who reads it reads them."""
        for entry in self:
            # Those of the user only: a file of somebody else stays theirs.
            new = entry.attachment_ids.sudo().filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            new.write({"res_model": self._name, "res_id": entry.id})

    def _check_doable(self):
        """It was observed, or described: with what was found."""
        if self.kind == "workflow":
            if not (self.as_is and self.to_be) or self.variation == "undecided":
                raise UserError(
                    self.env._(
                        "Describe how it works today and then, and decide whether the "
                        "site may differ."
                    )
                )
        elif not (self.held_on and self.participants and self.findings):
            raise UserError(
                self.env._("Enter the day, who took part and what was found.")
            )

    @api.model
    def _get_usual(self, programme):
        """Return the values of seven observations and twelve workflows of each site."""
        kinds = {
            "observation": [
                self.env._("Plant walkthrough"),
                self.env._("Buyers observed"),
                self.env._("Planners interviewed"),
                self.env._("Warehouse transactions reviewed"),
                self.env._("Production orders traced"),
                self.env._("Quality checkpoints analysed"),
                self.env._("Month-end costing reviewed"),
            ],
            "workflow": [
                self.env._("Requisitioning"),
                self.env._("Purchase approvals"),
                self.env._("Vendor scheduling"),
                self.env._("Goods receipt"),
                self.env._("Putaway"),
                self.env._("Material reservation"),
                self.env._("Work order release"),
                self.env._("Subcontracting"),
                self.env._("Quality inspection"),
                self.env._("Maintenance intervention"),
                self.env._("Scrap handling"),
                self.env._("Inventory adjustment"),
            ],
        }
        return [
            {
                "site_id": site.id,
                "kind": kind,
                "sequence": 10 * number,
                "name": name,
            }
            for site in programme.site_ids
            for kind, names in kinds.items()
            for number, name in enumerate(names, start=1)
        ]
