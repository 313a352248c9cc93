# args: run {} echo "<s> <eos> then <pad> <bos> <unk> never"
data d = tsv("d.tsv") { s: words[S]  c: chars[T]  b: bytes[R] }
fn echo(s: <d.s>[B, S]) -> <d.s>[B, S] { s }
# +++ d.tsv
mark <eos> and <pad> <bos> <s> then	<eos>	<eos>
# ---
<s> <eos> then <pad> <bos> <unk> <unk>
warning[W0817]: 2 tokens are not in the vocabulary 'd.s' and read as <unk>: '<unk>' is the first

