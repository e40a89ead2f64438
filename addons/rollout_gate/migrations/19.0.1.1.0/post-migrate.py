"""Where a company activated a version of its own, that one stays the one in use."""

CODES = ("two_plant", "multi_country")


def migrate(cr, version):
    cr.execute(
        """
        UPDATE rollout_template AS shipped SET state = 'retired'
          FROM rollout_template AS own
         WHERE shipped.code IN %s AND shipped.version = 2
           AND own.code = shipped.code AND own.version > 2 AND own.state = 'active'
        """,
        [CODES],
    )
