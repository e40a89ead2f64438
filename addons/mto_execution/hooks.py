from odoo.tools import SQL


def pre_init_hook(env):
    """Fill status and priority of what is there in a statement each.

    The ORM would compute it order by order; what is released, on hold or closed cannot
    be known of them yet.
    """
    env.cr.execute(
        SQL(
            """ALTER TABLE mrp_production ADD COLUMN IF NOT EXISTS execution_status
               varchar"""
        )
    )
    env.cr.execute(
        SQL(
            """ALTER TABLE mrp_workorder ADD COLUMN IF NOT EXISTS dispatch_priority
               varchar"""
        )
    )
    env.cr.execute(
        SQL(
            """UPDATE mrp_workorder SET dispatch_priority = production.priority
                 FROM mrp_production production
                WHERE production.id = mrp_workorder.production_id"""
        )
    )
    env.cr.execute(
        SQL(
            """UPDATE mrp_production SET execution_status = CASE state
                   WHEN 'confirmed' THEN 'planned'
                   WHEN 'progress' THEN 'started'
                   WHEN 'to_close' THEN 'started'
                   ELSE state END
                WHERE execution_status IS NULL"""
        )
    )
