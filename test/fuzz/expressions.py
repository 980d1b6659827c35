"""Random expressions of a type that is asked for, from what is in scope.

A type is a name, or a tuple whose first member says what it is:

    "int" "u8" … "float" "f32" "bool" "char" "str"
    ("array", T)  ("fixed", T, n)  ("option", T)  ("tuple", T, U…)  ("map", K, V)  ("set", K)
    ("struct", name)  ("enum", name)  ("result", T, E)
"""
import random

SIGNED = {"i8": 8, "i16": 16, "i32": 32, "int": 64}
UNSIGNED = {"u8": 8, "u16": 16, "u32": 32, "uint": 64}
INTS = {**SIGNED, **UNSIGNED}
FLOATS = ["float", "f32"]
TEXTS = ['""', '"a"', '"héllo"', '"x\\ty"', '"→\\n"', '"$"', '"quote \\" here"', '"zzzzzzzzzzzzzzzzzzzz"']
CHARS = ["'a'", "'Z'", "'0'", "'é'", "'\\u{1F600}'", "'\\n'", "'\\''"]


def spelled(t):
    if isinstance(t, str):
        return t
    kind = t[0]
    if kind == "array":
        return f"[{spelled(t[1])}]"
    if kind == "fixed":
        return f"[{spelled(t[1])}; {t[2]}]"
    if kind == "option":
        return f"{spelled(t[1])}?"
    if kind == "tuple":
        return f"({', '.join(map(spelled, t[1:]))})"
    if kind == "map":
        return f"Map<{spelled(t[1])}, {spelled(t[2])}>"
    if kind == "set":
        return f"Set<{spelled(t[1])}>"
    if kind == "result":
        return f"Result<{spelled(t[1])}, {spelled(t[2])}>"
    return t[1]


class Variable:
    def __init__(self, name, type, is_var):
        self.name, self.type, self.is_var = name, type, is_var


class Function:
    """Something to call: `template` has a place for the arguments."""

    def __init__(self, template, params, result):
        self.template, self.params, self.result = template, params, result


def is_option(t):
    return isinstance(t, tuple) and t[0] == "option"


