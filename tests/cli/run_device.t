# args: run /dev/zero f
# exit: 1
fn f() -> f32 { 1 }
# ---
error[E0001]: cannot read '/dev/zero': it is a device, not a regular file

1 error
