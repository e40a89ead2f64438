from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Let the queue fill the tables of the lists, as a new installation does."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["mto.demand.change"]._mark_all()
