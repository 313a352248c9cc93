# args: run {} seven
# exit: 1
import orders

fn seven() { all_orders(3, 7) }
# ---
models/lib/orders.ordo:89:10: error[E0222]: there are n! orders of n things
  89 |   assert (n > 1 or count == 1) and (n != 2 or count == 2) and (n != 3 or count == 6) and
     |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  ...
  92 |       (n != 10 or count == 3628800) and (n != 11 or count == 39916800) and (n != 12 or count == 479001600),
     |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
models/lib/orders.ordo:89:3: note: in 'all_orders'
  89 |   assert (n > 1 or count == 1) and (n != 2 or count == 2) and (n != 3 or count == 6) and
     |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  ...
  93 |       "there are n! orders of n things"
     |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
E0222_count.ordo:3:14: note: in this call of 'all_orders'
   3 | fn seven() { all_orders(3, 7) }
     |              ^^^^^^^^^^^^^^^^

1 error
