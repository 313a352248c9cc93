" Comments, words with primes, the standard layout: gq formats with 'ordo fmt'.
if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1
setlocal commentstring=#\ %s comments=:# iskeyword+=' expandtab shiftwidth=2 softtabstop=2
setlocal formatprg=ordo\ fmt suffixesadd=.ordo include=^import\\s
let b:undo_ftplugin = "setl cms< com< isk< et< sw< sts< fp< sua< inc<"
