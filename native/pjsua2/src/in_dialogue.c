/* Requests within a dialogue that pjsua would answer before the application can:
 *
 *   UPDATE with an offer, re-INVITE without one: pjsip wants our description inside its callback. Held here until the
 *   application has it, then handed on (cms_held_pass), and the callback finds the description ready.
 *   INFO: pjsua answers two content types, by parsers of its own, and every other with 500. Held until the application
 *   has read it and says with what to answer (cms_held_answer).
 *   OPTIONS and methods that no usage of a dialogue knows: pjsip answers 500. Answered here.
 *
 * A transaction does not exist while a request is held, so retransmissions come here and are dropped. Answers are
 * stateful: what comes again after them meets the transaction.
 */
#include "held.h"

#include "cms.h"

#include <pjsip-ua/sip_inv.h>
#include <pjsip/sip_ua_layer.h>
#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>

#define MOST_HELD 256 /* each holds a message of at most 32 KiB; what comes on top is left to pjsip */

static cms_held held[MOST_HELD];
static unsigned held_count;
static int last_id;

static pj_bool_t on_request(pjsip_rx_data *rdata);
static pj_status_t on_stop(void);

static pjsip_module module = {
    .name = {"mod-cms-in-dialogue", 19},
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_UA_PROXY_LAYER - 1, /* after the transactions, before the dialogues */
    .on_rx_request = &on_request,
    .stop = &on_stop,
};

static pjsua_call *call_of(pjsip_rx_data *rdata)
{
    pjsip_dialog *dlg = pjsip_ua_find_dialog(&rdata->msg_info.cid->id, &rdata->msg_info.to->tag,
                                             &rdata->msg_info.from->tag, PJ_FALSE);
    return dlg && pjsua_var.mod.id >= 0 ? (pjsua_call *)dlg->mod_data[pjsua_var.mod.id] : NULL;
}

/* ---- the list, in order of arrival ----------------------------------------------------------------------------- */

static pj_bool_t is_held(int call_id, const pjsip_rx_data *rdata)
{
    for (unsigned i = 0; i < held_count; ++i) {
        const pjsip_cseq_hdr *cseq = held[i].rdata->msg_info.cseq;
        if (held[i].call_id == call_id && cseq->cseq == rdata->msg_info.cseq->cseq)
            return PJ_TRUE;
    }
    return PJ_FALSE;
}

static pj_bool_t hold(int call_id, pjsip_rx_data *rdata)
{
    pjsip_rx_data *clone;
    if (held_count == MOST_HELD || pjsip_rx_data_clone(rdata, 0, &clone) != PJ_SUCCESS) {
        cms_count("not_held");
        return PJ_FALSE;
    }
    last_id = last_id == PJ_MAXINT32 ? 1 : last_id + 1;
    held[held_count++] = (cms_held){last_id, call_id, PJ_FALSE, clone};
    return PJ_TRUE;
}

/* NULL when there is none; the caller frees it. */
static pjsip_rx_data *take(int id)
{
    for (unsigned i = 0; i < held_count; ++i) {
        if (held[i].id != id)
            continue;
        pjsip_rx_data *rdata = held[i].rdata;
        --held_count;
        pj_memmove(&held[i], &held[i + 1], (held_count - i) * sizeof(held[0]));
        return rdata;
    }
    return NULL;
}

/* ---- what is held and what is answered -------------------------------------------------------------------------- */

static pj_bool_t has_sdp(const pjsip_msg *msg)
{
    return msg->body && pj_stricmp2(&msg->body->content_type.type, "application") == 0 &&
           pj_stricmp2(&msg->body->content_type.subtype, "sdp") == 0;
}

static pj_bool_t is(const pjsip_msg *msg, const char *method)
{
    return pj_strcmp2(&msg->line.req.method.name, method) == 0;
}

static pj_bool_t waits_for_application(const pjsip_msg *msg)
{
    return is(msg, "INFO") || (is(msg, "UPDATE") && has_sdp(msg)) || (is(msg, "INVITE") && !msg->body);
}

/* What pjsip and pjsua answer properly within a dialogue. */
static pj_bool_t is_answered_by_pjsip(const pjsip_msg *msg)
{
    static const char *const known[] = {"INVITE", "ACK", "BYE", "CANCEL", "PRACK", "UPDATE", "REFER", "MESSAGE"};
    for (unsigned i = 0; i < PJ_ARRAY_SIZE(known); ++i)
        if (is(msg, known[i]))
            return PJ_TRUE;
    return PJ_FALSE;
}

static void respond(pjsip_rx_data *rdata, int code)
{
    const pjsip_hdr *allow = pjsip_endpt_get_capability(pjsua_var.endpt, PJSIP_H_ALLOW, NULL);
    pjsip_hdr list;
    pj_list_init(&list);
    if (allow)
        pj_list_push_back(&list, pjsip_hdr_clone(rdata->tp_info.pool, allow));
    pjsip_endpt_respond(pjsua_var.endpt, NULL, rdata, code, NULL, &list, NULL, NULL);
    cms_count_code("in_dialog_", code);
}

static pj_bool_t on_request(pjsip_rx_data *rdata)
{
    const pjsip_msg *msg = rdata->msg_info.msg;
    if (rdata->msg_info.to->tag.slen == 0)
        return PJ_FALSE;
    if (waits_for_application(msg)) {
        pjsua_call *call = call_of(rdata);
        if (!call || !call->inv)
            return PJ_FALSE;
        if (is_held(call->index, rdata))
            return PJ_TRUE;
        if (!hold(call->index, rdata))
            return PJ_FALSE;
        if (is(msg, "INVITE"))
            pjsip_endpt_respond_stateless(pjsua_var.endpt, rdata, PJSIP_SC_TRYING, NULL, NULL, NULL);
        return PJ_TRUE;
    }
    if (is_answered_by_pjsip(msg) || !call_of(rdata))
        return PJ_FALSE;
    respond(rdata, is(msg, "OPTIONS") ? PJSIP_SC_OK : PJSIP_SC_METHOD_NOT_ALLOWED);
    return PJ_TRUE;
}

static pj_status_t on_stop(void)
{
    while (held_count)
        pjsip_rx_data_free_cloned(held[--held_count].rdata);
    return PJ_SUCCESS;
}

/* ---- for surface.cpp --------------------------------------------------------------------------------------------- */

const cms_held *cms_held_next(void)
{
    for (unsigned i = 0; i < held_count; ++i) {
        if (!held[i].told) {
            held[i].told = PJ_TRUE;
            return &held[i];
        }
    }
    return NULL;
}

pj_bool_t cms_held_pass(int id)
{
    pjsip_rx_data *rdata = take(id);
    if (!rdata)
        return PJ_FALSE;
    pjsip_process_rdata_param after_us;
    pj_bool_t handled = PJ_FALSE;
    pjsip_process_rdata_param_default(&after_us);
    after_us.start_mod = &module;
    after_us.idx_after_start = 1;
    pjsip_endpt_process_rx_data(pjsua_var.endpt, rdata, &after_us, &handled);
    pjsip_rx_data_free_cloned(rdata);
    return PJ_TRUE;
}

pj_bool_t cms_held_answer(int id, int code)
{
    pjsip_rx_data *rdata = take(id);
    if (!rdata)
        return PJ_FALSE;
    respond(rdata, code);
    pjsip_rx_data_free_cloned(rdata);
    return PJ_TRUE;
}

pj_status_t cms_held_register(void)
{
    return module.id >= 0 ? PJ_SUCCESS : pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), &module);
}
