from . import rollout_lock
from . import account_move
from . import product_category
