# args: check
# exit: 1
fn f(x: f32[B], n: size):
  if n == 3:
    x = x + 1
    y = 3 4
  else {
    x = x + 2
  }
  for i in 3: x = x * 2
  x

const H = 128
# ---
E0113_colon_block.ordo:1:25: error[E0113]: a block begins with '{', not with ':'
  1 | fn f(x: f32[B], n: size):
    |                         ^
    = help: write { and, after the last statement of the block, }

E0113_colon_block.ordo:2:12: error[E0113]: a block begins with '{', not with ':'
  2 |   if n == 3:
    |            ^
    = help: write { and, after the last statement of the block, }

E0113_colon_block.ordo:4:11: error[E0110]: unexpected number 4
  4 |     y = 3 4
    |           ^
    = expected  an operator or the end of the statement
    = help: two statements on one line are separated by ';'

E0113_colon_block.ordo:8:13: error[E0113]: a block begins with '{', not with ':'
  8 |   for i in 3: x = x * 2
    |             ^
    = help: write { and, after the last statement of the block, }

4 errors
