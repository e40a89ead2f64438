from . import test_engine
from . import test_expected
from . import test_expected_engine
from . import test_get_demand
from . import test_get_demand_goods
from . import test_get_pegging
from . import test_order_supply
from . import test_tour
