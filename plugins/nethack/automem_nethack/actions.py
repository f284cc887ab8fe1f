"""The 248 actions of NetHack: 86 commands, then letters, digits and two-digit numbers, in the reference's order.

Names and order are those of BALROG's wrapper (balrog-ai/BALROG af7d1f1, balrog/environments/nle/base.py, MIT licence);
keys are NetHack 3.6's own, and the descriptions are ours. A two-digit number is typed as its two keys: the reference
lists `00` to `99` and stops with an error when one is played. Six names that the reference's prompt advertises and its
environment refuses (annotate, overview, teleport, travel, minus, apos) are not listed.
"""

from __future__ import annotations

import string
from typing import Final, NamedTuple

from automem_sdk import Action

DEFAULT_ACTION: Final = "esc"


class Command(NamedTuple):
    """A command: its name, the key that gives it, and what it does."""

    name: str
    key: int
    description: str


def _control(letter: str) -> int:
    return ord(letter) & 0x1F


def _meta(letter: str) -> int:
    return ord(letter) | 0x80


COMMANDS: Final = (
    Command("north", ord("k"), "move or attack one square north; answers a question for a direction"),
    Command("east", ord("l"), "move or attack one square east; answers a question for a direction"),
    Command("south", ord("j"), "move or attack one square south; answers a question for a direction"),
    Command("west", ord("h"), "move or attack one square west; answers a question for a direction"),
    Command("northeast", ord("u"), "move or attack one square northeast; not through doorways"),
    Command("southeast", ord("n"), "move or attack one square southeast; not through doorways"),
    Command("southwest", ord("b"), "move or attack one square southwest; not through doorways"),
    Command("northwest", ord("y"), "move or attack one square northwest; not through doorways"),
    Command("far north", ord("K"), "move north until something interesting comes up"),
    Command("far east", ord("L"), "move east until something interesting comes up"),
    Command("far south", ord("J"), "move south until something interesting comes up"),
    Command("far west", ord("H"), "move west until something interesting comes up"),
    Command("far northeast", ord("U"), "move northeast until something interesting comes up"),
    Command("far southeast", ord("N"), "move southeast until something interesting comes up"),
    Command("far southwest", ord("B"), "move southwest until something interesting comes up"),
    Command("far northwest", ord("Y"), "move northwest until something interesting comes up"),
    Command("up", ord("<"), "climb the staircase or ladder you stand on; answers a question for a direction with up"),
    Command("down", ord(">"), "go down the staircase, ladder or hole you stand on; answers a direction with down"),
    Command("wait", ord("."), "rest for one turn; answers a question for a direction with yourself"),
    Command("more", 13, "go on to the rest of a message that ends in --More--; confirms a menu or a position"),
    Command("adjust", _meta("a"), "give an item in your inventory another letter"),
    Command("apply", ord("a"), "use a tool, or break a wand"),
    Command("attributes", _control("X"), "show your character's attributes"),
    Command("call", ord("C"), "name a monster, an item, a kind of item, or the level"),
    Command("cast", ord("Z"), "cast a spell you know"),
    Command("chat", _meta("c"), "talk to someone beside you"),
    Command("close", ord("c"), "close a door beside you; asks for a direction"),
    Command("dip", _meta("d"), "dip an item into a potion or into water"),
    Command("drop", ord("d"), "drop one item; a count typed at the question drops that many"),
    Command("droptype", ord("D"), "drop several items, chosen from a menu by kind"),
    Command("eat", ord("e"), "eat something you carry or stand on"),
    Command("esc", 27, "leave a menu, a question or a message"),
    Command("engrave", ord("E"), "write in the floor with an item or with your fingers"),
    Command("enhance", _meta("e"), "show your weapon and spell skills, and advance one that is ready"),
    Command("fire", ord("f"), "shoot or throw what is in your quiver; asks for a direction"),
    Command("fight", ord("F"), "attack in a direction even if you see nothing there; the direction is the next action"),
    Command("force", _meta("f"), "force the lock of a box you stand on, with the weapon you wield"),
    Command("inventory", ord("i"), "list what you carry"),
    Command("inventtype", ord("I"), "list what you carry of one kind"),
    Command("invoke", _meta("i"), "call on the special power of an item"),
    Command("jump", _meta("j"), "jump to another square, if you can jump"),
    Command("kick", _control("D"), "kick a door, a box or a monster; asks for a direction"),
    Command("look", ord(":"), "look at what lies where you stand"),
    Command("loot", _meta("l"), "open a box or bag you stand on, or take a saddle off a steed"),
    Command("monster", _meta("m"), "use the special ability of the monster you are turned into"),
    Command("move", ord("m"), "move without picking up or fighting; the direction is the next action"),
    Command("movefar", ord("M"), "move far without picking up; the direction is the next action"),
    Command("offer", _meta("o"), "sacrifice a corpse on the altar you stand on"),
    Command("open", ord("o"), "open a door beside you; asks for a direction"),
    Command("pay", ord("p"), "pay the shopkeeper what you owe"),
    Command("pickup", ord(","), "pick up things where you stand"),
    Command("pray", _meta("p"), "pray to your god for help; dangerous if you prayed lately; asks to confirm"),
    Command("puton", ord("P"), "put on a ring, an amulet or a blindfold"),
    Command("quaff", ord("q"), "drink a potion, or from a fountain or sink"),
    Command("quiver", ord("Q"), "choose what to fire"),
    Command("read", ord("r"), "read a scroll or a spellbook"),
    Command("remove", ord("R"), "take off a ring, an amulet or a blindfold"),
    Command("ride", _meta("R"), "mount or leave a saddled steed"),
    Command("rub", _meta("r"), "rub a lamp or a stone"),
    Command("rush", ord("g"), "rush until something interesting comes up; the direction is the next action"),
    Command("rush2", ord("G"), "rush as rush does, past forks of a corridor; the direction is the next action"),
    Command("search", ord("s"), "search the squares beside you for hidden doors, passages and traps; takes a turn"),
    Command("seeamulet", ord('"'), "show the amulet you wear"),
    Command("seearmor", ord("["), "show the armour you wear"),
    Command("seegold", ord("$"), "count your gold"),
    Command("seerings", ord("="), "show the rings you wear"),
    Command("seespells", ord("+"), "list the spells you know; on a menu, another page or selection"),
    Command("seetools", ord("("), "show the tools in use"),
    Command("seetrap", ord("^"), "say what the trap beside you is; asks for a direction"),
    Command("seeweapon", ord(")"), "show the weapon you wield"),
    Command("shell", ord("!"), "leave for a shell: not available here, the game only says so"),
    Command("sit", _meta("s"), "sit down"),
    Command("swap", ord("x"), "exchange your weapon and the alternate weapon"),
    Command("takeoff", ord("T"), "take off one piece of armour"),
    Command("takeoffall", ord("A"), "take off several worn things, chosen from a menu"),
    Command("throw", ord("t"), "throw an item; asks which and in what direction"),
    Command("tip", _meta("T"), "empty a container onto the floor"),
    Command("turnundead", _meta("t"), "turn the undead, as priests and knights do"),
    Command("twoweapon", ord("X"), "start or stop fighting with two weapons"),
    Command("untrap", _meta("u"), "disarm a trap; asks for a direction"),
    Command("versionshort", ord("v"), "show the game's version"),
    Command("wear", ord("W"), "put on a piece of armour"),
    Command("wield", ord("w"), "take a weapon in hand; - means bare hands"),
    Command("wipe", _meta("w"), "wipe your face clean"),
    Command("zap", ord("z"), "zap a wand; asks which and perhaps in what direction"),
    Command("space", ord(" "), "press the space bar: go on after a message, or the next page of a menu"),
)

