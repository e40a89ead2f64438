from . import rollout_lock
from . import rollout_site
from . import stock_picking
from . import stock_route
from . import stock_rule
from . import stock_warehouse
