# args: train -q --log-every 1 --out run
# exit: 0
# A model, or a part of one, that begins as a copy of another, which may be a copy itself.
import linear
import optimizers

layer Net {
  in1: Linear(2, 3)
  out: Linear(3, 2)
  fn (x: f32[B, 2]) -> f32[B, 2] { out(tanh(in1(x))) }
}

train p {
  student = Net
  teacher = copy of student frozen
  second  = copy of teacher
  part    = copy of student.out
  other   = Net
  steps   = 1

  step {
    x[b, i] = normal(0, 1) with b in 4, i in 2
    same = sum(abs(student(x) - teacher(x)))
    log same, second = sum(abs(second(x) - teacher(x))), part = sum(abs(part.W - student.out.W)), differs = f32(sum(abs(other(x) - teacher(x))) > 0.001)
    minimize mean(student(x) ** 2) over student with sgd when step == 0
  }
}
# ---
train        same             0
             second           0
             part             0
             differs          1
done after 1 steps: compiled in # s, # ms a step
run/checkpoint.safetensors, metrics.jsonl
