# args: opt {} --plugin=no-such.so --passes=grad
# exit: 1
# file: graph.ir
graph &0 "main" {
  %0: f32[N] = param(index=0) "x"
  %1: f32 = sum(%0, axes=[0])
  %2: (f32[N]) = grad(%1, %0)
  %3: f32[N] = item(%2, index=0)
  return %3 "derivative"
}
# ---
error[E0605]: cannot load the plug-in 'no-such.so': ./no-such.so: cannot open shared object file: No such file or directory

1 error
