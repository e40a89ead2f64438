from . import mto_supply_problem
