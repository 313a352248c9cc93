# A header with all that it includes from the tree in one file: awk -v ROOT=DIR -f amalgamate.awk passes/plugin.h
# Headers stand once, tables (.def) as often as they are expanded.
function put(path,    line, name, file, got) {
  file = ROOT "/" path
  while ((got = (getline line < file)) > 0) {
    if (line !~ /^#include "/) { print line; continue }
    name = line
    sub(/^#include "/, "", name)
    sub(/".*/, "", name)
    if (name ~ /\.def$/) { table(name); continue }
    if (!(name in seen)) { seen[name] = 1; put(name) }
  }
  read_whole(got, file)
}
function read_whole(got, file) {
  if (got < 0) { print "amalgamate.awk: cannot read " file > "/dev/stderr"; failed = 1; exit 1 }
  close(file)
}
# Comments of tables would stand there several times.
function table(path,    line, file, inside, got) {
  file = ROOT "/" path
  while ((got = (getline line < file)) > 0) {
    if (line ~ /^\/\*/) inside = 1
    if (!inside && line != "") print line
    if (line ~ /\*\/ *$/) inside = 0
  }
  read_whole(got, file)
}
BEGIN {
  print "/* The interface of plug-ins for ordo, in one file: made of " ARGV[1] " and what it includes. */"
  seen[ARGV[1]] = 1
  put(ARGV[1])
  exit
}
