from . import mto_promise_reliability
