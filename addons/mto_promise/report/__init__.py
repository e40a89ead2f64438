from . import customer_clock
from . import mrp_report_bom_structure
from . import mto_promise_reliability
