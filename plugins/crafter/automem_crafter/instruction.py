"""What the player is told about Crafter before the first step. The words are ours."""

from __future__ import annotations

from typing import Final

INSTRUCTION: Final = """\
You play Crafter: you live on a map of 64 by 64 squares seen from above, and try to unlock as many of its 22 \
achievements as you can. Each counts once, in any order:
collect coal, collect diamond, collect drink, collect iron, collect sapling, collect stone, collect wood, \
defeat skeleton, defeat zombie, eat cow, eat plant, make iron pickaxe, make iron sword, make stone pickaxe, \
make stone sword, make wood pickaxe, make wood sword, place furnace, place plant, place stone, place table, wake up.

Each observation names the nearest square of each kind in view (up to 4 squares west or east and 3 north or south) and \
what you face. "5 steps to your north-east" counts the steps north plus the steps east. You act on the square you \
face; moving turns you first. Within a few squares of the western or northern edge of the map nothing is listed.

Health, food, drink and energy go up to 9. Food, drink and energy fall with time: eat cows or ripe plants, drink \
water, and sleep. While any of the three is at 0 you lose health; otherwise health comes back slowly. Zombies walk on \
grass, more of them at night, and hit hardest while you sleep; skeletons in dark tunnels shoot arrows; lava kills at \
once. The episode ends when your health is 0 or after {max_steps} steps."""
