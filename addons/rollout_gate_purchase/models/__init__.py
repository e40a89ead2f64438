from . import rollout_lock
from . import purchase_order
