# args: check
# exit: 1
// a comment as in C
fn f(a: bool[B], b: bool[B], x: f32[B]) => f32[B] {
  x += 1
  keep = a && !b || a
  y = x ^ 2   /* and another */
  where(keep === a, x, y)
}
fn g(x: f32[...]) { x }
# ---
E0106_foreign_operator.ordo:1:1: error[E0106]: a comment begins with #
  1 | // a comment as in C
    | ^^
    = help: every line of a comment has its own #; the quotient of sizes is written N / 2

E0106_foreign_operator.ordo:2:41: error[E0106]: '=>' is not an operator of Ordo
  2 | fn f(a: bool[B], b: bool[B], x: f32[B]) => f32[B] {
    |                                         ^^
    = help: the result's type stands after ->

E0106_foreign_operator.ordo:3:5: error[E0106]: '+=' is not an operator of Ordo
  3 |   x += 1
    |     ^^
    = help: write the new value in full: x = x + ...

E0106_foreign_operator.ordo:4:12: error[E0106]: '&&' is not an operator of Ordo
  4 |   keep = a && !b || a
    |            ^^
    = help: write 'and'

E0106_foreign_operator.ordo:4:15: error[E0106]: '!' is not an operator of Ordo
  4 |   keep = a && !b || a
    |               ^
    = help: write 'not'

E0106_foreign_operator.ordo:4:18: error[E0106]: '||' is not an operator of Ordo
  4 |   keep = a && !b || a
    |                  ^^
    = help: write 'or'

E0106_foreign_operator.ordo:5:9: error[E0106]: '^' is not an operator of Ordo
  5 |   y = x ^ 2   /* and another */
    |         ^
    = help: a power is written **: x ** 2

E0106_foreign_operator.ordo:5:15: error[E0106]: a comment begins with #
  5 |   y = x ^ 2   /* and another */
    |               ^^
    = help: every line of a comment has its own #; the quotient of sizes is written N / 2

E0106_foreign_operator.ordo:6:14: error[E0106]: '===' is not an operator of Ordo
  6 |   where(keep === a, x, y)
    |              ^^^
    = help: equality is written ==

E0106_foreign_operator.ordo:8:13: error[E0106]: '...' is not an operator of Ordo
  8 | fn g(x: f32[...]) { x }
    |             ^^^
    = help: any number of leading axes is written '..', with two dots

10 errors