# Commands of single letters that are not in the list above.
_OTHER_LETTER_COMMANDS: Final = {
    "O": "nothing but a turn passing, as the options menu is switched off",
    "S": "nothing but a turn passing, as saving is switched off",
    "V": "nothing but a turn passing, as the game's history is switched off",
}


def _letter(letter: str) -> Action:
    by_key = {command.key: command.name for command in COMMANDS}
    command = by_key.get(ord(letter))
    otherwise = f"as {command}" if command else _OTHER_LETTER_COMMANDS[letter]
    return Action(letter, f"press {letter}: answers a question or picks a menu entry; with neither open, {otherwise}")


def _digit(digit: str) -> Action:
    return Action(digit, f"press {digit}: a digit of an amount, or of how often to repeat the command that follows")


def _number(number: str) -> Action:
    return Action(number, f"press {number[0]}, then {number[1]}: an amount, or how often to repeat the next command")


_NUMBERS: Final = tuple(f"{number:02d}" for number in range(100))

ACTIONS: Final = (
    *(Action(command.name, command.description) for command in COMMANDS),
    *(_letter(letter) for letter in string.ascii_lowercase + string.ascii_uppercase),
    *(_digit(digit) for digit in string.digits),
    *(_number(number) for number in _NUMBERS),
)

KEYS: Final[dict[str, tuple[int, ...]]] = {
    **{command.name: (command.key,) for command in COMMANDS},
    **{symbol: (ord(symbol),) for symbol in string.ascii_letters + string.digits},
    **{number: (ord(number[0]), ord(number[1])) for number in _NUMBERS},
}
"""The keys each action types, in order."""
