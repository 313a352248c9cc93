# args: diff {} {}@nopass
# exit: 2
fn f(x: f32) -> f32 { x }
# ---
error[E0601]: there is no pass 'nopass'
    = help: the passes are: inline, grad, sets, reach, simplify, saturate, contract, scan-hoist, scan-defer, scan-rows, distribute, blocks, precision, fuse, plan; pipelines of them: loops, prove, rewrite1, rewrite2, O0, O1, O2, O1-single, O2-single

1 error
