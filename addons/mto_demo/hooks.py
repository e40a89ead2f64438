from odoo.exceptions import UserError

# External ids of the company's records move here when the module is uninstalled.
KEPT = "__mto_demo__"


def pre_init_hook(env):
    """Refuse a second bicycle company beside the first."""
    if env["ir.model.data"].search_count([("module", "=", KEPT)], limit=1):
        raise UserError(
            env._(
                "This database already holds the bicycle company: the demonstration "
                "was installed here before. Install it in a new database."
            )
        )


def post_init_hook(env):
    """Let the lists know the orders of the company when it is opened first.

    Elsewhere the scheduled action does it, a minute after an installation.
    """
    queue = env["mto.demand.change"]
    env.flush_all()
    queue._save_marks()
    while queue._follow(500):
        pass


def uninstall_hook(env):
    """Leave the company as it is: only the "Try it" page and its models go.

    Odoo would try to delete each record that has an external id of this module. Orders,
    products and people that documents refer to cannot be deleted; a company deleted by
    half would be worse than one that stays.
    """
    records = env["ir.model.data"].search(
        [
            ("module", "=", "mto_demo"),
            ("noupdate", "=", True),
            ("model", "not in", ["mto.demo.card", "mto.demo.card.link"]),
        ]
    )
    records.module = KEPT
