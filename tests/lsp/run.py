#!/usr/bin/env python3
"""Recorded conversations with the language server: tests/lsp/*.talk, one a session.

A line says what the editor does; what the server says stands below it behind '>'. Lines and columns count from 1, in characters.

  start utf-8                     the encoding of positions that the editor takes; without this line UTF-16
  file NAME                       a file on disk; its text below, indented by two blanks
  open NAME                       a text in the editor, the same
  edit NAME PLACE "NEW"           what stands there is replaced, or, where the place has no length, something is put in
  close NAME
  mistakes NAME                   the diagnostics of the text as it is now
  hover | definition | references | highlight | complete NAME PLACE
  rename NAME PLACE NEW
  symbols | hints | tokens | lens | format | text NAME
  actions NAME PLACE              and what the text is after each
  show NAME FUNCTION              the command of a lens
  message JSON                    any message; its answer, or what is written about it
  raw "BYTES"                     any bytes, as Python writes them
  mute                            the server answers nothing to what came before

PLACE is LINE:COLUMN, LINE:COLUMN-LINE:COLUMN, or a text in quotes: where it stands first, from its beginning to its end; "text"#2 where it
stands for the second time; "text"| behind it. A place without an end is one point.

usage: tests/lsp/run.py [--update] [FILE.talk]...     ORDO names the command, default build/ordo
"""
import ast
import difflib
import json
import os
import re
import sys
import tempfile
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
from client import Client, Gone  # noqa: E402

QUOTED = r'"(?:[^"\\]|\\.)*"'


def place_of(text, word):
    m = re.match(r"(\d+):(\d+)(?:-(\d+):(\d+))?$", word)
    if m:
        lines = text.split("\n")
        at = [sum(len(x) + 1 for x in lines[:int(line) - 1]) + int(column) - 1
              for line, column in zip(m.groups()[::2], m.groups()[1::2]) if line]
        return at[0], at[-1]
    m = re.match("(" + QUOTED + r")(?:#(\d+))?(\|?)$", word)
    wanted, at = ast.literal_eval(m.group(1)), -1
    for _ in range(int(m.group(2) or 1)):
        at = text.index(wanted, at + 1)
    return (at + len(wanted),) * 2 if m.group(3) else (at, at + len(wanted))


