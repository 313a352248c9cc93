#!/usr/bin/env bash
# Names of logged values that hold commas, quotes, line ends, marks of XML, or are words of the files themselves: what is
# written can be read by others, drawn, and gone on with.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1

cat >m.ordo <<'END'
train t {
  w: f32 ~ zeros
  steps = 2
  step {
    log "a,b" = 1.0, "say \"x\"" = 2.0, "two\nlines" = 3.0, "step" = 4.0, "step_" = 5.0, "section" = 6.0,
        "<&>'" = 7.0, "tab\t\\ \u{1b}[31m" = 8.0, "é \u{2028}\u{ffff}" = 9.0, plain = 10.0
  }
  eval test every 1 { log "a,b" = 1.0, "section" = 2.0 }
}
END
expect 0 "training" "$ordo" train --log-every 1 --out r m.ordo
grep -q "$(printf '\033')" out && fail "an escape of a name reaches the terminal"
[ "$(grep -c '^step 2/2 ' out)" -eq 2 ] || fail "a line end of a name reaches the terminal"
cat >check.py <<'END'
import csv, json, sys, xml.dom.minidom
names = ["a,b", 'say "x"', "two\nlines", "step_", "step__", "section_", "<&>'", "tab\t\\ \x1b[31m", "\u00e9 \u2028\uffff", "plain"]
rows = [json.loads(line) for line in open("r/metrics.jsonl", encoding="utf-8").read().split("\n")[:-1]]
train = [r for r in rows if r["section"] == "train"]
assert [r["step"] for r in train] == list(range(1, len(train) + 1)), train
for r in train: assert [r[n] for n in names] == list(range(1, 11)), r
table = list(csv.reader(open("r/train.csv", encoding="utf-8", newline="")))
assert table[0] == ["step"] + names, table[0]
assert table[1:] == [[str(s)] + [str(v) for v in range(1, 11)] for s in range(1, len(train) + 1)], table
assert list(csv.reader(open("r/test.csv")))[0] == ["step", "a,b", "section_"]
words = " ".join(t.firstChild.data for t in xml.dom.minidom.parse("r.svg").getElementsByTagName("text"))
for name in ["a,b", 'say "x"', "two lines", "<&>'", "step_", "section"]: assert name in words, (name, words)
END
expect 0 "a picture" "$ordo" plot r -o r.svg
expect 0 "a picture of pixels" "$ordo" plot r -o r.png
expect 0 "what others read" python3 check.py
expect 0 "a CSV file as curves" "$ordo" plot r/train.csv -o c.svg --metric='a\,b,two\nlines,step,step_'
grep -q '>two lines<' c.svg || fail "a CSV file as curves"
expect 1 "no such metric" "$ordo" plot r/train.csv --metric=none
says 'train.a\,b' "names for --metric"
cp -r r whole
expect 0 "four steps" "$ordo" train --log-every 1 --out r --resume --steps 4 m.ordo
expect 0 "what others read" python3 check.py
expect 0 "four steps in one run" "$ordo" train --log-every 1 --out one --steps 4 m.ordo
same r/train.csv one/train.csv "resumed"
same r/metrics.jsonl one/metrics.jsonl "resumed"
expect 0 "a run whose name is no UTF-8" "$ordo" plot r --name "$(printf 'a\xff\x01<b')" --title "$(printf '\xfe\x02&')" -o r.png
finish
