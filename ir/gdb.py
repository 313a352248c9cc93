"""What gdb shows of graphs. In gdb: source ir/gdb.py

Commands, for expressions of the program; and a Node prints as "sum(%3)" instead of its fields, a Ref as "%3".
  graph G      all nodes, results last
  node G REF   one of them; REF is a number or a Ref

All is read from memory, nothing is called, so that it works on core files and in a program that is broken. The program needs debug
information of ir/ (cmake --preset dev has it).
"""
import gdb


def op_name(node):
    return str(node["op"]).removeprefix("OP_")


def call_text(node):
    operands = ", ".join(f"%{int(node['operands'][i]['i'])}" for i in range(int(node["n_operands"])))
    return f"{op_name(node)}({operands})" + (" with attributes" if int(node["n_attrs"]) else "") + (" body {..}" if int(node["body"]) else "")


class NodePrinter:
    def __init__(self, node):
        self.node = node

    def to_string(self):
        return call_text(self.node)


class RefPrinter:
    def __init__(self, ref):
        self.ref = ref

    def to_string(self):
        return f"%{int(self.ref['i'])}"


def printer_of(value):
    name = value.type.strip_typedefs().unqualified().name or str(value.type.unqualified())
    kind = {"Node": NodePrinter, "Ref": RefPrinter}.get(name)
    return kind(value) if kind else None


def size_text(ctx, size):
    poly = ctx["ir"]["polys"]["data"][int(size["i"])]
    terms = []
    for k in range(int(poly["n"])):
        term = poly["terms"][k]
        factors = [term["vars"][i]["text"].string() for i in range(int(term["n"]))]
        if int(term["coef"]) != 1 or not factors:
            factors.insert(0, str(int(term["coef"])))
        terms.append("*".join(factors))
    return " + ".join(terms) or "0"


def type_text(ctx, ty):
    info = ctx["ir"]["types"]["data"][int(ty["i"])].dereference()
    n = range(int(info["rank"]))
    if info["is_tuple"]:
        return "(" + ", ".join(type_text(ctx, info["items"][i]) for i in n) + ")"
    element = str(info["dtype"]).removeprefix("DT_")
    if element == "idx":
        element = f"<{size_text(ctx, info['extent'])}>"
    return element + (f"[{', '.join(size_text(ctx, info['dims'][i]) for i in n)}]" if n else "")


def node_line(graph, number):
    node, ctx = graph["nodes"]["data"][number], graph["ctx"]
    name = ctx["strings"]["text"][int(node["name"]["i"])].string()
    return f"%{number}: {type_text(ctx, node['type'])} = {call_text(node)}" + (f' "{name}"' if name else "")


class GraphCommand(gdb.Command):
    """graph G: the nodes of a graph."""

    def __init__(self):
        super().__init__("graph", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        graph = gdb.parse_and_eval(argument)
        for number in range(int(graph["nodes"]["len"])):
            print(node_line(graph, number))
        results = graph["results"]
        print("return " + ", ".join(f"%{int(results['data'][i]['i'])}" for i in range(int(results["len"]))))


class NodeCommand(gdb.Command):
    """node G REF: one node of a graph."""

    def __init__(self):
        super().__init__("node", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        graph, ref = (gdb.parse_and_eval(text) for text in argument.rsplit(None, 1))
        number = int(ref["i"]) if ref.type.strip_typedefs().code == gdb.TYPE_CODE_STRUCT else int(ref)
        print(node_line(graph, number) if number < int(graph["nodes"]["len"]) else f"there is no node {number}")


gdb.pretty_printers.insert(0, printer_of)
GraphCommand()
NodeCommand()
