au BufRead,BufNewFile *.ordo setfiletype ordo
