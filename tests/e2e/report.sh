#!/usr/bin/env bash
# One page of a run, and of two: what stands in it, that names of every kind are text in it, that nothing comes from outside, and what is missing.
. "$(dirname "$0")/common.sh"
command -v python3 >/dev/null || { echo "[SKIP] there is no python3"; finish; }
cd "$work" || exit 1
cat >'m<b>.ordo' <<'END'
import linear
import optimizers
const LR = 0.05
const NOTE = "</td><script>alert(1)</script>&amp;\""
layer Net(K) { a: Linear(1, K); b: Linear(K, 1); fn (x: f32[B, 1]) -> f32[B, 1] { b(a(x)) } }
train t {
  net = Net(3)
  steps = 60
  step {
    x[b, i] = uniform(-3, 3) with b in 8, i in 1
    loss = mean((net(x) - sin(x)) ** 2)
    minimize loss over net with adam(lr = LR)
    log loss, "</style><i onclick=\"x\">&\u{1F600}" = 2 * loss
  }
  eval valid every 20 { log error = mean(net(ones(4, 1)) ** 2) }
  best by valid.error
}
END
cat >page.py <<'END'
import re, sys
from html.parser import HTMLParser

class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.open, self.text, self.heads = set(), [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag not in ("meta",):
            self.open.append(tag)
        for name, value in attributes:
            if name.startswith("on") or name == "src" or name.endswith("href") and not re.match(r"[A-Za-z0-9/._~%-]*#L\d+$", value or ""):
                sys.exit("%s %s=%r" % (tag, name, value))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            sys.exit("</%s> closes nothing" % tag)

    def handle_data(self, data):
        self.text.append(data)
        if self.open and self.open[-1] in ("h1", "h2", "td", "th", "summary"):
            self.heads.append(data)

text = open(sys.argv[1], encoding="utf-8").read()
page = Page()
page.feed(text)
page.close()
if page.open:
    sys.exit("open: %s" % page.open)
known = set("html head meta title style body h1 h2 p table tr th td div pre details summary svg g path text rect circle polygon ellipse polyline a "
            "defs lineargradient stop".split())
if page.tags - known:
    sys.exit("tags: %s" % (page.tags - known))
if re.search(r"@import|url\(", text):
    sys.exit("something from outside")
print("\n".join(page.heads))
print(re.sub(r"\s+", " ", " ".join(page.text)))
END
page() { expect 0 "$2" python3 page.py "$1"; }
expect 0 "a run" "$ordo" train 'm<b>.ordo' --threads 1 -q --profile --out 'r<a>&"1'
expect 0 "another" "$ordo" train 'm<b>.ordo' --threads 1 -q --steps 40 -D LR=0.5 --seed 3 --out two
expect 0 "one run" "$ordo" report 'r<a>&"1' -o one.html
page one.html "one run"
for part in Curves Values Configuration "Graph of a step" Profile Checkpoints 'r<a>&"1' 'const LR' '</td><script>alert(1)</script>&amp;' \
  'train.</style><i onclick="x">&😀' valid.error "13 tensors" "net.a.W" "f32[1, 3]" "a: Linear" "at step"; do
  says "$part" "one run"
done
grep -q "cannot be drawn" one.html && fail "there is no graph"
expect 0 "two runs" "$ordo" report 'r<a>&"1' two -o two.html
page two.html "two runs"
says "two (LR = 0.5, seed = 3)" "names say what differs"
[ "$(grep -c '<tr class="differs">' two.html)" = 3 ] || fail "rows that differ: LR, steps, seed"
expect 0 "to the terminal" "$ordo" report two
cp out three.html && page three.html "to the terminal"

# What is missing is said, and the rest is there.
rm 'm<b>.ordo' two/run.json two/best.safetensors
printf 'junk' >two/checkpoint.safetensors
expect 0 "a damaged run" "$ordo" report two -o three.html
page three.html "a damaged run"
says "checkpoint.safetensors cannot be read" "a damaged run"
says "does not say which text it is of" "a damaged run"
expect 0 "without its text" "$ordo" report 'r<a>&"1' -o three.html
page three.html "without its text"
says "cannot be drawn" "without its text"
expect 2 "no folder" "$ordo" report nothing
expect 2 "a file" "$ordo" report page.py
mkdir empty
expect 1 "a folder without metrics" "$ordo" report empty
finish
