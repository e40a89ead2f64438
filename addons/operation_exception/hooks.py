OURS = "operation.exception"


def uninstall_hook(env):
    """Leave nothing that points at issues: activities, and names of other modules.

    An activity of an issue says nothing without it, and keeps its type from going.
    """
    Activity = env["mail.activity"].with_context(active_test=False)
    linked = Activity.search([("exception_id", "!=", False)])
    # They would ask for another one.
    linked.exception_id = False
    own = Activity.search([("res_model", "=like", f"{OURS}%")])
    issue_type = env.ref(
        "operation_exception.mail_activity_type_exception", raise_if_not_found=False
    )
    typed = Activity.search(
        [("activity_type_id", "in", issue_type.ids if issue_type else [])]
    )
    (linked | own | typed).unlink()
    env["ir.model.data"].search(
        [("model", "=like", f"{OURS}%"), ("module", "!=", "operation_exception")]
    ).unlink()
