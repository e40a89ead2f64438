"""Starts Odoo's command line, at another date where STACK_CLOCK names one.

A file of its own instead of `python -m odoo`: with several workers Odoo starts itself
again by the path of the program for its notifications, which a module cannot bear.
"""

import os
import sys

# This folder holds modules of our own; Odoo must not find them.
sys.path.pop(0)

if __name__ == "__main__":
    if os.environ.get("STACK_CLOCK"):
        from stack import clock

        clock.freeze(os.environ["STACK_CLOCK"])
    from odoo.cli import main

    main()
