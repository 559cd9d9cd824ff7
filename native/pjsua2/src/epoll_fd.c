/* The descriptor of pjlib's epoll set, for the application's event loop. pjlib keeps it in a private structure, so it is
 * noted when made: the linker sends pjlib's epoll_create1 here (--wrap).
 *
 * pjlib also makes short-lived sets to try what the kernel can do; the set in use is always the last one made.
 */
#include "cms.h"

int __real_epoll_create1(int flags);
int __wrap_epoll_create1(int flags);

static int last_fd = -1;

int __wrap_epoll_create1(int flags)
{
    last_fd = __real_epoll_create1(flags);
    return last_fd;
}

int cms_epoll_fd(void)
{
    return last_fd;
}
