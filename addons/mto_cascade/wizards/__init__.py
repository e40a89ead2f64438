from . import change_production_qty
from . import mto_supply_problem
from . import supply_rule_test
from . import supply_setup
from . import supply_start
