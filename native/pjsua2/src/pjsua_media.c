/* In place of pjsua's media channels: none. The calls that pjsua makes on the life of a channel do nothing, and its
 * wish for an SDP is passed to the application through on_call_sdp_created (Call.onCallSdpCreated in Python).
 *
 * call->med_cnt stays 0 for ever, which makes every media loop in pjsua_call.c empty.
 */
#include "cms.h"

#include <pjmedia/errno.h>
#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>

#define THIS_FILE "cms_media"

static char mark_name[] = "cms-answer";

pj_bool_t cms_skeleton_answer(const pjmedia_sdp_session *sdp, const pjmedia_sdp_session **answer)
{
    if (sdp->attr_count != 1 || sdp->attr[0]->name.ptr != mark_name)
        return PJ_FALSE;
    *answer = (const pjmedia_sdp_session *)(const void *)sdp->attr[0]->value.ptr;
    return PJ_TRUE;
}

static pjmedia_sdp_conn *unspecified_address(pj_pool_t *pool)
{
    pjmedia_sdp_conn *conn = PJ_POOL_ZALLOC_T(pool, pjmedia_sdp_conn);
    conn->net_type = pj_str("IN");
    conn->addr_type = pj_str("IP4");
    conn->addr = pj_str("0.0.0.0");
    return conn;
}

static pjmedia_sdp_session *empty_session(pj_pool_t *pool)
{
    pjmedia_sdp_session *sdp = PJ_POOL_ZALLOC_T(pool, pjmedia_sdp_session);
    sdp->origin.user = pj_str("-");
    sdp->origin.net_type = pj_str("IN");
    sdp->origin.addr_type = pj_str("IP4");
    sdp->origin.addr = pj_str("127.0.0.1");
    sdp->name = pj_str("-");
    sdp->conn = unspecified_address(pool);
    return sdp;
}

/* Declines every m-line of `offer` and carries `answer`, see cms.h. */
static pjmedia_sdp_session *skeleton(pj_pool_t *pool, const pjmedia_sdp_session *offer, pjmedia_sdp_session *answer)
{
    pjmedia_sdp_session *sdp = empty_session(pool);
    for (unsigned i = 0; i < offer->media_count; ++i) {
        sdp->media[i] = pjmedia_sdp_media_clone_deactivate(pool, offer->media[i]);
        sdp->media[i]->conn = unspecified_address(pool);
    }
    sdp->media_count = offer->media_count;
    pjmedia_sdp_attr *mark = PJ_POOL_ZALLOC_T(pool, pjmedia_sdp_attr);
    mark->name.ptr = mark_name;
    mark->name.slen = (pj_ssize_t)sizeof(mark_name) - 1;
    mark->value.ptr = (char *)(void *)answer;
    sdp->attr[0] = mark;
    sdp->attr_count = 1;
    return sdp;
}

/* What the application writes into onCallSdpCreated; NULL when it left the empty session as it was. */
static pjmedia_sdp_session *ask_application(pjsua_call *call, pj_pool_t *pool, const pjmedia_sdp_session *rem_sdp)
{
    pjmedia_sdp_session *sdp = empty_session(pool);
    if (!call->hanging_up && pjsua_var.ua_cfg.cb.on_call_sdp_created)
        pjsua_var.ua_cfg.cb.on_call_sdp_created(call->index, sdp, pool, rem_sdp);
    return sdp->media_count ? sdp : NULL;
}

/* For an answer (rem_sdp given) silence of the application is no error here: it may answer later with Call.answer. */
pj_status_t pjsua_media_channel_create_sdp(pjsua_call_id call_id, pj_pool_t *pool, const pjmedia_sdp_session *rem_sdp,
                                           pjmedia_sdp_session **p_sdp, int *sip_err_code)
{
    pjsua_call *call = &pjsua_var.calls[call_id];
    call->rem_offerer = rem_sdp != NULL;
    pjmedia_sdp_session *sdp = ask_application(call, pool, rem_sdp);
    pj_status_t status = PJ_SUCCESS;
    if (!rem_sdp && !sdp)
        status = PJMEDIA_SDPNEG_ENOMEDIA;
    else if (rem_sdp && sdp && sdp->media_count != rem_sdp->media_count)
        status = PJMEDIA_SDPNEG_EMISMEDIA;
    if (status != PJ_SUCCESS) {
        cms_count("sdp_refused");
        if (sip_err_code && *sip_err_code == 0)
            *sip_err_code = PJSIP_SC_INTERNAL_SERVER_ERROR;
        return status;
    }
    *p_sdp = rem_sdp ? skeleton(pool, rem_sdp, sdp) : sdp;
    return PJ_SUCCESS;
}

pj_status_t pjsua_media_channel_init(pjsua_call_id call_id, pjsip_role_e role, int security_level, pj_pool_t *tmp_pool,
                                     const pjmedia_sdp_session *rem_sdp, int *sip_err_code, pj_bool_t async,
                                     pjsua_med_tp_state_cb cb)
{
    PJ_UNUSED_ARG(call_id);
    PJ_UNUSED_ARG(role);
    PJ_UNUSED_ARG(security_level);
    PJ_UNUSED_ARG(tmp_pool);
    PJ_UNUSED_ARG(rem_sdp);
    PJ_UNUSED_ARG(sip_err_code);
    PJ_UNUSED_ARG(async);
    PJ_UNUSED_ARG(cb); /* success at once: the caller runs it itself */
    return PJ_SUCCESS;
}

pj_status_t pjsua_media_channel_update(pjsua_call_id call_id, const pjmedia_sdp_session *local_sdp,
                                       const pjmedia_sdp_session *remote_sdp)
{
    PJ_UNUSED_ARG(call_id);
    PJ_UNUSED_ARG(local_sdp);
    PJ_UNUSED_ARG(remote_sdp);
    return PJ_SUCCESS;
}

pj_status_t pjsua_media_channel_deinit(pjsua_call_id call_id)
{
    PJ_UNUSED_ARG(call_id);
    return PJ_SUCCESS;
}

void pjsua_media_prov_revert(pjsua_call_id call_id)
{
    PJ_UNUSED_ARG(call_id);
}

/* 200 to INFO media_control (RFC 5168); the application reads the request in onCallTsxState. */
pj_status_t pjsua_media_apply_xml_control(pjsua_call_id call_id, const pj_str_t *xml_st)
{
    PJ_UNUSED_ARG(call_id);
    PJ_UNUSED_ARG(xml_st);
    return PJ_SUCCESS;
}

pj_status_t pjsua_media_subsys_init(const pjsua_media_config *cfg)
{
    pjsua_var.media_cfg = *cfg; /* only numbers of it are read, by the API binding */
    return pj_register_strerror(PJMEDIA_ERRNO_START, PJ_ERRNO_SPACE_SIZE, &pjmedia_strerror);
}

pj_status_t pjsua_media_subsys_start(void)
{
    return PJ_SUCCESS;
}

pj_status_t pjsua_media_subsys_destroy(unsigned flags)
{
    PJ_UNUSED_ARG(flags);
    return PJ_SUCCESS;
}
