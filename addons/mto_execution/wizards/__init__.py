from . import mto_component_queue
from . import mto_launch_decision
from . import mto_launch_override
from . import mto_production_ask
from . import mto_production_close
from . import mto_workorder_quantity
