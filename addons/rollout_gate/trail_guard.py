"""Triggers in the database that keep the trail, from SQL as well."""

from odoo.tools import SQL, sql

FUNCTION = "rollout_gate_refuse_change"
TABLES = ("rollout_audit_event", "rollout_gate_signoff", "rollout_snapshot")
# Set by an administrator in the settings.
PARAMETER = "rollout_gate.database_triggers"


def install(cr):
    """Put the triggers in, again where they are in already."""
    cr.execute(
        SQL(
            """
            CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION 'The trail of a rollout is never changed: %% on %%',
                    TG_OP, TG_TABLE_NAME;
            END $$
            """,
            SQL.identifier(FUNCTION),
        )
    )
    for table in TABLES:
        if sql.table_exists(cr, table):
            _create_triggers(cr, table)


def _create_triggers(cr, table):
    for name, event, each in _get_triggers(table):
        _drop_trigger(cr, table, name)
        cr.execute(
            SQL(
                "CREATE TRIGGER %s BEFORE %s ON %s FOR EACH %s EXECUTE FUNCTION %s()",
                SQL.identifier(name),
                event,
                SQL.identifier(table),
                each,
                SQL.identifier(FUNCTION),
            )
        )


def _get_triggers(table):
    return (
        (f"{table}_no_change", SQL("UPDATE OR DELETE"), SQL("ROW")),
        (f"{table}_no_truncate", SQL("TRUNCATE"), SQL("STATEMENT")),
    )


def _drop_trigger(cr, table, name):
    cr.execute(
        SQL(
            "DROP TRIGGER IF EXISTS %s ON %s",
            SQL.identifier(name),
            SQL.identifier(table),
        )
    )


def remove(cr):
    """Take the triggers and their function out."""
    for table in TABLES:
        if sql.table_exists(cr, table):
            for name, _event, _each in _get_triggers(table):
                _drop_trigger(cr, table, name)
    cr.execute(SQL("DROP FUNCTION IF EXISTS %s()", SQL.identifier(FUNCTION)))


def is_wanted(env):
    """Whether an administrator switched them on."""
    return env["ir.config_parameter"].sudo().get_param(PARAMETER) == "True"


def is_installed(cr):
    """Whether each table of the trail has both triggers, and none is disabled."""
    names = [name for table in TABLES for name, *_rest in _get_triggers(table)]
    cr.execute(
        SQL(
            "SELECT count(*) FROM pg_trigger"
            " WHERE tgname = ANY(%s) AND tgenabled = 'O'",
            names,
        )
    )
    return cr.fetchone()[0] == len(names)
