# args: data
data d = tsv("d.tsv") { i: i32  x: f32  y: f64  k: <10>  v: f32[N] }
# +++ d.tsv
-2147483648	0.333333333333333333333333333333333333333333333333333333333333333333333333333333333333	1e300	9	1
2147483647	+1	-.5	0	1. 2 3e0
+0007	1E-50	5e-324	09	TRUE false
2147483648	1	1	1	1
1	1e39	1	1	1
1	1	1e309	1	1
1	1	1	10	1
1	nan	1	1	1
1	1	-inf	1	1
1	1	1	1	1 Infinity
1.0	1	1	1	1
1.5	1	1	1	1
0x10	1	1	1	1
1_000	1	1	1	1
1e	1	1	1	1
1	1,5	1	1	1
9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999	1	1	1	1
# ---
d: d.tsv, tsv, 443 bytes
  train               4 examples
  skipped            13 lines
                      3 i is no whole number of 32 bits, first in line 4: 2147483648
                      1 x is too large for f32, first in line 5: 1e39
                      1 y is too large for f64, first in line 6: 1e309
                      1 k is no index into its axis, first in line 7: 10
                      1 x is not finite, first in line 8: nan
                      1 y is not finite, first in line 9: -inf
                      1 v is not finite, first in line 10: 1 Infinity
                      3 i is no number, first in line 13: 0x10
                      1 x is no number, first in line 16: 1,5
  i: 4 in all
  x: 4 in all
  y: 4 in all
  k: 4 in all
  v: 7 in all, 1.8 in an example, at most 3
          1 to 1                2 ##############################
          2 to 3                2 ##############################
  example: i = -2147483648  x = 0.3333333333333333333333333333333333333333333333333333333333  y = 1e300  k = 9  v = 1
  example: i = 2147483647  x = +1  y = -.5  k = 0  v = 1. 2 3e0
  example: i = +0007  x = 1E-50  y = 5e-324  k = 09  v = TRUE false
data_numbers.ordo:1:14: warning[W0812]: 13 of 17 lines of 'd.tsv' are skipped
  1 | data d = tsv("d.tsv") { i: i32  x: f32  y: f64  k: <10>  v: f32[N] }
    |              ^^^^^^^
    = help: d.tsv:4: 'i' is no whole number of 32 bits: '2147483648' (and lines 12, 17)
    = help: d.tsv:5: 'x' is too large for f32: '1e39'
    = help: d.tsv:6: 'y' is too large for f64: '1e309'
    = help: d.tsv:7: 'k' is no index into its axis: '10'
    = help: d.tsv:8: 'x' is not finite: 'nan'
    = help: d.tsv:9: 'y' is not finite: '-inf'
    = help: d.tsv:10: 'v' is not finite: '1 Infinity'
    = help: d.tsv:13: 'i' is no number: '0x10' (and lines 14, 15)
    = help: 'ordo data' lists all of the 9 reasons

