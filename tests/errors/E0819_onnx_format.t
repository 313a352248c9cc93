# args: import {}
# file: m.onnx
# exit: 1
fn f(x: f32) -> f32 { x }
# ---
error[E0819]: 'm.onnx' is no ONNX model: it ends early or is damaged

1 error
