from . import chain
from . import check
from . import dependency
from . import duties
from . import life
from . import locks
from . import stability
from . import waves
