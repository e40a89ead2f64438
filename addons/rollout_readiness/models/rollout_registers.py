"""Registers of a programme that checks compare the database with."""

from odoo import fields, models

from odoo.addons.rollout_gate.models.rollout_customization import (
    RolloutCustomization as Customization,
)
from odoo.addons.rollout_gate.models.rollout_policy import RolloutPolicy as Policy


class RolloutCustomization(models.Model):
    _inherit = "rollout.customization"

    _tracked = (*Customization._tracked, "parts")

    parts = fields.Text(
        string="Fields and Views",
        help="What was added or changed by hand for it, each on a line of its own: "
        "fields as model.field, views by their name. Readiness checks F13 and F14 take "
        "what no approved customisation lists for a fault.",
    )


class RolloutPolicy(models.Model):
    _inherit = "rollout.policy"

    _tracked = (*Policy._tracked, "automations")

    automations = fields.Text(
        help="The automation rules that carry the decision out, each by its name on a "
        "line of its own. Readiness check L14 takes one that no decided question lists "
        "for a fault.",
    )
