from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# Only methods write who approved what.
KEPT_BY_METHODS = {"approved_on", "approved_by_id", "approved_content"}


class MrpBom(models.Model):
    """Components and steps have an owner, who approves them; changes are told."""

    _inherit = "mrp.bom"

    owner_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False)]",
        tracking=True,
        help="Who answers for components and steps, and approves them.",
    )
    approved_on = fields.Datetime("Approved on", readonly=True, copy=False)
    approved_by_id = fields.Many2one(
        "res.users", "Approved by", readonly=True, copy=False
    )
    approved_content = fields.Json(copy=False)
    approval_state = fields.Selection(
        selection=[
            ("none", "Not Approved"),
            ("changed", "Changed since Approval"),
            ("approved", "Approved"),
        ],
        compute="_compute_approval",
    )
    approval_changes = fields.Char(
        "Changed since Approval", compute="_compute_approval"
    )

    @api.depends(
        "approved_content",
        "product_qty",
        "product_uom_id",
        "bom_line_ids.product_id",
        "bom_line_ids.product_qty",
        "bom_line_ids.product_uom_id",
        "operation_ids.name",
        "operation_ids.workcenter_id",
        "operation_ids.time_cycle_manual",
        "operation_ids.time_mode",
    )
    def _compute_approval(self):
        for bom in self:
            changes = bom._get_changes_since_approval()
            bom.approval_changes = ", ".join(changes)
            if not bom.approved_content:
                bom.approval_state = "none"
            else:
                bom.approval_state = "changed" if changes else "approved"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_approval_kept(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_approval_kept(vals)
        return super().write(vals)

    def _check_approval_kept(self, vals):
        if KEPT_BY_METHODS & vals.keys() and not self.env.su:
            raise UserError(
                self.env._("An approval cannot be written. Use the button Approve.")
            )

    def action_approve(self):
        """Approve components and steps as they are now, and record who did.

        The owner approves, or whoever manages manufacturing; who approves what nobody
        owns becomes its owner. Needs write access.

        :return: True
        :raises odoo.exceptions.AccessError: for anybody else
        :raises odoo.exceptions.UserError: for a bill of materials without components
        """
        self.check_access("write")
        self._check_may_approve()
        for bom in self:
            if not bom.bom_line_ids:
                raise UserError(
                    self.env._("%s has no components to approve.", bom.display_name)
                )
            # Checked above; nobody writes an approval by hand.
            bom.sudo().write(
                {
                    "owner_id": bom.owner_id.id or self.env.uid,
                    "approved_on": fields.Datetime.now(),
                    "approved_by_id": self.env.uid,
                    "approved_content": bom._get_content(),
                }
            )
            bom.message_post(body=self.env._("Components and steps are approved."))
        return True

    def _check_may_approve(self):
        if self.env.user.has_group("mrp.group_mrp_manager"):
            return
        others = self.filtered(lambda bom: bom.owner_id != self.env.user)
        if others:
            raise AccessError(
                self.env._(
                    "Only the owner of a bill of materials, or a manufacturing "
                    "administrator, approves it: %s.",
                    ", ".join(others.mapped("display_name")),
                )
            )

    def _get_content(self):
        """{key: [name, how much]} of components and steps, to compare later."""
        self.ensure_one()
        uom = self.product_uom_id
        found = {f"for-{uom.id}": [self.env._("For (%s)", uom.name), self.product_qty]}
        for line in self.bom_line_ids:
            key = f"part-{line.product_id.id}-{line.product_uom_id.id}"
            name, quantity = found.get(key, [line.product_id.display_name, 0.0])
            found[key] = [name, quantity + line.product_qty]
        for step in self.operation_ids:
            key = f"step-{step.id}-{step.workcenter_id.id}"
            minutes = step.time_cycle_manual if step.time_mode == "manual" else 0.0
            found[key] = [f"{step.name} ({step.workcenter_id.name})", minutes]
        return found

    def _get_changes_since_approval(self):
        """ "Brake kit: 1.0 → 2.0", one for each thing that differs."""
        before = self.approved_content
        if not before:
            return []
        now = self._get_content()
        changes = []
        for key in dict.fromkeys([*before, *now]):
            old, new = before.get(key), now.get(key)
            if old and new and old[1] == new[1]:
                continue
            name = (new or old)[0]
            changes.append(
                f"{name}: {old[1] if old else '–'} → {new[1] if new else '–'}"
            )
        return changes

    def _get_approval_problem(self):
        """Why an order of it may not be released, in words; empty where it may."""
        self.ensure_one()
        if self.approval_state == "approved":
            return ""
        owner = self.owner_id.name or self.env._("nobody yet")
        if self.approval_state == "none":
            return self.env._(
                "Its bill of materials is not approved (owner: %s).", owner
            )
        return self.env._(
            "Its bill of materials was changed after it was approved: %(changes)s "
            "(owner: %(owner)s).",
            changes=self.approval_changes,
            owner=owner,
        )
