/* Requests outside any dialogue, in the order of RFC 3261 section 8.2: method, Request-URI, Require, content. What passes goes
 * on to pjsua (INVITE); all else is answered here, nothing is met with silence.
 *
 * Max-Forwards 0 is no fault here: only a proxy may refuse it (RFC 4475 section 3.3.11).
 */
#include "cms.h"

#include <pjsip/sip_multipart.h>
#include <pjsua-lib/pjsua.h>
#include <string.h>

extern pjsip_module cms_validity_module, cms_exact_print_module;

enum treatment { WELCOME, QUERY, NEEDS_DIALOGUE, NOT_HERE, NEVER_HEARD_OF, NO_ANSWER };

static const struct {
    const char *method;
    enum treatment treatment;
} methods[] = {
    {"INVITE", WELCOME},       {"OPTIONS", QUERY},        {"ACK", NO_ANSWER},     {"BYE", NEEDS_DIALOGUE},
    {"CANCEL", NEEDS_DIALOGUE}, {"PRACK", NEEDS_DIALOGUE}, {"UPDATE", NEEDS_DIALOGUE}, {"INFO", NEEDS_DIALOGUE},
    {"NOTIFY", NEEDS_DIALOGUE}, {"REGISTER", NOT_HERE},    {"SUBSCRIBE", NOT_HERE}, {"MESSAGE", NOT_HERE},
    {"REFER", NOT_HERE},       {"PUBLISH", NOT_HERE},
};

