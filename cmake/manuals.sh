#!/bin/sh
# Manual pages and completions, as the command prints them from its tables. usage: cmake/manuals.sh ORDO FOLDER
set -eu
ordo=$1 folder=$2
mkdir -p "$folder"
"$ordo" help --man | gzip -9n >"$folder/ordo.1.gz"
for command in $("$ordo" complete words -- ordo "" | cut -f1 | grep -v '^-'); do
  "$ordo" help --man "$command" | gzip -9n >"$folder/ordo-$command.1.gz"
done
for shell in bash zsh fish; do "$ordo" complete $shell >"$folder/ordo.$shell"; done
