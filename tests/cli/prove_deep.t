# args: prove {} --rows=B
# exit: 1
# Deeper loops than the analysis follows: all that is known is that equal operands give equal results.
fn f(x: f32[B]) -> f32 {
  h0 = 0.0
  scan i0 in B, h1 = h0 {
    scan i1 in B, h2 = h1 {
      scan i2 in B, h3 = h2 {
        scan i3 in B, h4 = h3 {
          scan i4 in B, h5 = h4 {
            scan i5 in B, h6 = h5 {
              scan i6 in B, h7 = h6 {
                scan i7 in B, h8 = h7 {
                  scan i8 in B, h9 = h8 {
                    h9 = h9 + x[i8]
                  }
                  h8 = h9
                }
                h7 = h8
              }
              h6 = h7
            }
            h5 = h6
          }
          h4 = h5
        }
        h3 = h4
      }
      h2 = h3
    }
    h1 = h2
  }
  h1
}
# ---
f, rows of B
  h1                   f32                      depends on several rows: the loop hands on what it read of B  (prove_deep.ordo:12:24)
  => h1                f32                      depends on several rows: the loop hands on what it read of B  (prove_deep.ordo:12:24)

prove_deep.ordo:12:24: error[E0414]: h1 depends on several rows of B: the loop hands on what it read of B
  12 |                   scan i8 in B, h9 = h8 {
     |                        ^^
prove_deep.ordo:2:6: note: 'x' has the axis B
   2 | fn f(x: f32[B]) -> f32 {
     |      ^^^^^^^^^
     = help: it sees what came before, in the order of the loop

1 error
