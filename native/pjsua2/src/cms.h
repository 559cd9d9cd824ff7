/* What our own C files share. Everything runs on the application's one thread. */
#ifndef CMS_H
#define CMS_H

#include <pjmedia/sdp.h>
#include <pjsip/sip_transport.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- counters and the last fault (faults.c) --- */

void cms_count(const char *name);
void cms_count_code(const char *prefix, int code);

/* `detail` may be anything a peer sent: it is cut and made printable. */
void cms_fault_from(const pjsip_rx_data *rdata, const char *kind, const char *detail, unsigned detail_length);

/* --- answers that the application has not given yet (pjsua_media.c) ---
 *
 * pjsua asks for an answer as soon as an offer arrives, before the application knows of the call, and edits what it
 * gets (0.0.0.0 for hold). So it is given a skeleton that declines every m-line and carries a pointer to the real
 * answer, or to none, in an attribute that is recognised by the address of its name: nothing on the wire can forge it,
 * and it never gets onto the wire.
 */

/* True when `sdp` is a skeleton; then *answer is the application's answer or NULL. */
pj_bool_t cms_skeleton_answer(const pjmedia_sdp_session *sdp, const pjmedia_sdp_session **answer);

/* --- pjlib's epoll descriptor (epoll_fd.c): the last one made, -1 before --- */

int cms_epoll_fd(void);

/* --- requests that pjsua leaves alone (requests.c, validity.c), what pjsip cannot parse (malformed.c), and how what is sent
 * is kept (exact_print.c) --- */

pj_status_t cms_requests_register(void);
pj_status_t cms_malformed_watch(void);

#ifdef __cplusplus
}
#endif

#endif