class Expressions:
    """What can be used, and how to make something of it."""

    def __init__(self, seed, prefix):
        self.rng = random.Random(seed)
        self.prefix = prefix
        self.count = 0       # of names
        self.structs = {}    # name → [(field, type)]
        self.enums = {}      # name → [(variant, [types])]
        self.functions = []  # that can be called
        self.scored = []     # types that have the trait of this program
        self.env = []        # the variables in scope
        self.calls_left = 0  # how many calls the function under way may still get
        self.loops = 0       # around what is being written
        self.converters = {} # type → number of the function that names it

    # ---- small things ----------------------------------------------------------------------

    def chance(self, percent):
        return self.rng.randrange(100) < percent

    def pick(self, things):
        return self.rng.choice(things)

    def name(self, stem):
        """A name of its own; no stem makes one of a type of it (i8, f32, u16)."""
        self.count += 1
        return f"{stem}{self.count}"

    # ---- types -----------------------------------------------------------------------------

    def scalar(self):
        return self.pick([self.pick(list(INTS)), self.pick(list(INTS)), "int", "int", "bool", "char", "str", "float",
                          "f32"])

    def key(self):
        return self.pick(["int", "u8", "i16", "char", "str", "bool", ("tuple", "int", "str")])

    def type(self, depth=2):
        if depth == 0 or self.chance(45):
            return self.scalar()
        inner = lambda: self.type(depth - 1)
        kind = self.rng.randrange(12)
        if kind < 3:
            return ("array", inner())
        if kind == 3:
            return ("option", inner() if self.chance(80) else ("option", self.scalar()))
        if kind == 4:
            return ("tuple", inner(), inner()) if self.chance(70) else ("tuple", inner(), inner(), inner())
        if kind == 5:
            return ("map", self.key(), inner())
        if kind == 6:
            return ("fixed", self.scalar(), self.rng.randrange(1, 5))
        if kind == 7:
            return ("set", self.key())
        if kind == 8:
            return ("result", inner(), self.pick(["str", "int"]))
        if kind < 10 and self.structs:
            return ("struct", self.pick(list(self.structs)))
        if self.enums:
            return ("enum", self.pick(list(self.enums)))
        return self.scalar()

    # ---- expressions -----------------------------------------------------------------------

    def literal(self, t):
        if t in INTS:
            bits = INTS[t]
            signed = t in SIGNED
            low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
            value = self.pick([0, 1, 2, 3, 5, 7, 10, 100, high, low, high - 1, self.rng.randint(low, high)])
            value = max(low, min(high, value if not signed or self.chance(70) else -value))
            suffix = {"int": "", "uint": "u64"}.get(t, t)
            return f"{value}{suffix}" if value >= 0 else f"({value}{suffix})"
        if t in FLOATS:
            value = self.pick(["0.0", "1.0", "0.5", "0.1", "3.25", "1e10", "123456.789", "2.5e-3"])
            return value + ("f32" if t == "f32" else "")
        return {"bool": self.pick(["true", "false"]), "char": self.pick(CHARS), "str": self.pick(TEXTS)}[t]

    def variables(self, t):
        return [v.name for v in self.env if v.type == t]

    def expr(self, t, depth=3):
        """An expression of type t; parenthesised where it is more than a name or a call."""
        if depth <= 0:
            return self.leaf(t)
        choice = self.rng.randrange(100)
        if choice < 30:
            return self.leaf(t)
        if choice < 38:
            return self.call(t, depth) or self.leaf(t)
        if choice < 46:
            return f"(if {self.expr('bool', depth - 1)} {{ {self.expr(t, depth - 1)} }} else {{ {self.expr(t, depth - 1)} }})"
        if choice < 50:
            return self.match_expr(t, depth)
        if choice < 55:
            return self.part(t) or self.leaf(t)
        if choice < 58:
            return f"({self.expr(('option', t), depth - 1)} ?? {self.expr(t, depth - 1)})"
        return self.operation(t, depth)

    def leaf(self, t):
        names = self.variables(t)
        if names and self.chance(75):
            return self.pick(names)
        return self.built(t, 0)

    def built(self, t, depth):
        """A fresh value."""
        if isinstance(t, str):
            return self.literal(t)
        kind = t[0]
        sub = lambda u: self.expr(u, depth - 1)
        if kind == "array":
            items = [sub(t[1]) for _ in range(self.rng.randrange(0, 4))]
            return f"[{', '.join(items)}]" if items else self.typed(t, "[]")
        if kind == "fixed":
            return self.typed(t, f"[{', '.join(sub(t[1]) for _ in range(t[2]))}]")
        if kind == "option":
            return self.typed(t, sub(t[1]) if self.chance(70) else "none")
        if kind == "tuple":
            return f"({', '.join(sub(u) for u in t[1:])})"
        if kind == "map":
            pairs = [f"{sub(t[1])}: {sub(t[2])}" for _ in range(self.rng.randrange(0, 3))]
            return f"[{', '.join(pairs)}]" if pairs else f"Map<{spelled(t[1])}, {spelled(t[2])}>()"
        if kind == "set":
            return f"Set<{spelled(t[1])}>.of([{sub(t[1])}, {sub(t[1])}])"
        if kind == "result":
            return self.typed(t, f"ok({sub(t[1])})" if self.chance(60) else f"err({sub(t[2])})")
        if kind == "struct":
            fields = ", ".join(f"{f}: {sub(u)}" for f, u in self.structs[t[1]])
            return f"({t[1]} {{ {fields} }})"
        variant, types = self.pick(self.enums[t[1]])
        return f"{t[1]}.{variant}" + (f"({', '.join(sub(u) for u in types)})" if types else "")

    def typed(self, t, text):
        """The expression by way of a function that does nothing but say which type is wanted."""
        number = self.converters.setdefault(t, len(self.converters))
        return f"{self.prefix}as_{number}({text})"

    def call(self, t, depth):
        able = [f for f in self.functions if f.result == t]
        if not able or self.calls_left <= 0 or self.loops > 1:
            return None
        self.calls_left -= 1
        function = self.pick(able)
        args = ", ".join(self.expr(p, depth - 1) for p in function.params)
        return function.template.format(args)

    def index(self):
        """An index that may lie outside; a literal below zero is refused before the program runs."""
        text = self.expr("int", 1)
        return f"0 +% {text}" if text.startswith("(-") and text[2:-1].isdigit() else text

    def part(self, t):
        """A field, element or entry of something in scope."""
        found = []
        for v in self.env:
            kind = v.type[0] if isinstance(v.type, tuple) else None
            if kind == "struct":
                found += [f"{v.name}.{f}" for f, u in self.structs[v.type[1]] if u == t]
            elif kind == "tuple":
                found += [f"{v.name}.{i}" for i, u in enumerate(v.type[1:]) if u == t]
            elif kind == "fixed" and v.type[1] == t:
                found.append(f"{v.name}[{self.rng.randrange(v.type[2])}]")
            elif kind == "array" and v.type[1] == t:
                found.append(f"{v.name}[{self.index()}]" if self.chance(12) else
                             f"({v.name}.get({self.rng.randrange(4)}) ?? {self.leaf(t)})")
            elif kind == "map" and v.type[2] == t:
                found.append(f"({v.name}.get({self.leaf(v.type[1])}) ?? {self.leaf(t)})")
            elif kind == "option" and v.type[1] == t and self.chance(25):
                found.append(f"{v.name}!")
        return self.pick(found) if found else None

    def match_expr(self, t, depth):
        """A match on an enum, an option, a result, a number or a pair."""
        value = lambda: self.expr(t, depth - 1)
        kind = self.rng.randrange(4)
        if kind == 0 and self.enums:
            name = self.pick(list(self.enums))
            arms = []
            for variant, types in self.enums[name]:
                arms.append(self.with_bindings(variant, types, value))
            return f"(match {self.expr(('enum', name), depth - 1)} {{ {', '.join(arms)} }})"
        if kind == 1:
            inner = self.scalar()
            bound = Variable(self.name("v"), inner, False)
            return (f"(match {self.expr(('option', inner), depth - 1)} {{ none => {value()}, {bound.name} => "
                    f"{self.inside([bound], value)} }})")
        if kind == 2:
            inner, error = self.scalar(), self.pick(["str", "int"])
            good, bad = Variable(self.name("v"), inner, False), Variable(self.name("v"), error, False)
            return (f"(match {self.expr(('result', inner, error), depth - 1)} {{ ok({good.name}) => "
                    f"{self.inside([good], value)}, err({bad.name}) => {self.inside([bad], value)} }})")
        subject = self.pick(["i16", "int", "u8"])
        bound = Variable(self.name("v"), subject, False)
        guard = self.inside([bound], lambda: self.expr("bool", 1))
        suffix = "" if subject == "int" else subject
        return (f"(match {self.expr(subject, depth - 1)} {{ 1{suffix} | 7{suffix} => {value()}, 10{suffix}..=90{suffix} => "
                f"{value()}, {bound.name} when {guard} => {self.inside([bound], value)}, _ => {value()} }})")

    def with_bindings(self, variant, types, value):
        bound = [Variable(self.name("v"), u, False) for u in types]
        names = [b.name if not is_option(b.type) else "_" for b in bound]
        pattern = variant + (f"({', '.join(names)})" if types else "")
        return f"{pattern} => {self.inside([b for b in bound if not is_option(b.type)], value)}"

    def inside(self, variables, make):
        self.env += variables
        text = make()
        del self.env[len(self.env) - len(variables):]
        return text

    def operation(self, t, depth):
        e = lambda u: self.expr(u, depth - 1)
        if t in INTS:
            return self.int_operation(t, e)
        if t in FLOATS:
            kind = self.rng.randrange(5)
            if kind == 0:
                return f"{t}({e(self.pick(list(INTS)))})"
            if kind == 1:
                other = "f32" if t == "float" else "float"
                return f"{t}({e(other)})"
            if kind == 2:
                method = self.pick(["abs", "floor", "ceil", "round", "trunc", "sqrt"])
                return f"{e(t)}.{method}()"
            return f"({e(t)} {self.pick(['+', '-', '*', '/', '%'])} {e(t)})"
        if t == "bool":
            return self.bool_operation(e)
        if t == "char":
            return f"({e('str')}.chars().get({self.rng.randrange(3)}) ?? {e('char')})"
        if t == "str":
            return self.str_operation(e)
        return self.composite_operation(t, e, depth)

    def int_operation(self, t, e):
        kind = self.rng.randrange(16)
        if kind < 5:
            return f"({e(t)} {self.pick(['+%', '-%', '*%'])} {e(t)})"
        if kind == 5:
            return f"({e(t)} {self.pick(['+', '-', '*'])} {e(t)})" if self.chance(85) else f"({e(t)} & {e(t)})"
        if kind == 6:
            return f"({e(t)} {self.pick(['/', '%'])} ({e(t)} | {self.literal_one(t)}))"
        if kind == 7:
            return f"({e(t)} {self.pick(['&', '|', '^'])} {e(t)})"
        if kind == 8:
            return f"({e(t)} {self.pick(['<<', '>>'])} {self.rng.randrange(INTS[t])})"
        if kind == 9:
            return f"{t}.wrap({e(self.pick(list(INTS)))})"
        if kind == 10:
            return f"{t}.saturate({e(self.pick(list(INTS) + FLOATS))})"
        if kind == 11:
            return f"{t}({e(self.pick(list(INTS)))})" if self.chance(60) else f"(!{e(t)})"
        if kind == 12:
            return f"({e(t)}.checked_{self.pick(['add', 'sub', 'mul', 'div', 'rem'])}({e(t)}) ?? {e(t)})"
        if kind == 13 and t == "int":
            return self.measured(e)
        if kind == 14:
            x, a = self.name("x"), self.name("a")
            closure = self.inside([Variable(a, t, False), Variable(x, t, False)], lambda: self.pure(t, 2))
            return f"{e(('array', t))}.fold({e(t)}, |{a}, {x}| {closure})"
        return f"({e(('array', t))}.{self.pick(['max', 'min', 'first', 'last'])}() ?? {e(t)})"

    def literal_one(self, t):
        return "1" + ("" if t == "int" else "u64" if t == "uint" else t)

    def measured(self, e):
        kind = self.rng.randrange(6)
        if kind == 0:
            return f"{e('str')}.len()"
        if kind == 1:
            return f"{e(('array', self.scalar()))}.len()"
        if kind == 2:
            return f"{e(('map', 'str', 'int'))}.len()"
        if kind == 3:
            return f"{e(self.pick(list(INTS)))}.{self.pick(['count_ones', 'leading_zeros', 'trailing_zeros', 'signum'])}()"
        if kind == 4 or not self.scored:
            return f"{e('str')}.char_count()"
        return f"{self.prefix}score_of({e(self.pick(self.scored))})"

    def pure(self, t, depth):
        """Without calls of this program's functions, for what runs many times."""
        left, self.calls_left = self.calls_left, 0
        text = self.expr(t, depth)
        self.calls_left = left
        return text

    def bool_operation(self, e):
        kind = self.rng.randrange(7)
        if kind == 0:
            return f"({e('bool')} {self.pick(['&&', '||', '==', '!='])} {e('bool')})"
        if kind == 1:
            return f"(!{e('bool')})"
        if kind == 2:
            t = self.type(1)
            return f"({e(t)} {self.pick(['==', '!='])} {e(t)})" if not self.has_result(t) else e("bool")
        if kind == 3:
            t = self.pick(["str", "char", *INTS, *FLOATS, ("tuple", "int", "str")])
            return f"({e(t)} {self.pick(['<', '<=', '>', '>='])} {e(t)})"
        if kind == 4:
            return f"{e('str')}.{self.pick(['contains', 'starts_with', 'ends_with'])}({e('str')})"
        if kind == 5:
            t = self.key()
            return f"{e(('set', t))}.contains({e(t)})"
        t = self.scalar()
        x = self.name("x")
        closure = self.inside([Variable(x, t, False)], lambda: self.pure("bool", 2))
        return f"{e(('array', t))}.{self.pick(['any', 'all'])}(|{x}| {closure})"

    def has_result(self, t):
        return isinstance(t, tuple) and (t[0] == "result" or any(self.has_result(u) for u in t[1:]))

    def str_operation(self, e):
        kind = self.rng.randrange(8)
        if kind == 0:
            return f"({e('str')} + {e('str')})"
        if kind == 1:
            t = self.type(2)
            return f'"<${{{e(t)}:?}}>"'
        if kind == 2:
            return f"{e('str')}.repeat({self.rng.randrange(3)})"
        if kind == 3:
            spec = self.pick(["", ":5", ":<6", ":^7", ":*>8", ":08", ":x", ":b", ":o"])
            return f'"${{{e(self.pick(list(INTS)))}{spec}}}"'
        if kind == 4:
            return f'"${{{e(self.pick(FLOATS))}:{self.pick([".2", ".0", "10.3", "e", ".3e", "?", "012.4"])}}}"'
        if kind == 5:
            return f"{e('str')}.{self.pick(['trim_start', 'reversed'])}()"
        if kind == 6:
            return f"{e(('array', 'str'))}.join({e('str')})"
        return f"{e('str')}.split({e('str')}).join({e('str')})" if self.chance(30) else f'"${{{e("char")}}}"'

    def composite_operation(self, t, e, depth):
        kind = t[0]
        if kind == "array":
            x = self.name("x")
            way = self.rng.randrange(5)
            if way == 0:
                source = self.scalar()
                closure = self.inside([Variable(x, source, False)], lambda: self.pure(t[1], 2))
                return f"{e(('array', source))}.map(|{x}| {closure}).collect()"
            if way == 1:
                closure = self.inside([Variable(x, t[1], False)], lambda: self.pure("bool", 2))
                return f"{e(t)}.filter(|{x}| {closure}).collect()"
            if way == 2 and t[1] in list(INTS) + ["str", "char", "bool"]:
                return f"{e(t)}.sorted()"
            if way == 3:
                return f"[{e(t[1])}; {self.rng.randrange(4)}]"
            if way == 4:
                adaptor = self.pick([f"skip({self.rng.randrange(3)})", f"take({self.rng.randrange(3)})", f"chain({e(t)})"])
                return f"{e(t)}.{adaptor}.collect()"
        if kind == "option" and self.chance(30):
            x = self.name("x")
            source = self.scalar()
            closure = self.inside([Variable(x, source, False)], lambda: self.pure(t[1], 2))
            return f"{e(('option', source))}.map(|{x}| {closure})"
        return self.built(t, depth)
