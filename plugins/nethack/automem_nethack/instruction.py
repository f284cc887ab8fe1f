"""What the player is told about NetHack before the first step. The words are ours."""

from __future__ import annotations

from typing import Final

INSTRUCTION: Final = """\
You play NetHack 3.6, alone in a dungeon, with a character drawn by chance. Get as far as you can: your score is how \
deep you get, or how high an experience level you reach, whichever counts more. Finding the stairs down, >, and \
going down them is the surest way; dying ends the episode.

Each observation gives the game's message, what is around you with distance and direction, the cursor, the map, and \
your inventory. On the map you are @, | and - are walls (or open doors where they stand in a doorway), + is a closed \
door, . is floor, # is a corridor, < and > are stairs, letters are monsters, other signs are things to pick up or use.

- You attack a monster by moving into it; you swap places with a tame one.
- Doors are never passed diagonally. Closed ones are opened with "open" and a direction, locked ones can be kicked.
- When the game asks something, as in "What do you want to eat? [df or ?*]", answer with one of the letters. When it \
asks "In what direction?", answer with a direction. [yn] means y or n. "esc" leaves a question.
- A long message is shown whole; you rarely need "more".
- If you find no way on, search several times at dead ends and along bare walls.
- Eat when you are hungry, and do not eat what may be spoilt. Pray only when near death and not again soon after.
- The game takes no notice of the same fruitless action: the episode is cut off after {no_progress} actions in a row \
in which no game time passes, and after {max_steps} steps in all."""
