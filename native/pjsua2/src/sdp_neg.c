/* The offer/answer state machine of RFC 3264, in place of pjmedia's own: what is active is exactly what was offered
 * and answered. The original renumbers payload types, drops codecs, reorders m-lines and rewrites o=; an application
 * that writes its own SDP can have none of that.
 *
 * Same interface and same states as pjmedia/sdp_neg.h; linked before pjmedia's archive, so that the original object is
 * never pulled in. Only the functions that pjsip calls are here.
 *
 * Memory: sip_inv.c swaps and resets its provisional pool after every negotiation, so all that stays active is cloned
 * into the pool which negotiate() gets.
 */
#include "cms.h"

#include <pj/assert.h>
#include <pj/pool.h>
#include <pj/string.h>
#include <pjmedia/errno.h>
#include <pjmedia/sdp_neg.h>

struct pjmedia_sdp_neg {
    pjmedia_sdp_neg_state state;
    pj_bool_t has_remote_answer; /* WAIT_NEGO: the answer that waits is the peer's */
    pj_bool_t unanswered;        /* WAIT_NEGO: our answer is only the skeleton of cms.h */
    pj_bool_t answer_was_remote;
    pjmedia_sdp_session *active_local, *active_remote;
    pjmedia_sdp_session *neg_local, *neg_remote;
};

static const char *const state_names[] = {"null", "local_offer", "remote_offer", "wait_nego", "done"};

const char *pjmedia_sdp_neg_state_str(pjmedia_sdp_neg_state state)
{
    return (unsigned)state < PJ_ARRAY_SIZE(state_names) ? state_names[state] : "?";
}

/* A declined m-line needs no c= (RFC 4566 section 5.7 wants one somewhere, peers leave it out), but pjsua_call.c reads the
 * address of every line of an offer without looking whether there is one: give the parsed message one. Our own copy is
 * made before and stays as it came.
 */
static void lend_addresses(const pjmedia_sdp_session *offer)
{
    static pjmedia_sdp_conn unspecified;
    unspecified.net_type = pj_str("IN");
    unspecified.addr_type = pj_str("IP4");
    unspecified.addr = pj_str("0.0.0.0");
    for (unsigned i = 0; !offer->conn && i < offer->media_count; ++i)
        if (!offer->media[i]->conn)
            offer->media[i]->conn = &unspecified;
}

/* ---- the seven transitions ------------------------------------------------------------------------------------ */

pj_status_t pjmedia_sdp_neg_create_w_local_offer(pj_pool_t *pool, const pjmedia_sdp_session *local,
                                                 pjmedia_sdp_neg **p_neg)
{
    pj_status_t status = pjmedia_sdp_validate2(local, PJ_FALSE);
    if (status != PJ_SUCCESS)
        return status;
    pjmedia_sdp_neg *neg = PJ_POOL_ZALLOC_T(pool, pjmedia_sdp_neg);
    neg->state = PJMEDIA_SDP_NEG_STATE_LOCAL_OFFER;
    neg->neg_local = pjmedia_sdp_session_clone(pool, local);
    *p_neg = neg;
    return PJ_SUCCESS;
}

pj_status_t pjmedia_sdp_neg_create_w_remote_offer(pj_pool_t *pool, const pjmedia_sdp_session *initial,
                                                  const pjmedia_sdp_session *remote, pjmedia_sdp_neg **p_neg)
{
    pj_status_t status = pjmedia_sdp_validate2(remote, PJ_FALSE);
    if (status != PJ_SUCCESS)
        return status;
    pjmedia_sdp_neg *neg = PJ_POOL_ZALLOC_T(pool, pjmedia_sdp_neg);
    neg->neg_remote = pjmedia_sdp_session_clone(pool, remote);
    lend_addresses(remote);
    neg->state = PJMEDIA_SDP_NEG_STATE_REMOTE_OFFER;
    if (initial) {
        neg->neg_local = pjmedia_sdp_session_clone(pool, initial);
        neg->state = PJMEDIA_SDP_NEG_STATE_WAIT_NEGO;
    }
    *p_neg = neg;
    return PJ_SUCCESS;
}

