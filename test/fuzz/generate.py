"""Random well-typed programs whose output depends on nothing but themselves.

`program(seed, prefix)` gives the text of one: types, functions and `fn PREFIXmain()`, all names with
the prefix, so that many fit in one file. The same seed always gives the same program.
"""
from expressions import INTS, Expressions, Function, Variable, is_option, spelled


class Program(Expressions):
    """Statements, functions and types around the expressions."""

    def __init__(self, seed, prefix):
        super().__init__(seed, prefix)
        self.lines = []
        self.indent = 0
        self.live_tasks = 0
        self.result = None   # of the function under way; None: `return` is not possible

    # ---- text ------------------------------------------------------------------------------

    def global_name(self, stem):
        return self.prefix + self.name(stem) if stem[0].islower() else self.prefix.upper() + self.name(stem)

    def line(self, text):
        self.lines.append("    " * self.indent + text)

    def block(self, head, body):
        """`head {`, what `body` writes with a scope of its own, `}`."""
        self.line(head + " {")
        self.indent += 1
        size = len(self.env)
        body()
        del self.env[size:]
        self.indent -= 1
        self.line("}")

    # ---- statements ------------------------------------------------------------------------

    def statements(self, count):
        for _ in range(count):
            self.statement()

    def declare(self, t=None):
        t = t or self.type()
        is_var = self.chance(60)
        text = self.expr(t, 3)
        name = self.name("a")
        self.line(f"{'var' if is_var else 'let'} {name}: {spelled(t)} = {text}")
        self.env.append(Variable(name, t, is_var))

    def changeable(self, test=lambda t: True):
        return [v for v in self.env if v.is_var and test(v.type)]

    def statement(self):
        choice = self.rng.randrange(100)
        if choice < 28:
            self.declare()
        elif choice < 42:
            self.assign()
        elif choice < 58:
            self.change()
        elif choice < 66:
            self.show()
        elif choice < 74:
            self.if_statement()
        elif choice < 84:
            self.loop()
        elif choice < 88:
            self.spawn()
        elif choice < 91:
            self.catch()
        elif choice < 94:
            self.leave()
        elif choice < 96:
            self.destructure()
        elif choice < 98:
            self.closure()
        else:
            self.line(f"defer println(\"{self.name('deferred ')}\")")

    def show(self):
        shown = self.pick(self.env).name if self.env and self.chance(70) else self.expr(self.type(), 2)
        self.line(f'println("{self.name("#")} ${{{shown}:?}}")')

    def assign(self):
        able = self.changeable()
        if not able:
            return self.declare()
        v = self.pick(able)
        if v.type in INTS and self.chance(50):
            operator = self.pick(["+%=", "-%=", "*%=", "^=", "|=", "&=", "+=" if self.chance(20) else "^="])
            return self.line(f"{v.name} {operator} {self.expr(v.type, 3)}")
        if v.type == "str":
            # What is put behind itself in loops in loops would fill the memory.
            change = f"+= {self.expr('str', 2)}" if self.chance(60) else f"= {self.expr('str', 3)}"
            return self.line(f"if {v.name}.len() < 200 {{ {v.name} {change} }}")
        self.line(f"{v.name} = {self.expr(v.type, 3)}")

    def change(self):
        """Something inside a variable."""
        able = self.changeable(lambda t: isinstance(t, tuple) and t[0] in ("array", "map", "set", "struct", "tuple", "fixed"))
        if not able:
            return self.assign()
        v = self.pick(able)
        kind = v.type[0]
        if kind == "array":
            return self.change_array(v)
        if kind == "map":
            key, value = self.expr(v.type[1], 2), self.expr(v.type[2], 2)
            return self.line(self.pick([f"{v.name}[{key}] = {value}", f"_ = {v.name}.insert({key}, {value})",
                                        f"_ = {v.name}.remove({key})", f"{v.name}[{key}, default: {value}] = {self.expr(v.type[2], 2)}"]))
        if kind == "set":
            return self.line(f"_ = {v.name}.{self.pick(['insert', 'remove'])}({self.expr(v.type[1], 2)})")
        if kind == "fixed":
            return self.line(f"{v.name}[{self.rng.randrange(v.type[2])}] = {self.expr(v.type[1], 2)}")
        parts = self.structs[v.type[1]] if kind == "struct" else [(str(i), u) for i, u in enumerate(v.type[1:])]
        part, t = self.pick(parts)
        if isinstance(t, tuple) and t[0] == "array" and self.chance(60):
            return self.line(f"{v.name}.{part}.push({self.expr(t[1], 2)})")
        self.line(f"{v.name}.{part} = {self.expr(t, 3)}")

    def change_array(self, v):
        element = v.type[1]
        value = self.expr(element, 2)
        at = self.expr("int", 1)
        item = self.name("m")
        self.line(self.pick([
            f"{v.name}.push({value})",
            f"if {v.name}.len() > 0 {{ {v.name}[({at}).mod_floor({v.name}.len())] = {value} }}",
            f"_ = {v.name}.pop()",
            f"{v.name}.insert(({at}).mod_floor({v.name}.len() + 1), {value})",
            f"if {v.name}.len() > 1 {{ {v.name}.swap(0, {v.name}.len() - 1) }}",
            f"{v.name}.reverse()",
            f"{v.name}.extend({self.without(v, v.type)})",
            f"for mut {item} in {v.name} {{ {item} = {self.without(v, element)} }}",
            f"{self.prefix}grow(mut {v.name}, {self.without(v, element)})",
        ]))

    def without(self, v, t):
        """An expression that does not name the variable."""
        kept, self.env = self.env, [other for other in self.env if other is not v]
        text = self.expr(t, 2)
        self.env = kept
        return text

    def if_statement(self):
        if self.chance(40):
            t = self.scalar()
            bound = Variable(self.name("v"), t, False)
            subject = self.expr(("option", t), 2)

            def body():
                self.env.append(bound)
                self.statements(2)
            self.block(f"if let {bound.name} = {subject}", body)
        else:
            self.block(f"if {self.expr('bool', 3)}", lambda: self.statements(2))
            if self.chance(50):
                self.lines[-1] += " else {"
                self.indent += 1
                size = len(self.env)
                self.statements(2)
                del self.env[size:]
                self.indent -= 1
                self.line("}")

    def loop(self):
        if self.loops >= 2:
            return self.assign()
        self.loops += 1
        kind = self.rng.randrange(4)
        name = self.name("k")
        if kind == 0:
            head, bound = f"for {name} in 0..{self.rng.randrange(1, 5)}", [Variable(name, "int", False)]
        elif kind == 1:
            t = self.type(1)
            head, bound = f"for {name} in {self.expr(('array', t), 2)}", [Variable(name, t, False)]
        elif kind == 2:
            t = self.scalar()
            head = f"for ({name}, w{name}) in {self.expr(('map', 'str', t), 2)}"
            bound = [Variable(name, "str", False), Variable("w" + name, t, False)]
        else:
            self.line(f"var {name} = {self.rng.randrange(1, 5)}")
            head, bound = f"while {name} > 0", []

        def body():
            self.env.extend(bound)
            if not bound:
                self.line(f"{name} -= 1")
            self.statements(self.rng.randrange(1, 4))
            if self.chance(30) and not self.live_tasks:
                self.line(f"if {self.pure('bool', 2)} {{ {self.pick(['break', 'continue'])} }}")
        # A task that is not awaited yet must not be left behind.
        live, self.live_tasks = self.live_tasks, 0
        result, self.result = self.result, None if live else self.result
        self.block(head, body)
        self.live_tasks, self.result = live, result
        self.loops -= 1

    def spawn(self):
        if not self.functions or self.loops:
            return self.show()
        function = self.pick(self.functions)
        task = self.name("t")
        args = ", ".join(self.expr(p, 2) for p in function.params)
        if self.chance(40):
            self.line(f"let {task} = spawn {{ {function.template.format(args)} }}")
        else:
            self.line(f"let {task} = spawn {function.template.format(args)}")
        self.live_tasks += 1
        self.statements(self.rng.randrange(0, 3))
        self.live_tasks -= 1
        name = self.name("a")
        if self.chance(25) and not is_option(function.result):
            self.line(f"let {name} = match {task}.join() {{ ok(v) => \"${{v:?}}\", err(e) => \"${{e:?}}\".split(\"trace\")[0] }}")
            return self.env.append(Variable(name, "str", False))
        self.line(f"let {name}: {spelled(function.result)} = await {task}")
        self.env.append(Variable(name, function.result, False))

    def catch(self):
        name = self.name("c")
        t = self.scalar()
        self.line(f"let {name} = match catch {{ {self.expr(t, 3)} }} {{ ok(v) => \"ok ${{v:?}}\", err(p) => \"${{p.message}} at ${{p.place}}\" }}")
        self.env.append(Variable(name, "str", False))

    def leave(self):
        if self.result is None or self.live_tasks:
            return self.show()
        self.line(f"if {self.expr('bool', 2)} {{ return {self.expr(self.result, 2)} }}")

    def destructure(self):
        types = [self.scalar(), self.type(1)]
        names = [self.name("a"), self.name("a")]
        self.line(f"let ({', '.join(names)}) = {self.expr(('tuple', *types), 2)}")
        self.env += [Variable(n, t, False) for n, t in zip(names, types)]

    def closure(self):
        """A closure over what does not change, called like a function from here on."""
        kept = self.env
        self.env = [v for v in kept if not v.is_var]
        params = [self.scalar() for _ in range(self.rng.randrange(1, 3))]
        names = [self.name("p") for _ in params]
        result = self.scalar()
        text = self.inside([Variable(n, t, False) for n, t in zip(names, params)], lambda: self.pure(result, 3))
        self.env = kept
        name = self.name("g")
        head = ", ".join(f"{n}: {spelled(t)}" for n, t in zip(names, params))
        self.line(f"let {name} = |{head}| -> {spelled(result)} {{ {text} }}")
        args = ", ".join(self.expr(t, 2) for t in params)
        value = self.name("a")
        self.line(f"let {value} = {name}({args})")
        self.env.append(Variable(value, result, False))

    # ---- declarations ----------------------------------------------------------------------

    def add_struct(self):
        name = self.global_name("S")
        fields = [(self.name("g"), self.type(2)) for _ in range(self.rng.randrange(1, 4))]
        fields = [(f, u) for f, u in fields if not self.has_result(u)] or [(self.name("g"), "int")]
        self.line("@derive(Eq, Show)")
        self.line(f"struct {name} {{ {', '.join(f'{f}: {spelled(u)}' for f, u in fields)} }}")
        self.structs[name] = fields

    def add_enum(self):
        name = self.global_name("E")
        variants = []
        for _ in range(self.rng.randrange(2, 5)):
            types = [self.type(1) for _ in range(self.rng.randrange(0, 3))]
            variants.append((self.global_name("V"), [u for u in types if not self.has_result(u)]))
        if self.chance(30):
            variants.append((self.global_name("V"), [("option", ("enum", name))]))
        self.line("@derive(Eq, Show)")
        shown = [v + (f"({', '.join(map(spelled, types))})" if types else "") for v, types in variants]
        self.line(f"enum {name} {{ {', '.join(shown)} }}")
        self.enums[name] = [(v, [u for u in types]) for v, types in variants]

    def add_trait(self):
        """A trait with a default method, and who has it."""
        p, name = self.prefix, self.prefix.upper() + "Scored"
        self.line(f"trait {name} {{ fn score(self) -> int; fn double(self) -> int {{ self.score() *% 2 }} }}")
        self.line(f"impl {name} for int {{ fn score(self) -> int {{ self +% 1 }} }}")
        types = [("struct", n) for n in self.structs] + [("enum", n) for n in self.enums]
        for t in types:
            self.env = [Variable("self", t, False)]
            score = f"fn score(self) -> int {{ {self.expr('int', 4)} }}"
            own = "; fn double(self) -> int { 7 }" if self.chance(30) else ""
            self.line(f"impl {name} for {t[1]} {{ {score}{own} }}")
        self.env = []
        self.scored = ["int", *types]
        self.line(f"fn {p}score_of<T: {name}>(x: T) -> int {{ x.score() ^ x.double() }}")
        self.line(f"fn {p}dyn_score(x: dyn {name}) -> int {{ x.score() -% x.double() }}")
        self.line(f"fn {p}grow<T>(mut xs: [T], own x: T) {{ if xs.len() < 9 {{ xs.push(x) }} }}")

    def add_function(self):
        name = self.global_name("fn")
        params = [self.type() for _ in range(self.rng.randrange(0, 4))]
        names = [self.name("p") for _ in params]
        modes = ["own " if self.chance(20) else "" for _ in params]
        result = self.type()
        self.env = [Variable(n, t, False) for n, t in zip(names, params)]
        self.calls_left = 3
        self.result = result
        head = ", ".join(f"{m}{n}: {spelled(t)}" for m, n, t in zip(modes, names, params))

        def body():
            self.statements(self.rng.randrange(1, 5))
            self.line(self.expr(result, 3))
        self.block(f"fn {name}({head}) -> {spelled(result)}", body)
        self.result = None
        self.functions.append(Function(name + "({})", params, result))

    def add_recursive(self):
        name = self.global_name("rec")
        t = self.type(1)
        self.env = [Variable("n", "int", False), Variable("x", t, False)]
        self.calls_left = 0
        self.result = t

        def body():
            self.line(f"if n <= 0 {{ return {self.expr(t, 2)} }}")
            self.statements(2)
            self.line(f"let down = {name}(n - 1, {self.expr(t, 2)})")
            self.env.append(Variable("down", t, False))
            self.line(self.expr(t, 3))
        self.block(f"fn {name}(n: int, own x: {spelled(t)}) -> {spelled(t)}", body)
        self.result = None
        self.functions.append(Function(name + f"({self.rng.randrange(1, 6)}, {{}})", [t], t))

    def write(self):
        # Most programs are small: what they do wrong is found in them sooner.
        size = self.pick([1, 1, 1, 1, 2, 2, 4])
        for _ in range((size + 1) // 2):
            self.add_struct()
            self.add_enum()
        self.add_trait()
        for _ in range(size):
            self.add_function()
        if self.chance(20 * size):
            self.add_recursive()
        self.env = []
        self.calls_left = 2 + size
        scored = [self.pick(self.scored) for _ in range((size + 1) // 2)]

        def body():
            self.statements(self.rng.randrange(2 + size, 5 + 2 * size))
            for t in scored:
                static, dynamic = self.expr(t, 2), self.expr(t, 2)
                self.line(f'println("score ${{{self.prefix}score_of({static})}} ${{{self.prefix}dyn_score({dynamic})}}")')
            for v in self.env:
                self.line(f'println("{v.name} ${{{v.name}:?}}")')
        self.block(f"fn {self.prefix}main()", body)
        for t, number in self.converters.items():
            self.line(f"fn {self.prefix}as_{number}(own x: {spelled(t)}) -> {spelled(t)} {{ x }}")
        return "\n".join(self.lines) + "\n"


def program(seed, prefix):
    return Program(seed, prefix).write()
