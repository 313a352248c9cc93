# args: $(cd "$work/in" && { "$ORDO" train E0809_file_damaged.ordo --out run -q; printf '\101' | dd of=run/checkpoint.safetensors bs=1 seek=$(($(stat -c %s run/checkpoint.safetensors) - 1)) conv=notrunc; } >/dev/null 2>&1) run {} Scale "[1, 2]" --weights run/checkpoint.safetensors
# exit: 1
layer Scale() {
  w: f32[2] ~ nought
  fn (x: f32[2]) -> f32[2] { x * w }
}

init nought() -> f32[I] { zeros(I) }

train fit {
  net = Scale()
  steps = 1
  step { log loss = mean(net(ones(2))) }
}
# ---
error[E0809]: 'run/checkpoint.safetensors': tensor 'net.w' is damaged: its checksum differs
    = help: take another copy of the file
    = help: a program that changes tensors has to drop the metadata 'ordo.crc32' and 'ordo.crc32.NAME'

1 error
