#!/usr/bin/env bash
# 'ordo plot --live' on a terminal of its own (a pty): what it draws, new rows, another size, q, Ctrl-C, a run that is not there yet; and on what is no
# terminal.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo "[SKIP] there is no python3"; finish; }
cd "$work" || exit 1
mkdir run
for i in $(seq 1 40); do printf '{"step": %d, "section": "train", "loss": %s}\n' "$i" "$((100 - i))e-2"; done >run/metrics.jsonl
expect 0 "no terminal" env LC_ALL=C.UTF-8 "$ordo" plot run --live
says "loss  train 0.6" "no terminal"
says "step 40" "no terminal"
awk '{ if (length($0) > 80 * 3) exit 1 }' out || fail "lines of more than 80 columns"
[ "$(wc -l <out)" -le 24 ] || fail "more than 24 lines"
expect 0 "letters" env LC_ALL=C "$ordo" plot run --live
says "a train 0.6" "letters"
LC_ALL=C grep -q '[^ -~]' out && fail "more than ASCII for a terminal that knows no more"
cat >live.py <<'END'
import fcntl, os, pty, re, select, signal, struct, sys, termios, time

def size(fd, columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

class Live:
    def __init__(self, run, columns=80, rows=24):
        self.main, side = pty.openpty()
        size(self.main, columns, rows)
        self.side, self.before, self.seen = side, termios.tcgetattr(side), b""
        self.pid = os.fork()
        if not self.pid:
            os.setsid()
            fcntl.ioctl(side, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(side, fd)
            os.environ.update(LC_ALL="C.UTF-8", TERM="xterm")
            os.execv(sys.argv[1], [sys.argv[1], "plot", run, "--live"])

    def read(self, until, what, seconds=20):
        end = time.monotonic() + seconds
        while until not in self.seen:
            if time.monotonic() > end or not select.select([self.main], [], [], 1)[0] and os.waitpid(self.pid, os.WNOHANG)[0]:
                sys.exit("%s: no %r in %r" % (what, until, self.seen[-2000:]))
            if select.select([self.main], [], [], 0.2)[0]:
                self.seen += os.read(self.main, 1 << 16)

    def frame(self):
        """The last whole picture, line by line, without colours."""
        text = self.seen.split(b"\x1b[H")[-1].split(b"\x1b[J")[0].decode()
        return [re.sub("\x1b\\[[0-9;]*[a-zA-Z]", "", line) for line in text.replace("\r\r\n", "\r\n").split("\r\n")]

    def end(self, what):
        self.read(b"\x1b[?1049l", what)
        _, status = os.waitpid(self.pid, 0)
        if status:
            sys.exit("%s: status %d" % (what, status))
        after = termios.tcgetattr(self.side)
        if after != self.before:
            sys.exit("%s: the terminal is left in another state" % what)

def fits(live, columns, rows, what):
    lines = live.frame()
    if len(lines) > rows or max(map(len, lines)) > columns:
        sys.exit("%s: %d lines of up to %d columns: %s" % (what, len(lines), max(map(len, lines)), "\n".join(lines)))

def row(step, value):
    with open("run/metrics.jsonl", "a") as f:
        f.write('{"step": %d, "section": "train", "loss": %s}\n' % (step, value))

live = Live("run")
live.read(b"q ends", "the first picture")
assert b"\x1b[?1049h" in live.seen and b"train 0.6" in live.seen, live.seen
fits(live, 80, 24, "80 columns")
row(41, "0.125")
live.read(b"train 0.125", "a new row")
live.seen = live.seen.split(b"train 0.125")[1]
live.read(b"q ends\x1b[0m", "the whole of it")
live.seen = b""
size(live.main, 40, 12)
os.kill(live.pid, signal.SIGWINCH)
live.read(b"q ends\x1b[0m", "another size")
fits(live, 40, 12, "40 columns")
live.seen = b""
time.sleep(1.5)
while select.select([live.main], [], [], 0)[0]:
    live.seen += os.read(live.main, 1 << 16)
assert not live.seen, "it draws though nothing has changed: %r" % live.seen
os.write(live.main, b"x")
os.write(live.main, b"q")
live.end("q")
live = Live("run", 10, 3)
live.read(b"q ends", "a tiny terminal")
os.write(live.main, b"\x03")
live.end("Ctrl-C")
live = Live("later")
live.read(b"waiting: ", "a run that is not there yet")
os.rename("run", "later")
live.read(b"train 0.125", "the run is there")
os.kill(live.pid, signal.SIGTERM)
live.end("SIGTERM")
END
expect 0 "on a terminal" python3 live.py "$ordo"
finish
