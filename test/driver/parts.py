"""Writes a program of many functions that is finished in several parts, with what the parts share: texts, constants, a
static, glue, a table of a dyn type, a task; the last function panics.

usage: parts.py FUNCTIONS
"""
import sys

HEAD = """// Made by parts.py.
static hits: Atomic<int> = Atomic(0)
const LIMITS: [int; 4] = [10, 20, 30, 40]

trait Shape { fn area(self) -> int }
struct Square { side: int }
impl Shape for Square { fn area(self) -> int { self.side * self.side } }
struct Item { value: int, name: str }

fn area_of(shape: dyn Shape) -> int { shape.area() }
"""

FUNCTION = """
fn step{0}(n: int) -> int {{
    var items: [Item] = []
    for i in 0..n {{ items.push(Item {{ value: i * {0}, name: "item" }}) }}
    hits.fetch_add(1)
    var sum = area_of(Square {{ side: n }}) + LIMITS[{0} % 4]
    for item in items {{
        if item.value % 3 == 0 {{ sum += item.name.len() }}
        sum += item.value
    }}
    sum
}}
"""

MAIN = """
fn last(list: [int], at: int) -> int {{ list[at] }}

fn main() {{
    var total = 0
    async {{
        let one = spawn step0(3)
        total += await one
    }}
{calls}
    println("$total ${{hits.load()}}")
    println(last([1, 2], total))
}}
"""


def main():
    count = int(sys.argv[1])
    calls = "\n".join(f"    total += step{i}({i % 5 + 1})" for i in range(count))
    print(HEAD + "".join(FUNCTION.format(i) for i in range(count)) + MAIN.format(calls=calls))


main()
