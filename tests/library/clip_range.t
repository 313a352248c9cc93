# args: train --quiet --out run {}
# exit: 0
# Clipping at the ends of f32. Each model has two weights p = 1 and a weight q = 1; the derivatives are BIG, BIG and SMALL.
import optimizers

layer Three {
  p: f32[2] ~ ones
  q: f32    ~ ones
  fn (big: f32, small: f32) -> f32 { sum(p ** 2 / 2 * big) + q ** 2 / 2 * small }
}

train scales {
  open = Three()
  huge = Three()
  edge = Three()
  tiny = Three()
  least = Three()
  all = Three()
  none = Three()
  bad = Three()
  unknown = Three()
  steps = 1
  step {
    minimize open(1e30, 1) over open with sgd(lr = 0.5)                               # no limit
    minimize huge(1e30, 1) over huge with sgd(lr = 1, clip_norm = 1)                  # 1 - 1 / sqrt(2), 1
    minimize edge(3e38, 1) over edge with sgd(lr = 1, clip_norm = 1)                  # longer than f32 can say
    minimize tiny(1e-30, 1e-30) over tiny with sgd(lr = 1e32, clip_norm = 1e-32)         # scaled by 1e-2 / sqrt(3)
    minimize least(1e-40, 0) over least with sgd(lr = 2e38, clip_norm = 1)            # subnormal: not clipped
    minimize all(3, 4) over all with sgd(lr = 1, clip_norm = 0)                       # nothing moves
    minimize none(0, 0) over none with sgd(lr = 1, clip_norm = 0)                     # 0 / 0 is not taken
    minimize bad(inf, 1) over bad with sgd(lr = 0.5, clip_norm = 1)                   # spoils p alone
    minimize unknown(nan, 1) over unknown with adam(lr = 0.5)                         # no limit: the same
    log open = open.p[0], open_q = open.q, huge = huge.p[0], huge_q = huge.q, edge = edge.p[0]
    log tiny = tiny.q, least = least.p[0], all = all.p[0], none = none.p[0]
    log bad = bad.p[0], bad_q = bad.q, unknown = unknown.p[0], unknown_q = unknown.q
  }
}
# ---
train        open             -5e+29
             open_q           0.5
             huge             0.292893
             huge_q           1
             edge             0.118379
             tiny             0.42265
             least            0.98
             all              1
             none             1
             bad              nan
             bad_q            1
             unknown          nan
             unknown_q        0.500003
done after 1 steps: compiled in # s, # ms a step
run/checkpoint.safetensors, metrics.jsonl
warning[W0706]: step 1 of 'scales': 'bad' is not a number
    = help: --trap-nan stops at the op that makes the first NaN

