/* What pjsip cannot parse it drops without a word. Here it is counted, remembered with the peer's address, and answered with
 * 400 (505, 416) when the lines that a response must repeat (RFC 3261 section 8.2.6) can still be found.
 *
 * pjsip's transport manager tells of dropped data, but not who sent it: the linker sends its receive function here first
 * (--wrap), so that the packet in hand is known.
 */
#include "cms.h"

#include <pjsua-lib/pjsua.h>
#include <stdio.h>
#include <string.h>

#define LONGEST_ANSWER 8192 /* of a header that is longer the peer can keep the rest: no answer */

pj_ssize_t __real_pjsip_tpmgr_receive_packet(pjsip_tpmgr *mgr, pjsip_rx_data *rdata);
pj_ssize_t __wrap_pjsip_tpmgr_receive_packet(pjsip_tpmgr *mgr, pjsip_rx_data *rdata);

static pjsip_rx_data *in_hand;
static pj_bool_t noticed; /* pjsip told of a drop in this packet */

static void on_dropped(pjsip_tp_dropped_data *dropped);

/* A datagram without one readable header is dropped even without the call-back. */
static void notice_silent_drop(pjsip_rx_data *rdata)
{
    if (noticed || rdata->msg_info.msg || !(rdata->tp_info.transport->flag & PJSIP_TRANSPORT_DATAGRAM))
        return;
    pjsip_tp_dropped_data dropped = {rdata->tp_info.transport, rdata->pkt_info.packet,
                                     (pj_size_t)rdata->pkt_info.len, PJSIP_EINVALIDMSG};
    on_dropped(&dropped);
}

pj_ssize_t __wrap_pjsip_tpmgr_receive_packet(pjsip_tpmgr *mgr, pjsip_rx_data *rdata)
{
    in_hand = rdata;
    noticed = PJ_FALSE;
    pj_ssize_t processed = __real_pjsip_tpmgr_receive_packet(mgr, rdata);
    notice_silent_drop(rdata);
    in_hand = NULL;
    return processed;
}

/* ---- reading a message that is broken somewhere ---------------------------------------------------------------- */

struct text {
    const char *at, *end;
};

/* A header with its continuation lines (section 7.3.1), without the last line end. Empty at the end of the header. */
static struct text next_header(struct text *rest)
{
    struct text line = {rest->at, rest->at};
    const char *p = rest->at;
    while (p < rest->end) {
        const char *newline = memchr(p, '\n', (size_t)(rest->end - p));
        const char *after = newline ? newline + 1 : rest->end;
        line.end = newline ? newline : rest->end;
        if (line.end > line.at && line.end[-1] == '\r')
            --line.end;
        p = after;
        if (line.end == line.at || p >= rest->end || (*p != ' ' && *p != '\t'))
            break;
    }
    rest->at = p;
    return line;
}

/* True for `Name :` in its long or compact form, in any case. */
static pj_bool_t is_header(struct text line, const char *name, char compact)
{
    const char *colon = memchr(line.at, ':', (size_t)(line.end - line.at));
    if (!colon)
        return PJ_FALSE;
    while (colon > line.at && (colon[-1] == ' ' || colon[-1] == '\t'))
        --colon;
    size_t length = (size_t)(colon - line.at);
    if (length == 1 && compact)
        return pj_tolower((unsigned char)*line.at) == compact;
    return length == strlen(name) && strncasecmp(line.at, name, length) == 0;
}

/* True for `METHOD scheme:...` with a scheme that is none of SIP's: pjsip cannot parse the others at all. */
static pj_bool_t has_foreign_scheme(struct text line)
{
    const char *scheme = memchr(line.at, ' ', (size_t)(line.end - line.at));
    const char *end = ++scheme;
    while (end < line.end && (pj_isalnum((unsigned char)*end) || strchr("+-.", *end)))
        ++end;
    size_t length = (size_t)(end - scheme);
    pj_bool_t ours = (length == 3 && strncasecmp(scheme, "sip", 3) == 0) ||
                     (length == 4 && strncasecmp(scheme, "sips", 4) == 0);
    return length > 0 && end < line.end && *end == ':' && !ours;
}

/* The status line that fits the request line, NULL when this is no request that may be answered. */
static const char *status_for(struct text line)
{
    const char *end = line.end;
    while (end > line.at && end[-1] == ' ')
        --end;
    if (end - line.at < 9 || strncasecmp(line.at, "SIP/", 4) == 0 || strncasecmp(line.at, "ACK ", 4) == 0)
        return NULL;
    const char *version = end - 7;
    if (version[-1] != ' ' || strncasecmp(version, "SIP/", 4) != 0)
        return NULL;
    if (strncmp(version + 4, "2.0", 3) != 0)
        return "SIP/2.0 505 Version Not Supported\r\n";
    return has_foreign_scheme(line) ? "SIP/2.0 416 Unsupported URI Scheme\r\n" : "SIP/2.0 400 Bad Request\r\n";
}

