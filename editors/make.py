#!/usr/bin/env python3
"""Makes the grammars of editors from the tables of the language: frontend/syntax/token.def, base/dtypes.def, 'ordo functions'.

usage: editors/make.py FOLDER      ORDO names the command, default build/ordo. tests/tables.sh calls it and finds stale ones.
"""
import json
import os
import re
import subprocess
import sys

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def rows(path, macro):
    with open(os.path.join(root, path), encoding="utf-8") as f:
        return re.findall(r"^%s\((.*)\)" % macro, f.read(), re.M)


def strings(path, macro, at):
    return [re.findall(r'"((?:[^"\\]|\\.)*)"|(\w+)', row)[at] for row in rows(path, macro)]


TOKENS = "frontend/syntax/token.def"
keywords = [k for k in rows(TOKENS, "KEYWORD")]
words = [w for w in rows(TOKENS, "WORD")]
constants = [k for k in keywords if k in ("true", "false", "inf", "nan")]
logic = [k for k in keywords if k in ("and", "or", "not")]
declarations = [w for w in keywords + words if w in ("import", "const", "fn", "layer", "optimizer", "extern", "train", "init", "data", "names", "gradient")]
# What begins a declaration or a statement only there, and what stands between its parts.
leading = [w for w in words if w in ("init", "data", "names", "gradient", "step", "eval", "best", "repeat", "move", "log", "skip")]
between = [w for w in words if w not in leading and w not in ("min", "max", "size", "axis")]
statements = [k for k in keywords if k not in constants + logic + declarations]
types = [row.split(",")[0].strip() for row in rows("base/dtypes.def", "DTYPE")]
types = [t for t in types if t not in ("idx", "key")] + ["mask", "size"]
operators = [a or b for a, b in strings(TOKENS, "PUNCTUATION", 1)]
operators = [o for o in operators if o not in ("(", ")", "[", "]", "{", "}", ",", ";", ":", ".")]
functions = json.loads(subprocess.run([os.environ.get("ORDO", os.path.join(root, "build/ordo")), "functions", "--json"], check=True,
                                      capture_output=True, text=True).stdout)
functions = sorted({f["name"] for f in functions} - set(types))
made = "made by editors/make.py from the tables of the language"


def vim():
    def line(group, names):
        return "syn keyword %s %s" % (group, " ".join(names))

    def after(names):  # only where a statement begins
        return r"syn match ordoStatement /\%%(^\s*\|[{;]\s*\)\@<=\<\%%(%s\)\>\ze\s*\%%([^=:.,(\[ ]\|$\)/" % r"\|".join(names)
    ops = sorted((o for o in operators), key=len, reverse=True)
    return "\n".join([
        '" Ordo: ' + made,
        'if exists("b:current_syntax")', "  finish", "endif",
        "syn case match",
        # names with primes: h' and c''
        r"syn match ordoName /\<\h\w*'*/",
        line("ordoDeclaration", [d for d in declarations if d in keywords]),
        line("ordoStatement", statements),
        after(leading),
        r"syn match ordoStatement /\%%([])}0-9A-Za-z_'\"]\s\+\)\@<=\<\%%(%s\)\>\ze\s\+[\"0-9A-Za-z_({]/" % r"\|".join(between),
        r"syn match ordoStatement /\%(}\|)\)\@<=\s*\<\%(frozen\|through\|reversed\)\>/",
        line("ordoConstant", constants), line("ordoOperatorWord", logic), line("ordoType", types),
        r"syn match ordoFunction /\<\%%(%s\)\>\ze\s*[[(]/" % r"\|".join(functions),
        r"syn match ordoNumber /\<\d\+\%(\.\d\+\)\?\%([eE][+-]\?\d\+\)\?\>/",
        r"syn match ordoOperator /%s/" % r"\|".join(re.sub(r"([*.~/\[\]^$])", r"\\\1", o) for o in ops),
        r"syn region ordoString start=/\"/ skip=/\\./ end=/\"/ oneline contains=ordoEscape",
        r"syn match ordoEscape /\\\%([ntr\\\"]\|u{\x\+}\)/ contained",
        "syn match ordoComment /#.*/ contains=@Spell",
        "hi def link ordoDeclaration Keyword", "hi def link ordoStatement Statement", "hi def link ordoConstant Constant",
        "hi def link ordoOperatorWord Operator", "hi def link ordoType Type", "hi def link ordoFunction Function",
        "hi def link ordoNumber Number", "hi def link ordoOperator Operator", "hi def link ordoString String",
        "hi def link ordoEscape SpecialChar", "hi def link ordoComment Comment",
        'let b:current_syntax = "ordo"', ""])


def textmate():
    def any_of(names):
        return "|".join(re.escape(n) for n in sorted(names, key=lambda n: (-len(n), n)))

    def word(names):
        return r"\b(?:%s)\b(?!')" % any_of(names)
    patterns = [
        {"name": "comment.line.number-sign.ordo", "match": "#.*$"},
        {"name": "string.quoted.double.ordo", "begin": '"', "end": '"|$',
         "patterns": [{"name": "constant.character.escape.ordo", "match": r"\\(?:[ntr\\\"]|u\{[0-9A-Fa-f]+\})"}]},
        {"match": r"\b(layer|optimizer|train|data|names|init)\s+([A-Za-z_]\w*'*)\b",
         "captures": {"1": {"name": "storage.type.ordo"}, "2": {"name": "entity.name.type.ordo"}}},
        {"match": r"\b(fn)\s+([A-Za-z_]\w*'*)", "captures": {"1": {"name": "storage.type.function.ordo"}, "2": {"name": "entity.name.function.ordo"}}},
        {"name": "storage.type.ordo", "match": word([d for d in declarations if d in keywords])},
        {"name": "keyword.control.ordo", "match": word(statements)},
        {"name": "keyword.control.ordo", "match": r"(?:(?<=^)|(?<=[{;]))\s*\b(?:%s)\b(?=\s*(?:[^=:.,(\[\s]|$))" % any_of(leading)},
        {"name": "keyword.control.ordo", "match": r"(?<=[\])}\w'\"]\s)(?:%s)\b(?=\s+[\"\w({])" % any_of(between)},
        {"name": "constant.language.ordo", "match": word(constants)},
        {"name": "keyword.operator.logical.ordo", "match": word(logic)},
        {"name": "support.type.ordo", "match": word(types)},
        {"name": "support.function.ordo", "match": r"\b(?:%s)\b(?=\s*[\[(])" % any_of(functions)},
        {"name": "constant.numeric.ordo", "match": r"\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b"},
        {"name": "keyword.operator.ordo", "match": any_of(operators)},
        {"name": "variable.other.ordo", "match": r"\b[A-Za-z_]\w*'*"}]
    grammar = {"name": "Ordo", "scopeName": "source.ordo", "fileTypes": ["ordo"], "comment": made, "patterns": patterns}
    return json.dumps(grammar, indent=2) + "\n"


def main():
    folder = sys.argv[1]
    for path, text in {"vim/syntax/ordo.vim": vim(), "textmate/ordo.tmLanguage.json": textmate()}.items():
        os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
        with open(os.path.join(folder, path), "w", encoding="utf-8") as f:
            f.write(text)


main()
