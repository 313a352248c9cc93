# args: check
# exit: 1
fn f(x: f32[B], n: size) -> f32[B] {
  if n = 3 { x } else { x + 1 }
  assert n = 3, "three"
  y = z = x
  w = (x = y)
  x
}
# ---
E0114_assign_in_expression.ordo:2:8: error[E0114]: '=' gives a value; this is a condition
  2 |   if n = 3 { x } else { x + 1 }
    |        ^
    = help: equality is written ==

E0114_assign_in_expression.ordo:3:12: error[E0114]: '=' gives a value; this is a condition
  3 |   assert n = 3, "three"
    |            ^
    = help: equality is written ==

E0114_assign_in_expression.ordo:4:9: error[E0114]: '=' cannot stand in an expression
  4 |   y = z = x
    |         ^
    = help: equality is written ==; a statement gives one value to one name, or (a, b) = ...

E0114_assign_in_expression.ordo:5:10: error[E0114]: '=' cannot stand in an expression
  5 |   w = (x = y)
    |          ^
    = help: equality is written ==

4 errors
