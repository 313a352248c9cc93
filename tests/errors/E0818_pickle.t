# args: $(cd "$work/in" && mkdir a && printf '\200\2cos\nsystem\nX\4\0\0\0halt\205i.' >a/data.pkl && python3 -m zipfile -c evil.pt a/ ) run {} Scale "[1, 2]" --weights evil.pt
# exit: 1
layer Scale() {
  w: f32[2] ~ ones
  fn (x: f32[2]) -> f32[2] { x * w }
}
# ---
error[E0818]: 'evil.pt' cannot be read: its pickle is wrong: it has the opcode 0x69, which no tensor needs

1 error
