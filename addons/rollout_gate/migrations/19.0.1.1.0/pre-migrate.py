"""Two templates have a new version: gates and programmes keep the one they have."""

CODES = ("two_plant", "multi_country")
MODELS = (
    "rollout.template",
    "rollout.template.gate",
    "rollout.template.item",
    "rollout.template.function",
)


def migrate(cr, version):
    """The first version gets names of its own, which the new one does not overwrite."""
    for code in CODES:
        cr.execute(
            """
            UPDATE ir_model_data
               SET name = replace(name, %(code)s, %(first)s), noupdate = true
             WHERE module = 'rollout_gate' AND model IN %(models)s
               AND (name LIKE %(part)s OR name = %(template)s)
            """,
            {
                "code": code,
                "first": f"{code}_v1",
                "models": MODELS,
                "part": f"{code}\\_g%",
                "template": f"template_{code}",
            },
        )
    # Versions that were made from the first one make room as well.
    for sign, step in ((-1, 1), (-1, 0)):
        cr.execute(
            """
            UPDATE rollout_template SET version = %s * (version + %s)
             WHERE code IN %s AND abs(version) > 1
            """,
            [sign, step, CODES],
        )
    cr.execute(
        """
        UPDATE rollout_template SET state = 'retired'
         WHERE code IN %s AND version = 1 AND state = 'active'
        """,
        [CODES],
    )
