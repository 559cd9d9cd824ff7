/* The requests that in_dialogue.c holds, as surface.cpp reads them. */
#ifndef CMS_HELD_H
#define CMS_HELD_H

#include <pjsip/sip_transport.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cms_held {
    int id;
    int call_id;
    pj_bool_t told;
    pjsip_rx_data *rdata;
} cms_held;

/* The oldest that the application was not told of; NULL when there is none. Marks it as told. */
const cms_held *cms_held_next(void);
/* Hand it on to pjsip, as if it came in now. False: no such request. */
pj_bool_t cms_held_pass(int id);
/* Answer it, in a transaction of its own. False: no such request. */
pj_bool_t cms_held_answer(int id, int code);
pj_status_t cms_held_register(void);

#ifdef __cplusplus
}
#endif

#endif
