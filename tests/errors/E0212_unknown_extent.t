# args: check
# exit: 1
fn f() { x[b, n] = uniform(0, 1) with b in 8; x }
fn g(x: f32[N]) { y[b] = sum(x); y }
fn h() { s = sum[n](n * n); s }
# ---
E0212_unknown_extent.ordo:1:20: error[E0212]: nothing tells the extent of the index 'n'
  1 | fn f() { x[b, n] = uniform(0, 1) with b in 8; x }
    |                    ^^^^^^^^^^^^^
E0212_unknown_extent.ordo:1:15: note: 'n' is introduced here
  1 | fn f() { x[b, n] = uniform(0, 1) with b in 8; x }
    |               ^
    = help: add its extent at the end of the statement: ... with n in 10

E0212_unknown_extent.ordo:2:21: error[E0212]: nothing tells the extent of the index 'b'
  2 | fn g(x: f32[N]) { y[b] = sum(x); y }
    |                     ^
    = help: add its extent at the end of the statement: ... with b in N

E0212_unknown_extent.ordo:3:21: error[E0212]: nothing tells the extent of the index 'n'
  3 | fn h() { s = sum[n](n * n); s }
    |                     ^^^^^
E0212_unknown_extent.ordo:3:18: note: 'n' is introduced here
  3 | fn h() { s = sum[n](n * n); s }
    |                  ^
    = help: add its extent at the end of the statement: ... with n in 10

3 errors