/* ---- writing the answer ---------------------------------------------------------------------------------------- */

struct answer {
    char text[LONGEST_ANSWER];
    size_t length; /* LONGEST_ANSWER: it did not fit */
};

static void put(struct answer *answer, const char *text, size_t length)
{
    if (answer->length + length >= LONGEST_ANSWER) {
        answer->length = LONGEST_ANSWER;
        return;
    }
    memcpy(answer->text + answer->length, text, length);
    answer->length += length;
}

static void put_string(struct answer *answer, const char *text)
{
    put(answer, text, strlen(text));
}

static pj_bool_t has_tag(struct text line)
{
    for (const char *p = line.at; p + 4 <= line.end; ++p)
        if (strncasecmp(p, "tag=", 4) == 0)
            return PJ_TRUE;
    return PJ_FALSE;
}

/* Stateless, so the tag must be the same for every retransmission (section 8.2.7): a hash of the request (FNV-1a). */
static void put_tag(struct answer *answer, struct text whole)
{
    pj_uint32_t hash = 2166136261u;
    for (const char *p = whole.at; p < whole.end; ++p)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    char tag[24];
    snprintf(tag, sizeof(tag), ";tag=%08x", hash);
    put_string(answer, tag);
}

/* Length of the answer, 0 when there can be none. */
static size_t compose(struct text whole, struct answer *answer)
{
    static const struct {
        const char *name;
        char compact;
    } repeated[] = {{"Via", 'v'}, {"From", 'f'}, {"To", 't'}, {"Call-ID", 'i'}, {"CSeq", 0}};
    enum { VIA, FROM, TO, CALL_ID, CSEQ, KINDS };
    unsigned found[KINDS] = {0};
    struct text rest = whole;
    const char *status = status_for(next_header(&rest));
    if (!status)
        return 0;
    answer->length = 0;
    put_string(answer, status);
    for (struct text line = next_header(&rest); line.end > line.at; line = next_header(&rest)) {
        for (unsigned kind = 0; kind < KINDS; ++kind) {
            if (!is_header(line, repeated[kind].name, repeated[kind].compact) || (kind != VIA && found[kind]))
                continue;
            ++found[kind];
            put(answer, line.at, (size_t)(line.end - line.at));
            if (kind == TO && !has_tag(line))
                put_tag(answer, whole);
            put_string(answer, "\r\n");
        }
    }
    put_string(answer, "Content-Length: 0\r\n\r\n");
    pj_bool_t routable = found[VIA] && found[CSEQ] && answer->length < LONGEST_ANSWER;
    return routable ? answer->length : 0;
}

/* Back to where it came from; a Via that cannot be read says nothing better. */
static pj_bool_t send_back(pjsip_rx_data *rdata, const struct answer *answer)
{
    pjsip_transport *transport = rdata->tp_info.transport;
    pjsip_tpselector same;
    pj_bzero(&same, sizeof(same));
    same.type = PJSIP_TPSELECTOR_TRANSPORT;
    same.u.transport = transport;
    pj_status_t status = pjsip_tpmgr_send_raw(pjsip_endpt_get_tpmgr(pjsua_get_pjsip_endpt()), transport->key.type, &same,
                                              NULL, answer->text, answer->length, &rdata->pkt_info.src_addr,
                                              rdata->pkt_info.src_addr_len, NULL, NULL);
    return status == PJ_SUCCESS || status == PJ_EPENDING;
}

static void on_dropped(pjsip_tp_dropped_data *dropped)
{
    static struct answer answer; /* one thread; too big for its stack */
    pjsip_rx_data *rdata = in_hand;
    noticed = PJ_TRUE;
    if (dropped->status == PJ_EIGNORED) {
        cms_count("dropped_empty");
        return;
    }
    if (!rdata)
        return; /* a connection that was closed within a message: nobody to answer */
    struct text whole = {dropped->data, (const char *)dropped->data + dropped->len};
    struct text rest = whole;
    struct text first = next_header(&rest);
    cms_fault_from(rdata, "malformed", first.at, (unsigned)(first.end - first.at));
    if (dropped->status == PJSIP_ERXOVERFLOW)
        cms_count("dropped_oversize");
    else if (compose(whole, &answer) && send_back(rdata, &answer))
        cms_count("answered_malformed");
    else
        cms_count("dropped_malformed");
}

pj_status_t cms_malformed_watch(void)
{
    return pjsip_tpmgr_set_drop_data_cb(pjsip_endpt_get_tpmgr(pjsua_get_pjsip_endpt()), &on_dropped);
}
