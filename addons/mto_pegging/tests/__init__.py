from . import test_engine
from . import test_get_demand
from . import test_get_pegging
from . import test_history
from . import test_order_supply
from . import test_order_supply_print
from . import test_portal
from . import test_tour
