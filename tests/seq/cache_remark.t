# args: opt {} caches --remarks=plan -o /dev/null
# exit: 0
# A cache in a loop is updated where it stands; one whose old value is read after the update is copied, and so is a
# parameter, which is the caller's.
fn caches(x: f32[T, B, H], mine: f32[B, T, H]) -> (f32[B, T, H], f32[B, H], f32[B, T, H]) {
  first = index(0, T)
  scan t in T, k = zeros(B, T, H), old = zeros(B, T, H), gone = zeros(B, H) {
    k[:, t, :] = x[t, :, :]
    before = old
    old[:, t, :] = x[t, :, :]
    gone = gone + before[:, 0, :] * old[:, 0, :]
  }
  mine[:, first, :] = x[0, :, :]
  (k, gone, mine)
}
# ---
cache_remark.ordo:6:10: applied[plan:in-place]: updated where it stands, in each step of the loop (update:f32[B, T, H] 'k')
cache_remark.ordo:8:12: missed[plan:copied]: copied in each step of the loop before the update: its old value is read later, is the caller's, or is not changed by updates alone (update:f32[B, T, H] 'old')
cache_remark.ordo:11:11: missed[plan:copied]: copied once before the update: its old value is read later, is the caller's, or is not changed by updates alone (update:f32[B, T, H] 'mine')