pj_status_t pjmedia_sdp_neg_modify_local_offer2(pj_pool_t *pool, pjmedia_sdp_neg *neg, unsigned flags,
                                                const pjmedia_sdp_session *local)
{
    PJ_UNUSED_ARG(flags);
    if (!neg || neg->state != PJMEDIA_SDP_NEG_STATE_DONE)
        return PJMEDIA_SDPNEG_EINSTATE;
    pj_status_t status = pjmedia_sdp_validate2(local, PJ_FALSE);
    if (status != PJ_SUCCESS)
        return status;
    neg->neg_local = pjmedia_sdp_session_clone(pool, local);
    neg->state = PJMEDIA_SDP_NEG_STATE_LOCAL_OFFER;
    return PJ_SUCCESS;
}

/* Session-timer refresh (RFC 4028 section 7.4): the same description again, same o= version. */
pj_status_t pjmedia_sdp_neg_send_local_offer(pj_pool_t *pool, pjmedia_sdp_neg *neg, const pjmedia_sdp_session **offer)
{
    if (!neg)
        return PJMEDIA_SDPNEG_EINSTATE;
    if (neg->state == PJMEDIA_SDP_NEG_STATE_DONE && neg->active_local) {
        neg->neg_local = pjmedia_sdp_session_clone(pool, neg->active_local);
        neg->state = PJMEDIA_SDP_NEG_STATE_LOCAL_OFFER;
    }
    if (neg->state != PJMEDIA_SDP_NEG_STATE_LOCAL_OFFER)
        return PJMEDIA_SDPNEG_EINSTATE;
    *offer = neg->neg_local;
    return PJ_SUCCESS;
}

pj_status_t pjmedia_sdp_neg_set_remote_answer(pj_pool_t *pool, pjmedia_sdp_neg *neg, const pjmedia_sdp_session *remote)
{
    if (!neg || neg->state != PJMEDIA_SDP_NEG_STATE_LOCAL_OFFER)
        return PJMEDIA_SDPNEG_EINSTATE;
    neg->neg_remote = pjmedia_sdp_session_clone(pool, remote);
    neg->has_remote_answer = PJ_TRUE;
    neg->state = PJMEDIA_SDP_NEG_STATE_WAIT_NEGO;
    return PJ_SUCCESS;
}

pj_status_t pjmedia_sdp_neg_set_remote_offer(pj_pool_t *pool, pjmedia_sdp_neg *neg, const pjmedia_sdp_session *remote)
{
    if (!neg || neg->state != PJMEDIA_SDP_NEG_STATE_DONE)
        return PJMEDIA_SDPNEG_EINSTATE;
    neg->neg_remote = pjmedia_sdp_session_clone(pool, remote);
    lend_addresses(remote);
    neg->state = PJMEDIA_SDP_NEG_STATE_REMOTE_OFFER;
    return PJ_SUCCESS;
}

/* An answer may be replaced until it is negotiated: pjsua sets a skeleton before the application was even asked. */
pj_status_t pjmedia_sdp_neg_set_local_answer(pj_pool_t *pool, pjmedia_sdp_neg *neg, const pjmedia_sdp_session *local)
{
    if (!neg || neg->has_remote_answer ||
        (neg->state != PJMEDIA_SDP_NEG_STATE_REMOTE_OFFER && neg->state != PJMEDIA_SDP_NEG_STATE_WAIT_NEGO))
        return PJMEDIA_SDPNEG_EINSTATE;
    const pjmedia_sdp_session *answer = local;
    pj_bool_t skeleton = cms_skeleton_answer(local, &answer);
    pj_bool_t unanswered = skeleton && !answer;
    if (unanswered && neg->active_local)
        return PJMEDIA_SDPNEG_ENOMEDIA; /* nobody answered a re-offer: the peer gets 488, the session stands */
    if (unanswered)
        answer = local;
    if (answer->media_count != neg->neg_remote->media_count)
        return PJMEDIA_SDPNEG_EMISMEDIA;
    neg->neg_local = pjmedia_sdp_session_clone(pool, answer);
    neg->unanswered = unanswered;
    neg->state = PJMEDIA_SDP_NEG_STATE_WAIT_NEGO;
    return PJ_SUCCESS;
}