static const char *const allowed[] = {"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "PRACK", "UPDATE", "INFO"};

/* Method names are case-sensitive (section 7.1). */
static enum treatment treatment_of(const pj_str_t *method)
{
    for (unsigned i = 0; i < PJ_ARRAY_SIZE(methods); ++i)
        if (pj_strcmp2(method, methods[i].method) == 0)
            return methods[i].treatment;
    return NEVER_HEARD_OF;
}

/* ---- headers that a refusal carries ---------------------------------------------------------------------------- */

static void add_allow(pj_pool_t *pool, pjsip_hdr *list)
{
    pjsip_allow_hdr *allow = pjsip_allow_hdr_create(pool);
    for (unsigned i = 0; i < PJ_ARRAY_SIZE(allowed); ++i)
        allow->values[allow->count++] = pj_str((char *)allowed[i]);
    pj_list_push_back(list, allow);
}

static void add_text(pj_pool_t *pool, pjsip_hdr *list, char *name, char *value)
{
    pj_str_t header_name = pj_str(name), header_value = pj_str(value);
    pj_list_push_back(list, pjsip_generic_string_hdr_create(pool, &header_name, &header_value));
}

static void add_accept(pj_pool_t *pool, pjsip_hdr *list)
{
    pjsip_accept_hdr *accept = pjsip_accept_hdr_create(pool);
    accept->values[accept->count++] = pj_str("application/sdp");
    pj_list_push_back(list, accept);
    add_text(pool, list, "Accept-Encoding", "identity");
    add_text(pool, list, "Accept-Language", "en");
}

static void answer(pjsip_rx_data *rdata, int code, char *reason, const pjsip_hdr *list)
{
    pj_str_t text = pj_str(reason ? reason : "");
    pjsip_endpt_respond_stateless(pjsua_get_pjsip_endpt(), rdata, code, reason ? &text : NULL, list, NULL);
    if (code == PJSIP_SC_OK)
        cms_count("options_answered");
    else
        cms_count_code("out_of_dialog_", code);
}

/* ---- what an INVITE must satisfy -------------------------------------------------------------------------------- */

static pj_bool_t is_supported(const pj_str_t *extension)
{
    const pjsip_generic_array_hdr *supported =
        (const pjsip_generic_array_hdr *)pjsip_endpt_get_capability(pjsua_get_pjsip_endpt(), PJSIP_H_SUPPORTED, NULL);
    for (unsigned i = 0; supported && i < supported->count; ++i)
        if (pj_stricmp(extension, &supported->values[i]) == 0)
            return PJ_TRUE;
    return PJ_FALSE;
}

/* The extensions of Require that we lack; NULL when there are none. */
static pjsip_unsupported_hdr *lacking(pjsip_rx_data *rdata)
{
    pjsip_unsupported_hdr *result = NULL;
    const pjsip_msg *msg = rdata->msg_info.msg;
    const pjsip_require_hdr *require = pjsip_msg_find_hdr(msg, PJSIP_H_REQUIRE, NULL);
    for (; require; require = pjsip_msg_find_hdr(msg, PJSIP_H_REQUIRE, require->next)) {
        for (unsigned i = 0; i < require->count; ++i) {
            if (is_supported(&require->values[i]))
                continue;
            if (!result)
                result = pjsip_unsupported_hdr_create(rdata->tp_info.pool);
            if (result->count < PJ_ARRAY_SIZE(result->values))
                result->values[result->count++] = require->values[i];
        }
    }
    return result;
}

static pj_bool_t is_sip(const pjsip_uri *uri)
{
    return uri && (PJSIP_URI_SCHEME_IS_SIP(uri) || PJSIP_URI_SCHEME_IS_SIPS(uri));
}

/* A dialogue cannot be made without a Contact that we can send requests to (section 12.1.1). */
static pj_bool_t has_usable_contact(const pjsip_msg *msg)
{
    const pjsip_contact_hdr *contact = pjsip_msg_find_hdr(msg, PJSIP_H_CONTACT, NULL);
    return contact && !contact->star && is_sip(contact->uri);
}

static const pj_str_t *header_text(const pjsip_msg *msg, char *name)
{
    pj_str_t header_name = pj_str(name);
    const pjsip_generic_string_hdr *hdr = pjsip_msg_find_hdr_by_name(msg, &header_name, NULL);
    return hdr ? &hdr->hvalue : NULL;
}

/* Section 8.2.3. */
static pj_bool_t content_is_readable(const pjsip_msg *msg)
{
    const pj_str_t *encoding = header_text(msg, "Content-Encoding");
    if (!msg->body || msg->body->len == 0)
        return PJ_TRUE;
    if (encoding && pj_stricmp2(encoding, "identity") != 0)
        return PJ_FALSE;
    const pjsip_media_type *type = &msg->body->content_type;
    return pj_stricmp2(&type->type, "multipart") == 0 ||
           (pj_stricmp2(&type->type, "application") == 0 && pj_stricmp2(&type->subtype, "sdp") == 0);
}

/* Whether the caller can read our SDP (section 20.1); no Accept header means that it can. */
static pj_bool_t accepts_sdp(const pjsip_msg *msg)
{
    static const char *const good[] = {"application/sdp", "application/*", "*/*"};
    const pjsip_accept_hdr *accept = pjsip_msg_find_hdr(msg, PJSIP_H_ACCEPT, NULL);
    for (unsigned i = 0; accept && i < accept->count; ++i) {
        for (unsigned j = 0; j < PJ_ARRAY_SIZE(good); ++j) {
            pj_str_t wanted = accept->values[i];
            wanted.slen = PJ_MIN(wanted.slen, (pj_ssize_t)strlen(good[j])); /* parameters may follow */
            if (pj_stricmp2(&wanted, good[j]) == 0)
                return PJ_TRUE;
        }
    }
    return accept == NULL || accept->count == 0;
}

/* True when the INVITE was refused. */
static pj_bool_t refuse_invite(pjsip_rx_data *rdata, pjsip_hdr *list)
{
    const pjsip_msg *msg = rdata->msg_info.msg;
    if (!has_usable_contact(msg)) {
        answer(rdata, PJSIP_SC_BAD_REQUEST, "Contact missing or unusable", NULL);
        return PJ_TRUE;
    }
    pj_bool_t readable = content_is_readable(msg);
    if (readable && accepts_sdp(msg))
        return PJ_FALSE;
    add_accept(rdata->tp_info.pool, list);
    answer(rdata, readable ? PJSIP_SC_NOT_ACCEPTABLE : PJSIP_SC_UNSUPPORTED_MEDIA_TYPE, NULL, list);
    return PJ_TRUE;
}

/* True when the method ends it here. */
static pj_bool_t refuse_method(pjsip_rx_data *rdata, enum treatment treatment, pjsip_hdr *list)
{
    switch (treatment) {
    case NO_ANSWER:
        return PJ_TRUE;
    case NEEDS_DIALOGUE:
        answer(rdata, PJSIP_SC_CALL_TSX_DOES_NOT_EXIST, NULL, NULL);
        return PJ_TRUE;
    case NOT_HERE:
    case NEVER_HEARD_OF:
        add_allow(rdata->tp_info.pool, list);
        answer(rdata, treatment == NOT_HERE ? PJSIP_SC_METHOD_NOT_ALLOWED : PJSIP_SC_NOT_IMPLEMENTED, NULL, list);
        return PJ_TRUE;
    case WELCOME:
    case QUERY:
        break;
    }
    return PJ_FALSE;
}

/* Section 11.2. */
static void answer_query(pjsip_rx_data *rdata, pjsip_hdr *list)
{
    const pjsip_hdr *supported = pjsip_endpt_get_capability(pjsua_get_pjsip_endpt(), PJSIP_H_SUPPORTED, NULL);
    add_allow(rdata->tp_info.pool, list);
    add_accept(rdata->tp_info.pool, list);
    if (supported)
        pj_list_push_back(list, pjsip_hdr_clone(rdata->tp_info.pool, supported));
    answer(rdata, PJSIP_SC_OK, NULL, list);
}

static pj_bool_t on_request(pjsip_rx_data *rdata)
{
    const pjsip_msg *msg = rdata->msg_info.msg;
    pjsip_hdr list;
    if (pjsip_rdata_get_dlg(rdata) || pjsip_rdata_get_tsx(rdata))
        return PJ_FALSE;
    pj_list_init(&list);
    enum treatment treatment = treatment_of(&msg->line.req.method.name);
    if (refuse_method(rdata, treatment, &list))
        return PJ_TRUE;
    if (!is_sip(msg->line.req.uri)) {
        answer(rdata, PJSIP_SC_UNSUPPORTED_URI_SCHEME, NULL, NULL);
        return PJ_TRUE;
    }
    pjsip_unsupported_hdr *unsupported = lacking(rdata);
    if (unsupported) {
        pj_list_push_back(&list, unsupported);
        answer(rdata, PJSIP_SC_BAD_EXTENSION, NULL, &list);
        return PJ_TRUE;
    }
    if (treatment == WELCOME)
        return refuse_invite(rdata, &list);
    answer_query(rdata, &list);
    return PJ_TRUE;
}

static pjsip_module requests_module = {
    .name = {"mod-cms-requests", 16},
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_APPLICATION - 1, /* after the dialogues, before pjsua */
    .on_rx_request = &on_request,
};

/* pjsip takes a module off its list and resets its id when it shuts down, so that this works again afterwards. */
static pj_status_t register_once(pjsip_module *module)
{
    return module->id >= 0 ? PJ_SUCCESS : pjsip_endpt_register_module(pjsua_get_pjsip_endpt(), module);
}

pj_status_t cms_requests_register(void)
{
    pj_status_t status = register_once(&cms_validity_module);
    if (status == PJ_SUCCESS)
        status = register_once(&cms_exact_print_module);
    if (status == PJ_SUCCESS)
        status = register_once(&requests_module);
    return status == PJ_SUCCESS ? cms_malformed_watch() : status;
}
