# args: opt {} total --plugin="$(dirname "$ORDO")/tests/plugins/swap_operands.so" --insert="swap-operands{wrong=1}@after:inline" --validate-each
# exit: 1
fn total(x: f32[B, N]) -> f32 { sum(x * x) }
# ---
error[E0608]: the pass 'swap-operands' made a wrong graph of 'total': result 1, element 0: expected 20.7202549, got 0
    = note: on arguments drawn with seed 0, B = 3, N = 5
    = help: 'ordo bisect' with these options finds the transformation

1 error
