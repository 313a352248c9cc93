# args: check
# exit: 1
import rnn.lstm
const A = 3 4
fn f(x f32[B], y: f32[B]) : f32[B] {
  z = x +
  w: f32[B] = x
  a, b = split(x, 2)
  v = if x > 0 { x } else { y }
  u = x[::2] * [1 2]
  u = = x
}
fn (x: f32) { x }
train t {
  eval test of { log a }
  step {
    minimize x with y
  }
}
# ---
E0110_unexpected.ordo:1:11: error[E0110]: unexpected '.'
  1 | import rnn.lstm
    |           ^
    = expected  the end of the line
    = help: a file in a folder is imported by its path: import "rnn/....ordo"

E0110_unexpected.ordo:2:13: error[E0110]: unexpected number 4
  2 | const A = 3 4
    |             ^
    = expected  an operator or the end of the statement
    = help: two statements on one line are separated by ';'

E0110_unexpected.ordo:3:8: error[E0110]: unexpected name 'f32'
  3 | fn f(x f32[B], y: f32[B]) : f32[B] {
    |        ^^^
    = expected  ':' between 'x' and its type

E0110_unexpected.ordo:5:4: error[E0110]: unexpected ':'
  5 |   w: f32[B] = x
    |    ^
    = expected  an operator or the end of the statement
    = help: a name in a body takes its type from its value: write only the name

E0110_unexpected.ordo:6:4: error[E0110]: unexpected ','
  6 |   a, b = split(x, 2)
    |    ^
    = expected  an operator or the end of the statement
    = help: several names or values stand in parentheses: (a, b) = f(x)

E0110_unexpected.ordo:7:7: error[E0110]: unexpected 'if'
  7 |   v = if x > 0 { x } else { y }
    |       ^^
    = expected  an expression
    = help: 'if' is a statement over constants; to choose between two values write where(condition, a, b)

E0110_unexpected.ordo:8:10: error[E0110]: unexpected ':'
  8 |   u = x[::2] * [1 2]
    |          ^
    = expected  ',' or ']'
    = help: there is no step in a range; the reverse order is reverse[i](x[i])

E0110_unexpected.ordo:9:7: error[E0110]: unexpected '='
  9 |   u = = x
    |       ^
    = expected  an expression

E0110_unexpected.ordo:11:4: error[E0110]: unexpected '('
  11 | fn (x: f32) { x }
     |    ^
     = expected  the name of the function after 'fn'

E0110_unexpected.ordo:13:13: error[E0110]: unexpected name 'of'
  13 |   eval test of { log a }
     |             ^^
     = expected  'every' and a number of steps
     = help: eval every 500 { ... }, or with a name: eval test every 500 { ... }

E0110_unexpected.ordo:15:16: error[E0110]: unexpected 'with'
  15 |     minimize x with y
     |                ^^^^
     = expected  'over' and the models whose weights are trained
     = help: minimize loss over net with adam(lr = 1e-3)

11 errors
