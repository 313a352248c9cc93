# args: data
data d = jsonl("d.jsonl") {
  t: words[S]
  n: f32
  b: bool
  i: i32(field = "a \"key\"")
}
# +++ d.jsonl
{"t": "plain", "n": 1, "b": true, "a \"key\"": -2147483648}
{"t": "café 😀 \u00e9\ud83d\ude00 \"q\" \\ \/ a\tb\nc|d", "n": 1.50, "b": 0, "a \u0022key\"": 2147483647}
{"t": ["list", "of words"], "n": "0.10", "b": "false", "a \"key\"": 1E3, "big": 1e400, "i": 123456789012345678901234567890}
{"t": 1.50, "n": 1e-3, "b": false, "a \"key\"": 0, "u": "\ud800 \x \u12", "t2": "x\u0000y", "u": 1, "u": [2, {"u": [NaN, -Infinity]}]}
{"t": [12345678901234567890, 0.1, true, false], "n": 2, "b": 1, "a \"key\"": -0}
{"t": "zero\u0000byte", "n": 3.4e38, "b": true, "a \"key\"": 1}
{"t": "a", "n": 1e400, "b": true, "a \"key\"": 1}
{"t": "a", "n": -1e39, "b": true, "a \"key\"": 1}
{"t": "a", "n": NaN, "b": true, "a \"key\"": 1}
{"t": "a", "n": -Infinity, "b": true, "a \"key\"": 1}
{"t": "a", "n": 1, "b": 2, "a \"key\"": 1}
{"t": "a", "n": 1, "b": true, "a \"key\"": 2147483648}
{"t": "a", "n": 1, "b": true, "a \"key\"": -2147483649}
{"t": "a", "n": 1, "b": true, "a \"key\"": 0.99999999999999999999999}
{"t": "a", "n": 1, "b": true, "a \"key\"": 007}
{"t": "\ud800 alone", "n": 1, "b": true, "a \"key\"": 1}
{"t": "\x41", "n": 1, "b": true, "a \"key\"": 1}
{"t": null, "n": 1, "b": true, "a \"key\"": 1}
{"t": "a", "t": "b", "n": 1, "b": true, "a \"key\"": 1}
{"t": {"a": 1}, "n": 1, "b": true, "a \"key\"": 1}
{"t": [["a"]], "n": 1, "b": true, "a \"key\"": 1}
{"t": "a", "n": 1, "b": true}
{"t": "a"
{"t": "a"} {}
{"t": "a, "n": 1}
{"t": "a", }
{"t" "a"}
{"t": nope}
[1]
# ---
d: d.jsonl, jsonl, 1468 bytes
  train               6 examples
  skipped            23 lines
                      2 n is too large for f32, first in line 7: 1e400
                      2 n is not finite, first in line 9: NaN
                      1 b is not true or false, first in line 11: 2
                      3 i is no whole number of 32 bits, first in line 12: 2147483648
                      1 i is no number of JSON, first in line 15
                      1 t has half of a surrogate pair, first in line 16
                      1 t has an escape that JSON does not have, first in line 17
                      1 t is null, first in line 18
                      1 t stands there twice, first in line 19
                      2 t is neither text nor numbers, first in line 20
                      1 i is missing, first in line 22
                      2 it is no JSON: a bracket is not closed, first in line 23
                      1 it is no JSON: something follows the object, first in line 24
                      1 it is no JSON: a key is no text in quotes, first in line 26
                      1 it is no JSON: no ':' behind a key, first in line 27
                      1 it is no JSON: a word is no value, first in line 28
                      1 it is no JSON object, first in line 29
  t: 23 kinds of tokens in 'd.t', 25 in all, 4.2 in an example, at most 10
          2 to 3                3 ##############################
          4 to 7                2 ####################
          8 to 15               1 ##########
  n: 6 in all
  b: 6 in all
  i: 6 in all
  example: t = plain|<eos>  n = 1  b = true  i = -2147483648
  example: t = café|😀|é😀|"q"|\\|/|a|b|c\|d|<eos>  n = 1.50  b = 0  i = 2147483647
  example: t = list|of|words|<eos>  n = 0.10  b = false  i = 1E3
data_jsonl.ordo:1:16: warning[W0812]: 23 of 29 lines of 'd.jsonl' are skipped
  1 | data d = jsonl("d.jsonl") {
    |                ^^^^^^^^^
    = help: d.jsonl:7: 'n' is too large for f32: '1e400' (and line 8)
    = help: d.jsonl:9: 'n' is not finite: 'NaN' (and line 10)
    = help: d.jsonl:11: 'b' is not true or false: '2'
    = help: d.jsonl:12: 'i' is no whole number of 32 bits: '2147483648' (and lines 13, 14)
    = help: d.jsonl:15: 'i' is no number of JSON
    = help: d.jsonl:16: 't' has half of a surrogate pair
    = help: d.jsonl:17: 't' has an escape that JSON does not have
    = help: d.jsonl:18: 't' is null
    = help: 'ordo data' lists all of the 17 reasons