static void forget_pending(pjmedia_sdp_neg *neg)
{
    neg->neg_local = neg->neg_remote = NULL;
    neg->has_remote_answer = neg->unanswered = PJ_FALSE;
    neg->state = PJMEDIA_SDP_NEG_STATE_DONE;
}

/* The original refuses WAIT_NEGO and would leave a call stuck there when the transaction died before the answer went
 * out. */
pj_status_t pjmedia_sdp_neg_cancel_offer(pjmedia_sdp_neg *neg)
{
    if (!neg || neg->state == PJMEDIA_SDP_NEG_STATE_NULL || neg->state == PJMEDIA_SDP_NEG_STATE_DONE)
        return PJMEDIA_SDPNEG_EINSTATE;
    forget_pending(neg);
    return PJ_SUCCESS;
}

pj_status_t pjmedia_sdp_neg_negotiate(pj_pool_t *pool, pjmedia_sdp_neg *neg, pj_bool_t allow_asym)
{
    PJ_UNUSED_ARG(allow_asym);
    if (!neg || neg->state != PJMEDIA_SDP_NEG_STATE_WAIT_NEGO || !neg->neg_local || !neg->neg_remote)
        return PJMEDIA_SDPNEG_EINSTATE;
    pj_status_t status = neg->unanswered ? PJMEDIA_SDPNEG_ENOMEDIA : PJ_SUCCESS;
    if (status == PJ_SUCCESS) {
        neg->active_local = pjmedia_sdp_session_clone(pool, neg->neg_local);
        neg->active_remote = pjmedia_sdp_session_clone(pool, neg->neg_remote);
        neg->answer_was_remote = neg->has_remote_answer;
    } else {
        cms_count("sdp_refused");
    }
    forget_pending(neg);
    return status;
}

/* ---- questions ------------------------------------------------------------------------------------------------ */

pjmedia_sdp_neg_state pjmedia_sdp_neg_get_state(pjmedia_sdp_neg *neg)
{
    return neg ? neg->state : PJMEDIA_SDP_NEG_STATE_NULL;
}

static pj_status_t give(const pjmedia_sdp_session *sdp, pj_status_t if_none, const pjmedia_sdp_session **out)
{
    if (!sdp)
        return if_none; /* *out stays: callers preset it to NULL and some do not check the status */
    *out = sdp;
    return PJ_SUCCESS;
}

pj_status_t pjmedia_sdp_neg_get_active_local(pjmedia_sdp_neg *neg, const pjmedia_sdp_session **local)
{
    return give(neg ? neg->active_local : NULL, PJMEDIA_SDPNEG_ENOACTIVE, local);
}

pj_status_t pjmedia_sdp_neg_get_active_remote(pjmedia_sdp_neg *neg, const pjmedia_sdp_session **remote)
{
    return give(neg ? neg->active_remote : NULL, PJMEDIA_SDPNEG_ENOACTIVE, remote);
}

pj_status_t pjmedia_sdp_neg_get_neg_local(pjmedia_sdp_neg *neg, const pjmedia_sdp_session **local)
{
    return give(neg ? neg->neg_local : NULL, PJMEDIA_SDPNEG_ENONEG, local);
}

pj_status_t pjmedia_sdp_neg_get_neg_remote(pjmedia_sdp_neg *neg, const pjmedia_sdp_session **remote)
{
    return give(neg ? neg->neg_remote : NULL, PJMEDIA_SDPNEG_ENONEG, remote);
}

pj_bool_t pjmedia_sdp_neg_was_answer_remote(pjmedia_sdp_neg *neg)
{
    return neg && neg->answer_was_remote;
}

pj_bool_t pjmedia_sdp_neg_has_local_answer(pjmedia_sdp_neg *neg)
{
    return neg && neg->state == PJMEDIA_SDP_NEG_STATE_WAIT_NEGO && !neg->has_remote_answer;
}
