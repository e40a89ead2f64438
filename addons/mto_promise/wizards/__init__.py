from . import mto_date_move_wizard
from . import mto_lead_time_suggestion
from . import mto_promise_renew
from . import mto_promise_split
from . import mto_stock_decision
