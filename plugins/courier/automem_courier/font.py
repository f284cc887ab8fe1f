"""A bitmap font of 3 by 5 dots for the picture: capitals, figures and some marks.

Each glyph is five octal digits, one a row from the top; the three bits of a digit are the dots from left to right.
"""

GLYPH_WIDTH = 3
GLYPH_HEIGHT = 5

GLYPHS = {
    "A": "25755", "B": "65656", "C": "34443", "D": "65556", "E": "74647", "F": "74644", "G": "34553", "H": "55755",
    "I": "72227", "J": "11152", "K": "55655", "L": "44447", "M": "57755", "N": "65555", "O": "25552", "P": "65644",
    "Q": "25573", "R": "65655", "S": "34216", "T": "72222", "U": "55557", "V": "55552", "W": "55775", "X": "55255",
    "Y": "55222", "Z": "71247", "0": "75557", "1": "26227", "2": "71747", "3": "71717", "4": "55711", "5": "74717",
    "6": "74757", "7": "71122", "8": "75757", "9": "75717", ".": "00002", ",": "00024", ":": "02020", "'": "22000",
    "-": "00700", "!": "22202", "?": "71202", "/": "11244", " ": "00000",
}  # fmt: skip


def glyph_rows(letter: str) -> list[list[bool]]:
    """The dots of one letter, row by row; a letter without a glyph is shown as a question mark."""
    rows = GLYPHS.get(letter.upper(), GLYPHS["?"])
    return [[bool(int(row) & bit) for bit in (4, 2, 1)] for row in rows]
