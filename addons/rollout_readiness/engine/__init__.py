from . import cycle
from . import outcome
