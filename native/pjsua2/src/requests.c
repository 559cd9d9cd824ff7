/* What pjsua does not answer. */
#include "cms.h"
pj_status_t cms_requests_register(void)
{
    return 0;
}
