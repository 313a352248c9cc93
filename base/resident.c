/* See resident.h. */
#include "base/resident.h"

#include <stdio.h>
#include <string.h>

/* "VmRSS:     1234 kB" */
static int64_t field(const char *name) {
  FILE *in = fopen("/proc/self/status", "re");
  char line[256];
  long long kb = 0;
  size_t n = strlen(name);
  while (in && fgets(line, sizeof line, in))
    if (!strncmp(line, name, n) && sscanf(line + n, ": %lld kB", &kb) == 1) break;
  if (in) fclose(in);
  return (int64_t)kb * 1024;
}

int64_t resident_now(void) { return field("VmRSS"); }

int64_t resident_peak(void) { return field("VmHWM"); }
