"""What a game author imports: the Game class, the records it returns and the faults it may raise.

Importing this package starts nothing and loads nothing but the standard library; the process side is in `launch`.
"""

from .episode import Action, Observation, Start, Task, Transition
from .faults import BadOption, BadTask, GameFault, MissingAsset
from .game import Game
from .seeding import seed_everything

__version__ = "0.1.0"
__all__ = [
    "Action",
    "BadOption",
    "BadTask",
    "Game",
    "GameFault",
    "MissingAsset",
    "Observation",
    "Start",
    "Task",
    "Transition",
    "__version__",
    "seed_everything",
]
