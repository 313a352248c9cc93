# args: run {} f "[-2147483648, 5, -3]" "[7, -2147483648, 2]" --digits=0
# The smallest whole number is its own negative: max(-a, -b) is not -min(a, b) there.
fn f(a: i32[N], b: i32[N]) -> (i32[N], i32[N]) { (max(-a, -b), min(-a, -b)) }
# ---
result1 = [-7, -5, 3]
result2 = [-2147483648, -2147483648, -2]
