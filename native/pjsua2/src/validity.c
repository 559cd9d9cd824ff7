/* Requests that pjsip parses although they are wrong: 400 before a transaction or dialogue is touched. RFC 4475 has the
 * examples. Stateless, so every retransmission gets the same answer.
 */
#include "cms.h"

#include <pjsua-lib/pjsua.h>
#include <string.h>

/* Headers that may come once only; the value is the bit in a set (section 7.3.1 lets only lists repeat). */
static unsigned single_bit(pjsip_hdr_e type)
{
    switch (type) {
    case PJSIP_H_FROM:
        return 1u << 0;
    case PJSIP_H_TO:
        return 1u << 1;
    case PJSIP_H_CALL_ID:
        return 1u << 2;
    case PJSIP_H_CSEQ:
        return 1u << 3;
    case PJSIP_H_MAX_FORWARDS:
        return 1u << 4;
    case PJSIP_H_CONTENT_LENGTH:
        return 1u << 5;
    case PJSIP_H_CONTENT_TYPE:
        return 1u << 6;
    default:
        return 0;
    }
}

static pj_bool_t has_repeated_header(const pjsip_msg *msg)
{
    unsigned seen = 0;
    for (const pjsip_hdr *hdr = msg->hdr.next; hdr != &msg->hdr; hdr = hdr->next) {
        unsigned bit = single_bit(hdr->type);
        if (seen & bit)
            return PJ_TRUE;
        seen |= bit;
    }
    return PJ_FALSE;
}

/* On a datagram the rest of the packet is the body, whatever Content-Length says: too much is cut, too little is wrong
 * (section 18.3). */
static pj_bool_t body_is_short(const pjsip_rx_data *rdata)
{
    const pjsip_clen_hdr *length = rdata->msg_info.clen;
    const pjsip_msg_body *body = rdata->msg_info.msg->body;
    if (body && body->print_body != &pjsip_print_text_body)
        return PJ_FALSE; /* of several parts: parsed to its end, and without a length of its own */
    return length && (length->len < 0 || (unsigned)length->len > (body ? body->len : 0));
}

/* Why it is wrong, or NULL. */
static const char *objection(const pjsip_rx_data *rdata)
{
    const pjsip_msg *msg = rdata->msg_info.msg;
    if (has_repeated_header(msg))
        return "Repeated header";
    if (pjsip_method_cmp(&msg->line.req.method, &rdata->msg_info.cseq->method) != 0)
        return "CSeq method mismatch";
    if (rdata->msg_info.cseq->cseq < 0)
        return "CSeq out of range";
    if (rdata->msg_info.max_fwd && rdata->msg_info.max_fwd->ivalue > 255)
        return "Max-Forwards out of range";
    if (rdata->msg_info.clen && rdata->msg_info.clen->len > 0 && !rdata->msg_info.ctype)
        return "Content-Type missing";
    if (body_is_short(rdata))
        return "Content-Length exceeds message";
    if (rdata->msg_info.from->tag.slen == 0 && rdata->msg_info.to->tag.slen != 0)
        return "From without tag"; /* inside a dialogue there is always one; RFC 2543 callers send none at first */
    return NULL;
}

static pj_bool_t on_request(pjsip_rx_data *rdata)
{
    const char *why = objection(rdata);
    if (!why)
        return PJ_FALSE;
    cms_fault_from(rdata, "invalid", why, (unsigned)strlen(why));
    cms_count("answered_malformed");
    if (rdata->msg_info.msg->line.req.method.id != PJSIP_ACK_METHOD) {
        pj_str_t reason = pj_str((char *)why);
        pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, PJSIP_SC_BAD_REQUEST, &reason, NULL, NULL);
    }
    return PJ_TRUE;
}

pjsip_module cms_validity_module = {
    .name = {"mod-cms-validity", 16},
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_TRANSPORT_LAYER + 1,
    .on_rx_request = &on_request,
};
