"""Who is told how orders are supplied."""

from odoo.exceptions import AccessError


def check_sees_supply(env):
    """Raise AccessError for customers and vendors on the portal, and for visitors.

    They read their own orders as well; what serves those names other customers,
    vendors, stock and structures. Code that runs with all rights is not refused.

    :param odoo.api.Environment env: of who asks
    """
    # Not a method of the user: `env.user` has all rights.
    if not (env.su or env.user._is_internal()):
        raise AccessError(env._("Only employees may ask how an order is supplied."))