class Talk:
    def __init__(self, folder):
        self.folder, self.client, self.encoding, self.out = folder, None, "utf-16", []

    def say(self, text):
        for line in text.replace(os.path.realpath(self.folder) + "/", "").split("\n"):
            self.out.append("> " + line if line else ">")

    def server(self):
        if not self.client:
            self.client = Client(os.environ["ORDO"], self.folder, (self.encoding,), shows=True)
            self.client.start()
        return self.client

    # --- how answers are shown

    def shown(self, name, range_):
        c = self.client
        text = c.texts.get(c.uri(name))
        if text is None:
            with open(os.path.join(self.folder, name), encoding="utf-8") as f:
                text = f.read()
        lo, hi = c.offset(text, range_["start"]), c.offset(text, range_["end"])
        lines = [text.count("\n", 0, x) + 1 for x in (lo, hi)]
        columns = [x - text.rfind("\n", 0, x) for x in (lo, hi)]
        return "%d:%d-%d:%d" % (lines[0], columns[0], lines[1], columns[1]), text[lo:hi]

    def location(self, x):
        name = self.client.name(x["uri"])
        if not os.path.exists(os.path.join(self.folder, name)) and self.client.uri(name) not in self.client.texts:
            return name
        where, text = self.shown(name, x["range"])
        return "%s %s %s" % (name, where, text.split("\n")[0])

    def edited(self, text, edits):
        c = self.client
        spans = sorted(((c.offset(text, e["range"]["start"]), c.offset(text, e["range"]["end"]), e["newText"]) for e in edits), reverse=True)
        for lo, hi, new in spans:
            text = text[:lo] + new + text[hi:]
        return text

    def changes(self, changes):
        for uri in sorted(changes):
            name = self.client.name(uri)
            text = self.client.texts.get(uri)
            if text is None:
                text = open(os.path.join(self.folder, name), encoding="utf-8").read()
            for line in difflib.unified_diff(text.split("\n"), self.edited(text, changes[uri]).split("\n"), name, name, n=0, lineterm=""):
                self.say(line)

    # --- what the editor does

    def do(self, words, body):
        c = None if words[0] in ("start", "file") else self.server()
        verb, name = words[0], words[1] if len(words) > 1 else None
        if verb == "start":
            self.encoding = name
        elif verb == "file":
            os.makedirs(os.path.dirname(os.path.join(self.folder, name)) or ".", exist_ok=True)
            with open(os.path.join(self.folder, name), "w", encoding="utf-8", newline="") as f:
                f.write(body)
        elif verb == "open":
            c.open(name, body)
        elif verb == "edit":
            lo, hi = place_of(c.texts[c.uri(name)], words[2])
            c.edit(name, lo, hi, ast.literal_eval(words[3]))
        elif verb == "close":
            c.close(name)
        elif verb == "mute":
            before = len(c.answers), len(c.other)
            c.answer("none/such", {})
            if (len(c.answers), len(c.other)) != before:
                self.say("it says something")
        elif verb == "raw":
            c.send(ast.literal_eval("b" + words[1]))
            self.replies()
        elif verb == "message":
            c.message(json.loads(words[1]))
            self.replies()
        else:
            getattr(self, verb)(c, name, *words[2:])

    def replies(self):
        """All answers, up to that of a request that is sent behind."""
        c = self.client
        try:
            c.answer("none/such", {})
        except Gone as gone:
            self.say(str(gone).split("\n")[0])
        for message in list(c.answers.values()) + c.other:
            message.pop("jsonrpc", None)
            self.say(json.dumps(message, ensure_ascii=False))
        c.answers.clear()
        c.other.clear()

    def at(self, c, name, place):
        return {"position": c.position(c.texts[c.uri(name)], place_of(c.texts[c.uri(name)], place)[0])}

    def asked(self, c, name, method, **params):
        answer = c.answer("textDocument/" + method, dict({"textDocument": {"uri": c.uri(name)}}, **params))
        if "error" in answer:
            self.say("error: " + answer["error"]["message"])
        elif not answer["result"]:
            self.say("nothing")
        return answer.get("result")

    def mistakes(self, c, name):
        c.settle()
        found = c.mistakes(name)
        for d in found or []:
            where, _ = self.shown(name, d["range"])
            self.say("%s %s %s" % (where, d.get("code", ""), d["message"]))
            for r in d.get("relatedInformation", []):
                self.say("  %s: %s" % (self.location(r["location"]), r["message"]))
        if not found:
            self.say("none")

    def hover(self, c, name, place):
        result = self.asked(c, name, "hover", **self.at(c, name, place))
        if result:
            self.say(self.shown(name, result["range"])[0] + "\n" + result["contents"]["value"])

    def definition(self, c, name, place):
        result = self.asked(c, name, "definition", **self.at(c, name, place))
        if result:
            self.say(self.location(result))

    def references(self, c, name, place):
        result = self.asked(c, name, "references", context={"includeDeclaration": True}, **self.at(c, name, place))
        for line in sorted(self.location(x) for x in result or []):
            self.say(line)

    def highlight(self, c, name, place):
        for x in self.asked(c, name, "documentHighlight", **self.at(c, name, place)) or []:
            self.say("%s %s" % (self.shown(name, x["range"])[0], {2: "read", 3: "write"}[x["kind"]]))

    def rename(self, c, name, place, new):
        result = self.asked(c, name, "rename", newName=new, **self.at(c, name, place))
        if result:
            self.changes(result["changes"])

    def complete(self, c, name, place, *wanted):
        result = self.asked(c, name, "completion", **self.at(c, name, place))
        items = sorted(result["items"] if result else [], key=lambda i: i["sortText"])
        for i in items:
            if (wanted and i["label"] in wanted) or (not wanted and i["sortText"][0] in "01"):
                self.say(("%s: %s" % (i["label"], i["detail"])) if i.get("detail") else i["label"])

    def symbols(self, c, name):
        def put(items, depth):
            for s in items:
                self.say("%s%s %s" % ("  " * depth, s["name"], self.shown(name, s["selectionRange"])[0]))
                put(s["children"], depth + 1)
        put(self.asked(c, name, "documentSymbol") or [], 0)

    def hints(self, c, name):
        text = c.texts[c.uri(name)]
        range_ = {"start": {"line": 0, "character": 0}, "end": c.position(text, len(text))}
        edits = [{"range": {"start": h["position"], "end": h["position"]}, "newText": h["label"]}
                 for h in self.asked(c, name, "inlayHint", range=range_) or []]
        lines = self.edited(text, edits).split("\n")
        for i in sorted({e["range"]["start"]["line"] for e in edits}):
            self.say(lines[i])

    def tokens(self, c, name):
        legend = c.ask("textDocument/semanticTokens/full", {"textDocument": {"uri": c.uri(name)}})["data"]
        names = self.types
        line = column = 0
        rows = {}
        for i in range(0, len(legend), 5):
            dl, dc, n, kind, modifiers = legend[i:i + 5]
            line, column = line + dl, dc if dl else column + dc
            start = {"line": line, "character": column}
            _, word = self.shown(name, {"start": start, "end": {"line": line, "character": column + n}})
            rows.setdefault(line, []).append(word + ":" + names[kind] + ("!" if modifiers & 1 else ""))
        for i in sorted(rows):
            self.say(" ".join(rows[i]))

    @property
    def types(self):
        return ["namespace", "type", "class", "function", "method", "property", "variable", "parameter", "number", "string", "keyword",
                "comment", "operator"]

    def lens(self, c, name):
        for x in self.asked(c, name, "codeLens") or []:
            self.say("%s %s %s" % (self.shown(name, x["range"])[0], x["command"]["title"], x["command"]["arguments"][1]))

    def format(self, c, name):
        result = self.asked(c, name, "formatting", options={"tabSize": 2, "insertSpaces": True})
        if result:
            self.changes({c.uri(name): result})

    def text(self, c, name):
        self.say(c.texts[c.uri(name)])

    def actions(self, c, name, place):
        text = c.texts[c.uri(name)]
        lo, hi = place_of(text, place)
        range_ = {"start": c.position(text, lo), "end": c.position(text, hi)}
        for a in self.asked(c, name, "codeAction", range=range_, context={"diagnostics": []}) or []:
            self.say(a["title"])
            self.changes(a["edit"]["changes"])

    def show(self, c, name, function):
        answer = c.answer("workspace/executeCommand", {"command": "ordo.showGraph", "arguments": [c.uri(name), function]})
        if "error" in answer:
            self.say("error: " + answer["error"]["message"])
            return
        path = answer["result"]["uri"][len("file://"):]
        with open(path, encoding="utf-8") as f:
            self.say("%s: %s" % (os.path.basename(path), "an SVG" if "<svg" in f.read() else "no SVG"))
        self.say("asked to show: %s" % any(m["method"] == "window/showDocument" and m["params"]["uri"].endswith(path) for m in c.other))
        c.other.clear()


