#!/usr/bin/env bash
# A C function in a model: called, differentiated by another one, trained through; the language reference's own
# example; missing libraries and symbols.
. "$(dirname "$0")/common.sh"
cd "$work" || exit 1
cat >cube.c <<'END'
#include <stdint.h>
void cube(const float *x, int64_t n, float *y, int64_t n2) {
  (void)n2;
  for (int64_t i = 0; i < n; i++) y[i] = x[i] * x[i] * x[i];
}
void cube_grad(const float *x, int64_t n, const float *g, int64_t n2, float *dx, int64_t n3) {
  (void)n2, (void)n3;
  for (int64_t i = 0; i < n; i++) dx[i] = 3 * x[i] * x[i] * g[i];
}
END
gcc -shared -fPIC -o libcube.so cube.c
cat >cube.ordo <<'END'
import optimizers

extern fn cube(x: f32[B]) -> f32[B] from "./libcube.so"
extern fn cube_grad(x: f32[B], g: f32[B]) -> f32[B] from "./libcube.so"
gradient cube = cube_grad

fn twice(x: f32[B]) -> f32[B] { 2 * cube(x) }
fn slope(x: f32[B]) -> f32[B] {
  y = sum(2 * cube(x))
  grad(y, x)
}

layer Root() {
  w: f32[3] ~ ones
  fn () -> f32[3] { cube(w) }
}

train roots {
  net = Root()
  steps = 400
  step {
    target[i] = f32(i + 1) with i in 3
    loss = mean((net() - target) ** 2)
    minimize loss over net with sgd(lr = 0.02)
    log loss
  }
}
END
expect 0 "checking" "$ordo" check cube.ordo
expect 0 "calling" "$ordo" run cube.ordo twice "[1, 2, -3]"
says "[2, 16, -54]" "calling"
expect 0 "calling the interpreter" "$ordo" run cube.ordo twice "[1, 2, -3]" --interpret
says "[2, 16, -54]" "calling the interpreter"
expect 0 "the derivative" "$ordo" run cube.ordo slope "[1, 2, -3]"
says "[6, 24, 54]" "the derivative"
expect 0 "training" "$ordo" train cube.ordo --out run --quiet
expect 0 "the roots" "$ordo" run cube.ordo net --weights run/checkpoint.safetensors
says "[1, 2, 3]" "the roots"

sed 's/libcube/libmissing/' cube.ordo >missing.ordo
expect 1 "a missing library" "$ordo" run missing.ordo twice "[1]"
says "libmissing.so" "a missing library"
sed 's/cube_grad/cube_slope/' cube.ordo >symbol.ordo
expect 1 "a missing symbol" "$ordo" run symbol.ordo slope "[1]"
says "cube_slope" "a missing symbol"
finish
