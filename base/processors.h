/* How many processors this process may use: those of its affinity mask, and no more than the quota
 * of its control groups pays for. */
#ifndef ORDO_BASE_PROCESSORS_H
#define ORDO_BASE_PROCESSORS_H

int processors_usable(void); /* at least 1 */
/* The quota in whole processors, rounded up; 0 for none. groups is the text of /proc/self/cgroup,
 * root the folder where the control groups are mounted (/sys/fs/cgroup). Both versions of control
 * groups are read, and a limit of a group counts for those below it. */
int processors_quota(const char *groups, const char *root);

#endif
