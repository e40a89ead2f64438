from odoo.tools import SQL


def pre_init_hook(env):
    """Fill the status of orders that are there in one statement.

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
            """UPDATE mrp_production SET execution_status = CASE state
                   WHEN 'confirmed' THEN 'planned'
                   WHEN 'progress' THEN 'started'
                   WHEN 'to_close' THEN 'started'
                   ELSE state END
                WHERE execution_status IS NULL"""
        )
    )
