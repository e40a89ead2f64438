from . import rollout_lock
from . import sale_order
from . import payment_transaction
