#define _GNU_SOURCE /* sched_getaffinity */
#include "base/processors.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 4096, TEXT = 8192 };

/* The beginning of a small file; false when it is not there. */
static bool read_text(const char *path, char *text, size_t size) {
  FILE *file = fopen(path, "r"); /* of the kernel: neither a user's nor a spec's */
  if (!file) return false;
  text[fread(text, 1, size - 1, file)] = 0;
  fclose(file);
  return true;
}

static int rounded_up(long long quota, long long period) {
  if (quota <= 0 || period <= 0) return 0;
  long long n = (quota + period - 1) / period;
  return n > MOST ? MOST : (int)n;
}

/* cpu.max: "max 100000", "150000 100000" */
static int quota_of_v2(const char *folder) {
  char path[PATH_MAX + 32], text[64];
  long long quota, period;
  snprintf(path, sizeof path, "%s/cpu.max", folder);
  if (!read_text(path, text, sizeof text)) return 0;
  return sscanf(text, "%lld %lld", &quota, &period) == 2 ? rounded_up(quota, period) : 0;
}

/* cpu.cfs_quota_us (-1 for none) over cpu.cfs_period_us */
static int quota_of_v1(const char *folder) {
  char path[PATH_MAX + 32], quota_text[64], period_text[64];
  long long quota, period;
  snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
  if (!read_text(path, quota_text, sizeof quota_text)) return 0;
  snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
  if (!read_text(path, period_text, sizeof period_text)) return 0;
  bool read = sscanf(quota_text, "%lld", &quota) == 1 && sscanf(period_text, "%lld", &period) == 1;
  return read ? rounded_up(quota, period) : 0;
}

static int smaller(int a, int b) { return !a || (b && b < a) ? b : a; }

/* The least quota of a group and those above it. */
static int quota_upwards(const char *mount, const char *group, int (*quota_of)(const char *)) {
  char folder[PATH_MAX];
  int least = 0;
  snprintf(folder, sizeof folder, "%s%s", mount, group);
  for (size_t top = strlen(mount); strlen(folder) >= top; *strrchr(folder, '/') = 0) {
    least = smaller(least, quota_of(folder));
    if (strlen(folder) == top || !strchr(folder + top, '/')) break;
  }
  return least;
}

/* Whether a list "cpu,cpuacct" of n characters has "cpu". */
static bool has_cpu(const char *list, size_t n) {
  for (const char *at = list; at < list + n; at += strcspn(at, ",:") + 1)
    if (strcspn(at, ",:") == 3 && !strncmp(at, "cpu", 3)) return true;
  return false;
}

/* A line "4:cpu,cpuacct:/group" or "0::/group". */
static int quota_of_line(const char *line, const char *root) {
  char group[PATH_MAX], mount[PATH_MAX];
  const char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;
  if (!path) return 0;
  size_t n = (size_t)(path - list - 1);
  snprintf(group, sizeof group, "%.*s", (int)strcspn(path + 1, "\n"), path + 1);
  if (!strcmp(group, "/")) group[0] = 0;
  if (!n) return quota_upwards(root, group, quota_of_v2);
  if (!has_cpu(list + 1, n)) return 0;
  snprintf(mount, sizeof mount, "%s/%.*s", root, (int)n, list + 1);
  int quota = quota_upwards(mount, group, quota_of_v1);
  snprintf(mount, sizeof mount, "%s/cpu", root);
  return smaller(quota, quota_upwards(mount, group, quota_of_v1));
}

int processors_quota(const char *groups, const char *root) {
  int least = 0;
  for (const char *line = groups; *line;) {
    least = smaller(least, quota_of_line(line, root));
    line += strcspn(line, "\n");
    line += *line == '\n';
  }
  return least;
}

static int in_mask(void) {
  cpu_set_t set; /* of 1024 processors; on larger machines the call fails and all of them count */
  if (!sched_getaffinity(0, sizeof set, &set)) return CPU_COUNT(&set);
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n > MOST ? MOST : (int)n;
}

int processors_usable(void) {
  char groups[TEXT];
  int n = in_mask();
  if (read_text("/proc/self/cgroup", groups, sizeof groups))
    n = smaller(n, processors_quota(groups, "/sys/fs/cgroup"));
  return n < 1 ? 1 : n;
}
