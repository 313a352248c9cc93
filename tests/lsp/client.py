"""A client of the language server, with the standard library alone: starts it, sends messages, waits for answers."""
import json
import os
import select
import subprocess
import time
import urllib.parse


class Gone(Exception):
    pass


class Client:
    def __init__(self, command, folder, encodings=("utf-16",), timeout=120, shows=False):
        self.folder, self.timeout, self.next = folder, timeout, 0
        env = dict(os.environ)  # what a sanitizer keeps of freed memory must not look like growth
        env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1:thread_local_quarantine_size_kb=16"
        self.process = subprocess.Popen([command, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=env)
        self.buffer, self.diagnostics, self.other, self.texts, self.versions = b"", {}, [], {}, {}
        self.answers = {}
        self.units = "utf-16"
        self.initialize = {
            "processId": None, "rootUri": self.uri(""), "workspaceFolders": [{"uri": self.uri(""), "name": "w"}],
            "capabilities": {"general": {"positionEncodings": list(encodings)}, "window": {"showDocument": {"support": shows}},
                             "textDocument": {"hover": {"contentFormat": ["plaintext"]}}}}

    def start(self):
        result = self.ask("initialize", self.initialize)
        self.units = result["capabilities"].get("positionEncoding", "utf-16")
        self.tell("initialized", {})
        return result

    # --- names and places

    def uri(self, name):
        return "file://" + urllib.parse.quote(os.path.join(os.path.realpath(self.folder), name))

    def name(self, uri):
        path = urllib.parse.unquote(uri[len("file://"):]) if uri.startswith("file://") else uri
        return os.path.relpath(path, os.path.realpath(self.folder)) if path.startswith(os.path.realpath(self.folder)) else os.path.basename(path)

    def length(self, text):
        return len(text.encode("utf-16-le")) // 2 if self.units == "utf-16" else len(text.encode("utf-8"))

    def position(self, text, offset):
        line = text.count("\n", 0, offset)
        return {"line": line, "character": self.length(text[text.rfind("\n", 0, offset) + 1:offset])}

    def offset(self, text, position):
        at = 0
        for _ in range(position["line"]):
            at = text.index("\n", at) + 1
        n = position["character"]
        while n > 0:
            n -= self.length(text[at])
            at += 1
        return at

    # --- messages

    def send(self, raw):
        try:
            self.process.stdin.write(raw)
            self.process.stdin.flush()
        except (BrokenPipeError, OSError):
            raise Gone("the server does not read any more" + self.last_words())

    def message(self, body):
        body = json.dumps(body).encode()
        self.send(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def tell(self, method, params):
        self.message({"jsonrpc": "2.0", "method": method, "params": params})

    def last_words(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        return " (exit code %s)\n%s" % (self.process.returncode, self.process.stderr.read().decode(errors="replace")[-3000:])

    def fill(self, until):
        left = until - time.monotonic()
        if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
            raise Gone("no answer within %d s" % self.timeout)
        more = os.read(self.process.stdout.fileno(), 1 << 16)
        if not more:
            raise Gone("the server is gone" + self.last_words())
        self.buffer += more

    def read(self, until=None):
        until = until or time.monotonic() + self.timeout
        while b"\r\n\r\n" not in self.buffer:
            self.fill(until)
        head, rest = self.buffer.split(b"\r\n\r\n", 1)
        assert head.startswith(b"Content-Length: "), head
        n = int(head[16:])
        while len(self.buffer) < len(head) + 4 + n:
            self.fill(until)
        body = self.buffer[len(head) + 4:len(head) + 4 + n]
        self.buffer = self.buffer[len(head) + 4 + n:]
        message = json.loads(body.decode("utf-8"))
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self.diagnostics[params["uri"]] = params
        elif "method" in message:
            self.other.append(message)
        else:
            self.answers[message["id"]] = message
        return message

    def answer(self, method, params):
        self.next += 1
        self.message({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params})
        mine = self.next
        while mine not in self.answers:
            self.read()
        return self.answers.pop(mine)

    def ask(self, method, params):
        answer = self.answer(method, params)
        if "error" in answer:
            raise AssertionError("%s: %s" % (method, answer["error"]))
        return answer["result"]

    # --- texts

    def open(self, name, text):
        uri = self.uri(name)
        self.texts[uri], self.versions[uri] = text, 1
        self.diagnostics.pop(uri, None)
        self.tell("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "ordo", "version": 1, "text": text}})

    def edit(self, name, lo, hi, new):
        uri = self.uri(name)
        text = self.texts[uri]
        self.versions[uri] += 1
        self.tell("textDocument/didChange", {
            "textDocument": {"uri": uri, "version": self.versions[uri]},
            "contentChanges": [{"range": {"start": self.position(text, lo), "end": self.position(text, hi)}, "text": new}]})
        self.texts[uri] = text[:lo] + new + text[hi:]

    def close(self, name):
        self.tell("textDocument/didClose", {"textDocument": {"uri": self.uri(name)}})
        self.texts.pop(self.uri(name), None)

    def about(self, name, method, **more):
        return self.ask("textDocument/" + method, dict({"textDocument": {"uri": self.uri(name)}}, **more))

    def mistakes(self, name):
        """The diagnostics of the text as it is."""
        uri = self.uri(name)
        until = time.monotonic() + self.timeout
        while self.diagnostics.get(uri, {}).get("version") != self.versions[uri]:
            self.read(until)
        return self.diagnostics[uri]["diagnostics"]

    def settle(self, seconds=0.5):
        """Reads what comes until nothing does: diagnostics of other texts, proofs that wait for a pause."""
        self.answer("none/such", {})
        while True:
            try:
                self.read(time.monotonic() + seconds)
            except Gone:
                if self.process.poll() is not None:
                    raise
                return

    def end(self):
        """Ends the session as it should be; gives the exit code."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.stdin.close()
        code = self.process.wait(60)
        errors = self.process.stderr.read().decode(errors="replace")
        self.process.stdout.close()
        self.process.stderr.close()
        if errors:
            raise AssertionError("on stderr: " + errors[-3000:])
        return code
