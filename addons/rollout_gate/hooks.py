from . import trail_guard


def uninstall_hook(env):
    """The tables go with the module; the function of their triggers goes here."""
    trail_guard.remove(env.cr)
