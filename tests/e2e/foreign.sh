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
fn reshaped(x: f32[B, C]) -> f32[C, B] { reshape(cube(reshape(x, [B*C])), [C, B]) }
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
# Nothing is loaded without leave, by any command and on any way; with it everything is as it always was.
expect 0 "checking" "$ordo" check cube.ordo
sed 's/libcube/libnowhere/' cube.ordo >nowhere.ordo
expect 0 "checking loads nothing" "$ordo" check nowhere.ordo
cat >loud.c <<'END'
#include <stdint.h>
#include <stdio.h>
__attribute__((constructor)) static void start(void) { puts("the library was loaded"); fflush(stdout); }
void loud(const float *x, int64_t n, float *y, int64_t n2) { (void)n2; for (int64_t i = 0; i < n; i++) y[i] = x[i]; }
END
mkdir trusted trusted/deep other
gcc -shared -fPIC -o trusted/deep/libloud.so loud.c
cp trusted/deep/libloud.so other/
cat >loud.ordo <<'END'
import optimizers
extern fn loud(x: f32[B]) -> f32[B] from "./other/libloud.so"
extern fn system(x: f32[B]) -> f32[B] from "libc.so.6"
gradient loud = system
fn call(x: f32[B]) -> f32[B] { 2 * loud(x) }
fn shell(x: f32[B]) -> f32[B] { system(x) }
fn looped(x: f32[B, N]) -> f32[B] {
  s0[b] = 0.0 * x[b, 0]
  scan n in N, s = s0 { s = loud(s + x[:, n]) }
  s
}
layer Line() {
  w: f32[3] ~ ones
  fn () -> f32[3] { loud(w) }
}
train steps {
  net = Line()
  steps = 1
  step {
    loss = sum(net())
    log loss
  }
}
END
refused() {
  local what=$1
  shift
  expect 1 "$what" "$@"
  says "error[E0707]" "$what"
  says "--allow-foreign" "$what"
  grep -q "was loaded" out && fail "$what: the library was loaded"
}
refused "run" "$ordo" run loud.ordo call "[1]"
refused "run with a library of the system" "$ordo" run loud.ordo shell "[1]"
refused "run --interpret" "$ordo" run loud.ordo call "[1]" --interpret
refused "run in a loop" "$ordo" run loud.ordo looped "[[1, 2]]"
refused "run at every level" "$ordo" run loud.ordo looped "[[1, 2]]" -O0
refused "train" "$ordo" train loud.ordo --out loud --quiet
for elsewhere in "$work/other/../trusted" "" ":" "$work/othe" "$work/trusted:/nowhere"; do
  ORDO_FOREIGN_DIRS=$elsewhere refused "a folder that is not in '$elsewhere'" "$ordo" run loud.ordo call "[1]"
done
ln -s "$work/other/libloud.so" trusted/link.so
sed 's|./other/libloud.so|./trusted/link.so|' loud.ordo >link.ordo
ORDO_FOREIGN_DIRS=$work/trusted refused "a link out of the folder" "$ordo" run link.ordo call "[1]"
sed 's|./other/libloud.so|./trusted/deep/libloud.so|' loud.ordo >deep.ordo
for folders in "$work/trusted" "$work/trusted/deep/" "/nowhere:$work/trusted" trusted; do
  ORDO_FOREIGN_DIRS=$folders expect 0 "a library in '$folders'" "$ordo" run deep.ordo call "[1]"
  says "was loaded" "a library in '$folders'"
done
sed 's|./other/libloud.so|libloud.so|' loud.ordo >name.ordo
ORDO_FOREIGN_DIRS=$work/other expect 0 "a library by its name" "$ordo" run name.ordo call "[1]"
expect 0 "--allow-foreign" "$ordo" run loud.ordo call "[1]" --allow-foreign
says "was loaded" "--allow-foreign"
mkfifo pipe.so
sed 's|./other/libloud.so|./pipe.so|' loud.ordo >pipe.ordo
expect 1 "a pipe as a library" timeout 20 "$ordo" run pipe.ordo call "[1]" --allow-foreign
says "it is a pipe" "a pipe as a library"

expect 0 "calling" "$ordo" run --allow-foreign cube.ordo twice "[1, 2, -3]"
says "[2, 16, -54]" "calling"
expect 0 "calling the interpreter" "$ordo" run --allow-foreign cube.ordo twice "[1, 2, -3]" --interpret
says "[2, 16, -54]" "calling the interpreter"
# The function is given the shape of its argument, not of the memory where that lies.
expect 0 "calling on a reshaped value" "$ordo" run --allow-foreign cube.ordo reshaped "[[1, 2, -3], [0, 1, 2]]"
says " [-27, 0]," "calling on a reshaped value"
expect 0 "the derivative" "$ordo" run --allow-foreign cube.ordo slope "[1, 2, -3]"
says "[6, 24, 54]" "the derivative"
expect 0 "training" "$ordo" train --allow-foreign cube.ordo --out run --quiet
expect 0 "the roots" "$ordo" run --allow-foreign cube.ordo net --weights run/checkpoint.safetensors
says "[1, 2, 3]" "the roots"

# An index that C code gives is cut into range, like any number from outside.
cat >wild.c <<'END'
#include <stdint.h>
void wild(const float *x, int64_t n, int32_t *y, int64_t n2) {
  (void)n2;
  for (int64_t i = 0; i < n; i++) y[i] = (int32_t)x[i];
}
END
gcc -shared -fPIC -o libwild.so wild.c
cat >wild.ordo <<'END'
extern fn wild(x: f32[B]) -> <3>[B] from "./libwild.so"
fn look(x: f32[B], t: f32[3]) -> f32[B] { k = wild(x); y[b] = t[k[b]]; y }
END
for how in "" --interpret; do
  expect 0 "indices of C code $how" "$ordo" run --allow-foreign wild.ordo look "[-2000000000, 1, 2000000000]" "[10, 20, 30]" $how
  says "[10, 20, 30]" "indices of C code $how"
done

sed 's/libcube/libmissing/' cube.ordo >missing.ordo
expect 1 "a missing library" "$ordo" run --allow-foreign missing.ordo twice "[1]"
says "libmissing.so" "a missing library"
sed 's/cube_grad/cube_slope/' cube.ordo >symbol.ordo
expect 1 "a missing symbol" "$ordo" run --allow-foreign symbol.ordo slope "[1]"
says "cube_slope" "a missing symbol"
finish
