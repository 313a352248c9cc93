# args: run {} f "abxcy"
data pairs = tsv("pairs.tsv") { src: chars[S] }
fn f(src: <pairs.src>[B, S]) -> <pairs.src>[B, S] { src }
# +++ pairs.tsv
abc
# ---
ab<unk>c<unk>
warning[W0817]: 2 tokens are not in the vocabulary 'pairs.src' and read as <unk>: 'x' is the first

