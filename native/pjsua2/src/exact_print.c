/* The text of a message that is sent, in a buffer of its own length. pjsip gives each the length of the longest that there may
 * be, and keeps it for as long as it may have to be sent again: that of our 200 for the whole call, that of the answer to a BYE
 * for 32 s (RFC 3261 section 17.2.2). With PJSIP_MAX_PKT_LEN that was three quarters of what a call took.
 *
 * Runs right before pjsip's own printing, which leaves alone what is printed already.
 */
#include "cms.h"

#include <pj/except.h>
#include <pjsip/sip_errno.h>
#include <pjsip/sip_module.h>
#include <pjsip/sip_msg.h>
#include <string.h>

/* Room for so much text and the zero behind it; NULL when there is no memory. */
static char *buffer_for(pjsip_tx_data *tdata, pj_size_t length)
{
    PJ_USE_EXCEPTION;
    char *volatile start = NULL;
    PJ_TRY
    {
        start = pj_pool_alloc(tdata->pool, length + 1);
    }
    PJ_CATCH_ANY
    {
        start = NULL;
    }
    PJ_END;
    return start;
}

/* A message that was changed is printed again; the buffer stays when it is long enough. */
static pj_status_t print(pjsip_tx_data *tdata)
{
    static char text[PJSIP_MAX_PKT_LEN]; /* one thread; too big for its stack */
    if (pjsip_tx_data_is_valid(tdata))
        return PJ_SUCCESS;
    pj_ssize_t length = pjsip_msg_print(tdata->msg, text, sizeof(text));
    if (length < 0)
        return PJSIP_EMSGTOOLONG;
    if (tdata->buf.end - tdata->buf.start <= length) {
        char *start = buffer_for(tdata, (pj_size_t)length);
        if (!start)
            return PJ_ENOMEM;
        tdata->buf.start = start;
        tdata->buf.end = start + length + 1;
    }
    memcpy(tdata->buf.start, text, (size_t)length);
    tdata->buf.cur = tdata->buf.start + length;
    *tdata->buf.cur = '\0';
    return PJ_SUCCESS;
}

pjsip_module cms_exact_print_module = {
    .name = {"mod-cms-exact-print", 19},
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_TRANSPORT_LAYER + 1,
    .on_tx_request = &print,
    .on_tx_response = &print,
};
