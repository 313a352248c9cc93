# args: check
# exit: 1
# café in Latin-1
const H = 128
const NAME = "naïve"
const ÿ = 3
# ---
E0105_bad_encoding.ordo:1:6: error[E0105]: this byte (e9) is not part of a UTF-8 character
  1 | # cafï¿½ in Latin-1
    |      ^
    = help: save the file as UTF-8

E0105_bad_encoding.ordo:3:17: error[E0105]: this byte (ef) is not part of a UTF-8 character
  3 | const NAME = "naï¿½ve"
    |                 ^
    = help: save the file as UTF-8

E0105_bad_encoding.ordo:4:7: error[E0105]: this byte (ff) is not part of a UTF-8 character
  4 | const ï¿½ = 3
    |       ^
    = help: save the file as UTF-8

3 errors
