from . import mto_demo
from . import mto_demo_card
from . import mto_demo_card_link
from . import mto_demo_table
from . import mto_demo_rollout
