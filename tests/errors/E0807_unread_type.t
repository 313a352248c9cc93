# args: $(cd "$work/in" && python3 -c "import struct; h = open('h.json', 'rb').read().strip(); open('w.safetensors', 'wb').write(struct.pack('<Q', len(h)) + h + bytes(12))") run {} Scale "[1, 2]" --weights w.safetensors
# exit: 1
layer Scale() {
  w: f32[2] ~ nought
  fn (x: f32[2]) -> f32[2] { x * w }
}

init nought() -> f32[I] { zeros(I) }
# +++ h.json
{"other": {"dtype": "C64", "shape": [1], "data_offsets": [2, 10]}, "w": {"dtype": "F8_E5M2", "shape": [2], "data_offsets": [0, 2]}, "deep": {"dtype": "U8", "shape": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2], "data_offsets": [10, 12]}}
# ---
error[E0807]: 'w.safetensors': tensor 'w' has the element type F8_E5M2
    = expected  one of BOOL I32 F32 F64 BF16 U64 F16 I8 U8 I16 U16 U32 I64, at most 16 axes

1 error
