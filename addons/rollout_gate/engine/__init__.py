from . import chain
from . import dependency
from . import duties
from . import life
from . import stability
from . import waves
