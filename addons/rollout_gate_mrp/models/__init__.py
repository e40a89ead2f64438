from . import rollout_lock
from . import mrp_production
from . import mrp_bom
from . import mrp_bom_line
from . import mrp_bom_byproduct
from . import mrp_routing_workcenter
from . import stock_rule
