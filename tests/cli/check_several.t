# args: check {} later.ordo last.ordo
# exit: 1
# Each file is checked, whatever is wrong with those before it: the parser's mistakes, the checker's.
fn f(x: f32[N]) -> f32[N] { x * }
# +++ later.ordo
fn g(x: f32[N], y: f32[M]) -> f32[N] { x + y }
fn same(x: f32[N]) -> f32[N] { x }
# +++ last.ordo
fn same(x: f32[N]) -> f32[M] { x }
fn h(x: f32[N]) -> f32[N] { f(x) }
# ---
check_several.ordo:2:33: error[E0110]: unexpected '}'
  2 | fn f(x: f32[N]) -> f32[N] { x * }
    |                                 ^
    = expected  an expression

later.ordo:1:40: error[E0203]: the shapes do not fit: an axis of N meets one of M
  1 | fn g(x: f32[N], y: f32[M]) -> f32[N] { x + y }
    |                                        ^^^^^
    = expected  f32[N]
    = got       f32[M]
later.ordo:1:6: note: f32[N] is declared here
  1 | fn g(x: f32[N], y: f32[M]) -> f32[N] { x + y }
    |      ^
later.ordo:1:17: note: f32[M] is declared here
  1 | fn g(x: f32[N], y: f32[M]) -> f32[N] { x + y }
    |                 ^

last.ordo:2:29: error[E0201]: there is no function 'f'
  2 | fn h(x: f32[N]) -> f32[N] { f(x) }
    |                             ^

3 errors
