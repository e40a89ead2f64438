from . import customer_clock
from . import mto_promise_reliability
