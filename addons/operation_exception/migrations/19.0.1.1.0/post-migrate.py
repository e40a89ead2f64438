"""Impacts and hand-overs were readable by every employee: rules of before said so."""

from odoo import SUPERUSER_ID, api

RULES = ("impact_rule_issue", "handover_rule_issue")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in RULES:
        rule = env.ref(f"operation_exception.{name}", raise_if_not_found=False)
        if rule:
            rule.domain_force = "[('exception_id.company_id', 'in', company_ids)]"
