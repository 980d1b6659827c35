"""The same program in five languages, of as many blocks as asked for: a record, a method and a loop over a growing array each,
and a main that calls all and prints the sums. Sixty blocks are about 1,600 lines.

Each language adds up in 64-bit numbers that wrap around, so all print the same.
"""

SKEIN = """
struct P{i} {{
    a: int,
    b: int,
    name: str
}}

impl P{i} {{
    fn step(mut self, x: int) -> int {{
        self.a = self.a *% {k} +% x
        self.b = self.b ^ (self.a >> {shift})
        self.a +% self.b
    }}
}}

fn f{i}(n: int) -> int {{
    var v: [P{i}] = []
    var s = 0
    for j in 0..n {{
        v.push(P{i} {{ a: j, b: j * {k}, name: "n" }})
        s = s +% v[v.len() - 1].step(j)
    }}
    if s % {k} == 0 {{
        s += v[0].name.len()
    }}
    s
}}
"""

GO = """
type P{i} struct {{
	a, b int64
	name string
}}

func (p *P{i}) step(x int64) int64 {{
	p.a = p.a*{k} + x
	p.b ^= p.a >> {shift}
	return p.a + p.b
}}

func f{i}(n int64) int64 {{
	v := make([]P{i}, 0)
	var s int64
	for j := int64(0); j < n; j++ {{
		v = append(v, P{i}{{j, j * {k}, "n"}})
		s += v[len(v)-1].step(j)
	}}
	if s%{k} == 0 {{
		s += int64(len(v[0].name))
	}}
	return s
}}
"""

RUST = """
struct P{i} {{
    a: i64,
    b: i64,
    name: String,
}}

impl P{i} {{
    fn step(&mut self, x: i64) -> i64 {{
        self.a = self.a.wrapping_mul({k}).wrapping_add(x);
        self.b ^= self.a >> {shift};
        self.a.wrapping_add(self.b)
    }}
}}

fn f{i}(n: i64) -> i64 {{
    let mut v: Vec<P{i}> = Vec::new();
    let mut s = 0i64;
    for j in 0..n {{
        v.push(P{i} {{ a: j, b: j * {k}, name: "n".to_string() }});
        s = s.wrapping_add(v.last_mut().unwrap().step(j));
    }}
    if s % {k} == 0 {{
        s += v[0].name.len() as i64;
    }}
    s
}}
"""

CPP = """
struct P{i} {{
  int64_t a, b;
  std::string name;

  int64_t step(int64_t x) {{
    a = a * {k} + x;
    b ^= a >> {shift};
    return a + b;
  }}
}};

static int64_t f{i}(int64_t n) {{
  std::vector<P{i}> v;
  int64_t s = 0;
  for (int64_t j = 0; j < n; j++) {{
    v.push_back(P{i}{{j, j * {k}, "n"}});
    s += v.back().step(j);
  }}
  if (s % {k} == 0) {{
    s += v[0].name.size();
  }}
  return s;
}}
"""

C = """
typedef struct {{
  int64_t a, b;
  const char *name;
}} P{i};

static int64_t step{i}(P{i} *p, int64_t x) {{
  p->a = p->a * {k} + x;
  p->b ^= p->a >> {shift};
  return p->a + p->b;
}}

static int64_t f{i}(int64_t n) {{
  P{i} *v = malloc(n * sizeof *v);
  int64_t s = 0;
  for (int64_t j = 0; j < n; j++) {{
    v[j] = (P{i}){{j, j * {k}, "n"}};
    s += step{i}(&v[j], j);
  }}
  if (s % {k} == 0) {{
    s += strlen(v[0].name);
  }}
  free(v);
  return s;
}}
"""

# By suffix: what stands first, a block, the head of main, what main does for a block, and the end.
LANGUAGES = {
    "sk": ("// Records, methods, loops over growing arrays.\n", SKEIN, "\nfn main() {\n    var s = 0\n    var text = \"\"\n",
           "    s = s +% f{i}({n})\n    text += \"$s \"\n", "    println(text)\n}\n"),
    "go": ("package main\n\nimport (\n\t\"fmt\"\n\t\"strings\"\n)\n", GO,
           "\nfunc main() {\n\tvar text strings.Builder\n\tvar s int64\n",
           "\ts += f{i}({n})\n\tfmt.Fprintf(&text, \"%d \", s)\n", "\tfmt.Println(text.String())\n}\n"),
    "rs": ("use std::fmt::Write;\n", RUST, "\nfn main() {\n    let mut text = String::new();\n    let mut s = 0i64;\n",
           "    s = s.wrapping_add(f{i}({n}));\n    write!(text, \"{{}} \", s).unwrap();\n",
           "    println!(\"{}\", text);\n}\n"),
    "cpp": ("#include <cstdint>\n#include <cstdio>\n#include <string>\n#include <vector>\n", CPP,
            "\nint main() {\n  std::string text;\n  int64_t s = 0;\n",
            "  s += f{i}({n});\n  text += std::to_string(s) + \" \";\n", "  std::puts(text.c_str());\n}\n"),
    "c": ("#include <stdint.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n", C,
          "\nint main(void) {\n  int64_t s = 0;\n",
          "  s += f{i}({n});\n  printf(\"%lld \", (long long)s);\n", "  puts(\"\");\n}\n"),
}


def program(language, blocks):
    head, block, main, call, end = LANGUAGES[language]
    numbers = [{"i": i, "k": i % 7 + 2, "shift": i % 5 + 1, "n": 10 + i % 50} for i in range(blocks)]
    return (head + "".join(block.format(**each) for each in numbers) + main +
            "".join(call.format(**each) for each in numbers) + end)
