# args: check
# exit: 1
const A = (1, 2)
const B = 3 * H
# ---
E0214_constant.ordo:1:11: error[E0214]: a constant is a number, a bool or a text, not (the number 1, the number 2)
  1 | const A = (1, 2)
    |           ^^^^^^

E0214_constant.ordo:2:15: error[E0201]: 'H' is not defined
  2 | const B = 3 * H
    |               ^

2 errors
