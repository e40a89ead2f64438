from . import test_demand_columns
from . import test_demand_queue
from . import test_engine
from . import test_get_demand
from . import test_get_pegging
from . import test_order_supply
from . import test_tour
