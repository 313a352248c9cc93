# args: run {} counted "[1, 1]"
# exit: 1
# The same where the sizes come with the arguments: 2 ** 62 elements for N = 1, and 2 ** 64, which was 0, for N = 2.
fn counted(x: f32[N]) -> f32 { sum(x[0] * ones(N * 2147483648, N * 2147483648)) }
# ---
E0232_many_elements_run.ordo:2:32: error[E0232]: 4611686018427387904*N*N does not fit 64 bits where N is 2
  2 | fn counted(x: f32[N]) -> f32 { sum(x[0] * ones(N * 2147483648, N * 2147483648)) }
    |                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

1 error
