/* Questions about a picture that all its makers ask. */
#include "ir/picture_model.h"

#include <string.h>

int picture_shown(const Picture *p, int box) {
  while (p->boxes.data[box].into != box) box = p->boxes.data[box].into;
  return box;
}

bool picture_is_visible(const Picture *p, int box) {
  return p->boxes.data[box].into == box && !p->boxes.data[box].hidden;
}

bool picture_lies_in(const Picture *p, int cluster, int outer) {
  while (cluster > outer) cluster = p->clusters.data[cluster].parent;
  return cluster == outer;
}

bool picture_is_open(const Picture *p, int cluster) {
  for (int at = cluster; at > 0; at = p->clusters.data[at].parent)
    if (p->clusters.data[at].box >= 0 || p->clusters.data[at].twin) return false;
  return true;
}

bool picture_is_update(const Picture *p, int cluster) {
  for (; cluster > 0; cluster = p->clusters.data[cluster].parent)
    if (strstr(p->clusters.data[cluster].name, " over ")) return true;
  return false;
}
