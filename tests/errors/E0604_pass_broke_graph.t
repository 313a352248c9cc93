# args: opt {} --plugin="$(dirname "$ORDO")/tests/plugins/break_graph.so" --passes=break-graph --verify-each
# exit: 1
# file: graph.ir
graph &0 "main" {
  %0: f32[N] = param(index=0) "x"
  %1: f32 = sum(%0, axes=[0])
  return %1 "total"
}
# ---
error[E0604]: pass 'break-graph' of the plug-in 'tests/plugins/break_graph.so' made a wrong graph: graph 'main', %2 = param: expected to be parameter 0 of the graph

1 error
