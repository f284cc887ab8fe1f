"""The words of the game: short, common and easy to copy for a small model.

Passwords take their first word from the first row of VOCABULARY, their second from the second, and so on. The rows
share no word, and no other text of the game holds any of these words.
"""

VOCABULARY = (
    ("jade", "amber", "ruby", "pearl", "coral", "silver", "copper", "gold", "iron", "glass", "velvet", "cotton"),
    ("fox", "owl", "bear", "wolf", "crow", "deer", "hare", "goat", "swan", "frog", "lion", "mouse"),
    ("apple", "lemon", "bread", "honey", "onion", "plum", "salt", "rice", "butter", "pepper", "melon", "bean"),
)

PLACES = ("first", "second", "third")

PEOPLE = (
    "smith", "baker", "miller", "weaver", "potter", "tailor", "mason", "cooper",
    "sailor", "fisher", "hunter", "farmer", "doctor", "lawyer", "singer", "painter",
)  # fmt: skip

STRANGERS = ("child", "guard", "monk", "nurse", "pilot", "clerk", "widow", "cook")

SMALL_TALK = (
    "the wind is cold today.",
    "the market was busy.",
    "my feet hurt.",
    "the bridge is old.",
    "I slept well.",
    "the river is high.",
    "it may rain soon.",
    "my brother lives in town.",
    "the church bell is late.",
    "I lost my hat.",
    "the road is long.",
    "my window is broken.",
)

ROAD = (
    "You walk on. The road is empty.",
    "You walk on. A cart goes by.",
    "You walk on. The sun is low.",
    "You walk on. You cross a bridge.",
    "You walk on. You pass a well.",
    "You walk on. The hill is steep.",
)
