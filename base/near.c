#include "base/near.h"

#include <stdbool.h>
#include <string.h>

int name_distance(const char *a, const char *b) {
  enum { LONGEST = 40 };
  size_t n = strlen(a), m = strlen(b);
  if (n >= LONGEST || m >= LONGEST) return LONGEST;
  int d[LONGEST + 1][LONGEST + 1];
  for (size_t i = 0; i <= n; i++)
    for (size_t j = 0; j <= m; j++) {
      if (!i || !j) {
        d[i][j] = (int)(i + j);
        continue;
      }
      int best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
      if (d[i - 1][j] + 1 < best) best = d[i - 1][j] + 1;
      if (d[i][j - 1] + 1 < best) best = d[i][j - 1] + 1;
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped && d[i - 2][j - 2] + 1 < best) best = d[i - 2][j - 2] + 1;
      d[i][j] = best;
    }
  return d[n][m];
}

NearName near_name(const char *wanted) {
  return (NearName){wanted, NULL, strlen(wanted) <= 3 ? 2 : 4};
}

void near_try(NearName *near, const char *name) {
  int distance = name_distance(near->wanted, name);
  if (distance >= near->distance) return;
  near->distance = distance;
  near->best = name;
}
