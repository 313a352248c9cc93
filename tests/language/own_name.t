# args: check
# exit: 0
# file: losses.ordo
# A file that is called like a module of the library, and imports it.
import losses

fn twice(x: f32[N], y: f32[N]) -> f32 { 2 * squared_error(x, y) }
# ---
