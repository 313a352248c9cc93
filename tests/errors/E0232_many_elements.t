# args: check {}
# exit: 1
# Elements that are never stored, of which a sum may be made by their number, have to be countable.
const A = 9999999999999

fn all() -> f32 { sum(ones(A, A)) }

fn beside(x: f32[N]) -> f32 { sum(ones(N, A, A)) + sum(x) }

fn contracted(x: f32[N]) -> f32 { sum((x[:, new] * ones(N, A)) @ ones(A, A)) }

fn few() -> f32 { sum(ones(A, 999)) }
# ---
E0232_many_elements.ordo:4:19: error[E0232]: the number of elements does not fit 64 bits
  4 | fn all() -> f32 { sum(ones(A, A)) }
    |                   ^^^^^^^^^^^^^^^

E0232_many_elements.ordo:6:31: error[E0232]: the number of elements does not fit 64 bits
  6 | fn beside(x: f32[N]) -> f32 { sum(ones(N, A, A)) + sum(x) }
    |                               ^^^^^^^^^^^^^^^^^^

E0232_many_elements.ordo:8:39: error[E0232]: the number of elements does not fit 64 bits
  8 | fn contracted(x: f32[N]) -> f32 { sum((x[:, new] * ones(N, A)) @ ones(A, A)) }
    |                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

3 errors
