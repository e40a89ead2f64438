from . import customer_clock
