from . import portal
from . import specification
