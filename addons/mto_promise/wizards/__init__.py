from . import mto_lead_time_suggestion
from . import mto_stock_decision
