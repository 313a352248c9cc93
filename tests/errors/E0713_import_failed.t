# args: import {}
# file: m.onnx
# exit: 1
:%
#"!AnOperatorThatNobodyHasEverHeardO2 made by hand of printable bytes
# ---
error[E0713]: m.onnx: the node '' (AnOperatorThatNobodyHasEverHeardO) is not supported

1 error