def play(path):
    """What the file would be with what the server says now."""
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    out, i = [], 0
    with tempfile.TemporaryDirectory(prefix="ordo-lsp-") as folder:
        talk = Talk(folder)
        while i < len(lines):
            line = lines[i]
            i += 1
            if line.startswith(">"):
                continue
            out.append(line)
            if not line.strip() or line.startswith("#"):
                continue
            body = []
            verb = line.split()[0]
            while verb in ("open", "file") and i < len(lines) and (lines[i].startswith("  ") or not lines[i].strip()):
                if not lines[i].strip() and not (i + 1 < len(lines) and lines[i + 1].startswith("  ")):
                    break
                body.append(lines[i][2:])
                out.append(lines[i])
                i += 1
            rest = line.split(None, 1)[1] if " " in line else ""
            words = [verb, rest] if verb in ("message", "raw") else re.findall(QUOTED + r"(?:#\d+)?\|?|\S+", line)
            talk.out = []
            try:
                talk.do(words, "\n".join(body) + "\n")
            except Gone as gone:
                talk.say(str(gone))
                out += talk.out + lines[i:]
                break
            out += talk.out
        if talk.client and not talk.client.process.stdin.closed:
            try:
                code = talk.client.end()
                if code:
                    out.append("> exit code %d" % code)
            except (Gone, AssertionError, ValueError) as why:
                out += ["> " + x for x in str(why).split("\n")]
                talk.client.process.kill()
    return "\n".join(out), "\n".join(lines)


def main():
    update = "--update" in sys.argv
    files = [a for a in sys.argv[1:] if not a.startswith("--")]
    files = files or sorted(os.path.join(here, f) for f in os.listdir(here) if f.endswith(".talk"))
    os.environ["ORDO"] = os.path.realpath(os.environ.get("ORDO", os.path.join(here, "../../build/ordo")))
    failed = 0
    for path in files:
        start = time.monotonic()
        now, then = play(path)
        if now == then:
            continue
        if update:
            with open(path, "w", encoding="utf-8") as f:
                f.write(now)
            continue
        failed += 1
        print("%s (%.1f s)" % (path, time.monotonic() - start))
        for line in difflib.unified_diff(then.split("\n"), now.split("\n"), "expected", "said", lineterm=""):
            print(line)
    print("%d conversations, %d failed" % (len(files), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
